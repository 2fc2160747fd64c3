"""Taking an invitation back stops its mails and ends its link, as far as they have not gone."""

from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.delivery.cancel_mails import cancel_with_mails
from feedback_service.delivery.models import Message, MessageState
from feedback_service.delivery.queue_mails import queue_invitation_mails
from feedback_service.delivery.remind import queue_reminders
from feedback_service.invitations.cancel import Cancelled
from feedback_service.invitations.links import token
from feedback_service.invitations.models import LinkScope
from tests.delivery.factories import messages, outbox
from tests.invitations.factories import DAY, LINK_KEYS, NOW, invitation

WHY = "We have spoken on the phone"


def test_a_mail_that_waits_does_not_leave(session: Session) -> None:
    first, other = outbox(session, 2)
    outcome = cancel_with_mails(session, first.invitation_id, by="Ana", reason=WHY, now=NOW)
    assert outcome is Cancelled.NOW
    stopped, waiting = messages(session)
    assert (stopped.state, stopped.detail) == (MessageState.CANCELLED, f"Taken back by Ana: {WHY}")
    assert (waiting.id, waiting.state) == (other.id, MessageState.PENDING)


def test_what_is_sent_stays_sent_and_no_reminder_follows(session: Session) -> None:
    made = invitation(session)
    queue_invitation_mails(session, NOW, 10)
    session.execute(update(Message).values(state=MessageState.SENT, sent_at=NOW))
    cancel_with_mails(session, made.id, by="Ana", reason=WHY, now=NOW + DAY)
    assert queue_reminders(session, NOW + 5 * DAY, 10) == 0
    assert [message.state for message in messages(session)] == [MessageState.SENT]


def test_whoever_opens_the_link_then_reads_that_it_has_ended(
    session: Session, client: FlaskClient, now: object
) -> None:
    made = invitation(session)
    path = f"/r/{token(LINK_KEYS, LinkScope.ANSWER, made.uid, 1)}"
    session.rollback()
    assert client.get(path).status_code == 200
    cancel_with_mails(session, made.id, by="Ana", reason=WHY, now=NOW)
    session.commit()
    for answer in (client.get(path), client.post(path, data={"score": "5"})):
        assert answer.status_code == 410
        assert "Ana" not in answer.text
