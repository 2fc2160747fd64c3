"""Takes an invitation back: its link ends, and it is asked about no more. An answer that was given stays."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.invitations.models import Invitation

LONGEST_LINE = 254  # characters of who and why; the column's length


class Cancelled(StrEnum):
    """What came of it."""

    NOW = "now"
    BEFORE = "before"
    """Somebody had taken it back already; their word stands."""
    ANSWERED = "answered"
    """Too late: the person has answered, and nothing was changed."""
    NO_SUCH = "no_such"


def cancel(session: Session, invitation_id: int, *, by: str, reason: str, now: datetime) -> Cancelled:
    """End one invitation; a second time changes nothing. Mails that wait are for `delivery.cancel_mails` to stop.

    Raises ValueError without a reason: whoever asks later why the person was left alone must find one.
    """
    why = " ".join(reason.split())
    if not why:
        raise ValueError("say why the invitation is taken back")
    ended = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.answered_at.is_(None), Invitation.cancelled_at.is_(None))
        .values(cancelled_at=now, cancelled_by=f"{by}: {why}"[:LONGEST_LINE], remind_at=None)
        .returning(Invitation.id)
    )
    if ended.first() is not None:
        return Cancelled.NOW
    invitation = session.get(Invitation, invitation_id, populate_existing=True)
    if invitation is None:
        return Cancelled.NO_SUCH
    return Cancelled.BEFORE if invitation.cancelled_at is not None else Cancelled.ANSWERED
