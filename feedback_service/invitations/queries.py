"""Reads of who was asked, and who was not."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.invitations.models import Decision, DecisionState
from feedback_service.invitations.rules.eligibility import SkipReason


def decisions_by_outcome(session: Session) -> list[tuple[str, DecisionState, SkipReason | None, int]]:
    """Per survey: how many events were asked about, wait, or were skipped for which reason."""
    rows = session.execute(
        select(Decision.survey_key, Decision.state, Decision.reason, func.count())
        .group_by(Decision.survey_key, Decision.state, Decision.reason)
        .order_by(Decision.survey_key, Decision.state, func.count().desc())
    )
    return [(key, state, reason, number) for key, state, reason, number in rows]
