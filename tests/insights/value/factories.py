"""Small shops that can be counted by hand: buyers, what they ordered and what they said."""

from datetime import datetime, timedelta
from itertools import count

from flask import Flask
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.insights.frame import page_of
from feedback_service.insights.value.reading import Reading
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.responses.changes import business_day, count_change
from feedback_service.responses.models import Channel, Response
from tests.insights.factories import LISBON
from tests.responses.factories import NPS

_numbers = count(1)


def buyer(session: Session, at: datetime, *, spent: int | None = None, currency: str = "EUR") -> int:
    """Somebody with so much of lifetime value in the smallest unit; not committed."""
    customer = Customer(
        source="shop", external_id=f"v{next(_numbers)}", name="Ana Souza", created_at=at, lifetime_minor=spent,
        lifetime_currency=None if spent is None else currency,
    )  # fmt: skip
    session.add(customer)
    session.flush()
    return customer.id


def orders(
    session: Session, customer_id: int, at: datetime, *, took: float | None = None, late: int | None = None,
    status: OrderStatus = OrderStatus.DELIVERED, code: str | None = None, minor: int | None = None, **attributes: str,
) -> int:  # fmt: skip
    """An order, delivered after so many days; not committed."""
    order = Order(
        source="shop", external_id=f"V-{next(_numbers)}", customer_id=customer_id, ordered_at=at, status=status,
        delivered_at=None if took is None else at + timedelta(days=took), days_late=late, attributes=attributes,
        referral_code=code, amount_minor=minor, currency=None if minor is None else "EUR", created_at=at, updated_at=at,
    )  # fmt: skip
    session.add(order)
    session.flush()
    return order.id


def says(
    session: Session, customer_id: int | None, at: datetime, score: int, *, order_id: int | None = None,
    survey: str = NPS, comment: str = "",
) -> Response:  # fmt: skip
    """An answer with its delta; not committed."""
    response = Response(
        channel=Channel.MAIL, survey_key=survey, customer_id=customer_id, order_id=order_id, locale="en", score=score,
        comment=comment, answered_at=at, counted_on=business_day(at, LISBON),
    )  # fmt: skip
    session.add(response)
    session.flush()
    count_change(session, response, score, +1)
    return response


def a_group(session: Session, at: datetime, score: int, number: int, *, again: dict[int, int]) -> list[int]:
    """So many buyers who answered then; `again`: how many of them bought again after so many days. Not committed."""
    people = [buyer(session, at) for _ in range(number)]
    returning = iter(people)
    for person in people:
        says(session, person, at, score)
    for days, times in again.items():
        for _ in range(times):
            orders(session, next(returning), at + timedelta(days=days))
    return people


def reading(app: Flask, session: Session, now: datetime, **asked: str) -> Reading:
    """The page over what is asked for, read anew. Needs an application context for as long as it is read."""
    del app
    args = {name.removesuffix("_"): value for name, value in asked.items()}
    return Reading(session, page_of(session, {"survey": NPS, **args}), now, LISBON)
