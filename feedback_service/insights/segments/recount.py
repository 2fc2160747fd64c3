"""Counts a day's segments anew once one of its answers changed.

A day is either counted or stale. A stale one is read from its answers (see queries.py), so what is shown is exact at
any moment; counting a day again that needed none changes nothing. Whoever claims a day deletes its mark, and a change
that comes meanwhile leaves a new one.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, insert, literal, select, tuple_
from sqlalchemy.orm import Session

from feedback_service.insights.models import DailySegment, StaleDay
from feedback_service.insights.segments.dimensions import dimensions
from feedback_service.insights.segments.live import Reasons, answers_by, reasons
from feedback_service.responses.models import Response

MOST_DAYS = 50  # in one transaction


def recount_days(session: Session, now: datetime, limit: int, *, attributes: Sequence[str]) -> int:
    """Count up to `limit` stale days anew, the latest first; returns how many. `attributes`: the declared ones."""
    found = session.execute(
        select(StaleDay.survey_key, StaleDay.day)
        .order_by(StaleDay.day.desc(), StaleDay.survey_key)
        .limit(min(limit, MOST_DAYS))
        .with_for_update(skip_locked=True)
    ).all()
    if not found:
        return 0
    claimed = [(key, day) for key, day in found]
    session.execute(
        delete(StaleDay)
        .where(tuple_(StaleDay.survey_key, StaleDay.day).in_(claimed))
        .execution_options(synchronize_session=False)
    )
    asked = reasons(session)
    days_of: dict[str, list[date]] = defaultdict(list)
    for key, day in claimed:
        days_of[key].append(day)
    for key, days in days_of.items():
        _recount(session, key, days, dimensions(attributes), asked)
    return len(claimed)


def _recount(session: Session, key: str, days: list[date], kept: Sequence[str], asked: Reasons) -> None:
    session.execute(
        delete(DailySegment)
        .where(DailySegment.survey_key == key, DailySegment.day.in_(days))
        .execution_options(synchronize_session=False)
    )
    for dimension in kept:
        rows = (
            answers_by(dimension, session.get_bind().dialect, asked)
            .where(Response.survey_key == key, Response.counted_on.in_(days))
            .subquery()
        )
        counted = (
            select(rows.c.survey_key, literal(dimension), rows.c.value, rows.c.day, rows.c.score, func.count())
            .where(rows.c.value.is_not(None))
            .group_by(rows.c.survey_key, rows.c.value, rows.c.day, rows.c.score)
        )
        names = ["survey_key", "dimension", "value", "day", "score", "count"]
        session.execute(insert(DailySegment).from_select(names, counted))
