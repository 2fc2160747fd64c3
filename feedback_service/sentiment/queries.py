"""Reads of what the words say."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from feedback_service.questionnaires.models import Survey
from feedback_service.responses.models import Response
from feedback_service.sentiment.models import Assessment, CommentTheme, Correction

PAGE = 25  # comments on a page


def assessment_of(session: Session, response_id: int) -> Assessment | None:
    """How an answer's comment was understood, if it has been looked at."""
    return session.get(Assessment, response_id)


def themes_of(session: Session, response_ids: Sequence[int]) -> dict[int, list[CommentTheme]]:
    """What comments are about, by the answer's id; those about nothing are missing."""
    found: dict[int, list[CommentTheme]] = {}
    for theme in session.scalars(
        select(CommentTheme).where(CommentTheme.response_id.in_(response_ids)).order_by(CommentTheme.theme_key)
    ):
        found.setdefault(theme.response_id, []).append(theme)
    return found


@dataclass(frozen=True)
class Contradictory:
    """An answer whose score and words do not go together."""

    response: Response
    assessment: Assessment
    survey: Survey


def contradictions(session: Session, before: int | None = None) -> list[Contradictory]:
    """Answers whose score and words contradict each other and which nobody has judged yet, newest first, one more than
    a page; `before` an answer's id."""
    judged = (
        select(Correction.id)
        .where(
            Correction.response_id == Assessment.response_id,
            Correction.response_revision >= Assessment.response_revision,
            Correction.label.is_not(None),
        )
        .exists()
    )
    statement = (
        select(Assessment, Response, Survey)
        .join(Response, Response.id == Assessment.response_id)
        .join(Survey, Survey.key == Response.survey_key)
        .where(
            Assessment.contradiction.is_not(None),
            Assessment.response_id > 0,  # colleagues answer in confidence
            Response.suspected.is_(None),
            ~judged,
        )
        .order_by(Assessment.response_id.desc())
        .limit(PAGE + 1)
        .options(joinedload(Response.customer))
    )
    if before is not None:
        statement = statement.where(Assessment.response_id < before)
    return [Contradictory(response, assessment, survey) for assessment, response, survey in session.execute(statement)]


def count_contradictions(session: Session) -> int:
    """How many there are, judged or not."""
    return session.scalar(select(func.count()).where(Assessment.contradiction.is_not(None))) or 0
