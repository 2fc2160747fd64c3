"""How long cases took, in the time of the teams that answer for them."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_service.accounts.business_hours import BusinessHours, openings
from feedback_service.accounts.calendars import hours_of
from feedback_service.insights.loop.queries import CaseTimes
from feedback_service.insights.rules.percentiles import Durations, measure

_MINUTES = 60
_MINUTE, _DAY, _NOTHING = timedelta(minutes=1), timedelta(days=1), timedelta(0)
_Worked = Callable[[datetime], timedelta]


class Taken(NamedTuple):
    """Hours of the team's time until something was done, or so far where it is not."""

    hours: float
    done: bool
    allowed: float | None
    """Hours of the team's time from the opening to the deadline; None where none was kept."""


class Measured(NamedTuple):
    """A case and how long its first response and its first resolution took."""

    opened_on: date
    """In the business time zone."""
    team_id: int
    owner_id: int | None
    opened_again: bool
    response: Taken
    resolution: Taken


def measured(session: Session, cases: Sequence[CaseTimes], now: datetime, zone: ZoneInfo) -> list[Measured]:
    """Measure each case by its team's calendar. What came back to a case that had been closed is left out."""
    moments = [now, *(at for case in cases for at in case if isinstance(at, datetime))]
    first, last = min(moments), max(moments)
    by_team = {team: _worked(hours_of(session, team), first, last) for team in {case.team_id for case in cases}}
    found = []
    for case in cases:
        worked = by_team[case.team_id]
        found.append(
            Measured(
                case.opened_at.astimezone(zone).date(),
                case.team_id,
                case.owner_id,
                case.openings > 1,
                _taken(worked, case.opened_at, case.response_due, case.response_done, now),
                _taken(worked, case.opened_at, case.resolution_due, case.resolution_done, now),
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


def _taken(worked: _Worked, opened_at: datetime, due: datetime | None, done: datetime | None, now: datetime) -> Taken:
    begun = worked(opened_at)
    allowed = None if due is None else _hours(worked(due) - begun)
    return Taken(_hours(worked(done or now) - begun), done is not None, allowed)


def _hours(passed: timedelta) -> float:
    """In whole minutes; none where the end came first."""
    return max(0, passed // _MINUTE) / _MINUTES


def _worked(hours: BusinessHours | None, first: datetime, last: datetime) -> _Worked:
    """How long a team has worked since `first`, at any moment up to `last`: its days are walked through only once."""
    if hours is None:
        return lambda moment: moment - first
    day, end = (moment.astimezone(hours.zone).date() for moment in (first, last))
    days = (day + number * _DAY for number in range((end - day).days + 1))
    opened = [opening for day in days for opening in openings(hours, day)]
    begins = [opens for opens, _ in opened]
    before = [_NOTHING, *accumulate(closes - opens for opens, closes in opened)]

    def worked(moment: datetime) -> timedelta:
        at = bisect_right(begins, moment) - 1
        return before[at] + min(moment, opened[at][1]) - begins[at] if at >= 0 else _NOTHING

    return worked
