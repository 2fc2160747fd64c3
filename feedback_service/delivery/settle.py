"""Settles mails of which nobody knew whether they left."""

from collections.abc import Container
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.delivery.claim import REPORTED
from feedback_service.delivery.compose import message_id_for
from feedback_service.delivery.models import Message, MessageState


def settle(session: Session, message_id: int, *, arrived: bool, by: str, now: datetime) -> bool:
    """Say what became of an `unknown` mail; whether it was still unknown. One that did not arrive is sent again.

    Of a mail that was reported to have arrived, bounced or been complained about, nobody can say that it never left.
    """
    values: dict[str, object] = (
        {"state": MessageState.SENT, "sent_at": now, "detail": f"Settled by {by}: it arrived."}
        if arrived
        else {
            "state": MessageState.PENDING,
            "next_attempt_at": now,
            "detail": f"Settled by {by}: it did not arrive, so it is sent again.",
        }
    )
    never_reported = [moment.is_(None) for moment in REPORTED]
    settled = session.execute(
        update(Message)
        .where(Message.id == message_id, Message.state == MessageState.UNKNOWN, *(() if arrived else never_reported))
        .values(**values)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return settled.first() is not None


def settle_from_receiver(
    session: Session, received: Container[str], *, sender_domain: str, by: str, now: datetime
) -> int:
    """Settle every mail that was being handed over, from the receiving side's complete list of Message-IDs.

    Only for a receiver that is known to have stopped together with us; returns how many were settled.
    """
    session.execute(
        update(Message)
        .where(Message.state == MessageState.HANDING)
        .values(state=MessageState.UNKNOWN, leased_until=None, lease_key=None)
    )
    session.execute(
        update(Message)
        .where(Message.state == MessageState.LEASED)
        .values(state=MessageState.PENDING, leased_until=None, lease_key=None)
    )
    unknown = session.execute(select(Message.id, Message.uid).where(Message.state == MessageState.UNKNOWN)).all()
    for message_id, uid in unknown:
        settle(session, message_id, arrived=message_id_for(uid, sender_domain) in received, by=by, now=now)
    return len(unknown)
