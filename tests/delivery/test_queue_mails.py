"""One invitation, one message, however often the step is run."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_service.delivery.models import Message, MessagePurpose, MessageState
from feedback_service.delivery.queue_mails import queue_invitation_mails
from feedback_service.invitations.models import Invitation
from tests.delivery.factories import outbox
from tests.invitations.factories import NOW, invitation, numbered


def test_a_new_invitation_gets_a_message(session: Session) -> None:
    made = invitation(session)
    assert queue_invitation_mails(session, NOW, 10) == 1
    message = session.scalars(select(Message)).one()
    assert (message.purpose, message.subject_key, message.ordinal) == (MessagePurpose.INVITATION, made.uid, 1)
    assert (message.state, message.attempts, message.next_attempt_at) == (MessageState.PENDING, 0, NOW)
    assert made.queued_at == NOW
    assert queue_invitation_mails(session, NOW, 10) == 0


def test_a_step_that_forgot_what_it_did_queues_nothing_twice(session: Session) -> None:
    outbox(session, 3)
    session.execute(update(Invitation).values(queued_at=None))
    assert queue_invitation_mails(session, NOW, 10) == 3
    assert session.scalar(select(func.count()).select_from(Message)) == 3


def test_a_limit_is_kept(session: Session) -> None:
    for number in range(3):
        invitation(session, numbered(number))
    assert [queue_invitation_mails(session, NOW, 2) for _ in range(3)] == [2, 1, 0]
