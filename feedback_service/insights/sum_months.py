"""Sums up the days of months that have ended, once their days are counted.

A month is either fresh or read day by day (see queries.py), so what is shown is exact at any moment. Whoever sums up a
month holds its row, and a change that comes meanwhile waits for it and then says that it is not fresh any more.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, literal, select
from sqlalchemy.orm import Session

from feedback_service.insights.models import (
    CountedMonth,
    DailyScore,
    DailySegment,
    MonthlyScore,
    MonthlySegment,
    StaleDay,
)

MOST_MONTHS = 12  # in one transaction
REST = timedelta(days=2)  # the last days of a month still change; and it has ended in every time zone


def sum_months(session: Session, now: datetime, limit: int) -> int:
    """Sum up to `limit` months, the latest first; returns how many."""
    stale = exists().where(
        StaleDay.survey_key == CountedMonth.survey_key, StaleDay.day.between(CountedMonth.month, CountedMonth.last)
    )
    months = session.scalars(
        select(CountedMonth)
        .where(CountedMonth.fresh.is_(False), CountedMonth.last < (now - REST).date(), ~stale)
        .order_by(CountedMonth.month.desc(), CountedMonth.survey_key)
        .limit(min(limit, MOST_MONTHS))
        .with_for_update(skip_locked=True)
    ).all()
    for month in months:
        _sum(session, month.survey_key, month.month, month.last)
        month.fresh = True
    session.flush()
    return len(months)


def _sum(session: Session, key: str, first: date, last: date) -> None:
    for table in (MonthlyScore, MonthlySegment):
        here = and_(table.survey_key == key, table.month == first)
        session.execute(delete(table).where(here).execution_options(synchronize_session=False))
    month = literal(first).label("month")
    by_score = (DailyScore.survey_key, month, DailyScore.score, DailyScore.imported)
    session.execute(
        insert(MonthlyScore).from_select(
            ["survey_key", "month", "score", "imported", "count"],
            select(*by_score, func.sum(DailyScore.count))
            .where(_within(DailyScore, key, first, last))
            .group_by(DailyScore.survey_key, DailyScore.score, DailyScore.imported),
        )
    )
    kept = (DailySegment.survey_key, DailySegment.dimension, DailySegment.value)
    session.execute(
        insert(MonthlySegment).from_select(
            ["survey_key", "dimension", "value", "month", "score", "count"],
            select(*kept, month, DailySegment.score, func.sum(DailySegment.count))
            .where(_within(DailySegment, key, first, last))
            .group_by(*kept, DailySegment.score),
        )
    )


def _within(table: type[DailyScore | DailySegment], key: str, first: date, last: date) -> ColumnElement[bool]:
    return and_(table.survey_key == key, table.day.between(first, last))
