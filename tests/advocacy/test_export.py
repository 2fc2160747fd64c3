"""The files open in a spreadsheet, add up, and run nothing."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from feedback_service.advocacy.export import lines_of_referrals, lines_of_testimonials
from feedback_service.advocacy.models import ShownWhere, SignedAs
from feedback_service.advocacy.queries import ReferralCount, ShownWords, Worth

LATE = datetime(2026, 3, 20, 23, 30, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")


def read(lines: Iterable[str]) -> list[dict[str, str]]:
    text = "".join(lines)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def count(*worth: Worth, external_id: str = "ana") -> ReferralCount:
    orders = sum(part.orders for part in worth)
    return ReferralCount(1, "Ana", "shop", external_id, "BCDFGHJ", LATE, 7, orders, worth)


def test_each_currency_has_its_line_and_sums_are_right() -> None:
    rows = read(lines_of_referrals([count(Worth("EUR", 2, 2250), Worth("JPY", 1, 900)), count()], TOKYO))
    assert [(row["clicks"], row["orders"], row["value"], row["currency"]) for row in rows] == [
        ("7", "2", "22.50", "EUR"),
        ("", "1", "900", "JPY"),
        ("7", "0", "", ""),
    ]
    assert rows[0]["since"] == "2026-03-21", "a day of the shop's"


def test_orders_without_an_amount_have_no_value() -> None:
    (row,) = read(lines_of_referrals([count(Worth("", 3, None))], TOKYO))
    assert (row["orders"], row["value"], row["currency"]) == ("3", "", "")


def test_no_cell_is_run_as_a_formula() -> None:
    (row,) = read(lines_of_referrals([count(external_id="=1+1")], TOKYO))
    assert row["customer_id"] == "'=1+1"
    hostile = ShownWords(1, '@SUM(A1)"\n', "+Ana", ShownWhere.SHOP, SignedAs.FULL_NAME, "en", LATE, "-x")
    (row,) = read(lines_of_testimonials([hostile], TOKYO))
    assert (row["words"], row["signed"], row["consent"]) == ("'@SUM(A1)\"\n", "'+Ana", "'-x")
    assert (row["where"], row["allowed_on"]) == ("shop", "2026-03-21")
