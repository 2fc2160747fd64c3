"""Rows of answers sorted into spans of days, such as the periods of a page, in one statement."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from feedback_service.insights.rules.whole_months import Span

Scores = dict[int, int]
"""How often each score was given."""


def by_span(session: Session, rows: Any, spans: Sequence[Span]) -> dict[str, dict[int, Scores]]:
    """For each value, the scores of each span that has any, by its place in `spans`, no two of which share a day.

    `rows` is a selection of (value, day, score, number).
    """
    each = rows.subquery()
    place = case(*((each.c.day.between(*span), literal(at)) for at, span in enumerate(spans)))
    placed = select(each.c.value, place.label("place"), each.c.score, each.c.number).subquery()
    found: dict[str, dict[int, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    for value, at, score, number in session.execute(
        select(placed.c.value, placed.c.place, placed.c.score, func.sum(placed.c.number))
        .where(placed.c.place.is_not(None))
        .group_by(placed.c.value, placed.c.place, placed.c.score)
    ):
        found[value][at][score] += int(number)
    return {value: {at: dict(scores) for at, scores in sorted(found[value].items())} for value in sorted(found)}
