"""Takes in what happened besides purchases, such as a support case that was closed; safe to repeat, as orders are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.csvfiles import ImportCounts, Row, RowError
from feedback_service.customers.cells import (
    ATTRIBUTE_PREFIX,
    PERSON_COLUMNS,
    parse_attributes,
    parse_id,
    parse_person,
    parse_time,
)
from feedback_service.customers.keep import Person, keep_customers
from feedback_service.customers.models import Customer
from feedback_service.orders.models import Touchpoint, TouchpointKind

REQUIRED = ("touchpoint_id", "kind", "customer_id", "happened_at")
Key = tuple[TouchpointKind, str]
FROM_FILES = {kind.value: kind for kind in (TouchpointKind.SUPPORT_CLOSED, TouchpointKind.LEFT)}


@dataclass(frozen=True)
class TouchpointRow:
    """One moment, checked."""

    kind: TouchpointKind
    external_id: str
    person: Person
    happened_at: datetime
    attributes: dict[str, str]

    @property
    def key(self) -> Key:
        """What it is known by within its source."""
        return self.kind, self.external_id


def is_column(name: str) -> bool:
    """Whether a touchpoints file may have a column of that name."""
    return name in REQUIRED or name in PERSON_COLUMNS or name.startswith(ATTRIBUTE_PREFIX)


def import_touchpoints(
    session: Session, rows: Sequence[Row], *, source: str, key: bytes, shop_zone: ZoneInfo, now: datetime
) -> ImportCounts:
    """Store one batch of rows, of which the last one about a touchpoint counts; the caller commits.

    A row that only describes its person anew is an update too: when and where to ask may hang on it.
    """
    counts = ImportCounts()
    parsed = _parsed(rows, shop_zone, counts)
    kept = keep_customers(session, (row.person for row in parsed), source=source, key=key, now=now)
    latest = {row.key: row for row in parsed}
    counts.repeated = len(parsed) - len(latest)
    known = _known(session, source, latest)
    for found, row in latest.items():
        customer = kept.customers[row.person.external_id]
        touchpoint = known.get(found)
        if touchpoint is None:
            session.add(_new(row, customer, source, now))
            counts.added += 1
        elif _correct(touchpoint, row, customer, now, described_anew=customer.external_id in kept.changed):
            counts.updated += 1
        else:
            counts.unchanged += 1
    session.flush()
    return counts


def parse_touchpoint(row: Row, shop_zone: ZoneInfo) -> TouchpointRow:
    """Read one row. Times without an offset are in the shop's time zone. Raises RowError."""
    row.check_width()
    happened_at = parse_time(row, "happened_at", shop_zone)
    if happened_at is None:
        raise RowError("happened_at is empty; every row needs it")
    return TouchpointRow(
        kind=_kind(row),
        external_id=parse_id(row, "touchpoint_id"),
        person=parse_person(row, "customer_id"),
        happened_at=happened_at,
        attributes=parse_attributes(row),
    )


def _kind(row: Row) -> TouchpointKind:
    text = row.required("kind").lower()
    try:
        return FROM_FILES[text]
    except KeyError:
        raise RowError(f"kind {text!r} is none of {', '.join(FROM_FILES)}") from None


def _parsed(rows: Sequence[Row], shop_zone: ZoneInfo, counts: ImportCounts) -> list[TouchpointRow]:
    """The good rows; the bad ones are counted."""
    parsed = []
    for row in rows:
        try:
            parsed.append(parse_touchpoint(row, shop_zone))
        except RowError as error:
            counts.refused.append((row, str(error)))
    return parsed


def _known(session: Session, source: str, wanted: dict[Key, TouchpointRow]) -> dict[Key, Touchpoint]:
    rows = session.scalars(
        select(Touchpoint)
        .where(Touchpoint.source == source, Touchpoint.external_id.in_({external_id for _, external_id in wanted}))
        .order_by(Touchpoint.id)
        .with_for_update(key_share=True)  # two imports of one touchpoint take turns
    )
    return {(touchpoint.kind, touchpoint.external_id): touchpoint for touchpoint in rows}


def _new(row: TouchpointRow, customer: Customer, source: str, now: datetime) -> Touchpoint:
    return Touchpoint(
        source=source,
        kind=row.kind,
        external_id=row.external_id,
        customer_id=customer.id,
        happened_at=row.happened_at,
        attributes=row.attributes,
        revision=1,
        created_at=now,
        updated_at=now,
    )


def _correct(
    touchpoint: Touchpoint, row: TouchpointRow, customer: Customer, now: datetime, *, described_anew: bool
) -> bool:
    """Write what differs; whether anything did."""
    said = {"customer_id": customer.id, "happened_at": row.happened_at, "attributes": row.attributes}
    changed = {name: value for name, value in said.items() if getattr(touchpoint, name) != value}
    for name, value in changed.items():
        setattr(touchpoint, name, value)
    if not changed and not described_anew:
        return False
    touchpoint.updated_at = now
    touchpoint.revision = Touchpoint.revision + 1  # counted by the database: two imports at once are two changes
    return True
