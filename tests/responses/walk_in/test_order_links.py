"""A link on a parcel proves the order, and nothing else does."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from feedback_service.responses.walk_in.order_links import ProvenOrder, order_link, proven_order, signature
from tests.conftest import NOW
from tests.responses.walk_in.factories import bought

OLD, NEW = b"a link key for tests only", b"a newer link key for tests"
TOKEN = "abcdefghjk"


def test_the_link_that_was_printed_proves_the_order(session: Session) -> None:
    order = bought(session, NOW)
    link = order_link("https://feedback.example", [OLD], TOKEN, "shop", "O-10042")
    assert link.startswith(f"https://feedback.example/c/{TOKEN}/o/O-10042/")
    proven = proven_order(session, [OLD], TOKEN, "O-10042", link.rpartition("/")[2])
    assert proven == ProvenOrder(order.id, order.customer_id, "O-10042")


def test_a_link_outlives_the_key_that_signed_it(session: Session) -> None:
    bought(session, NOW)
    printed = signature(OLD, TOKEN, "shop", "O-10042")
    assert proven_order(session, [OLD, NEW], TOKEN, "O-10042", printed) is not None
    assert proven_order(session, [NEW], TOKEN, "O-10042", printed) is None


@pytest.mark.parametrize(
    ("token", "source", "number", "why"),
    [
        ("another-one", "shop", "O-10042", "another way in"),
        (TOKEN, "market", "O-10042", "another shop's order of the same number"),
        (TOKEN, "shop", "O-10043", "another order"),
    ],
)
def test_a_signature_is_good_for_one_order_at_one_way_in(
    session: Session, token: str, source: str, number: str, why: str
) -> None:
    bought(session, NOW)
    assert proven_order(session, [OLD], TOKEN, "O-10042", signature(OLD, token, source, number)) is None, why


def test_an_order_that_is_not_there_yet_proves_nothing(session: Session) -> None:
    printed = signature(OLD, TOKEN, "shop", "O-7")
    assert proven_order(session, [OLD], TOKEN, "O-7", printed) is None
    assert proven_order(session, [OLD], TOKEN, "O-7", "ü") is None


def test_numbers_with_signs_in_them_can_be_printed() -> None:
    link = order_link("https://feedback.example", [OLD], TOKEN, "shop", "A/1 ü?")
    assert f"/c/{TOKEN}/o/A%2F1%20%C3%BC%3F/" in link


def test_no_two_orders_are_signed_alike() -> None:
    assert signature(OLD, TOKEN, "a", "b c") != signature(OLD, TOKEN, "a b", "c")


def test_moments_do_not_matter(now: datetime) -> None:
    del now
    assert signature(OLD, TOKEN, "shop", "1") == signature(OLD, TOKEN, "shop", "1")
