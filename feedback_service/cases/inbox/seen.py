"""Notes who has read an answer, so that every customer's words were seen by somebody."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from feedback_service.cases.inbox.models import Seen
from feedback_service.cases.inbox.queries import SHOWN
from feedback_service.database import insert_new
from feedback_service.responses.models import Response, ResponseRevision


def mark_read(
    session: Session,
    response_ids: Collection[int],
    *,
    read_of: Mapping[int, int] | None = None,
    user_id: int,
    now: datetime,
) -> int:
    """Note that somebody has read these answers; returns how many they had not read. Others' ids are left alone.

    `read_of` has the revision that they had before them, by the answer's id: an answer to which more was said
    meanwhile stays unread. The answers are locked in the order of their ids: two who mark one page do not wait for
    each other in a ring.
    """
    there = session.execute(
        select(Response.id, Response.revision)
        .where(Response.id.in_(response_ids), SHOWN)
        .order_by(Response.id)
        .with_for_update(key_share=True)
    ).all()
    ids = [row.id for row in there if read_of is None or read_of.get(row.id) == row.revision]
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


def unread_again(session: Session, responses: Iterable[Response]) -> None:
    """Of these answers, which the caller holds, forget who read them before the last thing was said."""
    read = {response.id: response for response in responses if response.read_at is not None and response.revision > 1}
    if not read:
        return
    said = session.execute(
        select(ResponseRevision.response_id, func.max(ResponseRevision.recorded_at))
        .where(ResponseRevision.response_id.in_(read))
        .group_by(ResponseRevision.response_id)
    )
    for response_id, at in said.all():
        session.execute(delete(Seen).where(Seen.response_id == response_id, Seen.at < at))
        read[response_id].read_at = session.scalar(select(func.min(Seen.at)).where(Seen.response_id == response_id))
