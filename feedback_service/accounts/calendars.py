"""The hours in which a team works."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.business_hours import BusinessHours, read
from feedback_service.accounts.models import Calendar, Team

_KEPT = "hours of teams"
"""Under this name a session keeps what its transaction has read already."""


def hours_of(session: Session, team_id: int) -> BusinessHours | None:
    """When a team works; None around the clock. Raises CalendarError where its calendar cannot be read."""
    if team_id not in _kept(session):
        row = session.execute(
            select(Calendar.zone, Calendar.hours, Calendar.country, Calendar.holidays)
            .join(Team, Team.calendar_id == Calendar.id)
            .where(Team.id == team_id)
        ).first()
        _kept(session)[team_id] = read(row.zone, row.hours, row.country, row.holidays) if row else None
    return _kept(session)[team_id]


def hours_of_team(session: Session, key: str) -> BusinessHours | None:
    """The same of the team with this key; a team that nobody founded yet works around the clock."""
    team = session.scalar(select(Team.id).where(Team.key == key))
    return hours_of(session, team) if team is not None else None


def _kept(session: Session) -> dict[int, BusinessHours | None]:
    """What this transaction has read; the next one reads anew, since somebody may have changed a calendar."""
    present = session.get_transaction()
    transaction, kept = session.info.get(_KEPT, (None, {}))
    if present is None or transaction is not present:
        kept = {}
        session.info[_KEPT] = (present, kept)
    found: dict[int, BusinessHours | None] = kept
    return found
