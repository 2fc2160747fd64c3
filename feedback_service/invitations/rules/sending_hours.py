"""When a mail may go out: on which days and at which hours, by the customer's clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

import holidays

FURTHEST = 400  # days that are looked through for an opening; a window that opens on no day of a year never does


class Deferral(StrEnum):
    """Why an event waits a little longer; none of them ends it."""

    HOURS = "hours"
    HOLIDAY = "holiday"
    DAILY_CAP = "daily_cap"

    @property
    def words(self) -> str:
        """The reason as staff read it."""
        return _WORDS[self]


_WORDS = {
    Deferral.HOURS: "it was outside the hours at which mails go out",
    Deferral.HOLIDAY: "it was a public holiday",
    Deferral.DAILY_CAP: "as many people had been asked that day as may be",
}


@dataclass(frozen=True)
class Hours:
    """The days (0 is Monday) and the local times between which mails go out; `until` midnight is the day's end."""

    weekdays: frozenset[int]
    opens: time
    until: time
    is_holiday: Callable[[date], bool]


@dataclass(frozen=True)
class Opening:
    """From when on a mail may go, and, where that is later than asked, why."""

    at: datetime
    deferral: Deferral | None


def next_opening(moment: datetime, hours: Hours, zone: ZoneInfo) -> Opening:
    """The first moment at or after `moment` (aware) at which a mail may go out to somebody in `zone`, in UTC.

    Hours are wall clock times there. An opening that the clocks skip in spring comes as long after the jump as it
    would have come after the hour before; an hour that they show twice in autumn counts as open both times. Raises
    ValueError where the window opens on no day within `FURTHEST` days.
    """
    day = moment.astimezone(zone).date()
    first_closed: Deferral | None = None
    for _ in range(FURTHEST):
        closed = _closed_on(day, hours)
        opens = datetime.combine(day, hours.opens, zone).astimezone(UTC)
        closes = _end(day, hours.until, zone)
        if closed is None and moment < closes:
            if moment >= opens:
                return Opening(moment.astimezone(UTC), first_closed)
            return Opening(opens, first_closed or Deferral.HOURS)
        first_closed = first_closed or closed or Deferral.HOURS
        day += timedelta(days=1)
    raise ValueError("the window opens on no day of a whole year")


def _closed_on(day: date, hours: Hours) -> Deferral | None:
    if day.weekday() not in hours.weekdays:
        return Deferral.HOURS
    return Deferral.HOLIDAY if hours.is_holiday(day) else None


def _end(day: date, until: time, zone: ZoneInfo) -> datetime:
    """The later of the two moments that a doubled or skipped time may mean: a window closes once a day."""
    end = datetime.combine(day + timedelta(days=1) if until == time.min else day, until, zone)
    return max(end.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


@cache
def public_holidays(country: str) -> Callable[[date], bool]:
    """Whether a day is a public holiday in `country` (ISO 3166, two letters); never one where it is not known."""
    try:
        known = holidays.country_holidays(country)
    except NotImplementedError:
        return lambda _day: False
    return lambda day: day in known


def no_holidays(_day: date) -> bool:
    """For a survey, or a shop, that keeps none."""
    return False
