"""A row of an orders file as values, or the reason why it is none."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision, list_currencies

from feedback_service.csvfiles import Row, RowError
from feedback_service.customers.addresses import BadAddressError, normal_email
from feedback_service.customers.keep import Person
from feedback_service.orders.models import OrderStatus

REQUIRED = ("order_id", "customer_id", "ordered_at", "status")
OPTIONAL = (
    "email", "name", "locale", "time_zone", "delivered_at", "promised_on", "amount", "currency",
)  # fmt: skip
ATTRIBUTE_PREFIX = "attr."
LONGEST_ID = 128
LONGEST_LOCALE = 16
LARGEST_AMOUNT = Decimal(10) ** 12  # in whole units; more is a slipped column
YEARS = range(1990, 2101)  # beyond lie typing errors, and the 9999-12-31 with which some systems say "never"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_AMOUNT = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)
_ZONES = frozenset(available_timezones())
_CURRENCIES = frozenset(list_currencies())


@dataclass(frozen=True)
class OrderRow:
    """One order, checked."""

    external_id: str
    person: Person
    ordered_at: datetime
    delivered_at: datetime | None
    promised_on: date | None
    amount_minor: int | None
    currency: str | None
    status: OrderStatus
    attributes: dict[str, str]


def is_column(name: str) -> bool:
    """Whether an orders file may have a column of that name."""
    return name in REQUIRED or name in OPTIONAL or name.startswith(ATTRIBUTE_PREFIX)


def parse_order(row: Row, shop_zone: ZoneInfo) -> OrderRow:
    """Read one row. Times without an offset are in the shop's time zone.

    Raises RowError naming column, value and remedy.
    """
    row.check_width()
    ordered_at = parse_time(row, "ordered_at", shop_zone)
    if ordered_at is None:
        raise RowError("ordered_at is empty; every row needs it")
    delivered_at = parse_time(row, "delivered_at", shop_zone)
    if delivered_at is not None and delivered_at < ordered_at:
        raise RowError(f"delivered_at {row.text('delivered_at')} is before ordered_at {row.text('ordered_at')}")
    status = _status(row)
    if status == OrderStatus.DELIVERED and delivered_at is None:
        raise RowError("status is delivered but delivered_at is empty; say when it was delivered")
    amount_minor, currency = _money(row)
    return OrderRow(
        external_id=parse_id(row, "order_id"),
        person=_person(row),
        ordered_at=ordered_at,
        delivered_at=delivered_at,
        promised_on=_date(row, "promised_on"),
        amount_minor=amount_minor,
        currency=currency,
        status=status,
        attributes={
            column.removeprefix(ATTRIBUTE_PREFIX): value.strip()[:200]
            for column, value in row.cells.items()
            if column.startswith(ATTRIBUTE_PREFIX) and value.strip()
        },
    )


def parse_id(row: Row, column: str) -> str:
    """An identifier. Raises RowError where it is missing or too long."""
    value = row.required(column)
    if len(value) > LONGEST_ID:
        raise RowError(f"{column} has {len(value)} characters; at most {LONGEST_ID} are kept")
    return value


def parse_time(row: Row, column: str, shop_zone: ZoneInfo) -> datetime | None:
    """An instant in UTC, or None where the cell is empty. Raises RowError where it is no time.

    A local time that the clocks showed twice means the earlier one; one that they skipped, as if they had not.
    """
    text = row.text(column)
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise RowError(
            f"{column} {text!r} is no time such as 2026-03-29T14:05:00 or 2026-03-29T14:05:00+02:00"
        ) from None
    _check_year(column, text, value)
    return (value if value.tzinfo else value.replace(tzinfo=shop_zone)).astimezone(UTC)


def _check_year(column: str, text: str, value: date) -> None:
    if value.year not in YEARS:
        raise RowError(f"{column} {text!r} is not between {YEARS[0]} and {YEARS[-1]}; leave it empty if it is unknown")


def _date(row: Row, column: str) -> date | None:
    text = row.text(column)
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text).date() if _DATE.match(text) else None
    except ValueError:
        value = None
    if value is None:
        raise RowError(f"{column} {text!r} is no date such as 2026-03-29")
    _check_year(column, text, value)
    return value


def parse_locale(row: Row, column: str = "locale") -> str | None:
    """A locale such as pt-BR, or None. Raises RowError where nobody speaks it."""
    text = row.text(column).replace("_", "-")
    if not text:
        return None
    try:
        locale = str(Locale.parse(text, sep="-")).replace("_", "-")
    except (ValueError, UnknownLocaleError):
        locale = ""
    if not 0 < len(locale) <= LONGEST_LOCALE:
        raise RowError(f"{column} {text!r} is no language such as en or pt-BR")
    return locale


def _person(row: Row) -> Person:
    zone = row.text("time_zone")
    if zone and zone not in _ZONES:
        raise RowError(f"time_zone {zone!r} is no time zone such as Europe/Berlin")
    email = row.text("email")
    if email:
        try:
            email = normal_email(email)
        except BadAddressError as error:
            raise RowError(f"email {email!r} is no e-mail address: {error}") from None
    return Person(
        external_id=parse_id(row, "customer_id"),
        email=email or None,
        name=" ".join(row.text("name").split())[:200] or None,
        locale=parse_locale(row),
        time_zone=zone or None,
    )


def _money(row: Row) -> tuple[int | None, str | None]:
    text = row.text("amount")
    if not text:
        return None, None
    currency = row.text("currency").upper()
    if currency not in _CURRENCIES:
        raise RowError(f"currency {row.text('currency')!r} is no currency such as EUR; an amount needs one")
    if not _AMOUNT.fullmatch(text):
        raise RowError(f"amount {text!r} is no number with a point, such as 12.50")
    amount = Decimal(text)
    if not 0 <= amount < LARGEST_AMOUNT:
        raise RowError(f"amount {text!r} is not between 0 and {LARGEST_AMOUNT}")
    minor = amount.scaleb(get_currency_precision(currency))
    if minor != minor.to_integral_value():
        raise RowError(f"amount {text!r} has more decimals than {currency} has")
    return int(minor), currency


def _status(row: Row) -> OrderStatus:
    text = row.required("status").lower()
    try:
        return OrderStatus(text)
    except ValueError:
        raise RowError(f"status {text!r} is none of {', '.join(OrderStatus)}") from None
