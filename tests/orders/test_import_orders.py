"""Files come twice, corrected, contradicting themselves, and with bad rows between good ones."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.csvfiles import BATCH, batches
from feedback_service.customers.models import Address, Customer
from feedback_service.orders.import_orders import buyer
from feedback_service.orders.models import Order
from tests.orders.factories import IMPORTED_AT, came_to, order_of, row, rows, take_in_orders

LATER = IMPORTED_AT + timedelta(days=1)


def test_the_same_file_twice_changes_nothing(session: Session) -> None:
    file = rows({}, {"order_id": "A-2"}, {"order_id": "B-1", "customer_id": "bo", "email": "bo@example.com"})
    assert came_to(take_in_orders(session, file)) == (3, 0, 0, 0)
    assert came_to(take_in_orders(session, file, now=LATER)) == (0, 0, 3, 0)
    order = order_of(session, "A-1")
    assert (order.revision, order.updated_at) == (1, IMPORTED_AT)


def test_a_corrected_row_updates_and_is_looked_at_again(session: Session) -> None:
    take_in_orders(session, [row(delivered_at="", status="shipped")])
    order_of(session, "A-1").planned_revision = 1
    assert came_to(take_in_orders(session, [row(attr_carrier="Via Verde")], now=LATER)) == (0, 1, 0, 0)
    order = order_of(session, "A-1")
    assert order.status == "delivered"
    assert order.attributes["carrier"] == "Via Verde"
    assert (order.revision, order.planned_revision, order.updated_at) == (2, 1, LATER)


def test_a_cell_that_was_emptied_empties_the_order(session: Session) -> None:
    take_in_orders(session, [row()])
    take_in_orders(session, [row(promised_on="", amount="", currency="")])
    order = order_of(session, "A-1")
    assert (order.promised_on, order.amount_minor, order.currency) == (None, None, None)


def test_a_bad_row_is_refused_alone(session: Session) -> None:
    counts = take_in_orders(
        session, rows({"order_id": "A-1"}, {"order_id": "A-2", "amount": "12,50"}, {"order_id": "A-3"})
    )
    assert came_to(counts) == (2, 0, 0, 1)
    refused, reason = counts.refused[0]
    assert refused.line == 3
    assert "12,50" in reason
    assert set(session.scalars(select(Order.external_id))) == {"A-1", "A-3"}


def test_of_one_order_twice_in_a_file_the_last_row_counts_every_time(session: Session) -> None:
    file = rows({"delivered_at": "", "status": "placed"}, {"delivered_at": "", "status": "shipped"}, {})
    counts = take_in_orders(session, file)
    assert came_to(counts) == (1, 0, 0, 0)
    assert counts.repeated == 2
    assert order_of(session, "A-1").status == "delivered"
    assert came_to(take_in_orders(session, file)) == (0, 0, 1, 0)
    assert order_of(session, "A-1").revision == 1


def test_a_bad_last_row_leaves_the_good_one_before_it(session: Session) -> None:
    assert came_to(take_in_orders(session, rows({}, {"status": "lost"}))) == (1, 0, 0, 1)
    assert order_of(session, "A-1").status == "delivered"


def test_rows_of_one_buyer_are_stored_together_so_that_large_files_repeat_too(session: Session) -> None:
    first = row(2, delivered_at="", status="shipped", email="old@example.com")
    between = [row(n + 3, order_id=f"O-{n}", customer_id=f"c{n}", email=f"c{n}@example.com") for n in range(BATCH)]
    last = row(BATCH + 3)
    file = [first, *between, last]
    portions = list(batches(file, buyer))
    assert sorted(row.line for portion in portions for row in portion) == [row.line for row in file]
    assert all(len(portion) <= BATCH for portion in portions)
    for portion in portions:
        take_in_orders(session, portion)
    again = [came_to(take_in_orders(session, portion)) for portion in portions]
    assert sum(updated for _, updated, _, _ in again) == 0
    assert order_of(session, "A-1").revision == 1


def test_a_buyer_with_more_rows_than_a_portion_holds_is_cut() -> None:
    file = [row(n, order_id=f"O-{n}", customer_id="guest") for n in range(2, 2 * BATCH + 5)]
    assert [len(portion) for portion in batches(file, buyer)] == [BATCH, BATCH, 3]


def test_without_a_wish_rows_stay_in_their_order() -> None:
    file = [row(n, customer_id=str(n % 3)) for n in range(2, BATCH + 10)]
    assert [row.line for portion in batches(file) for row in portion] == [row.line for row in file]


def test_a_corrected_buyer_makes_the_row_an_update(session: Session) -> None:
    take_in_orders(session, [row()])
    assert came_to(take_in_orders(session, [row(time_zone="Europe/Lisbon")])) == (0, 1, 0, 0)
    assert order_of(session, "A-1").revision == 2
    assert came_to(take_in_orders(session, [row(time_zone="Europe/Lisbon")])) == (0, 0, 1, 0)


def test_an_order_without_an_address_is_an_order_all_the_same(session: Session) -> None:
    assert came_to(take_in_orders(session, [row(email="")])) == (1, 0, 0, 0)
    customer = session.scalars(select(Customer)).one()
    assert (customer.email, customer.address_hash) == (None, None)
    assert session.scalar(select(func.count()).select_from(Address)) == 0


def test_emoji_come_back_as_they_went_in(session: Session) -> None:
    take_in_orders(session, [row(order_id="pedido-🎁-1", name="Zoë 🌻", attr_product="Chá 🍵")])
    order = order_of(session, "pedido-🎁-1")
    assert order.attributes["product"] == "Chá 🍵"
    assert session.scalars(select(Customer.name)).one() == "Zoë 🌻"


def test_large_sums_fit(session: Session) -> None:
    take_in_orders(session, [row(amount="999999999999.99", currency="EUR")])
    assert order_of(session, "A-1").amount_minor == 99_999_999_999_999


def test_the_same_number_from_another_shop_is_another_order(session: Session) -> None:
    take_in_orders(session, [row()])
    order = order_of(session, "A-1")
    order.source = "old shop"
    session.commit()
    assert came_to(take_in_orders(session, [row()])) == (1, 0, 0, 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_ten_thousand_rows_take_seconds(session: Session) -> None:
    file = [
        row(n + 2, order_id=f"O-{n}", customer_id=f"c{n // 3}", email=f"c{n // 3}@example.com") for n in range(10_000)
    ]
    began = time.monotonic()
    for portion in batches(file, buyer):
        take_in_orders(session, portion)
    assert session.scalar(select(func.count()).select_from(Order)) == 10_000
    assert time.monotonic() - began < 20
