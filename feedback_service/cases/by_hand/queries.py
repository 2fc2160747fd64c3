"""Reads for opening a case by hand: who may be meant, and what they bought."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.invitations.queries import MOST_FOUND, FoundPerson, people_called
from feedback_service.orders.models import Order

SHORTEST_NAME = 2  # letters; one would find half of all customers
MOST_ORDERS = 20
NEWEST = 50_000
"""So many customers are looked through by name, however many there are: no index finds a part of a name."""


def people_found(session: Session, wanted: str, *, key: bytes) -> list[FoundPerson]:
    """Whose number, e-mail address or order this is; where nobody's, whose name it is a part of."""
    return people_called(session, wanted, key=key) or _people_named(session, wanted)


def _people_named(session: Session, wanted: str) -> list[FoundPerson]:
    """Those of the newest customers whose name holds these words, the newest first. SQLite knows small letters of ASCII
    only, so the usual spelling of a name is tried as well."""
    name = " ".join(wanted.split())
    if len(name) < SHORTEST_NAME:
        return []
    spelt = {name, name.title()}
    rows = session.scalars(
        select(Customer)
        .where(
            Customer.id > select(func.max(Customer.id)).scalar_subquery() - NEWEST,
            or_(
                func.lower(Customer.name).contains(name.lower(), autoescape=True),
                *(Customer.name.contains(each, autoescape=True) for each in sorted(spelt)),
            ),
        )
        .order_by(Customer.id.desc())
        .limit(MOST_FOUND)
    )
    return [FoundPerson(row.id, row.source, row.external_id, row.name, row.email or "", "") for row in rows]


def latest_orders(session: Session, customer_id: int) -> list[Order]:
    """What somebody bought last, the newest first."""
    return list(
        session.scalars(
            select(Order).where(Order.customer_id == customer_id).order_by(Order.ordered_at.desc()).limit(MOST_ORDERS)
        )
    )
