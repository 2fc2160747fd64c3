"""Retention, churn and what deliveries were like, from all orders: counted by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from feedback_service.advocacy.refer import refer
from feedback_service.insights.figures.words import SPACE
from feedback_service.insights.value.figures import churn, delivery_time, on_time, punctual, retention
from feedback_service.insights.value.queries import LEAST_ORDERS, MOST_ORDERS, most_orders, orders_of_periods
from feedback_service.insights.value.sample import sample_of
from feedback_service.insights.value.told import retention_told, service_rows
from feedback_service.orders.models import OrderStatus
from tests.insights.factories import LISBON
from tests.insights.plans import planned, walked
from tests.insights.value.factories import a_group, buyer, orders, reading, says

DAY = timedelta(days=1)
SEPTEMBER = datetime(2025, 9, 5, 12, 0, tzinfo=UTC)
DECEMBER = datetime(2025, 12, 5, 12, 0, tzinfo=UTC)
LOOKING = {"from_": "2025-09-01", "to": "2026-03-31"}


@pytest.fixture
def shop(app: Flask, now: datetime) -> Iterator[Flask]:
    """The app, with a context for its settings."""
    del now
    with app.app_context():
        yield app


def test_retention_and_churn_of_the_buyers_of_a_month(shop: Flask, session: Session, now: datetime) -> None:
    people = [buyer(session, SEPTEMBER) for _ in range(10)]
    for person in people:
        orders(session, person, SEPTEMBER)
    for person in people[:3]:
        orders(session, person, SEPTEMBER + 10 * DAY)  # still September: they are its buyers once
    orders(session, people[3], SEPTEMBER + 120 * DAY)  # January: back, but not within 90 days
    orders(session, people[4], SEPTEMBER + 5 * DAY, status=OrderStatus.CANCELLED)
    session.commit()
    found = reading(shop, session, now, **LOOKING)
    kept = {mark.label: mark for mark in retention(found).lines[0].marks}
    lost = {mark.label: mark for mark in churn(found).lines[0].marks}
    assert kept["Sep 2025"].value == pytest.approx(30)
    assert (kept["Sep 2025"].n, kept["Sep 2025"].note) == (10, "")
    assert lost["Sep 2025"].value == pytest.approx(60)
    assert (lost["Sep 2025"].n, lost["Sep 2025"].note) == (10, "")
    assert lost["Sep 2025"].low is not None
    assert lost["Sep 2025"].low < 60
    assert (kept["Jan 2026"].n, kept["Jan 2026"].enough) == (1, False)
    assert retention_told(found)[0].startswith(f"Of 10 buyers of Sep 2025, 30{SPACE}% (")
    assert f"60{SPACE}%" in retention_told(found)[1]


def test_a_month_is_not_final_before_all_could_be_followed(shop: Flask, session: Session, now: datetime) -> None:
    for at in (DECEMBER, DECEMBER + 20 * DAY):  # followed for 105 and for 85 days
        for _ in range(10):
            orders(session, buyer(session, at), at)
    session.commit()
    marks = {mark.label: mark for mark in retention(reading(shop, session, now, **LOOKING)).lines[0].marks}
    assert marks["Dec 2025"].note.startswith("not final")
    assert marks["Dec 2025"].n == 20


def test_deliveries_stand_beside_the_score_of_their_period(shop: Flask, session: Session, now: datetime) -> None:
    for took, late in ((2, -1), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 1), (20, 9)):
        orders(session, buyer(session, DECEMBER), DECEMBER, took=took, late=late)
    orders(session, buyer(session, DECEMBER), DECEMBER)  # of which nothing is known
    orders(session, buyer(session, DECEMBER), DECEMBER, took=99, late=90, status=OrderStatus.REFUNDED)
    a_group(session, DECEMBER, 10, 12, again={})
    session.commit()
    found = reading(shop, session, now, **LOOKING)
    marks = {mark.label: mark for mark in on_time(found).lines[0].marks}
    assert (marks["Dec 2025"].value, marks["Dec 2025"].n) == (80.0, 10)
    half, ninetieth = (line.marks[3] for line in delivery_time(found).lines)
    assert (half.label, half.value, half.n) == ("Dec 2025", 6.5, 10)
    assert ninetieth.value == 15  # the curve is level from the ninth, after 10 days, to the tenth, after 20
    row = next(row for row in service_rows(found) if row[0] == "Dec 2025")
    assert row[1] == "12"
    assert row[2].startswith("+100 (")
    assert row[3:] == ["10", row[4], f"6.5{SPACE}d", f"15{SPACE}d"]


def test_an_order_under_way_counts_with_the_days_so_far(shop: Flask, session: Session, now: datetime) -> None:
    for _ in range(10):
        orders(session, buyer(session, now), now - 10 * DAY, took=2, late=0)
        orders(session, buyer(session, now), now - 5 * DAY, status=OrderStatus.SHIPPED)
    session.commit()
    found = reading(shop, session, now, **LOOKING)
    ninetieth = delivery_time(found).lines[1].marks[-1]
    assert (ninetieth.n, ninetieth.note, ninetieth.immature) == (20, "not over yet, 10 under way", True)
    assert ninetieth.value is None
    assert service_rows(found)[0][-1] == f"over 5{SPACE}d"


def test_without_any_delivery_nothing_is_said_of_them(shop: Flask, session: Session, now: datetime) -> None:
    orders(session, buyer(session, now), now - 10 * DAY, status=OrderStatus.PLACED)
    session.commit()
    found = reading(shop, session, now, **LOOKING)
    assert on_time(found).empty
    assert delivery_time(found).empty
    assert punctual([]).value is None


def test_of_a_great_month_the_first_orders_are_read(
    shop: Flask, session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback_service.insights.value.queries.MOST_ORDERS", 14)
    monkeypatch.setattr("feedback_service.insights.value.queries.LEAST_ORDERS", 2)
    for days in range(3):
        orders(session, buyer(session, DECEMBER), DECEMBER - days * DAY)
    session.commit()
    found = reading(shop, session, now, **LOOKING)
    december = found.orders[3]
    assert [order.ordered_at for order in december.orders] == [DECEMBER - 2 * DAY, DECEMBER - DAY]
    assert december.capped
    assert not found.orders[2].capped


def test_however_many_periods_there_are_some_orders_of_each_are_read() -> None:
    assert most_orders(13) == MOST_ORDERS // 13
    assert most_orders(10_000) == LEAST_ORDERS
    assert most_orders(0) == MOST_ORDERS


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_table_is_walked_nor_all_answers_of_a_survey(
    shop: Flask, session: Session, engine: Engine, now: datetime
) -> None:
    for day in range(3):
        person = buyer(session, DECEMBER)
        refer(session, person, DECEMBER)
        order = orders(session, person, DECEMBER, carrier="Swift")
        says(session, person, DECEMBER + day * DAY, 9, order_id=order)
    session.commit()
    with planned(engine) as steps:
        for most in (3, 1):  # all of the days, and some of them
            for segment in ({}, {"by": "order.carrier", "is": "Swift"}):
                found = reading(shop, session, now, **segment, **LOOKING)
                found.sample = sample_of(session, found.page.scope, most)
                assert (found.sample.every > 1) == (most == 1)
                assert found.buyers
                assert found.orders
                assert sum(each.links for each in found.referred.values()) == len(found.buyers)
        orders_of_periods(session, [(period, *period.bounds(LISBON)) for period in found.periods], "carrier")
        session.commit()
    assert walked(steps, "orders", "responses", "customers", "referrals") == []
    assert [step for step in steps if step.startswith("SEARCH responses") and "(survey_key=?)" in step] == []
    assert any("ix_orders_ordered_at" in step for step in steps)
