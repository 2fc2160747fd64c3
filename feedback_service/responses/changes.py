"""Leaves the deltas from which insights keeps its counts; written in the transaction that changes an answer."""

from collections.abc import Iterable
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


def note_changes(session: Session, responses: Iterable[Response]) -> None:
    """Say that something else than the score changed by which answers are told apart, once for each day of theirs."""
    one_of_each = {(response.survey_key, response.counted_on): response for response in responses}
    for response in one_of_each.values():
        count_change(session, response, response.score, 0)
