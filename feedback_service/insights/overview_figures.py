"""The figures of the overview: a score over time with its interval, and the parts it is made of."""

from collections.abc import Sequence
from datetime import date

from feedback_service.insights.figures.figure import Event, Figure, Line, Mark, Scale, Shape
from feedback_service.insights.figures.immature import of_period
from feedback_service.insights.links import answers_url
from feedback_service.insights.queries import PeriodOfScores
from feedback_service.insights.rules.metrics import (
    CES_SCORES,
    CSAT_SCORES,
    LOWEST_EASY,
    LOWEST_PASSIVE,
    LOWEST_SATISFIED,
    METRIC_NAMES,
    MIN_ANSWERS,
    NPS_SCORES,
    MetricKind,
    estimate,
)
from feedback_service.insights.rules.periods import Grain
from feedback_service.insights.scope import Scope
from feedback_service.responses.rules.bands import LOWEST_PROMOTER

BY = {
    Grain.DAY: "by day",
    Grain.WEEK: "by week",
    Grain.MONTH: "by month",
    Grain.QUARTER: "by quarter",
    Grain.ROLLING_30: "30 days at a time",
    Grain.ROLLING_90: "90 days at a time",
}
PARTS: dict[str, tuple[tuple[str, int, int], ...]] = {
    "nps": (
        ("Detractors", NPS_SCORES[0], LOWEST_PASSIVE - 1),
        ("Passives", LOWEST_PASSIVE, LOWEST_PROMOTER["nps"] - 1),
        ("Promoters", LOWEST_PROMOTER["nps"], NPS_SCORES[-1]),
    ),
    "csat": (
        ("Dissatisfied", CSAT_SCORES[0], LOWEST_SATISFIED - 2),
        ("Neutral", LOWEST_SATISFIED - 1, LOWEST_SATISFIED - 1),
        ("Satisfied", LOWEST_SATISFIED, CSAT_SCORES[-1]),
    ),
    "ces": (
        ("Dissatisfied", CES_SCORES[0], LOWEST_EASY - 2),
        ("Neutral", LOWEST_EASY - 1, LOWEST_EASY - 1),
        ("Satisfied", LOWEST_EASY, CES_SCORES[-1]),
    ),
}
"""The parts of a score from the bottom up, each from its lowest to its highest answer."""
Segment = tuple[str, str, Sequence[PeriodOfScores]]
"""A value, empty for all answers; its name; and its periods."""


def trend_figure(
    scope: Scope, kind: str, title: str, segments: Sequence[Segment], improved: Sequence[tuple[int, str, date]]
) -> Figure:
    """The score of each period, one line for each segment, and a line across where an improvement took effect."""
    return Figure(
        name="trend",
        title=f"{METRIC_NAMES[kind]} {BY[scope.grain]}, {_whose(title, segments)}",
        shape=Shape.TREND,
        scale=Scale.SCORE if MetricKind(kind).by_band else Scale.PERCENT,
        lines=tuple(
            Line(name, tuple(_score(scope, kind, value, each) for each in periods)) for value, name, periods in segments
        ),
        events=_events(segments, improved),
        value_name=METRIC_NAMES[kind],
    )


def shares_figure(scope: Scope, kind: str, title: str, segment: Segment, name: str = "shares") -> Figure:
    """The parts of all answers in each period; each counts the whole, of which it tells the share."""
    value, _, periods = segment
    return Figure(
        name=name,
        title=f"{_parts(kind)} {BY[scope.grain]}, {_whose(title, [segment])}",
        shape=Shape.SHARES,
        scale=Scale.PERCENT,
        lines=tuple(
            Line(part, tuple(_part(scope, value, low, high, each) for each in periods))
            for part, low, high in PARTS[kind]
        ),
    )


def _parts(kind: str) -> str:
    best, middle, worst = (part for part, _, _ in reversed(PARTS[kind]))
    return f"{best}, {middle.lower()} and {worst.lower()}"


def _whose(title: str, segments: Sequence[Segment]) -> str:
    return f"{title}: {segments[0][1]}" if len(segments) == 1 and segments[0][1] else title


def _score(scope: Scope, kind: str, value: str, each: PeriodOfScores) -> Mark:
    told = estimate(kind, each.counts)
    mark = Mark(
        each.period.label,
        told.value,
        told.low,
        told.high,
        n=told.n,
        enough=told.enough,
        url=_url(scope, value, each) if told.n else "",
        note=_note(each),
    )
    return of_period(mark, goes_on=scope.goes_on(each.period))


def _part(scope: Scope, value: str, low: int, high: int, each: PeriodOfScores) -> Mark:
    part = sum(number for score, number in each.counts.items() if low <= score <= high)
    mark = Mark(
        each.period.label,
        100 * part / each.n if each.n else None,
        n=each.n,
        enough=each.n >= MIN_ANSWERS,
        url=_url(scope, value, each, low, high) if part else "",
        note=_note(each),
    )
    return of_period(mark, goes_on=scope.goes_on(each.period))


def _url(scope: Scope, value: str, each: PeriodOfScores, low: int | None = None, high: int | None = None) -> str:
    return answers_url(scope, each.period.first, each.period.last, scope.by or None, value or None, low, high)


def _note(each: PeriodOfScores) -> str:
    if not each.imported:
        return ""
    return "imported" if each.imported == each.n else f"{each.imported:,} imported"


def _events(segments: Sequence[Segment], improved: Sequence[tuple[int, str, date]]) -> tuple[Event, ...]:
    periods = [each.period for each in segments[0][2]] if segments else []
    return tuple(
        Event(title, at, f"/improvements/{number}")
        for number, title, day in improved
        for at, period in enumerate(periods)
        if day in period
    )
