"""Reads scores by segment: the months and days that are counted, and the answers of stale days."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Select, String, bindparam, false, func, select, true, union, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from feedback_service.insights.models import CountedMonth, DailySegment, MonthlySegment, StaleDay
from feedback_service.insights.rules.whole_months import Parts, Span, joined, month_of, whole_months
from feedback_service.insights.segments.dimensions import Dimension, is_dimension
from feedback_service.insights.segments.live import Reasons, answers_by, reasons
from feedback_service.insights.segments.spans import Scores, by_span, in_spans
from feedback_service.responses.models import Response, ResponseChange

_FIRST, _LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)
_SURVEY_KEY = bindparam("survey_key", type_=String)
_UNREADY = union(
    *(
        select(table.day, false()).where(table.survey_key == _SURVEY_KEY, table.day.between(_FIRST, _LAST))
        for table in (StaleDay, ResponseChange)
    ),
    select(CountedMonth.month, true()).where(
        CountedMonth.survey_key == _SURVEY_KEY, ~CountedMonth.fresh, CountedMonth.month.between(_FIRST, _LAST)
    ),
)
"""The stale days, and the first days of months that are not summed up; whether it is a month."""


def scores_by_value(session: Session, survey_key: str, dimension: str, first: date, last: date) -> dict[str, Scores]:
    """For each value of a dimension, the scores from `first` to `last`, both included."""
    rows = _segments(session, survey_key, dimension, whole_months([(first, last)])).subquery()
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for value, score, number in session.execute(
        select(rows.c.value, rows.c.score, func.sum(rows.c.number)).group_by(rows.c.value, rows.c.score)
    ):
        found[value][score] += int(number)
    return {value: dict(scores) for value, scores in sorted(found.items())}


def scores_by_span(
    session: Session, survey_key: str, dimension: str, spans: Sequence[Span], value: str | None = None
) -> dict[str, dict[int, Scores]]:
    """For each value of a dimension, or for one, the scores of each of these spans, by its place among them."""
    return by_span(session, _segments(session, survey_key, dimension, whole_months(spans), value), spans)


def _segments(session: Session, survey_key: str, dimension: str, parts: Parts, value: str | None = None) -> Any:
    """Rows of (value, day, score, number); a fresh month stands as its first day.

    Raises ValueError for what is no dimension.
    """
    if not is_dimension(dimension):
        raise ValueError(f"{dimension} is no dimension")
    ready = _ready(session, survey_key, parts)
    rows: list[Any] = []
    if ready.months:
        rows.append(
            select(
                MonthlySegment.value, MonthlySegment.month.label("day"), MonthlySegment.score,
                MonthlySegment.count.label("number"),
            ).where(*_here(MonthlySegment, survey_key, dimension, value), in_spans(MonthlySegment.month, ready.months))
        )  # fmt: skip
    if ready.days:
        rows.append(
            select(
                DailySegment.value, DailySegment.day, DailySegment.score, DailySegment.count.label("number")
            ).where(
                *_here(DailySegment, survey_key, dimension, value),
                in_spans(DailySegment.day, ready.days),
                DailySegment.day.not_in(ready.stale),
            )
        )  # fmt: skip
    if ready.stale or not rows:
        answers = _live(session, dimension).where(
            Response.survey_key == survey_key, Response.counted_on.in_(ready.stale)
        )
        rows.append(_by_score(answers, value))
    return rows[0] if len(rows) == 1 else union_all(*rows)


@dataclass(frozen=True)
class _Ready:
    """What may be read from where: whole months, days, and the answers of stale days, which lie among the days."""

    months: Sequence[Span]
    days: Sequence[Span]
    stale: Sequence[date]


def _ready(session: Session, survey_key: str, parts: Parts) -> _Ready:
    """How far the counting has come.

    Whatever happens before the counts are read, each day's are those of some moment between here and there.
    """
    spans = (*parts.months, *parts.days)
    firsts, lasts = zip(*spans, strict=True)
    between = {"survey_key": survey_key, "first": min(firsts), "last": max(lasts)}
    found = session.execute(_UNREADY, between).all()
    days = sorted(day for day, is_month in found if not is_month)
    unready = {month_of(day) for day, _ in found}
    months = [month for span in parts.months for month in _months_in(span)]
    return _Ready(
        joined(month for month in months if month not in unready),
        joined((*parts.days, *(month for month in months if month in unready))),
        days,
    )


def _months_in(span: Span) -> Iterator[Span]:
    first, last = span
    while first <= last:
        month = month_of(first)
        yield month
        first = month[1] + timedelta(days=1)


def _here(
    table: type[DailySegment | MonthlySegment], survey_key: str, dimension: str, value: str | None
) -> list[ColumnElement[bool]]:
    here = [table.survey_key == survey_key, table.dimension == dimension]
    return here if value is None else [*here, table.value == value]


def _by_score(answers: Select[Any], value: str | None) -> Select[Any]:
    rows = answers.subquery()
    return (
        select(rows.c.value, rows.c.day, rows.c.score, func.count().label("number"))
        .where(rows.c.value.is_not(None) if value is None else rows.c.value == value)
        .group_by(rows.c.value, rows.c.day, rows.c.score)
    )


def _live(session: Session, dimension: str) -> Select[Any]:
    asked = reasons(session) if dimension == Dimension.REASON else Reasons()
    return answers_by(dimension, session.get_bind().dialect, asked)
