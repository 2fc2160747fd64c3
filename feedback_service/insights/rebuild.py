"""Counts everything anew from the answers, a portion of days at a time; pages stay exact meanwhile."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, tuple_
from sqlalchemy.orm import Session

from feedback_service.insights.models import DailyScore, DailySegment
from feedback_service.insights.stale import DayOfSurvey, mark_stale
from feedback_service.insights.watermark import mark_folded
from feedback_service.responses.models import Channel, Response, ResponseChange

DAYS = 30  # in one transaction


def days_to_rebuild(session: Session) -> list[DayOfSurvey]:
    """Every day of a survey on which there are answers or counts, the latest first."""
    places: tuple[tuple[Any, Any], ...] = (
        (Response.survey_key, Response.counted_on),
        (DailyScore.survey_key, DailyScore.day),
        (DailySegment.survey_key, DailySegment.day),
    )
    found = {(key, day) for place in places for key, day in session.execute(select(*place).distinct())}
    return sorted(found, key=lambda each: (each[1], each[0]), reverse=True)


def rebuild_days(session: Session, days: Sequence[DayOfSurvey]) -> None:
    """Count the scores of these days anew, and leave their segments to be counted by the next step of the loop.

    The transaction must see one moment: what is counted here is what these days' changes, deleted here, spoke of. On
    PostgreSQL that takes REPEATABLE READ, and fails with a serialization error where somebody folds the same changes
    meanwhile; the caller then tries again.
    """
    here = list(days)
    for table in (ResponseChange, DailyScore):
        session.execute(
            delete(table)
            .where(tuple_(table.survey_key, table.day).in_(here))
            .execution_options(synchronize_session=False)
        )
    imported = (Response.channel == Channel.IMPORT).label("imported")
    counted = (
        select(Response.survey_key, Response.counted_on, Response.score, imported, func.count())
        .where(
            tuple_(Response.survey_key, Response.counted_on).in_(here),
            Response.suspected.is_(None),
            Response.withdrawn_at.is_(None),
        )
        .group_by(Response.survey_key, Response.counted_on, Response.score, imported)
    )
    session.execute(insert(DailyScore).from_select(["survey_key", "day", "score", "imported", "count"], counted))
    mark_folded(session)
    mark_stale(session, here)
