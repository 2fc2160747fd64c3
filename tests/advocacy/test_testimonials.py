"""A consent is kept as it was given, once; taken back, the words are gone and the fact stays."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.advocacy import models
from feedback_service.advocacy.models import ShownWhere, SignedAs
from feedback_service.advocacy.testimonials import Consent, allow, withdraw
from tests.responses.factories import asked

CONSENT = Consent("Lovely lamp", SignedAs.NOBODY, ShownWhere.ANYWHERE, "I allow it.")


def kept(session: Session) -> models.Testimonial:
    session.commit()
    return session.scalars(select(models.Testimonial).execution_options(populate_existing=True)).one()


def test_what_was_agreed_to_is_kept_word_for_word(session: Session, now: datetime) -> None:
    allow(session, asked(session, now).invitation_id, CONSENT, now)
    row = kept(session)
    assert (row.words, row.signed_as, row.shown_where) == ("Lovely lamp", SignedAs.NOBODY, ShownWhere.ANYWHERE)
    assert (row.consented_at, row.consent_words, row.withdrawn_at) == (now, "I allow it.", None)


def test_a_second_press_changes_nothing(session: Session, now: datetime) -> None:
    person = asked(session, now)
    allow(session, person.invitation_id, CONSENT, now)
    other = Consent("Other words", SignedAs.FULL_NAME, ShownWhere.SHOP, "Other.")
    allow(session, person.invitation_id, other, now + timedelta(hours=1))
    assert (kept(session).words, kept(session).consented_at) == ("Lovely lamp", now)


def test_taken_back_the_words_are_gone_and_the_fact_stays(session: Session, now: datetime) -> None:
    person = asked(session, now)
    allow(session, person.invitation_id, CONSENT, now)
    later = now + timedelta(days=40)
    assert withdraw(session, person.invitation_id, later)
    row = kept(session)
    assert (row.words, row.withdrawn_at) == ("", later)
    assert (row.consented_at, row.consent_words) == (now, "I allow it.")
    assert not withdraw(session, person.invitation_id, later + timedelta(days=1))
    assert kept(session).withdrawn_at == later


def test_what_was_taken_back_is_not_allowed_again_by_an_old_page(session: Session, now: datetime) -> None:
    person = asked(session, now)
    allow(session, person.invitation_id, CONSENT, now)
    withdraw(session, person.invitation_id, now)
    allow(session, person.invitation_id, CONSENT, now)
    assert kept(session).words == ""


def test_nothing_is_taken_back_from_others(session: Session, now: datetime) -> None:
    ana, bo = asked(session, now), asked(session, now)
    allow(session, ana.invitation_id, CONSENT, now)
    assert not withdraw(session, bo.invitation_id, now)
    assert kept(session).words == "Lovely lamp"
