"""Starting to send: until somebody sets the date, nobody is asked."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback_service.invitations.models import GoLive


def set_go_live(session: Session, at: datetime, *, by: str, now: datetime) -> None:
    """Ask about orders placed from `at` on; earlier ones are never asked about."""
    session.merge(GoLive(id=1, at=at, set_at=now, set_by=by))


def go_live_at(session: Session) -> datetime | None:
    """The date, or None while sending is paused."""
    row = session.get(GoLive, 1)
    return row.at if row else None
