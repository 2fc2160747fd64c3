"""Mails that have left, and what is known of them and of the address they went to."""

import secrets
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.customers.models import Address, AddressChange, AddressFact
from feedback_service.delivery.inbound.take_event import Taken, take_event
from feedback_service.delivery.models import DeliveryEvent, DeliveryEventKind, Message, MessagePurpose, MessageState
from feedback_service.delivery.rules.event import Event
from tests.delivery.factories import DOMAIN, outbox
from tests.invitations.factories import NOW, PRIVACY_KEY


def sent(session: Session, *, state: MessageState = MessageState.SENT) -> Message:
    """The first mail to one buyer, as it has left, or may have; committed."""
    (message,) = outbox(session, 1)
    return _left(session, message, state)


def sent_again(session: Session, first: Message) -> Message:
    """Another mail to the same buyer; committed."""
    ordinal = session.scalar(select(func.count()).select_from(Message)) or 0
    again = Message(
        uid=secrets.token_hex(16),
        purpose=MessagePurpose.REMINDER,
        subject_key=first.subject_key,
        ordinal=ordinal,
        invitation_id=first.invitation_id,
        created_at=NOW,
        next_attempt_at=NOW,
    )
    session.add(again)
    return _left(session, again, MessageState.SENT)


def _left(session: Session, message: Message, state: MessageState) -> Message:
    message.state = state
    message.sent_at = NOW if state == MessageState.SENT else None
    session.commit()
    return message


def message_id(message: Message) -> str:
    """As it stands between the brackets of the Message-ID header."""
    return f"{message.uid}@{DOMAIN}"


def report(message: Message | None, kind: DeliveryEventKind, *, key: str = "", **changes: object) -> Event:
    """A signed event that names our Message-ID, where there is a message, and no recipient."""
    told: dict[str, object] = {
        "source": "ses",
        "key": key or secrets.token_hex(8),
        "kind": kind,
        "at": NOW,
        "message_ids": (message_id(message),) if message else (),
        "signed": True,
    }
    return Event(**{**told, **changes})  # type: ignore[arg-type]  # a test says which


def take(session: Session, event: Event, now: datetime = NOW) -> Taken:
    """Take an event in, and commit."""
    taken = take_event(session, event, now, key=PRIVACY_KEY)
    session.commit()
    return taken


def message_now(session: Session, message: Message) -> Message:
    """The message as the database has it."""
    found = session.get_one(Message, message.id, populate_existing=True)
    session.commit()
    return found


def address_now(session: Session) -> Address:
    """The one address as the database has it."""
    found = session.scalars(select(Address).execution_options(populate_existing=True)).one()
    session.commit()
    return found


def facts(session: Session) -> list[tuple[AddressFact, str]]:
    """What was learned about addresses, and who said so."""
    rows = session.execute(select(AddressChange.fact, AddressChange.by).order_by(AddressChange.id)).all()
    session.commit()
    return [(row.fact, row.by) for row in rows]


def evidence(session: Session) -> list[DeliveryEvent]:
    """Every report that was kept."""
    found = session.scalars(select(DeliveryEvent).order_by(DeliveryEvent.id)).all()
    session.commit()
    return list(found)
