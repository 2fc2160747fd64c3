"""Referrals and testimonials as files for a spreadsheet: a line at a time, no cell of which is run as a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from feedback_service.advocacy.queries import ReferralCount, ShownWords, Worth
from feedback_service.csvfiles import safe_cell

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for something older."""


def lines_of_referrals(counts: Iterable[ReferralCount], zone: ZoneInfo) -> Iterator[str]:
    """A line for each referral and currency; the clicks stand on a referral's first line, so that sums are right."""
    yield BYTE_ORDER_MARK + _line(("source", "customer_id", "code", "since", "clicks", "orders", "value", "currency"))
    for count in counts:
        since = f"{count.created_at.astimezone(zone):%Y-%m-%d}"
        clicks = str(count.clicks)
        for worth in count.worth or (Worth("", 0, None),):
            amount = _amount(worth)
            yield _line(
                (count.source, count.external_id, count.code, since, clicks, str(worth.orders), amount, worth.currency)
            )
            clicks = ""


def lines_of_testimonials(testimonials: Iterable[ShownWords], zone: ZoneInfo) -> Iterator[str]:
    """Everything that may be shown at present."""
    yield BYTE_ORDER_MARK + _line(("number", "words", "signed", "where", "language", "allowed_on", "consent"))
    for shown in testimonials:
        allowed_on = f"{shown.consented_at.astimezone(zone):%Y-%m-%d}"
        yield _line(
            (
                str(shown.number),
                shown.words,
                shown.signature,
                shown.shown_where,
                shown.locale,
                allowed_on,
                shown.consent_words,
            )
        )


def _amount(worth: Worth) -> str:
    """In whole units with a point, as the orders import reads it."""
    return "" if worth.minor is None else str(Decimal(worth.minor).scaleb(-get_currency_precision(worth.currency)))


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(map(safe_cell, cells))
    return out.getvalue()
