"""Reads of the outbox."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.delivery.models import Message, MessagePurpose, MessageState
from feedback_service.invitations.models import Invitation


@dataclass(frozen=True)
class OutboxLine:
    """A message that somebody should look at."""

    id: int
    purpose: MessagePurpose
    recipient: str
    created_at: datetime
    detail: str


def messages_by_state(session: Session) -> dict[MessageState, int]:
    """How many messages are in each state."""
    rows = session.execute(select(Message.state, func.count()).group_by(Message.state))
    found = dict(rows.all())
    return {state: found.get(state, 0) for state in MessageState}


def messages_in_state(session: Session, state: MessageState, limit: int = 100) -> list[OutboxLine]:
    """The newest messages in one state."""
    rows = session.execute(
        select(Message.id, Message.purpose, Customer.email, Message.created_at, Message.detail)
        .join(Invitation, Invitation.id == Message.invitation_id)
        .join(Customer, Customer.id == Invitation.customer_id)
        .where(Message.state == state)
        .order_by(Message.id.desc())
        .limit(limit)
    )
    return [OutboxLine(number, purpose, email or "erased", at, detail) for number, purpose, email, at, detail in rows]
