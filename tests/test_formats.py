"""Dates, times and money as staff read them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feedback_service.formats import days_in_words, many, moment, money, span, time_left, when

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
LISBON = ZoneInfo("Europe/Lisbon")


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=5), "1 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(hours=48), "2 d"),
        (timedelta(days=30), "30 d"),
    ],
)
def test_a_length_is_said_in_its_largest_unit(length: timedelta, words: str) -> None:
    assert span(length) == words


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=6, hours=23), "6 d ago"),
        (timedelta(days=7), "13 Mar 2026, 10:00"),
        (-timedelta(hours=3), "in 3 h"),
        (-timedelta(days=10), "30 Mar 2026, 11:00"),
    ],
)
def test_a_moment_is_relative_for_a_week_and_then_in_full(ago: timedelta, words: str) -> None:
    assert when(NOW - ago, NOW, LISBON) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 3, 1), date(2026, 3, 20), "1 Mar 2026 to 20 Mar 2026"),
        (date(2026, 3, 1), date(2026, 3, 1), "1 Mar 2026"),
        (date(2026, 3, 1), None, "From 1 Mar 2026"),
        (None, date(2026, 3, 20), "Up to 20 Mar 2026"),
    ],
)
def test_days_are_told_with_those_at_both_ends(first: date | None, last: date | None, words: str) -> None:
    assert days_in_words(first, last) == words


def test_a_moment_is_told_in_the_shops_zone() -> None:
    assert moment(datetime(2026, 7, 31, 23, 30, tzinfo=UTC), LISBON) == "1 Aug 2026, 00:30"


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (timedelta(hours=2), "2 h left"),
        (timedelta(0), "late by 1 min"),
        (-timedelta(days=2), "late by 2 d"),
    ],
)
def test_a_deadline_says_how_it_stands(due: timedelta, words: str) -> None:
    assert time_left(NOW + due, NOW) == words


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (4990, "EUR", "€49.90"),
        (1200, "JPY", "¥1,200"),
        (1234, "GBP", "£12.34"),
        (99_999_999_999_999, "USD", "$999,999,999,999.99"),
    ],
)
def test_money_has_its_currencys_decimals(minor: int, currency: str, words: str) -> None:
    assert money(minor, currency) == words


def test_one_thing_and_many() -> None:
    assert [many(number, "case") for number in (0, 1, 1_200)] == ["0 cases", "1 case", "1,200 cases"]
    assert [many(number, "person", "people") for number in (1, 2)] == ["1 person", "2 people"]
