"""Draws a week's random sample of scored comments, once, for people to label who do not see what the model said."""

import heapq
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.database import insert_new
from feedback_service.responses.models import Response
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.models import WEEKLY_CHECKS, Assessment, BlindCheck, CheckWeek

_SCORED = (SentimentLabel.POSITIVE, SentimentLabel.NEGATIVE, SentimentLabel.NEUTRAL)
_WEEK = timedelta(weeks=1)


def draw_weekly_sample(session: Session, now: datetime, _limit: int, *, zone: ZoneInfo) -> int:
    """Draw from what was scored in the last full week; returns how many comments, 0 where the week had its draw.

    Whoever writes the week's row draws; another worker waits for it and finds it there. The order is that of a hash of
    week and answer: nobody chooses, and anybody can work it out again.
    """
    week = last_week(now, zone)
    if session.scalar(select(CheckWeek.week).where(CheckWeek.week == week)) is not None:
        return 0
    ours = insert_new(session, CheckWeek).values(week=week, scored=0, drawn_at=now).returning(CheckWeek.week)
    if session.execute(ours).first() is None:
        return 0
    found = session.scalars(
        select(Assessment.response_id)
        .join(Response, Response.id == Assessment.response_id)
        .where(
            Assessment.assessed_at >= _begins(week, zone),
            Assessment.assessed_at < _begins(week + _WEEK, zone),
            Assessment.model_label.in_(_SCORED),
            Response.id > 0,  # what colleagues say in confidence is read by nobody for the sake of a model
            Response.suspected.is_(None),
            ~select(BlindCheck.response_id).where(BlindCheck.response_id == Response.id).exists(),
        )
    ).all()
    session.get_one(CheckWeek, week).scored = len(found)
    drawn = in_order(week, found)
    session.add_all(_check(session.get_one(Assessment, each), week, place) for place, each in enumerate(drawn, start=1))
    session.flush()
    return len(drawn)


def last_week(now: datetime, zone: ZoneInfo) -> date:
    """The Monday of the last week that is over in the shop's time zone."""
    today = now.astimezone(zone).date()
    return today - timedelta(days=today.weekday()) - _WEEK


def in_order(week: date, response_ids: Iterable[int]) -> list[int]:
    """The week's sample of these answers, in the order in which they are offered."""
    return heapq.nsmallest(WEEKLY_CHECKS, response_ids, key=lambda each: sha256(f"{week}|{each}".encode()).digest())


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def _check(assessment: Assessment, week: date, place: int) -> BlindCheck:
    return BlindCheck(
        response_id=assessment.response_id,
        week=week,
        place=place,
        model_label=assessment.model_label,
        model_version=assessment.model_version,
        language=assessment.language,
    )
