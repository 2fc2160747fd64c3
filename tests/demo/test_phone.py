"""Demo buyers whose parcel is overdue ring, each once, and a colleague writes it down."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseOrigin
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.customers.models import Customer
from feedback_service.demo.phone import customers_ring
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.responses.models import Channel, Response
from tests.cases.factories import KEY
from tests.demo.factories import hired

LISBON = ZoneInfo("Europe/Lisbon")
MORNING = datetime(2026, 3, 18, 9, tzinfo=UTC)


def order(
    session: Session, number: int, *, promised: int, delivered: int | None = None, cancelled: bool = False
) -> None:
    """One of the demo's orders; days are counted from today."""
    day = timedelta(days=1)
    customer = Customer(source="demo", external_id=f"C-{number}", name="Orla Byrne", created_at=MORNING)
    session.add(customer)
    session.flush()
    session.add(
        Order(
            source="demo",
            external_id=f"B-{number}",
            customer_id=customer.id,
            ordered_at=MORNING - 9 * day,
            promised_on=(MORNING + promised * day).date(),
            delivered_at=None if delivered is None else MORNING + delivered * day,
            status=OrderStatus.CANCELLED if cancelled else OrderStatus.SHIPPED,
            attributes={"carrier": "Tidewell"},
            created_at=MORNING,
            updated_at=MORNING,
        )
    )


def test_of_those_who_wait_most_ring_once(session: Session) -> None:
    hired(session, MORNING)
    for number in range(20):
        order(session, number, promised=-2)
    for _ in range(2):  # the next morning brings no second call
        customers_ring(session, KEY, MORNING, LISBON)
    cases = session.scalars(select(Case)).all()
    assert 10 <= len(cases) < 20
    assert {case.origin_kind for case in cases} == {CaseOrigin.MANUAL}
    assert {case.reason for case in cases} == {CaseReason.BY_HAND}
    told = session.scalars(select(Response).where(Response.channel == Channel.PHONE)).all()
    assert 0 < len(told) < len(cases)


def test_nobody_rings_about_a_parcel_that_is_there_or_not_yet_due(session: Session) -> None:
    hired(session, MORNING)
    for number in range(0, 40, 4):
        order(session, number, promised=-2, delivered=-1)
        order(session, number + 1, promised=1)
        order(session, number + 2, promised=-30)
        order(session, number + 3, promised=-2, cancelled=True)
    customers_ring(session, KEY, MORNING, LISBON)
    assert session.scalar(select(Case.id)) is None
