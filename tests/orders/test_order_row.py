"""A row is taken with every cell understood, or refused with the column, the value and what to do."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.csvfiles import Row, RowError
from feedback_service.orders.models import OrderStatus
from feedback_service.orders.order_row import OPTIONAL, REQUIRED, OrderRow, is_column, parse_order
from tests.orders.factories import LISBON, row


def parsed(**changes: str) -> OrderRow:
    return parse_order(row(**changes), LISBON)


def refusal(**changes: str) -> str:
    with pytest.raises(RowError) as error:
        parsed(**changes)
    return str(error.value)


def test_a_full_row_is_understood() -> None:
    order = parsed()
    assert order.external_id == "A-1"
    assert (order.person.external_id, order.person.email) == ("ana", "ana@example.com")
    assert (order.person.locale, order.person.time_zone) == ("pt-BR", "America/Sao_Paulo")
    assert order.ordered_at == datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
    assert order.promised_on == date(2026, 3, 6)
    assert (order.amount_minor, order.currency) == (4990, "EUR")
    assert order.status == OrderStatus.DELIVERED
    assert order.attributes == {"region": "Norte", "carrier": "Correio Azul"}


def test_a_referral_code_may_be_typed_in_small_letters() -> None:
    assert parsed(referral_code=" bcdfg23 ").referral_code == "BCDFG23"
    assert parsed().referral_code is None
    assert parsed(referral_code="  ").referral_code is None


def test_a_row_needs_little() -> None:
    cells = {"order_id": "7", "customer_id": "bo", "ordered_at": "2026-03-01", "status": "placed"}
    order = parse_order(Row(2, cells, list(cells.values())), LISBON)
    assert order.person.email is None
    assert order.delivered_at is None
    assert order.promised_on is None
    assert order.amount_minor is None
    assert order.currency is None
    assert order.attributes == {}


@pytest.mark.parametrize(
    ("text", "utc", "why"),
    [
        ("2026-03-01T10:00:00", "2026-03-01T10:00:00", "Lisbon's winter time is UTC"),
        ("2026-07-01T10:00:00", "2026-07-01T09:00:00", "and its summer time one hour ahead"),
        ("2026-07-01 10:00", "2026-07-01T09:00:00", "a blank instead of the T"),
        ("2026-07-01T10:00:00-03:00", "2026-07-01T13:00:00", "an offset speaks for itself"),
        ("2026-07-01T10:00:00Z", "2026-07-01T10:00:00", "Z too"),
        ("2026-07-01", "2026-06-30T23:00:00", "a day begins at the shop's midnight"),
        ("2025-10-26T01:30:00", "2025-10-26T00:30:00", "shown twice by the clocks: the earlier one"),
        ("2026-03-29T01:30:00", "2026-03-29T01:30:00", "skipped by the clocks: as if they had not been changed"),
        ("  2026-03-01T10:00:00  ", "2026-03-01T10:00:00", "blanks around it"),
    ],
)
def test_times_become_instants(text: str, utc: str, why: str) -> None:
    assert parsed(ordered_at=text, delivered_at="", status="placed").ordered_at == datetime.fromisoformat(
        f"{utc}+00:00"
    ), why


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        ("12.5", "eur", 1250),
        ("0", "EUR", 0),
        ("1200", "JPY", 1200),
        ("1200.00", "JPY", 1200),
        ("1.234", "KWD", 1234),
        ("30000000", "USD", 3_000_000_000),
        ("999999999999.99", "EUR", 99_999_999_999_999),
    ],
)
def test_money_becomes_minor_units(amount: str, currency: str, minor: int) -> None:
    order = parsed(amount=amount, currency=currency)
    assert (order.amount_minor, order.currency) == (minor, currency.upper())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"order_id": " "}, "order_id is empty; every row needs it"),
        ({"order_id": "x" * 129}, "order_id has 129 characters; at most 128 are kept"),
        ({"customer_id": ""}, "customer_id is empty"),
        ({"ordered_at": ""}, "ordered_at is empty"),
        ({"ordered_at": "01/03/2026 10:00"}, "ordered_at '01/03/2026 10:00' is no time such as"),
        ({"ordered_at": "2026-02-30"}, "ordered_at '2026-02-30' is no time"),
        ({"delivered_at": "2026-02-28"}, "delivered_at 2026-02-28 is before ordered_at 2026-03-01T10:00:00"),
        ({"delivered_at": "9999-12-31"}, "delivered_at '9999-12-31' is not between 1990 and 2100"),
        ({"delivered_at": ""}, "status is delivered but delivered_at is empty"),
        ({"promised_on": "6.3.2026"}, "promised_on '6.3.2026' is no date such as 2026-03-29"),
        ({"promised_on": "9999-12-31"}, "promised_on '9999-12-31' is not between 1990 and 2100; leave it empty"),
        ({"promised_on": "0001-01-01"}, "promised_on '0001-01-01' is not between"),
        ({"amount": "12,50"}, "amount '12,50' is no number with a point, such as 12.50"),
        ({"amount": "1,234.50"}, "amount '1,234.50' is no number"),
        ({"amount": "1_000"}, "amount '1_000' is no number"),
        ({"amount": "NaN"}, "amount 'NaN' is no number"),
        ({"amount": "1e9"}, "amount '1e9' is no number"),
        ({"amount": "-1.00"}, "amount '-1.00' is not between 0 and"),
        ({"amount": "1000000000000"}, "amount '1000000000000' is not between 0 and"),
        ({"amount": "12.505"}, "amount '12.505' has more decimals than EUR has"),
        ({"amount": "1200.50", "currency": "JPY"}, "amount '1200.50' has more decimals than JPY has"),
        ({"currency": "EURO"}, "currency 'EURO' is no currency such as EUR"),
        ({"currency": ""}, "currency '' is no currency such as EUR; an amount needs one"),
        ({"status": "lost"}, "status 'lost' is none of placed, shipped, delivered, cancelled, refunded"),
        ({"email": "ana@"}, "email 'ana@' is no e-mail address"),
        ({"email": "a@b.c\nBcc: x@y.z"}, "is no e-mail address"),
        ({"referral_code": "x" * 33}, "referral_code has 33 characters; a code has at most 32"),
        ({"locale": "Klingon"}, "locale 'Klingon' is no language such as en or pt-BR"),
        ({"time_zone": "Lisbon"}, "time_zone 'Lisbon' is no time zone such as Europe/Berlin"),
    ],
)
def test_a_bad_cell_is_refused_with_its_column_and_the_remedy(changes: dict[str, str], said: str) -> None:
    assert said in refusal(**changes)


def test_emoji_and_long_names_are_taken() -> None:
    order = parsed(name="Zoë  🌻\tSantos", attr_product="Chá 🍵 verde")
    assert order.person.name == "Zoë 🌻 Santos"
    assert order.attributes["product"] == "Chá 🍵 verde"
    assert len(parsed(name="x" * 500).person.name or "") == 200


def test_empty_attributes_are_left_out() -> None:
    assert parsed(attr_region="  ").attributes == {"carrier": "Correio Azul"}


@pytest.mark.parametrize(("text", "locale"), [("pt_BR", "pt-BR"), ("EN", "en"), ("zh-hans-cn", "zh-Hans-CN")])
def test_locales_are_written_one_way(text: str, locale: str) -> None:
    assert parsed(locale=text).person.locale == locale


def test_a_comma_without_quotation_marks_is_not_taken_for_the_next_column() -> None:
    shifted = Row(2, row().cells, [*row().original, "90"], surplus=["90"])
    with pytest.raises(RowError, match=r"the row has 15 cells and the heading 14; put quotation marks"):
        parse_order(shifted, LISBON)


def test_the_documented_columns_are_known() -> None:
    assert all(map(is_column, (*REQUIRED, *OPTIONAL, "attr.anything")))
    assert not is_column("e-mail")


@given(st.dictionaries(st.sampled_from([*REQUIRED, *OPTIONAL, "attr.x"]), st.text(max_size=40)))
def test_whatever_stands_in_a_cell_is_taken_or_refused_in_a_sentence(changes: dict[str, str]) -> None:
    with suppress(RowError):
        assert parsed(**changes).external_id


@given(st.one_of(st.from_regex(r"[a-zA-Z]{2,3}([-_@][a-zA-Z0-9]{1,8}){0,3}", fullmatch=True), st.text(max_size=12)))
def test_any_locale_that_is_taken_fits_its_column(text: str) -> None:
    try:
        locale = parsed(locale=text).person.locale
    except RowError:
        return
    assert locale is None or len(locale) <= 16


@given(st.datetimes().map(str) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.+-]{0,14})?", fullmatch=True))
def test_any_time_that_is_taken_can_be_reckoned_with(text: str) -> None:
    try:
        order = parsed(ordered_at=text, delivered_at="", promised_on=text, status="placed")
    except RowError:
        return
    assert 1989 <= order.ordered_at.year <= 2101


def test_a_country_is_two_letters_that_there_are() -> None:
    assert parsed(country="pt").person.country == "PT"
    assert parsed(country="").person.country is None
    for wrong in ("Portugal", "ZZ", "001", "P"):
        assert refusal(country=wrong) == f"country {wrong!r} is no country in two letters, such as PT"
