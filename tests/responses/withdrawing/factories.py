"""People who were asked, answered at length, and may want it all back."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.customers.models import Address, Customer
from feedback_service.invitations.links import token
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.responses.changes import count_change
from feedback_service.responses.models import (
    Channel,
    Collector,
    ContactHow,
    ContactWhen,
    Remedy,
    Response,
    ResponseAnswer,
    ResponseRevision,
    RevisionKind,
)
from feedback_service.responses.walk_in_links import sign_walk_in
from tests.invitations.factories import CSAT, LINK_KEYS, NOW, invitation

PLANTED = "quetzalcoatlus"
"""Stands in everything that a person says here, and nowhere else."""


def answer(session: Session, made: Invitation | None = None, *, score: int = 2, at: datetime = NOW) -> Response:
    """A long answer with a history, as the pages leave it; committed. Without an invitation it is a walk-in's."""
    collector = None if made else _collector(session)
    if made is not None:
        made.answered_at, made.remind_at = at, None
    response = Response(
        invitation_id=made.id if made else None,
        collector_id=collector.id if collector else None,
        uid=None if made else f"walk-in-{PLANTED[:7]}",
        claimed_order=None if made else f"{PLANTED}-1",
        channel=Channel.MAIL if made else Channel.LINK,
        survey_key=CSAT,
        version_id=made.version_id if made else None,
        customer_id=made.customer_id if made else None,
        order_id=made.order_id if made else None,
        locale="en",
        score=score,
        comment=f"The lamp was broken, terrible {PLANTED}.",
        wants_contact=True,
        remedy=Remedy.PUT_RIGHT,
        contact_how=ContactHow.PHONE,
        contact_when=ContactWhen.MORNING,
        contact_phone=f"+351 {PLANTED}",
        answered_at=at,
        counted_on=at.date(),
        revision=2,
    )
    session.add(response)
    session.flush()
    session.add(
        ResponseAnswer(
            response_id=response.id, question_key="driver", chosen=["other"], text=f"The {PLANTED}", answered_at=at
        )
    )
    for ordinal, kind in enumerate((RevisionKind.ANSWER, RevisionKind.CORRECTION), start=1):
        session.add(
            ResponseRevision(
                response_id=response.id,
                ordinal=ordinal,
                kind=kind,
                score=score,
                comment=f"Once more: {PLANTED}",
                wants_contact=True,
                details={"driver": {"chosen": ["other"], "text": PLANTED}},
                recorded_at=at,
            )
        )
    count_change(session, response, score, +1)
    session.commit()
    return response


def _collector(session: Session) -> Collector:
    collector = Collector(
        token="c" * 20,
        name="Receipts, Lisbon",
        survey_key=CSAT,
        channel=Channel.LINK,
        origins=[],
        created_at=NOW,
        created_by="Marta",
    )
    session.add(collector)
    session.flush()
    return collector


def secret(made: Invitation, scope: LinkScope) -> str:
    """The secret part of one of an invitation's links."""
    return token(LINK_KEYS, scope, made.uid, made.link_generation)


def walk_in_secret(response: Response) -> str:
    """The secret of the pages behind a walk-in's answer."""
    return sign_walk_in(LINK_KEYS, response.uid or "")


def asked(session: Session) -> Invitation:
    """Somebody who was asked by mail; committed."""
    return invitation(session)


def suppress_all(session: Session) -> None:
    """No address takes mail any more."""
    session.execute(update(Address).values(suppressed_at=NOW, suppressed_reason="hard_bounce"))
    session.commit()


def forget_addresses(session: Session) -> None:
    """Nobody's address is known any more."""
    session.execute(update(Customer).values(email=None))
    session.commit()


def fresh(session: Session, response: Response) -> Response:
    """The answer as the database has it now; no transaction is left open."""
    found = session.scalars(
        select(Response).where(Response.id == response.id).execution_options(populate_existing=True)
    ).one()
    session.commit()
    return found
