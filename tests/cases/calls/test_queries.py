"""Whom to call: the best tenth, most valuable first, whom nobody has spoken to for so long."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from feedback_service.cases.calls import queries
from feedback_service.cases.calls.queries import Cursor, to_call, value_bands
from feedback_service.customers.models import Customer, PersonKind
from feedback_service.orders.models import Order, OrderStatus, ValueBand
from feedback_service.responses.models import Response
from tests.cases.calls.factories import top_customers
from tests.cases.factories import opened
from tests.responses.factories import answered

DAY = timedelta(days=1)


def _band(session: Session, currency: str = "EUR") -> ValueBand:
    return next(band for band in value_bands(session) if band.currency == currency)


def _names(session: Session, now: datetime, days: int = 90) -> list[str]:
    """Of all pages together."""
    names: list[str] = []
    after: Cursor | None = None
    while True:
        lines, after = to_call(session, _band(session), quiet_since=now - days * DAY, after=after)
        names += [line.customer.name for line in lines]
        if after is None:
            session.commit()
            return names


def test_the_top_tenth_most_valuable_first(session: Session, now: datetime) -> None:
    top_customers(session, now, 30)
    assert _names(session, now) == ["Buyer 30", "Buyer 29", "Buyer 28"]


@pytest.mark.parametrize(("days_ago", "listed"), [(None, True), (29, False), (30, False), (31, True)])
def test_whoever_was_spoken_to_lately_is_left_alone(
    session: Session, now: datetime, days_ago: int | None, listed: bool
) -> None:
    best = top_customers(session, now, 10)[-1]
    best.spoken_to_at = now - days_ago * DAY if days_ago is not None else None
    session.commit()
    assert _names(session, now, 30) == (["Buyer 10"] if listed else [])


def test_a_colleague_is_no_customer(session: Session, now: datetime) -> None:
    top_customers(session, now, 10)[-1].kind = PersonKind.EMPLOYEE
    session.commit()
    assert _names(session, now) == []


def test_currencies_are_never_ranked_against_each_other(session: Session, now: datetime) -> None:
    top_customers(session, now, 10, "JPY")
    top_customers(session, now, 20)
    assert [band.currency for band in value_bands(session)] == ["EUR", "JPY"]
    assert _names(session, now) == ["Buyer 20", "Buyer 19"]


def test_pages_follow_each_other_also_among_equals(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    customers = top_customers(session, now, 70)
    for customer in customers[-7:]:
        customer.lifetime_minor = 99_900
    session.commit()
    assert _names(session, now) == [f"Buyer {number}" for number in range(70, 63, -1)]


def test_what_one_should_know_stands_beside_them(session: Session, now: datetime) -> None:
    case = opened(session, now)
    best = top_customers(session, now, 10)[-1]
    first, last = (
        Order(
            source="shop", external_id=f"L-{days}", customer_id=best.id, ordered_at=now - days * DAY,
            status=OrderStatus.DELIVERED, attributes={}, created_at=now, updated_at=now,
        )
        for days in (9, 2)
    )  # fmt: skip
    session.add_all([last, first])
    for score, phone in ((3, "+351 911"), (9, None)):
        answer = answered(session, now, score)
        answer.customer_id, answer.contact_phone = best.id, phone
    case.customer_id = best.id
    session.commit()
    (line,), _ = to_call(session, _band(session), quiet_since=now)
    assert line.order == last
    assert line.answer is not None
    assert (line.answer[0].latest_score, line.phone) == (9, "+351 911")
    assert line.case is not None
    assert line.case.id == case.id


@pytest.mark.parametrize("given", [None, "", "_", "1", "1_2_3", "a_b", "-1_5", "²_5"])
def test_a_cursor_that_makes_no_sense_is_none(given: str | None) -> None:
    assert Cursor.read(given) is None


def test_a_cursor_of_any_size_can_be_compared() -> None:
    assert Cursor.read("9" * 40 + "_7") == Cursor(2**62, 7)
    assert Cursor.read("7_" + "9" * 5_000) == Cursor(7, 2**62), "Python itself reads no number of thousands of digits"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_however_many_customers_there_are_only_the_index_is_read(
    engine: Engine, session: Session, now: datetime
) -> None:
    top_customers(session, now, 40)
    session.execute(text("ANALYZE"))
    session.commit()
    band = _band(session)
    said: list[tuple[str, object]] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, sql, values, _x, _m: said.append((sql, values)))
    to_call(session, band, quiet_since=now, after=Cursor(3_900, 10))
    assert session.scalar(select(Response.id).limit(1)) is None
    assert session.scalar(select(Customer.id).limit(1))
    session.commit()
    with engine.connect() as connection:
        plans = [
            row.detail
            for sql, values in list(said)
            if sql.startswith("SELECT") and "LIMIT ? OFFSET ?" in sql and "customers.name" in sql
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
    assert len(plans) == 1
    assert "ix_customers_lifetime_currency_lifetime_minor" in plans[0]
