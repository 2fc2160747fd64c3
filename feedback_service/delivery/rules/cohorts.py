"""Weeks and months of the business time zone, as half-open spans of UTC: what a funnel is counted by."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

WEEKS, MONTHS = 26, 6  # how far back is looked: half a year


class Span(StrEnum):
    """How long a cohort is."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Cohort:
    """Everything that was sent from `begins` until just before `ends`, both in UTC."""

    first_day: date
    last_day: date
    begins: datetime
    ends: datetime


def cohorts(span: Span, now: datetime, zone: ZoneInfo) -> list[Cohort]:
    """The last 26 ISO weeks or 6 months, the oldest first; the last holds `now`."""
    today = now.astimezone(zone).date()
    if span is Span.WEEK:
        monday = today - timedelta(days=today.weekday())
        firsts = [monday - timedelta(weeks=back) for back in range(WEEKS - 1, -2, -1)]
    else:
        months = today.year * 12 + today.month - 1
        firsts = [date((months - back) // 12, (months - back) % 12 + 1, 1) for back in range(MONTHS - 1, -2, -1)]
    return [
        Cohort(first, after - timedelta(days=1), _begins(first, zone), _begins(after, zone))
        for first, after in pairwise(firsts)
    ]


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
