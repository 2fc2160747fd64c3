"""Notes that somebody has read what they were told."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.cases.notices.models import Notice


def mark_read(session: Session, user_id: int, notice_id: int, now: datetime) -> bool:
    """Whether this notice is theirs, and was unread until now."""
    return _mark(session, user_id, now, notice_id) > 0


def mark_all_read(session: Session, user_id: int, now: datetime, *, up_to: int) -> int:
    """How many were unread; what came after the notice `up_to`, the newest on the page, stays so."""
    return _mark(session, user_id, now, None, up_to)


def _mark(session: Session, user_id: int, now: datetime, only: int | None, up_to: int | None = None) -> int:
    statement = update(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None)).values(read_at=now)
    if only is not None:
        statement = statement.where(Notice.id == only)
    if up_to is not None:
        statement = statement.where(Notice.id <= up_to)
    return len(session.scalars(statement.returning(Notice.id).execution_options(synchronize_session=False)).all())
