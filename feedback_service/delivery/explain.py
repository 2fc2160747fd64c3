"""Says of one person what became of the mails to them, and what they wrote back: as lines with a time."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from feedback_service.delivery.models import (
    DeliveryEvent,
    DeliveryEventKind,
    Message,
    MessagePurpose,
    MessageState,
    Reply,
)
from feedback_service.invitations.explain import MOST, Line, Person, subject_words, titles
from feedback_service.invitations.models import Invitation

_MAILS = {
    MessagePurpose.INVITATION: "The mail",
    MessagePurpose.REMINDER: "Reminder {ordinal}",
    MessagePurpose.OUTCOME: "The mail about what became of the answer",
    MessagePurpose.WITHDRAWAL: "The mail that asks whether to erase the answer",
    MessagePurpose.IMPROVEMENT: "The mail about what was improved since",
    MessagePurpose.REPLY: "A colleague's mail about the case",
}
_EVENTS = {
    DeliveryEventKind.DELIVERED: "The mail reached its mailbox",
    DeliveryEventKind.HARD_BOUNCE: "The mail came back for good",
    DeliveryEventKind.SOFT_BOUNCE: "The mail came back; another day it might have arrived",
    DeliveryEventKind.COMPLAINT: "Called the mail spam",
    DeliveryEventKind.UNSUBSCRIBED: "Unsubscribed at the mail provider",
    DeliveryEventKind.AUTO_REPLY: "A machine answered, such as a note of absence",
}
_BEING_SENT = frozenset({MessageState.LEASED, MessageState.HANDING})


def mail_lines(session: Session, person: Person, now: datetime) -> list[Line]:
    """Mails, reminders, what was reported about them, and replies of one person, in no order."""
    named = titles(session)
    messages = session.scalars(
        select(Message)
        .join(Invitation, Invitation.id == Message.invitation_id)
        .where(Invitation.customer_id.in_(person.ids))
        .order_by(Message.id.desc())
        .limit(MOST)
        .options(
            joinedload(Message.invitation).options(joinedload(Invitation.order), joinedload(Invitation.touchpoint))
        )
    ).all()
    lines: list[Line] = []
    for message in reversed(messages):
        invitation = message.invitation
        lines += _message(
            message, subject_words(named[invitation.survey_key], invitation.order, invitation.touchpoint), now
        )
    return [*lines, *_reports(session, person, messages), *_replies(session, person)]


def _message(message: Message, subject: str, now: datetime) -> Iterator[Line]:
    mail = _MAILS[message.purpose].format(ordinal=message.ordinal)
    last_tried = min(max(message.created_at, message.next_attempt_at), now)
    whole = f"{mail} of {subject}"
    if message.state != MessageState.CANCELLED or message.attempts:
        yield Line(message.created_at, f"{whole} was written into the outbox")
    if message.sent_at is not None:
        yield Line(message.sent_at, f"{whole} was sent", message.detail)
    elif message.state == MessageState.PENDING:
        yield Line(message.next_attempt_at, f"{whole} goes out", message.detail, ahead=True)
    elif message.state in _BEING_SENT:
        yield Line(now, f"{whole} is being sent")
    elif message.state == MessageState.UNKNOWN:
        yield Line(last_tried, f"Nobody knows whether {whole[0].lower()}{whole[1:]} has left", message.detail)
    elif message.state == MessageState.FAILED:
        yield Line(last_tried, f"{whole} could not be sent", message.detail)
    else:
        yield Line(last_tried, f"{whole} was not sent", message.detail)


def _reports(session: Session, person: Person, messages: Iterable[Message]) -> Iterator[Line]:
    ids = [message.id for message in messages]
    events = session.scalars(
        select(DeliveryEvent)
        .where(or_(DeliveryEvent.message_id.in_(ids), DeliveryEvent.address_hash.in_(person.hashes)))
        .order_by(DeliveryEvent.id.desc())
        .limit(MOST)
    )
    for event in events:
        yield Line(event.at, _EVENTS[event.kind], f"{event.source}: {event.detail}" if event.detail else event.source)


def _replies(session: Session, person: Person) -> Iterator[Line]:
    asked = select(Invitation.id).where(Invitation.customer_id.in_(person.ids))
    replies = session.scalars(
        select(Reply)
        .where(or_(Reply.customer_id.in_(person.ids), Reply.invitation_id.in_(asked)))
        .order_by(Reply.id.desc())
        .limit(MOST)
    )
    for reply in replies:
        yield Line(reply.received_at, f"Wrote back: “{reply.subject}”")
