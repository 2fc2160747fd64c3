"""Says which days and months are to be counted anew; until then pages read them from what they are counted from."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.database import insert_new
from feedback_service.insights.models import CountedMonth, StaleDay
from feedback_service.insights.rules.whole_months import month_of

DayOfSurvey = tuple[str, date]


def mark_stale(session: Session, days: Iterable[DayOfSurvey]) -> None:
    """Have the segments of these days counted anew, and their months summed up again."""
    here = sorted(set(days))
    if not here:
        return
    session.execute(insert_new(session, StaleDay), [{"survey_key": key, "day": day} for key, day in here])
    months = [
        {"survey_key": key, "month": first, "last": last, "fresh": False}
        for key, first, last in sorted({(key, *month_of(day)) for key, day in here})
    ]
    session.execute(insert_new(session, CountedMonth), months)
    session.execute(update(CountedMonth), months)  # one after the other, so two who do this cannot wait for each other
