"""Takes orders in: the same file twice changes nothing, a corrected row updates, a bad row is refused alone."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.csvfiles import ImportCounts, Row, RowError
from feedback_service.customers.keep import keep_customers
from feedback_service.customers.models import Customer
from feedback_service.orders.lifetime import count_lifetimes
from feedback_service.orders.models import Order
from feedback_service.orders.order_row import OrderRow, parse_order


def buyer(row: Row) -> str:
    """Whose order a row is: what keeps the rows of one person, and so of one order, together."""
    return row.text("customer_id")


def import_orders(
    session: Session, rows: Sequence[Row], *, source: str, key: bytes, shop_zone: ZoneInfo, now: datetime
) -> ImportCounts:
    """Store one batch of rows, of which the last one about an order counts; the caller commits.

    A row that only describes its buyer anew is an update too: when and where to ask may hang on it.
    """
    counts = ImportCounts()
    parsed = _parsed(rows, shop_zone, counts)
    kept = keep_customers(session, (order.person for order in parsed), source=source, key=key, now=now)
    latest = {order.external_id: order for order in parsed}
    counts.repeated = len(parsed) - len(latest)
    known = {
        order.external_id: order
        for order in session.scalars(
            select(Order)
            .where(Order.source == source, Order.external_id.in_(latest))
            .order_by(Order.id)
            .with_for_update(key_share=True)  # two imports of one order take turns
        )
    }
    concerned = set()
    for external_id, order_row in latest.items():
        order = known.get(external_id)
        customer = kept.customers[order_row.person.external_id]
        concerned |= {customer.id, order.customer_id if order else customer.id}  # an order may change hands
        if order is None:
            _new_order(session, _values(order_row, customer, shop_zone), order_row.external_id, source, now)
            counts.added += 1
        elif _correct(
            order,
            _values(order_row, customer, shop_zone),
            now,
            described_anew=customer.external_id in kept.changed,
        ):
            counts.updated += 1
        else:
            counts.unchanged += 1
    session.flush()
    count_lifetimes(session, concerned)
    return counts


def _parsed(rows: Sequence[Row], shop_zone: ZoneInfo, counts: ImportCounts) -> list[OrderRow]:
    """The good rows; the bad ones are counted."""
    parsed = []
    for row in rows:
        try:
            parsed.append(parse_order(row, shop_zone))
        except RowError as error:
            counts.refused.append((row, str(error)))
    return parsed


def _values(row: OrderRow, customer: Customer, shop_zone: ZoneInfo) -> dict[str, object]:
    return {
        "customer_id": customer.id,
        "ordered_at": row.ordered_at,
        "delivered_at": row.delivered_at,
        "promised_on": row.promised_on,
        "days_late": _days_late(row, ZoneInfo(customer.time_zone) if customer.time_zone else shop_zone),
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "status": row.status,
        "attributes": row.attributes,
        "referral_code": row.referral_code,
    }


def _days_late(row: OrderRow, zone: ZoneInfo) -> int | None:
    if row.delivered_at is None or row.promised_on is None:
        return None
    return (row.delivered_at.astimezone(zone).date() - row.promised_on).days


def _new_order(session: Session, values: dict[str, object], external_id: str, source: str, now: datetime) -> None:
    order = Order(source=source, external_id=external_id, created_at=now, updated_at=now, revision=1)
    for name, value in values.items():
        setattr(order, name, value)
    session.add(order)


def _correct(order: Order, values: dict[str, object], now: datetime, *, described_anew: bool) -> bool:
    """Write what differs; whether anything did."""
    changed = {name: value for name, value in values.items() if getattr(order, name) != value}
    for name, value in changed.items():
        setattr(order, name, value)
    if not changed and not described_anew:
        return False
    order.updated_at = now
    order.revision = Order.revision + 1  # counted by the database: two imports at once are two changes
    return True
