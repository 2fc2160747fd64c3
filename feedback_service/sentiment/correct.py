"""Keeps what staff say a comment says; it beats any model, also a later one, for as long as the words stay the same."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.models import Survey, SurveyKind
from feedback_service.questionnaires.words import Band
from feedback_service.responses.changes import note_changes
from feedback_service.responses.models import Response
from feedback_service.responses.rules.bands import band
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.contradictions import contradiction
from feedback_service.sentiment.models import Assessment, CheckedLabel, CommentTheme, Correction, ThemeSource


class NothingToCorrectError(Exception):
    """There is no comment any more, or it has not been read yet; the message says so."""


def words_hash(comment: str) -> str:
    """By which a correction knows its words again."""
    return sha256(comment.encode("utf-8", "surrogatepass")).hexdigest()


def standing_correction(session: Session, response: Response) -> Correction | None:
    """The newest correction of an answer's comment, if it was about the words that stand there now."""
    return standing_corrections(session, [response]).get(response.id)


def standing_corrections(session: Session, responses: Sequence[Response]) -> dict[int, Correction]:
    """The same for many, by the answer's id."""
    found = session.scalars(
        select(Correction)
        .where(Correction.response_id.in_([response.id for response in responses]))
        .order_by(Correction.id)
    )
    newest = {correction.response_id: correction for correction in found}
    return {
        response.id: newest[response.id]
        for response in responses
        if response.id in newest and newest[response.id].words_hash == words_hash(response.comment)
    }


def correct(
    session: Session,
    response_id: int,
    *,
    label: CheckedLabel | None,
    language: str | None,
    themes: Iterable[str] | None,
    by: int,
    now: datetime,
) -> Correction:
    """Write a correction and let it count at once; None leaves that part to the model.

    Where another language or the model's own themes are wanted, the comment is read again within seconds.
    Raises NothingToCorrectError.
    """
    response = session.scalars(
        select(Response)
        .where(Response.id == response_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    assessment = session.get(Assessment, response_id, populate_existing=True)
    if response is None or assessment is None or not response.comment:
        raise NothingToCorrectError("There is nothing to correct: the comment is gone, or has not been read yet.")
    before = standing_correction(session, response)
    correction = Correction(
        response_id=response_id,
        response_revision=response.revision,
        words_hash=words_hash(response.comment),
        label=label,
        language=language,
        themes=None if themes is None else sorted(set(themes)),
        by=by,
        at=now,
    )
    session.add(correction)
    apply_label(assessment, correction, Bands(session).of(response))
    if correction.themes is not None:
        _set_themes(session, response_id, correction.themes)
    if _must_be_read_again(assessment, correction, before):
        response.assessed_revision = response.revision - 1
    note_changes(session, [response])
    session.flush()
    return correction


class Bands:
    """The bands of scores, by the surveys' rules of this moment."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._surveys: dict[str, tuple[SurveyKind, int]] = {}

    def of(self, response: Response) -> Band:
        """That of what the person says now."""
        if response.survey_key not in self._surveys:
            survey = self._session.get_one(Survey, response.survey_key)
            threshold = Rules.model_validate(survey.rules).thresholds.detractor_max
            self._surveys[response.survey_key] = survey.kind, threshold
        kind, threshold = self._surveys[response.survey_key]
        return band(kind, response.latest_score, threshold)


def apply_label(assessment: Assessment, correction: Correction | None, band_of_score: Band) -> None:
    """Let staff's label count, or without one the model's, and set it against the score."""
    said = correction.label if correction else None
    assessment.label = SentimentLabel(said.value) if said else assessment.model_label
    assessment.contradiction = contradiction(
        band_of_score, assessment.label, p_neg=assessment.p_neg, p_pos=assessment.p_pos, by_staff=said is not None
    )


def staff_themes(response_id: int, keys: Iterable[str], known: Iterable[CommentTheme]) -> list[CommentTheme]:
    """The themes that staff named, each with what was known to be said about it."""
    polarities = {theme.theme_key: theme.polarity for theme in known}
    return [
        CommentTheme(response_id=response_id, theme_key=key, polarity=polarities.get(key), source=ThemeSource.STAFF)
        for key in keys
    ]


def _set_themes(session: Session, response_id: int, keys: Sequence[str]) -> None:
    known = session.scalars(select(CommentTheme).where(CommentTheme.response_id == response_id)).all()
    named = staff_themes(response_id, keys, known)
    for theme in known:
        session.expunge(theme)
    session.execute(delete(CommentTheme).where(CommentTheme.response_id == response_id))
    session.add_all(named)


def _must_be_read_again(assessment: Assessment, correction: Correction, before: Correction | None) -> bool:
    language = before.language if before else None
    if correction.language not in {language, assessment.language}:
        return True
    return correction.themes is None and before is not None and before.themes is not None
