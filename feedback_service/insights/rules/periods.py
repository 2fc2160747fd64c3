"""Days, weeks, months, quarters and the last so many days, in the shop's own calendar."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import format_date

_DAY = timedelta(days=1)
_MONTHS = 12


class Grain(StrEnum):
    """How long a period is, and where it begins."""

    DAY = "day"
    WEEK = "week"
    """Monday to Sunday, as in ISO 8601."""
    MONTH = "month"
    QUARTER = "quarter"
    ROLLING_30 = "rolling_30"
    """The 30 days that end with a given one."""
    ROLLING_90 = "rolling_90"

    @property
    def months(self) -> int | None:
        """Its length in months, if it has one."""
        return {Grain.MONTH: 1, Grain.QUARTER: 3}.get(self)

    @property
    def days(self) -> int | None:
        """Its length in days, if that is always the same."""
        return {Grain.DAY: 1, Grain.WEEK: 7, Grain.ROLLING_30: 30, Grain.ROLLING_90: 90}.get(self)

    @property
    def rolling(self) -> bool:
        """Whether it ends on any day, rather than with the calendar's."""
        return self in {Grain.ROLLING_30, Grain.ROLLING_90}


@dataclass(frozen=True, order=True)
class Period:
    """The days from `first` up to, not with, `end`. Make one with `period_of`."""

    first: date
    end: date
    grain: Grain

    def __contains__(self, day: date) -> bool:
        """Whether `day` lies in it."""
        return self.first <= day < self.end

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - _DAY

    @property
    def previous(self) -> "Period":
        """The one just before it, which shares no day with it."""
        return period_of(self.grain, self.first - _DAY)

    @property
    def following(self) -> "Period":
        """The one just after it."""
        if self.grain.rolling:
            return Period(self.end, self.end + (self.end - self.first), self.grain)
        return period_of(self.grain, self.end)

    @property
    def label(self) -> str:
        """As people say it: 12 May 2026, week of 11 May 2026, May 2026, Q2 2026, 30 days to 12 May 2026."""
        match self.grain:
            case Grain.DAY:
                return _written(self.first)
            case Grain.WEEK:
                return f"week of {_written(self.first)}"
            case Grain.MONTH:
                return format_date(self.first, "MMM y", locale="en")
            case Grain.QUARTER:
                return format_date(self.first, "QQQ y", locale="en")
            case _:
                return f"{self.grain.days} days to {_written(self.last)}"

    @property
    def when(self) -> str:
        """In a sentence: on 12 May 2026, in the week of 11 May 2026, in May 2026, in the 30 days to 12 May 2026."""
        if self.grain is Grain.DAY:
            return f"on {self.label}"
        return f"in the {self.label}" if self.grain is Grain.WEEK or self.grain.rolling else f"in {self.label}"

    def is_closed(self, today: date) -> bool:
        """Whether all of it lies before `today`, a day in the business time zone."""
        return self.end <= today

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its half-open range of moments in UTC, when its days are those of `zone`.

        A day that loses or gains an hour is that much shorter or longer; one whose midnight the clocks skip begins
        when they do.
        """
        return _midnight(self.first, zone), _midnight(self.end, zone)


def today_in(zone: ZoneInfo, now: datetime) -> date:
    """The business day of a moment."""
    return now.astimezone(zone).date()


def period_of(grain: Grain, day: date) -> Period:
    """The period that holds `day`; a rolling one ends with it."""
    if grain.rolling:
        return Period(day + _DAY - timedelta(days=grain.days or 0), day + _DAY, grain)
    if grain.months:
        first = date(day.year, day.month - (day.month - 1) % grain.months, 1)
        return Period(first, _later(first, grain.months), grain)
    first = day - timedelta(days=day.weekday()) if grain is Grain.WEEK else day
    return Period(first, first + timedelta(days=grain.days or 0), grain)


def periods_between(grain: Grain, first: date, last: date, most: int | None = None) -> list[Period]:
    """The periods that hold the days from `first` to `last`, both with, in order; none where `last` comes before.

    Of more than `most` the newest.

    No two share a day, so any two may be tested against each other. The newest holds `last`; rolling ones are counted
    back from it, so they end there.
    """
    periods: list[Period] = []
    newest = period_of(grain, last)
    while newest.last >= first and last >= first and len(periods) != most:
        periods.append(newest)
        newest = newest.previous
    return periods[::-1]


def _later(first: date, months: int) -> date:
    year, month = divmod(first.year * _MONTHS + first.month - 1 + months, _MONTHS)
    return date(year, month + 1, 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _written(day: date) -> str:
    return format_date(day, "d MMM y", locale="en")
