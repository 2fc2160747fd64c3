"""Notes who has read an answer, so that every customer's words were seen by somebody."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.cases.inbox.models import Seen
from feedback_service.cases.inbox.queries import SHOWN
from feedback_service.database import insert_new
from feedback_service.responses.models import Response


def mark_read(session: Session, response_ids: Collection[int], *, user_id: int, now: datetime) -> int:
    """Note that somebody has read these answers; returns how many they had not read. Others' ids are left alone.

    The answers are locked in the order of their ids: two who mark one page do not wait for each other in a ring.
    """
    ids = session.scalars(
        select(Response.id)
        .where(Response.id.in_(response_ids), SHOWN)
        .order_by(Response.id)
        .with_for_update(key_share=True)
    ).all()
    if not ids:
        return 0
    new = session.scalars(
        insert_new(session, Seen)
        .values([{"response_id": response_id, "user_id": user_id, "at": now} for response_id in ids])
        .returning(Seen.response_id)
    ).all()
    session.execute(
        update(Response)
        .where(Response.id.in_(ids), Response.read_at.is_(None))
        .values(read_at=now)
        .execution_options(synchronize_session="fetch")
    )
    return len(new)
