"""Money as people type it."""

import pytest

from feedback_service.cases.rules.amounts import Amount, AmountError, read_amount


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", None),
        ("  ", None),
        ("300", Amount(30_000, "EUR")),
        ("300 eur", Amount(30_000, "EUR")),
        ("USD 300", Amount(30_000, "USD")),
        ("$99.90", Amount(9_990, "USD")),
        ("R$ 1.234,56", Amount(123_456, "BRL")),
        ("1,200.50", Amount(120_050, "EUR")),
        ("1.200,50 €", Amount(120_050, "EUR")),
        ("1,200.500", Amount(120_050, "EUR")),
        ("1.200", Amount(120_000, "EUR")),  # nobody means tenths of a cent
        ("1,200", Amount(120_000, "EUR")),
        ("1.200 KWD", Amount(1_200, "KWD")),  # which has three decimals
        ("1.234.567", Amount(123_456_700, "EUR")),
        ("1 200,5", Amount(120_050, "EUR")),
        ("1’200.50 CHF", Amount(120_050, "CHF")),
        ("12,5", Amount(1_250, "EUR")),
        ("1.200 JPY", Amount(1_200, "JPY")),
        ("0", Amount(0, "EUR")),
    ],
)
def test_an_amount_is_read(typed: str, read: Amount | None) -> None:
    assert read_amount(typed, "EUR") == read


@pytest.mark.parametrize(
    ("typed", "usual", "fault"),
    [
        ("300", None, "Say the currency"),
        ("300 XQQ", "EUR", "XQQ is no currency"),
        ("much", "EUR", "That is no amount"),
        ("a lot", "EUR", "lot is no currency"),
        ("-5", "EUR", "That is no amount"),
        ("1.2345", "EUR", "has 2 decimals"),
        ("0.5 JPY", "EUR", "has 0 decimals"),
        ("1000000000000", "EUR", "more than can be kept"),
        ("9" * 40, "EUR", "That is no amount"),
    ],
)
def test_what_is_no_amount_is_said_kindly(typed: str, usual: str | None, fault: str) -> None:
    with pytest.raises(AmountError, match=fault):
        read_amount(typed, usual)
