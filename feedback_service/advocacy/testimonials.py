"""Keeps that somebody allows their words to be shown, and takes the words away again when they say so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.advocacy.models import ShownWhere, SignedAs, Testimonial
from feedback_service.database import insert_new


@dataclass(frozen=True)
class Consent:
    """What somebody agreed to."""

    words: str
    signed_as: SignedAs
    shown_where: ShownWhere
    sentence: str
    """What they agreed to, as it stood on the page."""


def allow(session: Session, invitation_id: int, consent: Consent, now: datetime) -> None:
    """Keep a consent. The first one stands: a second press changes nothing, nor does one after a withdrawal."""
    session.execute(
        insert_new(session, Testimonial).values(
            invitation_id=invitation_id,
            words=consent.words,
            signed_as=consent.signed_as,
            shown_where=consent.shown_where,
            consented_at=now,
            consent_words=consent.sentence,
        )
    )


def withdraw(session: Session, invitation_id: int, now: datetime) -> bool:
    """Erase the words and keep the fact; whether there was anything to withdraw."""
    done = session.execute(
        update(Testimonial)
        .where(Testimonial.invitation_id == invitation_id, Testimonial.withdrawn_at.is_(None))
        .values(words="", withdrawn_at=now)
        .returning(Testimonial.id)
    )
    return done.first() is not None
