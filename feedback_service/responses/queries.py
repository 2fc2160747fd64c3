"""Reads of answers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.invitations.models import Invitation
from feedback_service.responses.models import Response


def response_to(session: Session, invitation: Invitation) -> Response | None:
    """The confirmed answer to an invitation."""
    return session.scalar(select(Response).where(Response.invitation_id == invitation.id))
