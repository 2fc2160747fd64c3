"""Finds the case in which what came of an invitation is dealt with."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from feedback_service.cases.merge import standing_for
from feedback_service.cases.models import Case, CaseOrigin, CaseState
from feedback_service.cases.recovery import case_asked_about
from feedback_service.invitations.models import Invitation
from feedback_service.responses.models import Response


def mail_key(invitation_id: int) -> str:
    """The origin of the one case that all mails written back to an invitation open."""
    return f"invitation:{invitation_id}"


def answer_behind(session: Session, invitation: Invitation) -> Response | None:
    """The answer to an invitation: confirmed or not, and taken back or not."""
    return session.scalar(select(Response).where(Response.invitation_id == invitation.id))


def case_about(session: Session, invitation: Invitation) -> int | None:
    """The case that an invitation asks about, else its answer's or that of a mail written back, an open one first.

    Where it was merged, the one that goes on for it.
    """
    found = case_asked_about(session, invitation) or _grown_from(session, invitation)
    return standing_for(session, found) if found is not None else None


def _grown_from(session: Session, invitation: Invitation) -> int | None:
    answer = answer_behind(session, invitation)
    grown = or_(
        and_(Case.origin_kind == CaseOrigin.RESPONSE, Case.origin_key == str(answer.id if answer else "")),
        and_(Case.origin_kind == CaseOrigin.REPLY, Case.origin_key == mail_key(invitation.id)),
    )
    return session.scalar(
        select(Case.id)
        .where(grown)
        .order_by(Case.state == CaseState.RESOLVED, Case.origin_kind.desc(), Case.id.desc())
        .limit(1)
    )
