"""Reads for the page after the last question."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.responses.after.promise import Said
from feedback_service.responses.models import Response, ResponseRevision


def history_of(session: Session, response_id: int) -> list[Said]:
    """Every state of an answer, oldest first."""
    rows = session.execute(
        select(ResponseRevision.recorded_at, ResponseRevision.score, ResponseRevision.wants_contact)
        .where(ResponseRevision.response_id == response_id)
        .order_by(ResponseRevision.ordinal)
    )
    return [Said(at, score, wants_contact) for at, score, wants_contact in rows]


def time_zone_of(session: Session, customer_id: int | None) -> str | None:
    """The name of the customer's time zone, where it is known."""
    return session.scalar(select(Customer.time_zone).where(Customer.id == customer_id)) if customer_id else None


def still_stands(session: Session, invitation_id: int) -> bool:
    """Whether the answer was not taken back; it is held until the transaction ends, so that it is not meanwhile."""
    standing = select(Response.id).where(Response.invitation_id == invitation_id, Response.withdrawn_at.is_(None))
    return session.scalar(standing.with_for_update()) is not None
