"""What a page of insights looks at, as it stands in its address: it can be shared, and goes along to other pages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from feedback_service.insights.rules.periods import Grain, Period, period_of, periods_between
from feedback_service.insights.segments.dimensions import LONGEST_VALUE, is_dimension

MOST_PERIODS = 120  # in one picture; more points than pixels tell nothing
USUAL = {Grain.DAY: 30, Grain.WEEK: 26, Grain.MONTH: 13, Grain.QUARTER: 8, Grain.ROLLING_30: 12, Grain.ROLLING_90: 8}
"""How many periods are shown where nobody says from when on."""


@dataclass(frozen=True)
class Scope:
    """One survey over some periods, and perhaps only those of one value of a dimension, or of two side by side."""

    today: date
    """In the business time zone."""
    survey: str = ""
    """Its key; empty: as the page chooses."""
    grain: Grain = Grain.MONTH
    first: date | None = None
    last: date | None = None
    """Both included; None: the usual number of periods up to today."""
    by: str = ""
    """A dimension."""
    value: str = ""
    versus: str = ""
    """Another value of the same dimension."""
    mistakes: tuple[str, ...] = ()
    """What in the address made no sense, each in a sentence; it is as if it were not there."""

    @classmethod
    def read(cls, args: Mapping[str, str], today: date) -> "Scope":
        """The scope in an address."""
        mistakes: list[str] = []
        grain = _grain(args.get("grain", ""), mistakes)
        first, last = (_day(args.get(name, ""), mistakes) for name in ("from", "to"))
        if last and period_of(grain, last).first > today:
            mistakes.append("The last day lies ahead, so the time up to today is shown.")
            last = None
        if first and first > (last or today):
            wrong = "comes after the last" if last else "lies ahead"
            mistakes.append(f"The first day {wrong}, so the usual time is shown.")
            first = last = None
        by = args.get("by", "").replace("\0", "")
        if by and not is_dimension(by):
            mistakes.append("Answers cannot be told apart by that, so all are shown.")
            by = ""
        value, versus = (args.get(name, "").replace("\0", "")[:LONGEST_VALUE] for name in ("is", "versus"))
        # A form says what its values are of, and another choice has others.
        if not (by and value) or by != args.get("of", by):
            value = versus = ""
        survey = args.get("survey", "").replace("\0", "")[:64]
        scope = cls(today, survey, grain, first, last, by, value, "" if versus == value else versus, tuple(mistakes))
        if first and scope.days[0] > first:
            scope = scope.but(
                mistakes=(*mistakes, f"A page shows {MOST_PERIODS} periods at most: these are the newest.")
            )
        return scope

    @cached_property
    def periods(self) -> list[Period]:
        """The periods that are shown, oldest first."""
        last = self.last or self.today
        newest = period_of(self.grain, last)
        if self.first is not None:
            return periods_between(self.grain, self.first, last, MOST_PERIODS)
        found = [newest]
        while len(found) < USUAL[self.grain]:
            found.append(found[-1].previous)
        return found[::-1]

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day of the periods."""
        return self.periods[0].first, self.periods[-1].last

    @property
    def before(self) -> tuple[date, date]:
        """The days of as long a time just before, none of which are in it."""
        first, last = self.days
        return first - (last - first) - timedelta(days=1), first - timedelta(days=1)

    @property
    def segments(self) -> tuple[str, ...]:
        """The values that are looked at: none for all answers, one, or two side by side."""
        return tuple(value for value in (self.value, self.versus) if value)

    def goes_on(self, period: Period) -> bool:
        """Whether what is counted in a period may still change; a rolling one is as it is on its last day."""
        return not (period.grain.rolling or period.is_closed(self.today))

    def but(self, **changes: Any) -> "Scope":
        """The same with some things changed."""
        return replace(self, **changes)

    def pairs(self) -> dict[str, str]:
        """As it stands in an address, always in one order; what is as ever is left out."""
        told = {
            "survey": self.survey,
            "grain": "" if self.grain is Grain.MONTH else self.grain.value,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
            "by": self.by,
            "is": self.value,
            "versus": self.versus,
        }
        return {name: value for name, value in told.items() if value}

    def __str__(self) -> str:
        return urlencode(self.pairs())


def _grain(text: str, mistakes: list[str]) -> Grain:
    try:
        return Grain(text) if text else Grain.MONTH
    except ValueError:
        mistakes.append("There are no periods of that length, so months are shown.")
        return Grain.MONTH


def _day(text: str, mistakes: list[str]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not date(2000, 1, 1) <= day < date(2200, 1, 1):
        mistakes.append(f"{text[:20]} is no day such as 2026-03-20, so the usual time is shown.")
        return None
    return day
