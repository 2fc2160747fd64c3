"""Scores comments once the answer is durable; a bad comment is set aside with its reason and holds nothing up."""

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.responses.models import Response
from feedback_service.sentiment.analyzer import MODEL_VERSION, FeedbackSentiment, SentimentLabel, assess_text
from feedback_service.sentiment.models import Assessment

log = structlog.get_logger(__name__)


def assess_comments(session: Session, now: datetime, limit: int) -> int:
    """Score up to `limit` new or changed answers; returns how many were looked at. One without a comment gets none."""
    responses = session.scalars(
        select(Response)
        .where(Response.assessed_revision < Response.revision)
        .order_by(Response.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    for response in responses:
        if response.comment:
            session.merge(_assessment(response, now))
        elif (stale := session.get(Assessment, response.id)) is not None:
            session.delete(stale)
        response.assessed_revision = response.revision
    session.flush()
    return len(responses)


def _assessment(response: Response, now: datetime) -> Assessment:
    try:
        verdict = assess_text(response.comment, response.locale)
    except Exception:  # whatever a model trips over, the answer is worth more than its score
        log.exception("comment could not be scored", response=response.id)
        verdict = FeedbackSentiment(
            SentimentLabel.UNSCORED, None, None, "The model failed on this comment; it needs a person to read it.", ()
        )
    return Assessment(
        response_id=response.id,
        response_revision=response.revision,
        label=verdict.label,
        polarity=verdict.polarity,
        subjectivity=verdict.subjectivity,
        reason=verdict.reason,
        words=[list(pair) for pair in verdict.words],
        model_version=MODEL_VERSION,
        assessed_at=now,
    )
