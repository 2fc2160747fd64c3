"""Reads what the page compares: the scores of each period and of as long before, by all that tells answers apart.

All of it comes from the counts that are kept ready. Only one value of a dimension, or an attribute of orders that no
counts are kept of, takes reading the answers themselves, and that is done up to `MOST_READ` of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from feedback_service.insights.queries import scores_of_spans
from feedback_service.insights.rules.whole_months import Span
from feedback_service.insights.scope import Scope
from feedback_service.insights.segments.dimensions import Dimension
from feedback_service.insights.segments.live import answers_by, reasons
from feedback_service.insights.segments.queries import scores_by_span
from feedback_service.insights.segments.spans import Scores, by_span
from feedback_service.responses.models import Response

MOST_READ = 100_000
"""Answers that are read one by one for a page; they take about a second."""
BEFORE = 0
"""The place of the days before among the spans; the periods follow."""

Spread = Mapping[int, Scores]
"""Scores by the place of their span."""


@dataclass(frozen=True)
class Answers:
    """The answers of a scope's periods, and of as many days before, told apart by everything."""

    spans: tuple[Span, ...]
    total: Spread
    by: Mapping[str, Mapping[str, Spread]]
    """By dimension and value."""
    within: tuple[str, str] | None = None
    """The dimension and the value that all of these have."""
    too_many: int = 0
    """So many answers lie in these days that the scope's own value, or attribute, was not looked for."""


def answers_of(session: Session, scope: Scope, kept: Sequence[str]) -> Answers:
    """What lies in the scope's periods and before; `kept`: the dimensions that counts are kept ready of."""
    spans = (scope.before, *((period.first, period.last) for period in scope.periods))
    total = _total(session, scope.survey, spans)
    read = sum(sum(scores.values()) for scores in total.values())
    if scope.value and read <= MOST_READ:
        return _read_within(session, scope, kept, spans)
    by = {dimension: scores_by_span(session, scope.survey, dimension, spans) for dimension in kept if _shown(dimension)}
    unkept = bool(scope.by) and scope.by not in kept
    if unkept and read <= MOST_READ:
        by[scope.by] = by_span(session, _counted(_answers(session, scope, spans, scope.by)), spans)
    return Answers(spans, total, by, too_many=read if read > MOST_READ and (scope.value or unkept) else 0)


def _shown(dimension: str) -> bool:
    # That buyers who sound unhappy score low is no reason why.
    return dimension != Dimension.SENTIMENT


def _total(session: Session, survey_key: str, spans: Sequence[Span]) -> Spread:
    found = scores_of_spans(session, [survey_key], spans)[survey_key]
    return {at: each.given for at, each in enumerate(found) if each.given}


def _read_within(session: Session, scope: Scope, kept: Sequence[str], spans: tuple[Span, ...]) -> Answers:
    chosen = by_span(session, _counted(_chosen(session, scope, spans)), spans)
    by = {
        dimension: by_span(session, _within(session, scope, spans, dimension), spans)
        for dimension in kept
        if _shown(dimension) and dimension != scope.by
    }
    return Answers(spans, chosen.get(scope.value, {}), by, within=(scope.by, scope.value))


def _within(session: Session, scope: Scope, spans: Sequence[Span], dimension: str) -> Select[Any]:
    chosen = _chosen(session, scope, spans).subquery()
    return _counted(_answers(session, scope, spans, dimension).where(Response.id.in_(select(chosen.c.answer))))


def _chosen(session: Session, scope: Scope, spans: Sequence[Span]) -> Select[Any]:
    """The answers of the scope's value, with their ids."""
    rows = _answers(session, scope, spans, scope.by).add_columns(Response.id.label("answer")).subquery()
    return select(rows).where(rows.c.value == scope.value)


def _answers(session: Session, scope: Scope, spans: Sequence[Span], dimension: str) -> Select[Any]:
    return answers_by(dimension, session.get_bind().dialect, reasons(session)).where(
        Response.survey_key == scope.survey, Response.counted_on.between(spans[0][0], spans[-1][1])
    )


def _counted(answers: Select[Any]) -> Select[Any]:
    rows = answers.subquery()
    return (
        select(rows.c.value, rows.c.day, rows.c.score, func.count().label("number"))
        .where(rows.c.value.is_not(None))
        .group_by(rows.c.value, rows.c.day, rows.c.score)
    )
