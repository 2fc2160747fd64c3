"""Reads what managers were called about."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.database import spelled_out
from feedback_service.insights.alerts.models import Alert, AlertsOff, WatchedWeek
from feedback_service.insights.rules.alarms import Outcome

MOST_SHOWN = 100  # in the history; at most one a year is false, so these are years
MOST_PICTURES = 3


def newest_alerts(session: Session) -> list[Alert]:
    """The newest first."""
    return list(session.scalars(select(Alert).order_by(Alert.week.desc(), Alert.id.desc()).limit(MOST_SHOWN)))


def open_alerts(session: Session) -> list[Alert]:
    """What is still so, the newest first."""
    return list(
        session.scalars(
            select(Alert)
            .where(Alert.outcome == spelled_out(Outcome.OPEN))
            .order_by(Alert.week.desc(), Alert.id.desc())
            .limit(MOST_SHOWN)
        )
    )


@dataclass(frozen=True)
class Watching:
    """What is watched, and whether this manager hears of it."""

    last: WatchedWeek | None
    """The newest week that was looked at."""
    mailed: bool


def watching(session: Session, user_id: int) -> Watching:
    """For one manager."""
    last = session.scalars(select(WatchedWeek).order_by(WatchedWeek.week.desc()).limit(1)).first()
    return Watching(last, session.get(AlertsOff, user_id) is None)
