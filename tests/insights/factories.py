"""Answers as they leave their deltas, and as somebody would count them by hand."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback_service.database import Base
from feedback_service.insights.models import (
    CountedMonth,
    DailyScore,
    DailySegment,
    MonthlyScore,
    MonthlySegment,
    StaleDay,
)
from feedback_service.insights.watermark import mark_folded
from feedback_service.responses.changes import business_day, count_change
from feedback_service.responses.models import Channel, Response, ResponseChange
from tests.responses.factories import NPS

LISBON = ZoneInfo("Europe/Lisbon")
_numbers = count(1)


def counted(session: Session, at: datetime, score: int, *, survey: str = NPS, imported: bool = False) -> Response:
    """An answer and its delta, in one transaction; not committed."""
    response = Response(
        channel=Channel.IMPORT if imported else Channel.MAIL,
        source="before" if imported else None,
        external_id=f"answer-{next(_numbers)}" if imported else None,
        survey_key=survey,
        locale="en",
        score=score,
        answered_at=at,
        counted_on=business_day(at, LISBON),
    )
    session.add(response)
    session.flush()
    count_change(session, response, score, +1)
    return response


def corrected(session: Session, response: Response, score: int) -> None:
    """Another score for the same answer, with the deltas of a correction; not committed."""
    count_change(session, response, response.score, -1)
    count_change(session, response, score, +1)
    response.score = score


def many(
    session: Session, month: datetime, counts: Mapping[int, int], *, survey: str = NPS, imported: bool = False
) -> None:
    """A month with that many answers of each score; committed."""
    for score, number in counts.items():
        for _ in range(number):
            counted(session, month, score, survey=survey, imported=imported)
    session.commit()


def by_hand(session: Session, survey: str = NPS) -> dict[date, tuple[dict[int, int], int]]:
    """Every answer read and sorted into its month in Lisbon: the counts, and how many were imported."""
    months: dict[date, Counter[int]] = {}
    imported: Counter[date] = Counter()
    for response in session.scalars(select(Response).where(Response.survey_key == survey)):
        month = response.answered_at.astimezone(LISBON).date().replace(day=1)
        months.setdefault(month, Counter())[response.score] += 1
        imported[month] += response.channel == Channel.IMPORT
    return {month: (dict(scores), imported[month]) for month, scores in months.items()}


def uncounted(session: Session, *others: type[Base]) -> None:
    """Forget all answers and counts, and what else is named; not committed."""
    counts = (ResponseChange, DailyScore, DailySegment, StaleDay, CountedMonth, MonthlyScore, MonthlySegment)
    for table in (*others, Response, *counts):
        session.execute(delete(table))
    mark_folded(session)
