"""On which morning a report is due, and on which days it tells."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from feedback_service.insights.rules.periods import Grain, Period, period_of, today_in

MORNING = time(7)
"""In the business time zone: read with the first coffee."""
WEEK_DAYS = 7


class Every(StrEnum):
    """How often."""

    WEEK = "week"
    MONTH = "month"

    @property
    def grain(self) -> Grain:
        """The periods that it tells about."""
        return Grain.WEEK if self is Every.WEEK else Grain.MONTH


def next_morning(every: Every, weekday: int, after: datetime, zone: ZoneInfo) -> datetime:
    """The first moment later than `after` at which it is due, in UTC: a morning of that weekday (0 is Monday).

    Of a month, that of its first such day. It is the same time by the clock on the wall, whatever the clocks do.
    """
    day = today_in(zone, after)
    while True:
        at = _morning(day, zone)
        if day.weekday() == weekday and (every is Every.WEEK or day.day <= WEEK_DAYS) and at > after:
            return at
        day += timedelta(days=1)


def period_told(every: Every, now: datetime, zone: ZoneInfo) -> Period:
    """The newest period that is over."""
    return period_of(every.grain, today_in(zone, now)).previous


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
