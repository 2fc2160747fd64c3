"""Reads of what there is to learn a language from, and of what was learned."""

from collections.abc import Sequence

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from feedback_service.questionnaires.models import Survey
from feedback_service.responses.models import Response
from feedback_service.sentiment.correct import words_hash
from feedback_service.sentiment.languages.models import IN_USE, LanguageHead, LanguageTraining
from feedback_service.sentiment.languages.train import HIGHEST_NEGATIVE, MOST_COMMENTS, Comment, label_of_score
from feedback_service.sentiment.models import Assessment, Correction

_COUNTS = (
    Response.comment != "",
    Response.suspected.is_(None),
    Response.withdrawn_at.is_(None),
    Survey.kind.in_(list(HIGHEST_NEGATIVE)),
)
"""What can be learned from: words beside a score that counts, of customers."""


def comments_by_language(session: Session) -> dict[str, int]:
    """How many answered comments there are in each language."""
    rows = session.execute(
        select(Assessment.language, func.count())
        .join(Response, Response.id == Assessment.response_id)
        .join(Survey, Survey.key == Response.survey_key)
        .where(*_COUNTS, Assessment.language != "")
        .group_by(Assessment.language)
    )
    return {row[0]: row[1] for row in rows}


def comments_in(session: Session, language: str) -> list[Comment]:
    """The newest ``MOST_COMMENTS`` answered comments in a language, newest first, each with its label.

    What staff said of these very words beats the score.
    """
    newest = _corrections_in(session, language)
    rows = session.execute(
        select(Response.id, Response.comment, Response.latest_score, Survey.kind)
        .join(Assessment, Assessment.response_id == Response.id)
        .join(Survey, Survey.key == Response.survey_key)
        .where(*_COUNTS, Assessment.language == language)
        .order_by(Response.answered_at.desc(), Response.id.desc())
        .limit(MOST_COMMENTS)
    )
    return [
        _comment(comment, label_of_score(kind, score), newest.get(response_id))
        for response_id, comment, score, kind in rows
    ]


def _comment(text: str, label: str, correction: Correction | None) -> Comment:
    if correction and correction.label and correction.words_hash == words_hash(text):
        return Comment(text, correction.label, by_staff=True)
    return Comment(text, label)


def _corrections_in(session: Session, language: str) -> dict[int, Correction]:
    """The newest correction of every answer in a language that has one."""
    found = session.scalars(
        select(Correction)
        .join(Assessment, Assessment.response_id == Correction.response_id)
        .where(Assessment.language == language)
        .order_by(Correction.id)
    )
    return {correction.response_id: correction for correction in found}


def heads_in_use(session: Session) -> Sequence[LanguageHead]:
    """The head of every language that has one in use."""
    return session.scalars(select(LanguageHead).where(text(IN_USE)).order_by(LanguageHead.language)).all()


def trainings(session: Session) -> Sequence[LanguageTraining]:
    """How far every language has come."""
    return session.scalars(select(LanguageTraining).order_by(LanguageTraining.language)).all()


def versions_of(session: Session, language: str) -> Sequence[LanguageHead]:
    """Every version of a language, those never used among them, newest first."""
    return session.scalars(
        select(LanguageHead).where(LanguageHead.language == language).order_by(LanguageHead.version.desc())
    ).all()
