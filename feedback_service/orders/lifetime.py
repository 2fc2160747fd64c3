"""What people bought and kept in all, and from which sum on they are among the best customers. Never summed across
currencies: who bought in two is counted in the one in which they ordered more often."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Subquery, delete, func, or_, select, update
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.database import insert_new
from feedback_service.orders.models import Order, OrderStatus, ValueBand

KEPT = (OrderStatus.PLACED, OrderStatus.SHIPPED, OrderStatus.DELIVERED)
FEWEST = 10  # customers; of fewer, a tenth is nobody
BANDS_LAST = timedelta(days=1)


def count_lifetimes(session: Session, customer_ids: Iterable[int]) -> None:
    """Sum the orders of these customers anew; call it last in whatever changed some of them.

    The customers are locked before anything is summed, in the order of their ids: of two transactions that change two
    orders of one customer, the later counts what the earlier left, and none waits for another in a ring.
    """
    ids = sorted(set(customer_ids))
    if not ids:
        return
    if session.get_bind().dialect.name != "sqlite":  # where whoever writes is alone
        session.execute(
            select(Customer.id).where(Customer.id.in_(ids)).order_by(Customer.id).with_for_update(key_share=True)
        ).all()
    kept = _kept(ids)
    session.execute(
        update(Customer)
        .where(
            Customer.id == kept.c.customer_id,
            or_(
                Customer.lifetime_minor.is_distinct_from(kept.c.minor),
                Customer.lifetime_currency.is_distinct_from(kept.c.currency),
                Customer.lifetime_orders != kept.c.orders,
            ),
        )
        .values(lifetime_minor=kept.c.minor, lifetime_currency=kept.c.currency, lifetime_orders=kept.c.orders)
        .execution_options(synchronize_session=False)
    )


def _kept(ids: list[int]) -> Subquery:
    """customer_id, minor, currency, orders: one row for each customer, empty for whoever kept nothing."""
    orders = func.count().label("orders")
    place = func.row_number().over(
        partition_by=Order.customer_id, order_by=(func.count().desc(), func.max(Order.ordered_at).desc())
    )
    sums = (
        select(
            Order.customer_id,
            Order.currency,
            func.sum(Order.amount_minor).label("minor"),
            orders,
            place.label("place"),
        )
        .where(Order.customer_id.in_(ids), Order.status.in_(KEPT), Order.amount_minor.is_not(None))
        .group_by(Order.customer_id, Order.currency)
        .subquery()
    )
    return (
        select(
            Customer.id.label("customer_id"),
            sums.c.minor,
            sums.c.currency,
            func.coalesce(sums.c.orders, 0).label("orders"),
        )
        .outerjoin(sums, (sums.c.customer_id == Customer.id) & (sums.c.place == 1))
        .where(Customer.id.in_(ids))
        .subquery()
    )


def draw_value_bands(session: Session, now: datetime, _limit: int = 0) -> int:
    """Find out anew, once a day, from which lifetime value on a customer is among the top tenth of a currency; returns
    how many bands were drawn. Where fewer than `FEWEST` bought in a currency, it has none."""
    latest = session.scalar(select(func.max(ValueBand.computed_at)))
    if latest is not None and latest > now - BANDS_LAST:
        return 0
    sizes = session.execute(
        select(Customer.lifetime_currency, func.count())
        .where(Customer.lifetime_currency.is_not(None), Customer.lifetime_minor > 0)
        .group_by(Customer.lifetime_currency)
        .having(func.count() >= FEWEST)
        .order_by(Customer.lifetime_currency)
    ).all()
    for currency, customers in sizes:
        _draw(session, str(currency), customers, now)
    session.execute(delete(ValueBand).where(ValueBand.currency.not_in([currency for currency, _ in sizes])))
    return len(sizes)


def _draw(session: Session, currency: str, customers: int, now: datetime) -> None:
    lowest_of_them = session.scalar(
        select(Customer.lifetime_minor)
        .where(Customer.lifetime_currency == currency)
        .order_by(Customer.lifetime_minor.desc())
        .offset(customers // FEWEST - 1)
        .limit(1)
    )
    drawn = {"top_tenth_minor": lowest_of_them, "customers": customers, "computed_at": now}
    session.execute(insert_new(session, ValueBand).values(currency=currency, **drawn))
    session.execute(
        update(ValueBand)
        .where(ValueBand.currency == currency)
        .values(**drawn)
        .execution_options(synchronize_session=False)
    )
