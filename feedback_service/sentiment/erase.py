"""Forgets how comments were understood: the words that weighed most stand in it, and what staff made of them."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from feedback_service.customers.erasure import Erasure
from feedback_service.sentiment.models import Assessment, BlindCheck, CommentTheme, Correction


def erase_assessments(session: Session, erasure: Erasure) -> int:
    """Delete all that is known of the comments of erased answers; returns how many assessments there were."""
    for table in (CommentTheme, Correction, BlindCheck):
        session.execute(
            delete(table)
            .where(table.response_id.in_(erasure.response_ids))
            .execution_options(synchronize_session="fetch")
        )
    gone = session.scalars(
        delete(Assessment)
        .where(Assessment.response_id.in_(erasure.response_ids))
        .returning(Assessment.response_id)
        .execution_options(synchronize_session="fetch")
    )
    return len(gone.all())
