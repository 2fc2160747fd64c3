"""Folds the deltas that answers left into the daily counts; what is shown is counts plus what is not folded yet.

The segments of a day are not added to but counted anew, so all that is kept of a delta for them is its day.
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from feedback_service.database import insert_new
from feedback_service.insights.models import DailyScore
from feedback_service.insights.stale import mark_stale
from feedback_service.insights.watermark import mark_folded
from feedback_service.responses.models import ResponseChange


def fold_changes(session: Session, now: datetime, limit: int) -> int:
    """Fold up to `limit` deltas; returns how many. Claiming is deleting: a delta is folded by whoever deleted it."""
    # Found first and then deleted: as a subquery of the delete, PostgreSQL may run it again and exceed the limit.
    oldest = session.scalars(
        select(ResponseChange.id).order_by(ResponseChange.id).limit(limit).with_for_update(skip_locked=True)
    ).all()
    changes = session.execute(
        delete(ResponseChange)
        .where(ResponseChange.id.in_(oldest))
        .returning(
            ResponseChange.survey_key,
            ResponseChange.day,
            ResponseChange.score,
            ResponseChange.imported,
            ResponseChange.delta,
        )
        .execution_options(synchronize_session=False)
    ).all()
    if changes:
        mark_stale(session, ((change.survey_key, change.day) for change in changes))
        mark_folded(session)
    sums: Counter[tuple[object, ...]] = Counter()
    for survey_key, day, score, imported, delta in changes:
        sums[survey_key, day, score, imported] += delta
    places = sorted((place for place, delta in sums.items() if delta), key=str)
    if places:
        names = ("survey_key", "day", "score", "imported")
        empty = [{**dict(zip(names, place, strict=True)), "count": 0} for place in places]
        session.execute(insert_new(session, DailyScore), empty)
    for place in places:
        _add(session, place, sums[place])
    return len(changes)


def _add(session: Session, place: tuple[object, ...], delta: int) -> None:
    survey_key, day, score, imported = place
    session.execute(
        update(DailyScore)
        .where(
            DailyScore.survey_key == survey_key,
            DailyScore.day == day,
            DailyScore.score == score,
            DailyScore.imported == imported,
        )
        .values(count=DailyScore.count + delta)
        .execution_options(synchronize_session=False)
    )
