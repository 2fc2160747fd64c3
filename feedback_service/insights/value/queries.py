"""Reads who answered and what they bought since, each by an index and bounded by the days that are looked at."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, func, null, select
from sqlalchemy.orm import Session, aliased

from feedback_service.advocacy.models import Referral
from feedback_service.advocacy.queries import CAME_TO_NOTHING
from feedback_service.customers.models import Customer, PersonKind
from feedback_service.insights.rules.periods import Period
from feedback_service.insights.scope import Scope
from feedback_service.insights.segments.live import COUNTED
from feedback_service.insights.value.sample import Sample, answers_with
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.responses.models import Response

MOST_ORDERS = 20_000
"""Of all periods together, the first ones of each; they take a fifth of a second."""
LEAST_ORDERS = 500
"""Of a period, however many periods there are."""
UNDERWAY = frozenset({OrderStatus.PLACED, OrderStatus.SHIPPED})


class Buyer(NamedTuple):
    """A customer by their first answer of the days, and their first order after it. They sort by time."""

    answered_at: datetime
    answer_id: int
    customer_id: int
    score: int
    next_order_at: datetime | None
    lifetime_minor: int | None
    currency: str | None
    """Of the lifetime value."""
    has_link: bool
    """By which to recommend us."""


def buyers_who_answered(session: Session, scope: Scope, sample: Sample, value: str = "") -> list[Buyer]:
    """Each customer once, in order of time; those with one value of the scope's dimension, or all."""
    read = (
        select(
            Response.answered_at,
            Response.id,
            Customer.id,
            Response.score,
            _next_order(Response.customer_id, Response.answered_at),
            Customer.lifetime_minor,
            Customer.lifetime_currency,
            Referral.id.is_not(None),
        )
        .join(Customer, Customer.id == Response.customer_id)
        .outerjoin(Referral, Referral.customer_id == Customer.id)
        .where(Response.survey_key == scope.survey, sample.where, COUNTED, Customer.kind == PersonKind.CUSTOMER)
    )
    if value:
        chosen = answers_with(session, scope, sample, scope.by, value).subquery()
        read = read.where(Response.id.in_(select(chosen.c.id)))
    # Put in order here: asked to do it, SQLite walks an index that has the order, and with it all answers ever given.
    first: dict[int, Buyer] = {}
    for buyer in sorted(map(Buyer._make, session.execute(read))):
        first.setdefault(buyer.customer_id, buyer)
    return list(first.values())


class Bought(NamedTuple):
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
        rows = session.execute(statement, {"begins": begins, "ends": ends}) if begins < ends else ()
        orders = [Bought._make(row) for row in rows]
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
            and_(Order.status.in_(UNDERWAY), Order.delivered_at.is_(None)).label("underway"),
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
    columns = (some.c.customer_id, some.c.ordered_at, some.c.delivered_at, some.c.days_late, some.c.underway)
    return select(*columns, following, some.c.value).order_by(some.c.ordered_at, some.c.id)


def _next_order(customer: Any, after: Any) -> Any:
    later = aliased(Order)
    return (
        select(func.min(later.ordered_at))
        .where(later.customer_id == customer, later.ordered_at > after, later.status.not_in(CAME_TO_NOTHING))
        .correlate_except(later)
        .scalar_subquery()
    )  # fmt: skip


def in_chunks(ids: Collection[int], most: int = 10_000) -> list[list[int]]:
    """So many at once as a statement may name."""
    every = list(ids)
    return [every[begin : begin + most] for begin in range(0, len(every), most)]
