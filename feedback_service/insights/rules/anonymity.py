"""Which results of colleagues may be told, so that nobody can work out from them what a few have said.

A period with one to four answers is never told. That alone would not keep it: whoever watches a number grow from five
answers to six knows the sixth, and a quarter less its other months is the month that was kept back. So:

* a quarter is decided on once, whole, when it is over and no link of it can be answered any more; what is told then is
  written down and never changes, and nothing is told before, of its months neither;
* if every month of it that has answers has enough, its months are told, and the quarter as their sum;
* if one has not, none of its months is told, not even those that have enough, but the quarter alone, if it has enough:
  then at least two months with answers stand behind it, and nobody can tell how they share them;
* nothing else is told: no part of a period, no sum over several quarters, no period that overlaps another.

So quarters are told apart in one way each, and no two numbers differ by a group that is kept back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from feedback_service.insights.rules.metrics import MIN_ANONYMOUS
from feedback_service.insights.rules.periods import Grain, Period, periods_between

Scores = Mapping[int, int]
"""How often each score was given."""


class Standing(StrEnum):
    """Whether a period's result may be told."""

    TOLD = "told"
    KEPT_BACK = "kept_back"
    """Too few, or some others could be worked out from it; how many answers there are is not told either."""
    NO_ANSWERS = "no_answers"
    NOT_YET = "not_yet"
    """Answers may still come, to it or to another month of its quarter."""


@dataclass(frozen=True)
class Cell:
    """A period as it may be told; `scores` are empty unless it is."""

    period: Period
    standing: Standing
    scores: Scores


@dataclass(frozen=True)
class Release:
    """All that is ever told of one quarter."""

    quarter: Cell
    months: tuple[Cell, ...]


def months_of(quarter: Period) -> list[Period]:
    """The three months of a quarter."""
    return periods_between(Grain.MONTH, quarter.first, quarter.last)


def release(quarter: Period, months: Sequence[Scores], *, settled: bool) -> Release:
    """What may be told of a quarter, given the scores of each of its months, in order; `settled`: no more can come.

    Raises ValueError where these are not as many as its months.
    """
    periods = months_of(quarter)
    sizes = [sum(scores.values()) for scores in months]
    if len(sizes) != len(periods):
        raise ValueError(f"A quarter has {len(periods)} months, not {len(sizes)}.")
    if not settled:
        return _alike(quarter, periods, Standing.NOT_YET)
    if not any(sizes):
        return _alike(quarter, periods, Standing.NO_ANSWERS)
    if all(not size or size >= MIN_ANONYMOUS for size in sizes):
        return Release(
            Cell(quarter, Standing.TOLD, _sum(months)),
            tuple(_told(period, scores) for period, scores in zip(periods, months, strict=True)),
        )
    kept_back = _alike(quarter, periods, Standing.KEPT_BACK)
    if sum(sizes) < MIN_ANONYMOUS:
        return kept_back
    return Release(Cell(quarter, Standing.TOLD, _sum(months)), kept_back.months)


def settles_on(quarter: Period, rounds: Sequence[date] | None, *, ask_within: int, link_days: int) -> date:
    """The first day on which nobody can be asked any more, or answer, so that it would count for this quarter.

    `rounds` are the days on which all are asked, each of which is the day its answers count for, and `ask_within` how
    many days after it a mail may still leave. None: somebody is asked on any day, and it counts for that month.
    """
    if rounds is None:
        return quarter.end + timedelta(days=link_days + 1)
    late = [day + timedelta(days=ask_within + link_days + 1) for day in rounds if day in quarter]
    return max([quarter.end, *late])


def _alike(quarter: Period, months: Sequence[Period], standing: Standing) -> Release:
    return Release(Cell(quarter, standing, {}), tuple(Cell(month, standing, {}) for month in months))


def _told(period: Period, scores: Scores) -> Cell:
    return Cell(period, Standing.TOLD if any(scores.values()) else Standing.NO_ANSWERS, scores)


def _sum(months: Sequence[Scores]) -> Scores:
    scores = sorted({score for each in months for score in each})
    return {score: sum(each.get(score, 0) for each in months) for score in scores}
