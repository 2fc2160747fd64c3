"""A note is queued once, and leaves alone whatever has to do with asking."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.delivery.cancel_mails import cancel_with_mails
from feedback_service.delivery.models import ASKING, NOTES, Message, MessagePurpose, MessageState
from feedback_service.delivery.queue_mails import queue_invitation_mails
from feedback_service.delivery.queue_note import queue_note
from feedback_service.delivery.remind import queue_reminders
from feedback_service.invitations.models import Invitation
from tests.invitations.factories import DAY, NOW, invitation

OUTCOME, WITHDRAWAL = MessagePurpose.OUTCOME, MessagePurpose.WITHDRAWAL


def queued(session: Session, made: Invitation, purpose: MessagePurpose = OUTCOME, **more: object) -> bool:
    told: dict[str, object] = {"words": "We sent a new one.", "subject_key": "case:7:1", "now": NOW, **more}
    new = queue_note(session, made.id, purpose, **told)  # type: ignore[arg-type]  # a test names what it needs
    session.commit()
    return new


def test_what_is_queued_twice_is_one_mail(session: Session) -> None:
    made = invitation(session)
    assert queued(session, made)
    assert not queued(session, made, words="Something else.")
    note = session.scalars(select(Message)).one()
    assert (note.purpose, note.words, note.invitation_id) == (OUTCOME, "We sent a new one.", made.id)
    assert (note.state, note.attempts, note.next_attempt_at, note.locale) == (MessageState.PENDING, 0, NOW, None)
    assert queued(session, made, ordinal=2)
    assert queued(session, made, subject_key="case:8:1", locale="de")
    assert queued(session, made, WITHDRAWAL, words=None)


@pytest.mark.parametrize("purpose", sorted(ASKING))
def test_a_mail_that_asks_is_no_note(session: Session, purpose: MessagePurpose) -> None:
    with pytest.raises(ValueError, match="a mail that asks"):
        queued(session, invitation(session), purpose)


def test_every_purpose_asks_or_answers() -> None:
    assert set(MessagePurpose) == ASKING | NOTES
    assert not ASKING & NOTES
    assert all(purpose.words for purpose in MessagePurpose)


def test_reminders_are_counted_from_the_mail_that_asked(session: Session) -> None:
    made = invitation(session)
    queue_invitation_mails(session, NOW, 10)
    first = session.scalars(select(Message)).one()
    first.state, first.sent_at = MessageState.SENT, NOW
    remind_at = made.remind_at
    queued(session, made, now=NOW + 3 * DAY)
    assert made.remind_at == remind_at
    assert queue_reminders(session, NOW + 5 * DAY, 10) == 1
    purposes = list(session.scalars(select(Message.purpose).order_by(Message.id)))
    assert purposes == [MessagePurpose.INVITATION, OUTCOME, MessagePurpose.REMINDER]


def test_an_invitation_that_is_taken_back_takes_no_note_with_it(session: Session) -> None:
    made = invitation(session)
    queue_invitation_mails(session, NOW, 10)
    queued(session, made)
    cancel_with_mails(session, made.id, by="Ana", reason="asked twice", now=NOW)
    states = dict(session.execute(select(Message.purpose, Message.state)).all())
    assert states == {MessagePurpose.INVITATION: MessageState.CANCELLED, OUTCOME: MessageState.PENDING}
