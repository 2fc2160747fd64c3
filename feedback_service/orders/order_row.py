"""A row of an orders file as values, or the reason why it is none."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision, list_currencies

from feedback_service.csvfiles import Row, RowError
from feedback_service.customers.cells import (
    ATTRIBUTE_PREFIX,
    PERSON_COLUMNS,
    parse_attributes,
    parse_date,
    parse_id,
    parse_person,
    parse_time,
)
from feedback_service.customers.keep import Person
from feedback_service.orders.models import OrderStatus

REQUIRED = ("order_id", "customer_id", "ordered_at", "status")
OPTIONAL = (*PERSON_COLUMNS, "delivered_at", "promised_on", "amount", "currency", "referral_code")
LARGEST_AMOUNT = Decimal(10) ** 12  # in whole units; more is a slipped column
LONGEST_CODE = 32  # characters, as the column has it
_AMOUNT = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)
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
    referral_code: str | None = None


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
        person=parse_person(row, "customer_id"),
        ordered_at=ordered_at,
        delivered_at=delivered_at,
        promised_on=parse_date(row, "promised_on"),
        amount_minor=amount_minor,
        currency=currency,
        status=status,
        attributes=parse_attributes(row),
        referral_code=_code(row),
    )


def _code(row: Row) -> str | None:
    """What the buyer typed at the checkout, however they typed it; codes are kept in capitals."""
    code = row.text("referral_code").upper()
    if len(code) > LONGEST_CODE:
        raise RowError(f"referral_code has {len(code)} characters; a code has at most {LONGEST_CODE}")
    return code or None


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
