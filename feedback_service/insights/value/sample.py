"""How much of a great shop is read: all answers of the days, or those of every so many days."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from feedback_service.insights.queries import scores_of_surveys
from feedback_service.insights.scope import Scope
from feedback_service.insights.segments.live import answers_by, reasons
from feedback_service.responses.models import Response

MOST_ANSWERS = 20_000
"""That are read one by one for a page, in a fifth of a second; more would not move a share by a percent."""
_WEEK = 7


@dataclass(frozen=True)
class Sample:
    """The days whose answers are read."""

    first: date
    last: date
    every: int
    """1: all of them; otherwise the first, and each so many days later, which is never the same day of the week."""
    answers: int
    """In all of these days, those of every segment together."""

    @property
    def where(self) -> ColumnElement[bool]:
        """Of responses; the index on survey and day serves both."""
        if self.every == 1:
            return Response.counted_on.between(self.first, self.last)
        return Response.counted_on.in_(self.days)

    @property
    def days(self) -> list[date]:
        """Those that are read."""
        return [self.first + timedelta(days=at) for at in range(0, (self.last - self.first).days + 1, self.every)]


def sample_of(session: Session, scope: Scope, most: int | None = None) -> Sample:
    """As many days of a scope as hold about `most` answers; how many there are is known from the counts kept ready."""
    found = scores_of_surveys(session, [scope.survey] if scope.survey else [], scope.periods)
    answers = sum(period.n for periods in found.values() for period in periods)
    every = max(1, ceil(answers / (most or MOST_ANSWERS)))
    return Sample(*scope.days, every if every % _WEEK else every + 1, answers)


def answers_with(session: Session, scope: Scope, sample: Sample, dimension: str, value: str | None) -> Select[Any]:
    """Rows of (id, survey_key, day, value, score) that are read: those of one value of a dimension, or of any."""
    rows = (
        answers_by(dimension, session.get_bind().dialect, reasons(session))
        .where(Response.survey_key == scope.survey, sample.where)
        .subquery()
    )
    return select(rows).where(rows.c.value.is_not(None) if value is None else rows.c.value == value)
