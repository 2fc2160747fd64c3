"""What a closed case leaves behind, so that "did we put it right?" is asked later; and which case is asked about."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case
from feedback_service.database import insert_new
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Touchpoint, TouchpointKind
from feedback_service.responses.models import Response

SOURCE = "feedback"
"""Of touchpoints that come from no file but from here."""


def leave_touchpoint(session: Session, case: Case, now: datetime) -> None:
    """Say that the person's case was closed: once per case, and moved where it is closed again.

    Nothing is left where nobody could be asked, or where the person took back what they had said.
    """
    if case.customer_id is None or _taken_back(session, case):
        return
    made = session.execute(
        insert_new(session, Touchpoint)
        .values(
            source=SOURCE,
            kind=TouchpointKind.CASE_RESOLVED,
            external_id=str(case.id),
            customer_id=case.customer_id,
            happened_at=now,
            attributes=_how_it_ended(case),
            revision=1,
            planned_revision=0,
            created_at=now,
            updated_at=now,
        )
        .returning(Touchpoint.id)
    ).first()
    if made is None:
        _move(session, case, now, now, _how_it_ended(case))


def _how_it_ended(case: Case) -> dict[str, object]:
    """What a survey may choose by, and scores are told apart by; not every queue asks for a root cause."""
    ended = {name: value for name in ("root_cause", "outcome") if (value := getattr(case, name)) is not None}
    return {**ended, "team": case.queue.team.name}


def put_off(session: Session, case: Case, until: datetime, now: datetime) -> None:
    """The case is open again: nobody is asked before it can be closed anew. An invitation that went out stays."""
    _move(session, case, until, now, {})


def _move(session: Session, case: Case, to: datetime, now: datetime, attributes: dict[str, object]) -> None:
    session.execute(
        update(Touchpoint)
        .where(
            Touchpoint.source == SOURCE,
            Touchpoint.kind == TouchpointKind.CASE_RESOLVED,
            Touchpoint.external_id == str(case.id),
        )
        .values(
            happened_at=to,
            updated_at=now,
            revision=Touchpoint.revision + 1,
            **({"attributes": attributes} if attributes else {}),
        )
        .execution_options(synchronize_session=False)
    )


def _taken_back(session: Session, case: Case) -> bool:
    answer = session.get(Response, case.response_id) if case.response_id is not None else None
    return answer is not None and answer.withdrawn_at is not None


def case_asked_about(session: Session, invitation: Invitation | None) -> int | None:
    """The case that an invitation asks about, where it asks whether one was put right."""
    about = invitation.touchpoint if invitation is not None else None
    if about is None or about.kind != TouchpointKind.CASE_RESOLVED or about.source != SOURCE:
        return None
    return session.scalar(select(Case.id).where(Case.id == int(about.external_id)))


def recovery_answer(session: Session, case: Case) -> Response | None:
    """What the customer said to "did we put it right?"; None where nothing, or nothing that counts."""
    if case.customer_id is None:
        return None
    return session.scalar(
        select(Response)
        .join(Invitation, Invitation.id == Response.invitation_id)
        .join(Touchpoint, Touchpoint.id == Invitation.touchpoint_id)
        .where(
            Invitation.customer_id == case.customer_id,
            Touchpoint.source == SOURCE,
            Touchpoint.kind == TouchpointKind.CASE_RESOLVED,
            Touchpoint.external_id == str(case.id),
            Response.suspected.is_(None),
            Response.withdrawn_at.is_(None),
        )
        .order_by(Response.id.desc())
        .limit(1)
    )
