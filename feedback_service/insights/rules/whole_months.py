"""Spans of days taken apart into whole months and what is left at their edges."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

Span = tuple[date, date]
"""The first and the last day, both included."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Parts:
    """Together the same days as before, each once; what touches is one span."""

    months: tuple[Span, ...]
    """From the first day of a month to the last day of one."""
    days: tuple[Span, ...]


def month_of(day: date) -> Span:
    """The month that holds a day."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def whole_months(spans: Iterable[Span]) -> Parts:
    """Every month that lies in one of these spans, and the days of the others; no two spans share a day."""
    months: list[Span] = []
    days: list[Span] = []
    for first, last in spans:
        opening, closing = month_of(first), month_of(last)
        begin = first if first == opening[0] else opening[1] + _DAY
        end = last if last == closing[1] else closing[0] - _DAY
        if begin > end:  # not one whole month
            days.append((first, last))
            continue
        months.append((begin, end))
        days += [edge for edge in ((first, begin - _DAY), (end + _DAY, last)) if edge[0] <= edge[1]]
    return Parts(joined(months), joined(days))


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same days in as few spans as can be, in order."""
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and joined[-1][1] + _DAY == first:
            joined[-1] = joined[-1][0], last
        else:
            joined.append((first, last))
    return tuple(joined)
