"""Takes an invitation back together with the mails of it that have not left."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.delivery.models import ASKING, Message, MessageState
from feedback_service.invitations.cancel import Cancelled, cancel


def cancel_with_mails(session: Session, invitation_id: int, *, by: str, reason: str, now: datetime) -> Cancelled:
    """End one invitation and what waits in the outbox to ask by it; a second time changes nothing.

    A mail that a worker holds at this moment is stopped by the check before it is handed over, or was too fast.
    Raises ValueError without a reason.
    """
    outcome = cancel(session, invitation_id, by=by, reason=reason, now=now)
    if outcome is Cancelled.NOW:
        session.execute(
            update(Message)
            .where(
                Message.invitation_id == invitation_id,
                Message.purpose.in_(ASKING),
                Message.state == MessageState.PENDING,
            )
            .values(state=MessageState.CANCELLED, detail=f"Taken back by {by}: {' '.join(reason.split())}")
        )
    return outcome
