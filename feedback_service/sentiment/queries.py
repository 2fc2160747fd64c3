"""Reads of what the words say."""

from sqlalchemy.orm import Session

from feedback_service.sentiment.models import Assessment


def assessment_of(session: Session, response_id: int) -> Assessment | None:
    """How an answer's comment was understood, if it has been looked at."""
    return session.get(Assessment, response_id)
