"""Starting to send, and pausing: until somebody sets the date, nobody is asked."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback_service.invitations.models import GoLive


def set_go_live(session: Session, at: datetime, *, by: str, now: datetime, opt_outs_settled: bool = False) -> None:
    """Ask about orders placed from `at` on; earlier ones are never asked about.

    `opt_outs_settled`: somebody confirmed that earlier opt-outs were taken in, or that there are none.
    """
    row = session.get(GoLive, 1) or GoLive(id=1, opt_outs_settled=False)
    row.at, row.set_at, row.set_by = at, now, by
    row.opt_outs_settled = row.opt_outs_settled or opt_outs_settled
    session.add(row)


def set_paused(session: Session, paused: bool, *, now: datetime) -> bool:
    """Pause or go on; whether sending had ever gone live. What waits meanwhile goes on waiting."""
    row = session.get(GoLive, 1)
    if row is None:
        return False
    if row.paused_at is not None and not paused:
        row.set_at = now  # what waited through the pause is not late yet
    row.paused_at = (row.paused_at or now) if paused else None
    return True


def go_live(session: Session) -> GoLive | None:
    """The row as it is, or None where sending never went live."""
    return session.get(GoLive, 1)


def go_live_at(session: Session) -> datetime | None:
    """The date, or None where sending never went live."""
    row = session.get(GoLive, 1)
    return row.at if row else None


def asking_since(session: Session) -> datetime | None:
    """The go-live date while people are asked; None before it is set and while sending is paused."""
    row = session.get(GoLive, 1)
    return row.at if row and row.paused_at is None else None
