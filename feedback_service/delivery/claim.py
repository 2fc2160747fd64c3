"""Taking mails out of the outbox for a while: a claim has a lease, and a lease that ran out frees it.

What every mail needs is built once, on the tables: for a few rows, building a statement takes longer than running it.
"""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Executable, and_, bindparam, or_, select, text, update
from sqlalchemy.orm import Session

from feedback_service.database import Base
from feedback_service.delivery.models import UNSENT, Message, MessageState

LEASE = timedelta(minutes=10)  # longer than a batch of slow mails, shorter than anybody's patience
HELD = (MessageState.LEASED, MessageState.HANDING)
REPORTED = (Message.delivered_at, Message.bounced_at, Message.complained_at)
"""What nobody reports of a mail that never left."""
RELEASED: Mapping[str, None] = {"leased_until": None, "lease_key": None}
"""What becomes of a lease with every state that is not held."""

_messages = Base.metadata.tables[Message.__tablename__]
_held = update(_messages).where(
    _messages.c.id.in_(bindparam("ids", expanding=True)),
    _messages.c.lease_key == bindparam("held_under"),
    _messages.c.state.in_(HELD),
)
_HAND_OVER = (
    _held.where(_messages.c.state == MessageState.LEASED)
    .values(state=MessageState.HANDING, attempts=_messages.c.attempts + 1, leased_until=bindparam("until"))
    .returning(_messages.c.id)
)
_SENT = _held.values(state=MessageState.SENT, sent_at=bindparam("at"), detail=bindparam("said"), **RELEASED).returning(
    _messages.c.id
)


def release_expired(session: Session, now: datetime) -> None:
    """Take up what a crashed worker held: before the final dot it is safe to try again, after it nobody knows."""
    stopped = "The service stopped while the mail was being handed over. It may or may not have left."
    known = "The service stopped while the mail was being handed over. It left: the mail provider reported it."
    left = or_(*(moment.is_not(None) for moment in REPORTED))
    fates: tuple[tuple[ColumnElement[bool], dict[str, object]], ...] = (
        (Message.state == MessageState.LEASED, {"state": MessageState.PENDING}),
        (
            and_(Message.state == MessageState.HANDING, left),
            {"state": MessageState.SENT, "sent_at": now, "detail": known},
        ),
        (Message.state == MessageState.HANDING, {"state": MessageState.UNKNOWN, "detail": stopped}),
    )
    for held, fate in fates:
        session.execute(
            update(Message).where(text(UNSENT), held, Message.leased_until <= now).values({**fate, **RELEASED})
        )


def claim(session: Session, now: datetime, limit: int) -> tuple[str, list[int]]:
    """Lease up to `limit` mails that are due; returns the lease's key and their ids."""
    lease_key = secrets.token_hex(16)
    # Found first and then updated: as a subquery of the update, PostgreSQL may run it again and exceed the limit.
    due = session.scalars(
        select(Message.id)
        .where(text(UNSENT), Message.state == MessageState.PENDING, Message.next_attempt_at <= now)
        .order_by(Message.next_attempt_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    ids = session.scalars(
        update(Message)
        .where(Message.id.in_(due), Message.state == MessageState.PENDING)
        .values(state=MessageState.LEASED, leased_until=now + LEASE, lease_key=lease_key)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return lease_key, sorted(ids)


def hand_over(session: Session, ids: Collection[int], lease_key: str, until: datetime) -> set[int]:
    """Say `handing` of those that the lease still holds, and renew it; returns their ids."""
    return _changed(session, _HAND_OVER, {"ids": list(ids), "held_under": lease_key, "until": until})


def mark_sent(session: Session, ids: Collection[int], lease_key: str, at: datetime, said: str) -> set[int]:
    """Say `sent` of those that the lease still holds, with what the server said; returns their ids."""
    return _changed(session, _SENT, {"ids": list(ids), "held_under": lease_key, "at": at, "said": said})


def mark(session: Session, message_id: int, lease_key: str, values: Mapping[str, object]) -> bool:
    """Let go of a message with `values`; whether the lease still held it."""
    changed = _held.values(**RELEASED, **values).returning(_messages.c.id)
    return bool(_changed(session, changed, {"ids": [message_id], "held_under": lease_key}))


def give_back(session: Session, ids: Collection[int], lease_key: str, now: datetime) -> None:
    """Return what was not tried, since the server takes nothing now."""
    values = {"state": MessageState.PENDING, "next_attempt_at": now, **RELEASED}
    untried = _held.where(_messages.c.state == MessageState.LEASED).values(**values)
    session.execute(untried, {"ids": list(ids), "held_under": lease_key})


def _changed(session: Session, statement: Executable, values: Mapping[str, object]) -> set[int]:
    """Run a statement on the tables that returns ids; the session has no part in it but its transaction."""
    return set(session.connection().execute(statement, values).scalars())
