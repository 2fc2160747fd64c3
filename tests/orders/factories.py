"""Order files as shops send them, and what the database made of them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.csvfiles import ImportCounts, Row
from feedback_service.orders.import_orders import import_orders
from feedback_service.orders.models import Order

KEY = b"a privacy key for tests only"
LISBON = ZoneInfo("Europe/Lisbon")
IMPORTED_AT = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)

ANAS_ORDER = {
    "order_id": "A-1",
    "customer_id": "ana",
    "email": "ana@example.com",
    "name": "Ana Souza",
    "locale": "pt-BR",
    "time_zone": "America/Sao_Paulo",
    "ordered_at": "2026-03-01T10:00:00",
    "delivered_at": "2026-03-05T16:30:00",
    "promised_on": "2026-03-06",
    "amount": "49.90",
    "currency": "EUR",
    "status": "delivered",
    "attr.region": "Norte",
    "attr.carrier": "Correio Azul",
}


def row(line: int = 2, **changes: str) -> Row:
    """Ana's order as a row of a file, with some cells changed; `attr_x` stands for `attr.x`."""
    cells = ANAS_ORDER | {name.replace("attr_", "attr."): value for name, value in changes.items()}
    return Row(line, cells, list(cells.values()))


def rows(*changes: Mapping[str, str]) -> list[Row]:
    """One row per set of changes."""
    return [row(line, **change) for line, change in enumerate(changes, start=2)]


def take_in_orders(session: Session, given: Iterable[Row], *, now: datetime = IMPORTED_AT) -> ImportCounts:
    """Import and commit."""
    counts = import_orders(session, list(given), source="shop", key=KEY, shop_zone=LISBON, now=now)
    session.commit()
    return counts


def order_of(session: Session, external_id: str) -> Order:
    """An order as the database has it now."""
    return session.scalars(
        select(Order).where(Order.external_id == external_id).execution_options(populate_existing=True)
    ).one()


def came_to(counts: ImportCounts) -> tuple[int, int, int, int]:
    """added, updated, unchanged, refused."""
    return counts.added, counts.updated, counts.unchanged, len(counts.refused)
