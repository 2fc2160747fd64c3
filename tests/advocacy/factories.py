"""Customers with a link of their own, and what friends ordered with it."""

from datetime import datetime
from itertools import count

from sqlalchemy.orm import Session

from feedback_service.advocacy.models import ReferralClick
from feedback_service.advocacy.refer import refer
from feedback_service.customers.models import Address, Customer
from feedback_service.invitations.rules.visits import VisitSuspicion
from feedback_service.orders.models import Order, OrderStatus

A_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_numbers = count(1)


def customer(session: Session, at: datetime, name: str = "Ana Souza", *, mailbox: str | None = None) -> Customer:
    """Somebody whom the shop knows; two with one `mailbox` are one person. Flushed."""
    number = next(_numbers)
    place = f"mailbox {mailbox or number}"
    if session.get(Address, place) is None:
        session.add(Address(hash=place))
        session.flush()
    person = Customer(source="shop", external_id=f"a{number}", name=name, address_hash=place, created_at=at)
    session.add(person)
    session.flush()
    return person


def code_of(session: Session, person: Customer, at: datetime) -> str:
    """Their code; committed."""
    code = refer(session, person.id, at)
    session.commit()
    return code


def ordered(
    session: Session,
    person: Customer,
    at: datetime,
    code: str | None,
    minor: int | None = 1000,
    currency: str | None = "EUR",
    status: OrderStatus = OrderStatus.PLACED,
) -> Order:
    """An order as the import leaves it; committed."""
    order = Order(
        source="shop",
        external_id=f"R-{next(_numbers)}",
        customer_id=person.id,
        ordered_at=at,
        amount_minor=minor,
        currency=currency,
        status=status,
        attributes={},
        referral_code=code,
        created_at=at,
        updated_at=at,
    )
    session.add(order)
    session.commit()
    return order


def clicked(session: Session, referral_id: int, at: datetime, suspected: VisitSuspicion | None = None) -> None:
    """One opening of the link; committed."""
    session.add(ReferralClick(referral_id=referral_id, at=at, agent=A_BROWSER, suspected=suspected))
    session.commit()
