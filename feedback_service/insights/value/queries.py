"""Reads who answered and what they bought since, each by an index and bounded by the days that are looked at."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, null, select
from sqlalchemy.orm import Session, aliased

from feedback_service.advocacy.queries import CAME_TO_NOTHING
from feedback_service.customers.models import Customer, PersonKind
from feedback_service.insights.rules.periods import Period
from feedback_service.insights.scope import Scope
from feedback_service.insights.segments.live import COUNTED
from feedback_service.insights.value.sample import Sample, answers_with
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.responses.models import Response

MOST_ORDERS = 20_000
"""Of all periods together, the first ones of each; they take half a second."""
LEAST_ORDERS = 500
"""Of a period, however many periods there are."""
UNDERWAY = frozenset({OrderStatus.PLACED, OrderStatus.SHIPPED})


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer by their first answer of the days, and the first order that they placed after it."""

    customer_id: int
    answered_at: datetime
    score: int
    next_order_at: datetime | None
    lifetime_minor: int | None
    currency: str | None
    """Of the lifetime value."""


def buyers_who_answered(session: Session, scope: Scope, sample: Sample, value: str = "") -> list[Buyer]:
    """Each customer once, in order of time; those with one value of the scope's dimension, or all."""
    read = (
        select(Response.id, Response.customer_id, Response.answered_at, Response.score)
        .where(Response.survey_key == scope.survey, sample.where, COUNTED, Response.customer_id.is_not(None))
    )  # fmt: skip
    if value:
        chosen = answers_with(session, scope, sample, scope.by, value).subquery()
        read = read.where(Response.id.in_(select(chosen.c.id)))
    said = read.subquery()
    rows = session.execute(
        select(
            Customer.id,
            said.c.answered_at,
            said.c.score,
            _next_order(said.c.customer_id, said.c.answered_at),
            Customer.lifetime_minor,
            Customer.lifetime_currency,
        )
        .join(Customer, Customer.id == said.c.customer_id)
        .where(Customer.kind == PersonKind.CUSTOMER)
        .order_by(said.c.answered_at, said.c.id)
    )
    found: dict[int, Buyer] = {}
    for row in rows:
        if row[0] not in found:
            found[row[0]] = Buyer(*row)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Bought:
    """An order that was not undone."""

    customer_id: int
    ordered_at: datetime
    delivered_at: datetime | None
    days_late: int | None
    underway: bool
    """Neither delivered nor undone, as far as the shop has said."""
    next_order_at: datetime | None
    """The first that the same customer placed after it."""
    value: str | None
    """Of the attribute by which orders are told apart."""


@dataclass(frozen=True)
class PeriodOfOrders:
    """A period's orders, in order of time."""

    period: Period
    orders: Sequence[Bought]
    capped: bool
    """There were more, so these are the first ones."""


def most_orders(periods: int) -> int:
    """That are read of each period, where there are so many."""
    return max(LEAST_ORDERS, MOST_ORDERS // max(1, periods))


def orders_of_periods(
    session: Session, bounds: Sequence[tuple[Period, datetime, datetime]], attribute: str = ""
) -> list[PeriodOfOrders]:
    """The orders placed in each period, half-open; `attribute`: the one by which they are told apart."""
    most = most_orders(len(bounds))
    statement = _orders(attribute, most)
    found = []
    for period, begins, ends in bounds:
        span = {"begins": begins, "ends": ends}
        rows = session.execute(statement, span).all() if begins < ends else []
        orders = [
            Bought(customer, at, delivered, late, status in UNDERWAY and delivered is None, following, value)
            for customer, at, delivered, late, status, following, value in rows
        ]
        found.append(PeriodOfOrders(period, orders, len(orders) == most))
    return found


def _orders(attribute: str, most: int) -> Select[Any]:
    value: Any = Order.attributes[attribute].as_string() if attribute else null()
    some = (
        select(
            Order.id,
            Order.customer_id,
            Order.ordered_at,
            Order.delivered_at,
            Order.days_late,
            Order.status,
            value.label("value"),
        )
        .where(
            Order.ordered_at >= bindparam("begins"),
            Order.ordered_at < bindparam("ends"),
            Order.status.not_in(CAME_TO_NOTHING),
        )
        .order_by(Order.ordered_at, Order.id)
        .limit(most)
        .subquery()
    )
    following = _next_order(some.c.customer_id, some.c.ordered_at)
    columns = (some.c.customer_id, some.c.ordered_at, some.c.delivered_at, some.c.days_late, some.c.status)
    return select(*columns, following, some.c.value).order_by(some.c.ordered_at, some.c.id)


def _next_order(customer: ColumnElement[Any], after: ColumnElement[Any]) -> Any:
    later = aliased(Order)
    return (
        select(func.min(later.ordered_at))
        .where(later.customer_id == customer, later.ordered_at > after, later.status.not_in(CAME_TO_NOTHING))
        .correlate_except(later)
        .scalar_subquery()
    )  # fmt: skip


def in_chunks(ids: Collection[int], most: int = 1_000) -> list[list[int]]:
    """So many at once as a statement may name."""
    every = list(ids)
    return [every[begin : begin + most] for begin in range(0, len(every), most)]
