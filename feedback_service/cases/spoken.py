"""Writes onto a customer when somebody of the shop last spoke with them, or wrote to them in person."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case
from feedback_service.customers.models import Customer


def spoke_with(session: Session, case_id: int, now: datetime) -> None:
    """The customer of this case was reached now. The case's row is the caller's; the customer's is locked after it."""
    session.execute(
        update(Customer)
        .where(
            Customer.id == select(Case.customer_id).where(Case.id == case_id).scalar_subquery(),
            or_(Customer.spoken_to_at.is_(None), Customer.spoken_to_at < now),
        )
        .values(spoken_to_at=now)
        .execution_options(synchronize_session="fetch")
    )
