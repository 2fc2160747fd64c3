"""Writes onto a customer how many of their cases are open, so that whoever asks for opinions can hold back."""

from collections.abc import Iterable

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_service.cases.models import ACTIVE, Case
from feedback_service.customers.models import Customer


def count_open_cases(session: Session, customers: Iterable[int | None]) -> None:
    """Count the unresolved cases of these customers anew; call it last in whatever changed some.

    The customers are locked before anything is counted, in the order of their ids: of two transactions that change
    two cases of one customer, the later counts what the earlier left, and none waits for another in a ring.
    """
    ids = sorted({customer for customer in customers if customer is not None})
    if not ids:
        return
    session.execute(
        select(Customer.id).where(Customer.id.in_(ids)).order_by(Customer.id).with_for_update(key_share=True)
    ).all()
    unresolved = select(func.count()).select_from(Case).where(Case.customer_id == Customer.id, ACTIVE).scalar_subquery()
    session.execute(
        update(Customer)
        .where(Customer.id.in_(ids))
        .values(open_cases=unresolved)
        .execution_options(synchronize_session="fetch")
    )
