"""Reads of what a colleague was told."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.count_up_to import count_up_to
from feedback_service.cases.notices.models import Notice
from feedback_service.cases.notices.shown import people_named

PAGE = 50
MOST_COUNTED = 100
"""Counting further would read what nobody looks at: the navigation says 99+ from here on."""


def unread(session: Session, user_id: int) -> int:
    """How many notices somebody has not read, counted up to `MOST_COUNTED`, which stands for 99+."""
    return count_up_to(
        session, select(Notice.id).where(Notice.user_id == user_id, Notice.read_at.is_(None)), MOST_COUNTED
    )


def notices_of(session: Session, user_id: int, *, read: bool, before: int | None = None) -> tuple[list[Notice], bool]:
    """A page of what somebody was told, newest first: what they have read, or have not; and whether more follow.

    `before`: only what came before the notice with this id.
    """
    statement = select(Notice).where(
        Notice.user_id == user_id, Notice.read_at.is_not(None) if read else Notice.read_at.is_(None)
    )
    if before is not None:
        statement = statement.where(Notice.id < before)
    found = session.scalars(statement.order_by(Notice.id.desc()).limit(PAGE + 1)).all()
    return list(found[:PAGE]), len(found) > PAGE


def names_in(session: Session, notices: Sequence[Notice]) -> dict[int, str]:
    """Names of the colleagues whom these notices speak of, by id."""
    ids = {user_id for notice in notices for user_id in people_named(notice.facts)}
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all()) if ids else {}
