"""Reads comments once the answer is durable; a bad comment is set aside with its reason and holds nothing up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback_service.responses.changes import note_changes
from feedback_service.responses.models import Response
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.correct import Bands, apply_label, staff_themes, standing_corrections
from feedback_service.sentiment.models import Assessment, BlindCheck, CommentTheme, Correction, ThemeSource
from feedback_service.sentiment.reader import Read, Reader


def assess_comments(
    session: Session, now: datetime, limit: int, *, folder: Path | None = None, locale: str = "en"
) -> int:
    """Read up to `limit` new or changed answers; returns how many were looked at. One without a comment gets nothing.

    folder: where themes and words of safety lie; those that come with the service by default. locale: the shop's.
    """
    responses = session.scalars(
        select(Response)
        .where(Response.assessed_revision < Response.revision)
        .order_by(Response.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    if responses:
        assess(session, responses, Reader.of(session, folder, locale), now)
    return len(responses)


def assess(session: Session, responses: Sequence[Response], reader: Reader, now: datetime) -> None:
    """Read the comments of these answers, which the caller holds; what staff said of the same words stays."""
    before = _Before.of(session, responses)
    _forget_themes(session, [response.id for response in responses])
    for response in responses:
        if response.comment:
            correction = before.corrections.get(response.id)
            said = correction.language if correction else None
            _keep(session, response, reader.read(response.comment, response.locale, language=said), before, now)
        else:
            _forget(session, before, response.id)
        response.assessed_revision = response.revision
    note_changes(session, (each for each in responses if each.comment or each.id in before.assessments))
    session.flush()


@dataclass(frozen=True)
class _Before:
    """What is known of these answers already, by their ids."""

    corrections: Mapping[int, Correction]
    assessments: Mapping[int, Assessment]
    waiting: Mapping[int, BlindCheck]
    """Blind checks that nobody has made yet."""
    bands: Bands

    @classmethod
    def of(cls, session: Session, responses: Sequence[Response]) -> "_Before":
        ids = [response.id for response in responses]
        made = session.scalars(select(Assessment).where(Assessment.response_id.in_(ids)))
        open_checks = select(BlindCheck).where(BlindCheck.response_id.in_(ids), BlindCheck.checked_at.is_(None))
        return cls(
            standing_corrections(session, responses),
            {each.response_id: each for each in made},
            {each.response_id: each for each in session.scalars(open_checks)},
            Bands(session),
        )


def _keep(session: Session, response: Response, read: Read, before: _Before, now: datetime) -> None:
    correction, verdict = before.corrections.get(response.id), read.verdict
    assessment = before.assessments.get(response.id) or Assessment(response_id=response.id)
    assessment.response_revision = response.revision
    assessment.model_label = verdict.label
    assessment.p_neg, assessment.p_neu, assessment.p_pos = verdict.p_neg, verdict.p_neu, verdict.p_pos
    assessment.polarity, assessment.subjectivity = verdict.polarity, verdict.subjectivity
    assessment.language = read.language
    assessment.reason = verdict.reason
    assessment.words = [list(pair) for pair in verdict.words]
    assessment.model_version = verdict.model_version
    assessment.alerts = [kind.value for kind in read.alerts]
    assessment.assessed_at = now
    apply_label(assessment, correction, before.bands.of(response))
    session.add(assessment)
    session.add_all(_themes(response.id, read, correction))
    if response.id in before.waiting:
        _say_again(session, before.waiting[response.id], assessment)


def _themes(response_id: int, read: Read, correction: Correction | None) -> list[CommentTheme]:
    found = [
        CommentTheme(
            response_id=response_id,
            theme_key=each.key,
            polarity=each.polarity,
            source=ThemeSource.HEAD if each.learned else ThemeSource.WORDS,
        )
        for each in read.themes
    ]
    if correction is None or correction.themes is None:
        return found
    return staff_themes(response_id, correction.themes, found)


def _say_again(session: Session, check: BlindCheck, assessment: Assessment) -> None:
    """Whoever checks it later checks what was said last."""
    if assessment.model_label is SentimentLabel.UNSCORED:
        session.delete(check)
        return
    check.model_label, check.model_version = assessment.model_label, assessment.model_version
    check.language = assessment.language


def _forget_themes(session: Session, response_ids: Sequence[int]) -> None:
    session.execute(
        delete(CommentTheme)
        .where(CommentTheme.response_id.in_(response_ids))
        .execution_options(synchronize_session="fetch")
    )


def _forget(session: Session, before: _Before, response_id: int) -> None:
    """The words were taken back."""
    for row in (before.assessments.get(response_id), before.waiting.get(response_id)):
        if row is not None:
            session.delete(row)
