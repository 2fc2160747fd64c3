"""Reads scores by segment: the days that are counted, and the answers of those that are stale, in one statement."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, exists, func, select, union, union_all
from sqlalchemy.orm import Session

from feedback_service.insights.models import DailySegment, StaleDay
from feedback_service.insights.segments.live import answers_by, reasons
from feedback_service.insights.segments.spans import Scores, Span, by_span
from feedback_service.responses.models import Response, ResponseChange


def scores_by_value(session: Session, survey_key: str, dimension: str, first: date, last: date) -> dict[str, Scores]:
    """For each value of a dimension, the scores from `first` to `last`, both included."""
    rows = _segments(session, survey_key, dimension, first, last).subquery()
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for value, score, number in session.execute(
        select(rows.c.value, rows.c.score, func.sum(rows.c.number)).group_by(rows.c.value, rows.c.score)
    ):
        found[value][score] += int(number)
    return {value: dict(scores) for value, scores in sorted(found.items())}


def scores_of_days(
    session: Session, survey_key: str, dimension: str, value: str, first: date, last: date
) -> Mapping[date, Scores]:
    """The scores of one value, for each day that has any."""
    rows = _segments(session, survey_key, dimension, first, last, value).subquery()
    found: dict[date, Counter[int]] = defaultdict(Counter)
    for day, score, number in session.execute(
        select(rows.c.day, rows.c.score, func.sum(rows.c.number)).group_by(rows.c.day, rows.c.score)
    ):
        found[day][score] += int(number)
    return {day: dict(scores) for day, scores in sorted(found.items())}


def scores_by_span(
    session: Session, survey_key: str, dimension: str, spans: Sequence[Span], value: str | None = None
) -> dict[str, dict[int, Scores]]:
    """For each value of a dimension, or for one, the scores of each of these spans, by its place among them."""
    first, last = min(spans)[0], max(span[1] for span in spans)
    return by_span(session, _segments(session, survey_key, dimension, first, last, value), spans)


def _segments(
    session: Session, survey_key: str, dimension: str, first: date, last: date, value: str | None = None
) -> Any:
    """Rows of (value, day, score, number): what is counted of days that are, and the answers of those that are not."""
    stale = union(
        select(StaleDay.day).where(StaleDay.survey_key == survey_key),
        select(ResponseChange.day).where(ResponseChange.survey_key == survey_key),
    ).cte("stale")
    counted = select(
        DailySegment.value, DailySegment.day, DailySegment.score, DailySegment.count.label("number")
    ).where(
        DailySegment.survey_key == survey_key,
        DailySegment.dimension == dimension,
        DailySegment.day.between(first, last),
        ~exists(select(1).where(stale.c.day == DailySegment.day)),
    )
    live = _live(session, dimension).where(
        Response.survey_key == survey_key,
        and_(Response.counted_on.between(first, last), Response.counted_on.in_(select(stale.c.day))),
    )
    answers = live.subquery()
    unfolded = select(answers.c.value, answers.c.day, answers.c.score, func.count().label("number")).group_by(
        answers.c.value, answers.c.day, answers.c.score
    )
    if value is None:
        unfolded = unfolded.where(answers.c.value.is_not(None))
    else:
        counted = counted.where(DailySegment.value == value)
        unfolded = unfolded.where(answers.c.value == value)
    return union_all(counted, unfolded)


def _live(session: Session, dimension: str) -> Select[Any]:
    return answers_by(dimension, session.get_bind().dialect, reasons(session))
