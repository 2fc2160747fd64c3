"""Takes colleagues in, for a pulse: the same file twice changes nothing, and whoever left is never asked again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.csvfiles import CsvError, ImportCounts, Row, RowError
from feedback_service.customers.cells import PERSON_COLUMNS, parse_date, parse_person
from feedback_service.customers.keep import Person, keep_customers
from feedback_service.customers.models import Customer, PersonKind

REQUIRED = ("employee_id",)
OPTIONAL = (*PERSON_COLUMNS, "left")
YES, NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0", ""})


@dataclass(frozen=True)
class EmployeeRow:
    """One colleague, checked."""

    person: Person
    left: bool


def is_column(name: str) -> bool:
    """Whether a file of employees may have a column of that name."""
    return name in REQUIRED or name in OPTIONAL


def employee(row: Row) -> str:
    """What keeps the rows about one colleague together."""
    return row.text("employee_id")


def import_employees(
    session: Session, rows: Sequence[Row], *, source: str, key: bytes, shop_zone: ZoneInfo, now: datetime
) -> ImportCounts:
    """Store one batch of rows, of which the last one about a colleague counts; the caller commits.

    Whoever left loses name and address, which is both why nobody can ask them and all that we need not keep.
    Raises CsvError where the source holds customers: the ids would be taken for theirs.
    """
    _check_no_customers(session, source)
    counts = ImportCounts()
    latest = _latest(rows, now.astimezone(shop_zone).date(), counts)
    known = _known(session, source, set(latest))
    kept = keep_customers(
        session,
        [row.person for row in latest.values()],
        source=source,
        key=key,
        now=now,
        kind=PersonKind.EMPLOYEE,
    )
    for external_id, row in latest.items():
        customer = kept.customers[external_id]
        forgotten = row.left and _forget(customer)
        changed = forgotten or external_id in kept.changed
        if external_id not in known:
            counts.added += 1
        elif changed:
            customer.calendar_planned_at = None  # whoever is new, back, or lives elsewhere, is looked at again
            counts.updated += 1
        else:
            counts.unchanged += 1
    session.flush()
    return counts


def _latest(rows: Sequence[Row], today: date, counts: ImportCounts) -> dict[str, EmployeeRow]:
    """The last good row about each colleague; the bad ones are counted."""
    latest: dict[str, EmployeeRow] = {}
    for row in rows:
        try:
            parsed = parse_employee(row, today)
        except RowError as error:
            counts.refused.append((row, str(error)))
        else:
            counts.repeated += parsed.person.external_id in latest
            latest[parsed.person.external_id] = parsed
    return latest


def parse_employee(row: Row, today: date) -> EmployeeRow:
    """Read one row. Raises RowError naming column, value and remedy."""
    row.check_width()
    person, left = parse_person(row, "employee_id"), _left(row, today)
    return EmployeeRow(replace(person, email=None, name=None) if left else person, left)


def _left(row: Row, today: date) -> bool:
    text = row.text("left").lower()
    if text in YES or text in NO:
        return text in YES
    day = parse_date(row, "left")
    return day is not None and day <= today


def _check_no_customers(session: Session, source: str) -> None:
    """A colleague's number can be a customer's too, and then would forget, or mail, the wrong person."""
    held = select(Customer.id).where(Customer.source == source, Customer.kind == PersonKind.CUSTOMER)
    if session.scalar(select(held.exists())):
        raise CsvError(
            f"The source {source} holds customers, so no colleagues can be taken in under it;"
            " give them a source of their own, such as --source staff."
        )


def _known(session: Session, source: str, ids: set[str]) -> frozenset[str]:
    return frozenset(
        session.scalars(select(Customer.external_id).where(Customer.source == source, Customer.external_id.in_(ids)))
    )


def _forget(customer: Customer) -> bool:
    """Take name and address away; whether there was one."""
    had = bool(customer.email or customer.address_hash or customer.name)
    customer.email, customer.address_hash, customer.name = None, None, ""
    return had
