"""Takes orders in: the same file twice changes nothing, a corrected row updates, a bad row is refused alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.csvfiles import Row, RowError
from feedback_service.customers.keep import keep_customers
from feedback_service.customers.models import Customer
from feedback_service.orders.models import Order
from feedback_service.orders.order_row import OrderRow, parse_order

BATCH = 500  # rows per transaction: a crash loses none that were reported


@dataclass
class ImportCounts:
    """What a batch came to."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[Row, str]] = field(default_factory=list)

    def add(self, other: "ImportCounts") -> None:
        """Sum up."""
        self.added += other.added
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.refused += other.refused


def batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Rows in the portions that are committed together."""
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def import_orders(
    session: Session, rows: Sequence[Row], *, source: str, key: bytes, shop_zone: ZoneInfo, now: datetime
) -> ImportCounts:
    """Store one batch of rows; the caller commits."""
    counts = ImportCounts()
    parsed: list[OrderRow] = []
    for row in rows:
        try:
            parsed.append(parse_order(row, shop_zone))
        except RowError as error:
            counts.refused.append((row, str(error)))
    customers = keep_customers(session, (order.person for order in parsed), source=source, key=key, now=now)
    known = {
        order.external_id: order
        for order in session.scalars(
            select(Order).where(Order.source == source, Order.external_id.in_([row.external_id for row in parsed]))
        )
    }
    for order_row in parsed:
        order = known.get(order_row.external_id)
        customer = customers[order_row.person.external_id]
        if order is None:
            known[order_row.external_id] = _new_order(session, order_row, customer, source, now)
            counts.added += 1
        elif _correct(order, order_row, customer, now):
            counts.updated += 1
        else:
            counts.unchanged += 1
    session.flush()
    return counts


def _values(row: OrderRow, customer: Customer) -> dict[str, object]:
    return {
        "customer_id": customer.id,
        "ordered_at": row.ordered_at,
        "delivered_at": row.delivered_at,
        "promised_on": row.promised_on,
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "status": row.status,
        "attributes": row.attributes,
    }


def _new_order(session: Session, row: OrderRow, customer: Customer, source: str, now: datetime) -> Order:
    order = Order(source=source, external_id=row.external_id, created_at=now, updated_at=now, revision=1)
    for name, value in _values(row, customer).items():
        setattr(order, name, value)
    session.add(order)
    return order


def _correct(order: Order, row: OrderRow, customer: Customer, now: datetime) -> bool:
    """Write what differs; whether anything did."""
    changed = {name: value for name, value in _values(row, customer).items() if getattr(order, name) != value}
    for name, value in changed.items():
        setattr(order, name, value)
    if changed:
        order.updated_at = now
        order.revision += 1
    return bool(changed)
