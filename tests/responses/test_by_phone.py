"""What a customer said on the phone is one answer, and never stands in the place of what they wrote themselves."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.invitations.models import Invitation
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.responses import by_phone
from feedback_service.responses.by_phone import AnsweredBeforeError, Told, record_by_phone
from feedback_service.responses.collect import add_words, confirm_score
from feedback_service.responses.models import Channel, Response
from tests.responses.factories import NPS, asked

UTC_ZONE = ZoneInfo("UTC")


@pytest.fixture
def invitation(session: Session, now: datetime) -> Invitation:
    """Of somebody who was asked and has not answered."""
    return session.get_one(Invitation, asked(session, now).invitation_id)


def _told(invitation: Invitation, comment: str) -> Told:
    assert invitation.customer_id is not None
    return Told(invitation.customer_id, invitation.order_id, 3, comment, "en", "a" * 32)


def _record(session: Session, told: Told, now: datetime) -> Response:
    return record_by_phone(session, told, published_surveys(session)[NPS], zone=UTC_ZONE, now=now)


def _answers_by_mail(session: Session, invitation: Invitation, now: datetime) -> None:
    known = {"window": timedelta(days=1), "now": now}
    confirm_score(session, invitation, 9, zone=UTC_ZONE, **known)
    add_words(session, invitation, comment="Lovely.", wants_contact=False, **known)


def _answers(session: Session) -> list[tuple[Channel, int, str]]:
    found = session.scalars(select(Response).execution_options(populate_existing=True))
    return [(response.channel, response.latest_score, response.comment) for response in found]


def test_a_form_that_is_sent_twice_is_one_answer(session: Session, invitation: Invitation, now: datetime) -> None:
    told = _told(invitation, "It hums.")
    assert _record(session, told, now).id == _record(session, told, now).id
    assert _answers(session) == [(Channel.PHONE, 3, "It hums.")]


def test_what_was_answered_by_mail_stays(session: Session, invitation: Invitation, now: datetime) -> None:
    _answers_by_mail(session, invitation, now)
    with pytest.raises(AnsweredBeforeError, match="has an answer"):
        _record(session, _told(invitation, "It hums."), now)
    assert _answers(session) == [(Channel.MAIL, 9, "Lovely.")]


@pytest.mark.parametrize("step", ["_open_invitation", "_answered"])
def test_so_does_an_answer_that_comes_in_the_middle(
    session: Session, invitation: Invitation, now: datetime, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """By mail, after the service looked for an invitation, or for an answer."""
    looked = getattr(by_phone, step)
    session.commit()

    def look(*known: object) -> object:
        found = looked(*known)
        _answers_by_mail(session, invitation, now)
        session.commit()
        return found

    monkeypatch.setattr(by_phone, step, look)
    with pytest.raises(AnsweredBeforeError, match="has an answer"):
        _record(session, _told(invitation, "It hums."), now)
    session.rollback()
    assert _answers(session) == [(Channel.MAIL, 9, "Lovely.")]
