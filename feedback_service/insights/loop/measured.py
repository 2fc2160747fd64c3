"""How long cases took, in the time of the teams that answer for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_service.accounts.business_hours import BusinessHours, between
from feedback_service.accounts.calendars import hours_of
from feedback_service.insights.loop.queries import CaseTimes, Timed
from feedback_service.insights.rules.percentiles import Durations, measure

_MINUTES = 60


@dataclass(frozen=True)
class Taken:
    """Hours of the team's time until something was done, or so far where it is not."""

    hours: float
    done: bool
    allowed: float | None
    """Hours of the team's time from the opening to the deadline; None where none was kept."""


@dataclass(frozen=True)
class Measured:
    """A case and how long its first response and its first resolution took."""

    opened_on: date
    """In the business time zone."""
    team_id: int
    owner_id: int | None
    opened_again: bool
    response: Taken
    resolution: Taken


def measured(session: Session, cases: Iterable[CaseTimes], now: datetime, zone: ZoneInfo) -> list[Measured]:
    """Measure each case by its team's calendar. What came back to a case that had been closed is left out."""
    found = []
    for case in cases:
        hours = hours_of(session, case.team_id)
        found.append(
            Measured(
                case.opened_at.astimezone(zone).date(),
                case.team_id,
                case.owner_id,
                case.openings > 1,
                _taken(hours, case.opened_at, case.first_response, now),
                _taken(hours, case.opened_at, case.resolution, now),
            )
        )
    return found


def durations(taken: Sequence[Taken]) -> Durations:
    """Median and 90th percentile, with those that are not over."""
    return measure([each.hours for each in taken if each.done], [each.hours for each in taken if not each.done])


def usual_allowance(taken: Iterable[Taken]) -> float | None:
    """The median of the hours that there were; None where no deadline was kept."""
    allowed = [each.allowed for each in taken if each.allowed is not None]
    return median(allowed) if allowed else None


def _taken(hours: BusinessHours | None, opened_at: datetime, timed: Timed, now: datetime) -> Taken:
    until = now if timed.done_at is None else timed.done_at
    allowed = None if timed.due_at is None else between(hours, opened_at, timed.due_at) / _MINUTES
    return Taken(between(hours, opened_at, until) / _MINUTES, timed.done_at is not None, allowed)
