"""Keeps what somebody calls a comment whose verdict they have not seen; it counts as staff's word from then on."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.responses.models import Response
from feedback_service.sentiment.correct import correct, standing_correction
from feedback_service.sentiment.models import BlindCheck, CheckedLabel


def label_blind(session: Session, response_id: int, label: CheckedLabel, *, by: int, now: datetime) -> bool:
    """Whether the check was open: of two people at once, the first one's label counts."""
    response = session.get(Response, response_id)
    if response is None:
        return False
    ours = session.execute(
        update(BlindCheck)
        .where(BlindCheck.response_id == response_id, BlindCheck.checked_at.is_(None))
        .values(label=label, checked_by=by, checked_at=now)
        .returning(BlindCheck.response_id)
        .execution_options(synchronize_session="fetch")
    )
    if ours.first() is None:
        return False
    before = standing_correction(session, response)
    correct(
        session,
        response_id,
        label=label,
        language=before.language if before else None,
        themes=before.themes if before else None,
        by=by,
        now=now,
    )
    return True
