"""What somebody bought and kept: by every import, in one currency, and who is among the best tenth."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.orders.lifetime import count_lifetimes, draw_value_bands
from feedback_service.orders.models import ValueBand
from tests.orders.factories import rows, take_in_orders

Lifetime = tuple[int | None, str | None, int]


def _lifetime(session: Session, customer: str = "ana") -> Lifetime:
    found = session.execute(
        select(Customer.lifetime_minor, Customer.lifetime_currency, Customer.lifetime_orders).where(
            Customer.external_id == customer
        )
    ).one()
    session.commit()
    return found.lifetime_minor, found.lifetime_currency, found.lifetime_orders


@pytest.mark.parametrize(
    ("orders", "lifetime"),
    [
        ([{"amount": "49.90"}], (4990, "EUR", 1)),
        ([{"amount": "49.90"}, {"amount": "0.10"}], (5000, "EUR", 2)),
        ([{"status": "placed"}, {"status": "shipped"}], (9980, "EUR", 2)),
        ([{"amount": "10.00"}, {"status": "cancelled"}, {"status": "refunded"}], (1000, "EUR", 1)),
        ([{"status": "cancelled"}], (None, None, 0)),
        ([{"amount": "", "currency": ""}], (None, None, 0)),
        ([{"amount": "1.00"}, {"amount": "2.00"}, {"amount": "900.00", "currency": "USD"}], (300, "EUR", 2)),
        (
            [
                {"amount": "1.00", "ordered_at": "2026-02-01T10:00:00"},
                {"amount": "2.00", "currency": "USD", "ordered_at": "2026-03-01T10:00:00"},
            ],
            (200, "USD", 1),
        ),
        ([{"amount": "500", "currency": "JPY"}], (500, "JPY", 1)),
    ],
    ids=[
        "one order",
        "two",
        "on their way",
        "given back",
        "nothing kept",
        "no amount known",
        "more often in euros",
        "as often: the later currency",
        "no cents",
    ],
)
def test_what_somebody_kept_in_the_currency_of_most_orders(
    session: Session, orders: list[dict[str, str]], lifetime: Lifetime
) -> None:
    take_in_orders(session, rows(*[{"order_id": f"A-{number}", **order} for number, order in enumerate(orders)]))
    assert _lifetime(session) == lifetime


def test_every_import_counts_anew(session: Session) -> None:
    take_in_orders(session, rows({"order_id": "A-1", "amount": "10.00"}, {"order_id": "A-2", "amount": "5.00"}))
    take_in_orders(session, rows({"order_id": "A-1", "amount": "10.00", "status": "refunded"}))
    assert _lifetime(session) == (500, "EUR", 1)
    take_in_orders(session, rows({"order_id": "A-2", "amount": "5.00", "status": "cancelled"}))
    assert _lifetime(session) == (None, None, 0)


def test_an_order_that_changes_hands_is_taken_from_whom_it_was_put_down_to(session: Session) -> None:
    take_in_orders(session, rows({"order_id": "A-1", "amount": "10.00"}))
    take_in_orders(session, rows({"order_id": "A-1", "amount": "10.00", "customer_id": "ben", "email": "b@b.example"}))
    assert (_lifetime(session), _lifetime(session, "ben")) == ((None, None, 0), (1000, "EUR", 1))


def test_a_portion_is_summed_in_one_statement_and_one_that_changes_nothing_writes_nothing(
    session: Session, engine: Engine
) -> None:
    given = rows(*[{"order_id": f"A-{number}", "customer_id": f"c{number % 7}"} for number in range(20)])
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, sql, _v, _x, _m: said.append(sql))
    take_in_orders(session, given)
    assert len([sql for sql in said if sql.startswith("UPDATE customers")]) == 1
    ids = list(session.scalars(select(Customer.id)))
    session.commit()
    count_lifetimes(session, ids)
    count_lifetimes(session, [])
    assert _lifetime(session, "c0") == (3 * 4990, "EUR", 3)


def _buyers(session: Session, now: datetime, values: list[int], currency: str = "EUR") -> None:
    session.add_all(
        Customer(
            source="shop",
            external_id=f"{currency}{number}",
            lifetime_minor=value,
            lifetime_currency=currency,
            lifetime_orders=1,
            created_at=now,
        )
        for number, value in enumerate(values)
    )
    session.commit()


def _bands(session: Session) -> dict[str, tuple[int, int]]:
    bands = session.scalars(select(ValueBand).execution_options(populate_existing=True))
    return {band.currency: (band.top_tenth_minor, band.customers) for band in bands}


def test_the_top_tenth_of_each_currency_from_ten_customers_on(session: Session, now: datetime) -> None:
    _buyers(session, now, [100 * number for number in range(1, 31)])
    _buyers(session, now, [7] * 10, "USD")
    _buyers(session, now, [9] * 9, "GBP")
    _buyers(session, now, [0] * 20, "CHF")  # who paid nothing is no great spender
    assert draw_value_bands(session, now) == 2
    assert _bands(session) == {"EUR": (2800, 30), "USD": (7, 10)}


def test_once_a_day(session: Session, now: datetime) -> None:
    assert draw_value_bands(session, now) == 0
    _buyers(session, now, list(range(1, 11)))
    assert draw_value_bands(session, now) == 1
    session.commit()
    _buyers(session, now, [1000] * 10, "USD")
    assert draw_value_bands(session, now + timedelta(hours=23)) == 0
    session.execute(update(Customer).where(Customer.external_id == "EUR9").values(lifetime_minor=3))
    assert draw_value_bands(session, now + timedelta(hours=24)) == 2
    assert _bands(session) == {"EUR": (9, 10), "USD": (1000, 10)}


def test_a_currency_that_hardly_anybody_uses_any_more_loses_its_band(session: Session, now: datetime) -> None:
    _buyers(session, now, list(range(1, 11)))
    draw_value_bands(session, now)
    session.commit()
    for customer in session.scalars(select(Customer).limit(1)):
        customer.lifetime_minor = customer.lifetime_currency = None
    session.commit()
    assert draw_value_bands(session, now + timedelta(days=1)) == 0
    assert _bands(session) == {}
