"""Rows of answers sorted into spans of days, such as the periods of a page, in one statement."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import case, false, func, literal_column, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations

from feedback_service.insights.rules.whole_months import Span, joined

Scores = dict[int, int]
"""How often each score was given."""


def in_spans(day: SQLCoreOperations[date], spans: Sequence[Span]) -> ColumnElement[bool]:
    """Whether a day lies in one of these spans."""
    return or_(false(), *(day.between(*span) for span in spans))


def by_span(session: Session, rows: Any, spans: Sequence[Span]) -> dict[str, dict[int, Scores]]:
    """For each value, the scores of each span that has any, by its place in `spans`, no two of which share a day.

    `rows` is a selection of (value, day, score, number).
    """
    each = rows.subquery().c
    in_order = sorted(range(len(spans)), key=lambda at: spans[at])
    place = case(*((each.day <= spans[at][1], literal_column(str(at))) for at in in_order))
    found: dict[str, dict[int, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    for value, at, score, number in session.execute(
        select(each.value, place.label("place"), each.score, func.sum(each.number))
        .where(in_spans(each.day, joined(spans)))
        .group_by(each.value, "place", each.score)
    ):
        found[value][at][score] += int(number)
    return {value: {at: dict(scores) for at, scores in sorted(found[value].items())} for value in sorted(found)}
