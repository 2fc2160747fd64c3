"""Reads an amount of money as people type it: with blanks, points or commas, and the currency before or behind it."""

import re
from decimal import Decimal
from typing import NamedTuple

from babel.numbers import get_currency_precision, list_currencies

LARGEST_AMOUNT = Decimal(10) ** 12  # in whole units; more is a slip
_SIGNS = {
    "R$": "BRL",
    "US$": "USD",
    "A$": "AUD",
    "C$": "CAD",
    "€": "EUR",
    "£": "GBP",
    "$": "USD",
    "¥": "JPY",
    "zł": "PLN",
}
THOUSANDS = 3  # digits in a group of them
_CURRENCIES = frozenset(list_currencies())
_CODE = re.compile(r"(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])")
_BLANKS = re.compile(r"[\s\u00a0\u202f'’_]+")
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,6})?", re.ASCII)


class AmountError(ValueError):
    """What was typed is no amount; the message says how to type one."""


class Amount(NamedTuple):
    """Money in the smallest unit of its currency."""

    minor: int
    currency: str


def read_amount(text: str, usual: str | None) -> Amount | None:
    """The amount in `text`; None where nothing was typed. `usual` is the currency where none is said.

    Of points and commas, the last one parts the decimals, unless exactly three digits follow: then it groups thousands.
    Raises AmountError.
    """
    text = text.strip()
    if not text:
        return None
    currency, rest = _currency(text)
    currency = currency or usual
    if currency is None:
        raise AmountError("Say the currency as well, such as 300 EUR.")
    digits = get_currency_precision(currency)
    number = _plain(_BLANKS.sub("", rest), digits)
    if not _NUMBER.fullmatch(number):
        raise AmountError(f"That is no amount. Type it like 1200 {currency} or 1,200.50 {currency}.")
    amount = Decimal(number)
    if amount >= LARGEST_AMOUNT:
        raise AmountError("That is more than can be kept. Check the amount.")
    minor = amount.scaleb(digits)
    if minor != minor.to_integral_value():
        raise AmountError(f"{currency} has {digits} decimals; that amount has more.")
    return Amount(int(minor), currency)


def _currency(text: str) -> tuple[str | None, str]:
    """The currency that is said, and the text without it."""
    code = _CODE.search(text)
    if code is not None:
        if code[0].upper() not in _CURRENCIES:
            raise AmountError(f"{code[0]} is no currency such as EUR.")
        return code[0].upper(), text[: code.start()] + text[code.end() :]
    for sign, currency in _SIGNS.items():  # the longer ones first, since R$ has a $ in it
        if sign in text:
            return currency, text.replace(sign, "", 1)
    return None, text


def _plain(number: str, digits: int) -> str:
    """The number with a point before its decimals and nothing between its thousands."""
    last = max(number.rfind("."), number.rfind(","))
    if last < 0:
        return number
    mark, behind = number[last], len(number) - last - 1
    other = "," if mark == "." else "."
    groups = number.count(mark) > 1 or (other not in number and behind == THOUSANDS > digits)
    whole = number[:last].replace(".", "").replace(",", "")
    return whole + number[last + 1 :] if groups else f"{whole}.{number[last + 1 :]}"
