"""Weeks of a shop, counted already."""

from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session, sessionmaker

from feedback_service.config import Settings
from feedback_service.insights.models import DailyScore, DailySegment
from feedback_service.insights.segments.dimensions import Dimension
from feedback_service.pipeline import Step, steps
from tests.responses.factories import NPS

LISBON = ZoneInfo("Europe/Lisbon")
LAST = date(2026, 3, 9)
"""The Monday of the newest week that is over on the tests' day."""
GOOD, BAD = {9: 30, 7: 14, 3: 6}, {9: 12, 7: 13, 3: 25}
Sessions = sessionmaker[Session]


def monday(weeks_ago: int) -> date:
    """Of a week before `LAST`."""
    return LAST - timedelta(weeks=weeks_ago)


def week_of(session: Session, start: date, scores: Mapping[int, int], *, survey: str = NPS) -> None:
    """A week's answers, all on its Wednesday; not committed."""
    day = start + timedelta(days=2)
    session.add_all(
        DailyScore(survey_key=survey, day=day, score=score, imported=False, count=number)
        for score, number in scores.items()
    )


def steady(session: Session, weeks: int = 20, *, but: Mapping[int, Mapping[int, int]] | None = None) -> None:
    """So many weeks alike, up to `LAST`, with others in some places (0 is the last one); committed."""
    for ago in range(weeks):
        week_of(session, monday(ago), (but or {}).get(ago, GOOD))
    session.commit()


def themed(session: Session, start: date, themes: Mapping[str, int], read: int, *, survey: str = NPS) -> None:
    """Of so many comments that were read in a week, so many were about each theme; not committed."""
    day = start + timedelta(days=2)
    counted = [(Dimension.SENTIMENT, "neutral", read), *((Dimension.THEME, key, n) for key, n in themes.items() if n)]
    session.add_all(
        DailySegment(survey_key=survey, dimension=dimension.value, value=value, day=day, score=7, count=number)
        for dimension, value, number in counted
    )


def step(settings: Settings, name: str) -> Step:
    """One step of the loop."""
    return next(each for each in steps(settings) if each.name == name)
