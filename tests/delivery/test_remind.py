"""Whoever has not answered is reminded: once, some days after the mail has left, and for as long as it makes sense."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.customers.forbid import unsubscribe
from feedback_service.customers.models import Address, Customer
from feedback_service.delivery.models import Message, MessagePurpose, MessageState
from feedback_service.delivery.queue_mails import queue_invitation_mails
from feedback_service.delivery.remind import LOOK_AGAIN, queue_reminders
from feedback_service.invitations.go_live import set_paused
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.questionnaires.models import Survey
from tests.delivery.factories import messages
from tests.invitations.factories import CSAT, DAY, NOW, invitation, numbered

HOUR = timedelta(hours=1)


@pytest.fixture
def asked(session: Session) -> Invitation:
    """Somebody whose mail left an hour after it was queued."""
    made = invitation(session)
    queue_invitation_mails(session, NOW, 10)
    leaves(session, NOW + HOUR)
    return made


def leaves(session: Session, at: datetime) -> None:
    """Let everything that waits in the outbox be sent."""
    session.execute(
        update(Message).where(Message.state == MessageState.PENDING).values(state=MessageState.SENT, sent_at=at)
    )
    session.commit()


def look(session: Session, at: datetime) -> list[MessageState]:
    """Run the step once, and tell the states of all reminders there are."""
    queue_reminders(session, at, 10)
    session.commit()
    return [message.state for message in messages(session) if message.purpose == MessagePurpose.REMINDER]


def rules(session: Session, **asking: object) -> None:
    """Change how the survey reminds."""
    survey = session.get_one(Survey, CSAT)
    survey.rules = {**survey.rules, "asking": {**survey.rules["asking"], **asking}}
    session.commit()


# --- the usual case -------------------------------------------------------------------------------------------------


def test_one_reminder_four_days_after_the_mail_has_left(session: Session, asked: Invitation) -> None:
    assert look(session, NOW + 4 * DAY - HOUR) == []
    assert look(session, NOW + 4 * DAY) == [], "counted from when it left, not from when it was queued"
    assert asked.remind_at == NOW + 4 * DAY + HOUR
    assert look(session, NOW + 4 * DAY + HOUR) == [MessageState.PENDING]
    reminder = messages(session)[-1]
    assert (reminder.subject_key, reminder.ordinal, reminder.invitation_id) == (asked.uid, 1, asked.id)
    assert asked.remind_at is None
    leaves(session, NOW + 5 * DAY)
    assert look(session, NOW + 20 * DAY) == [MessageState.SENT], "and no second one"


def test_a_survey_may_remind_more_often_or_never(session: Session) -> None:
    rules(session, reminders=2, reminder_after_days=3)
    made = invitation(session)
    queue_invitation_mails(session, NOW, 10)
    leaves(session, NOW)
    for number in (1, 2):
        assert len(look(session, NOW + 3 * number * DAY)) == number
        leaves(session, NOW + 3 * number * DAY)
    assert made.remind_at is None
    assert [message.ordinal for message in messages(session)] == [1, 1, 2]
    rules(session, reminders=0)
    silent = invitation(session, numbered(1))
    queue_invitation_mails(session, NOW, 10)
    assert silent.remind_at is None


def test_a_rule_that_changed_meanwhile_holds(session: Session, asked: Invitation) -> None:
    rules(session, reminders=0)
    assert look(session, NOW + 5 * DAY) == []
    assert asked.remind_at is None


def test_two_runs_at_once_remind_once(session: Session, asked: Invitation) -> None:
    look(session, NOW + 5 * DAY)
    session.execute(update(Invitation).values(remind_at=NOW))  # as if the first run's word had been lost
    rules(session, reminders=1)
    assert len(look(session, NOW + 5 * DAY)) == 1


def test_a_reminder_uses_nobodys_patience(session: Session, asked: Invitation) -> None:
    look(session, NOW + 5 * DAY)
    assert session.scalars(select(Address.last_asked_at)).one() == NOW


# --- mails that have not left ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [MessageState.PENDING, MessageState.UNKNOWN])
def test_a_mail_that_has_not_left_is_looked_at_again(session: Session, state: MessageState) -> None:
    made = invitation(session)
    queue_invitation_mails(session, NOW, 10)
    session.execute(update(Message).values(state=state))
    session.commit()
    assert look(session, NOW + 4 * DAY) == []
    assert made.remind_at == NOW + 4 * DAY + LOOK_AGAIN
    session.execute(update(Message).values(state=MessageState.SENT, sent_at=NOW + 4 * DAY))
    assert look(session, NOW + 5 * DAY) == []
    assert made.remind_at == NOW + 8 * DAY


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.CANCELLED])
def test_a_mail_that_never_left_is_not_reminded_of(session: Session, state: MessageState) -> None:
    made = invitation(session)
    queue_invitation_mails(session, NOW, 10)
    session.execute(update(Message).values(state=state, detail="The address takes no mail."))
    assert look(session, NOW + 5 * DAY) == []
    assert made.remind_at is None


# --- who is not reminded --------------------------------------------------------------------------------------------


def _answer(session: Session, asked: Invitation) -> None:
    asked.answered_at = NOW + DAY


def _take_back(session: Session, asked: Invitation) -> None:
    asked.cancelled_at, asked.cancelled_by = NOW + DAY, "Ana: asked twice"


def _expire(session: Session, asked: Invitation) -> None:
    asked.expires_at = NOW + 4 * DAY


@pytest.mark.parametrize("happens", [_answer, _take_back, _expire])
def test_what_is_over_is_over(
    session: Session, asked: Invitation, happens: Callable[[Session, Invitation], None]
) -> None:
    happens(session, asked)
    assert look(session, NOW + 5 * DAY) == []
    assert asked.remind_at is None


def _unsubscribe(session: Session, asked: Invitation) -> None:
    unsubscribe(session, asked.address_hash, NOW + DAY)


def _pause(session: Session, asked: Invitation) -> None:
    session.execute(update(Address).values(paused_until=NOW + 90 * DAY))


def _complain(session: Session, asked: Invitation) -> None:
    session.execute(update(Customer).values(open_cases=1))


def _refund(session: Session, asked: Invitation) -> None:
    session.execute(update(Order).values(status=OrderStatus.REFUNDED))


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (_unsubscribe, "No reminder: the person asked not to be asked."),
        (_pause, "No reminder: the person asked for a pause."),
        (_complain, "No reminder: a complaint of the person is still open."),
        (_refund, "No reminder: the order was refunded."),
    ],
)
def test_a_reminder_that_must_not_leave_says_why(
    session: Session, asked: Invitation, happens: Callable[[Session, Invitation], None], reason: str
) -> None:
    happens(session, asked)
    session.expire_all()
    assert look(session, NOW + 5 * DAY) == [MessageState.CANCELLED]
    assert messages(session)[-1].detail == reason
    assert asked.remind_at is None


# --- the sweep ------------------------------------------------------------------------------------------------------


def test_while_sending_is_paused_nobody_is_reminded(session: Session, asked: Invitation) -> None:
    set_paused(session, True, now=NOW + 4 * DAY)
    assert look(session, NOW + 5 * DAY) == []
    set_paused(session, False, now=NOW + 6 * DAY)
    assert look(session, NOW + 6 * DAY) == [MessageState.PENDING]


def test_a_limit_is_kept(session: Session) -> None:
    for number in range(3):
        invitation(session, numbered(number))
    queue_invitation_mails(session, NOW, 10)
    leaves(session, NOW)
    assert [queue_reminders(session, NOW + 5 * DAY, 2) for _ in range(3)] == [2, 1, 0]
