"""Leaves the deltas from which insights keeps its counts; written in the transaction that changes an answer."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_service.responses.models import Channel, Response, ResponseChange


def business_day(at: datetime, zone: ZoneInfo) -> date:
    """The shop's calendar day of an instant."""
    return at.astimezone(zone).date()


def count_change(session: Session, response: Response, score: int, delta: int) -> None:
    """Say that `score` was given once more (+1) or once less (-1) on the answer's day."""
    session.add(
        ResponseChange(
            survey_key=response.survey_key,
            day=response.counted_on,
            score=score,
            imported=response.channel == Channel.IMPORT,
            delta=delta,
        )
    )
