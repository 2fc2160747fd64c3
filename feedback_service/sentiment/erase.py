"""Forgets how comments were understood: the words that weighed most stand in it."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from feedback_service.customers.erasure import Erasure
from feedback_service.sentiment.models import Assessment


def erase_assessments(session: Session, erasure: Erasure) -> int:
    """Delete the assessments of erased answers; returns how many there were."""
    gone = session.scalars(
        delete(Assessment)
        .where(Assessment.response_id.in_(erasure.response_ids))
        .returning(Assessment.response_id)
        .execution_options(synchronize_session="fetch")
    )
    return len(gone.all())
