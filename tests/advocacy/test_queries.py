"""What came of a customer's link: clicks, orders of others, and their worth, currency by currency."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback_service.advocacy.models import ShownWhere, SignedAs
from feedback_service.advocacy.queries import (
    ReferralCount,
    Worth,
    consent_counts,
    number_of_referrals,
    referral_counts,
    referral_with,
    standing_testimonials,
)
from feedback_service.advocacy.refer import refer
from feedback_service.advocacy.testimonials import Consent, allow, withdraw
from feedback_service.invitations.rules.visits import VisitSuspicion
from feedback_service.orders.models import OrderStatus
from tests.advocacy.factories import clicked, code_of, customer, ordered
from tests.orders.factories import order_of, rows, take_in_orders
from tests.responses.factories import asked

CONSENT = Consent("Lovely lamp", SignedAs.FIRST_NAME, ShownWhere.SHOP, "I agree.")


def only(session: Session) -> ReferralCount:
    (count,) = referral_counts(session)
    return count


def test_orders_of_friends_count_with_their_worth(session: Session, now: datetime) -> None:
    ana, bo, cy = (customer(session, now, name) for name in ("Ana Souza", "Bo", "Cy"))
    code = code_of(session, ana, now)
    ordered(session, bo, now, code, 1250)
    ordered(session, bo, now, code, 1000)
    ordered(session, cy, now, code, 900, "JPY")
    ordered(session, cy, now, code, None, None)
    ordered(session, cy, now, None, 5000)
    ordered(session, cy, now, "SPRING", 5000)
    count = only(session)
    assert (count.customer, count.code, count.clicks, count.orders) == ("Ana Souza", code, 0, 4)
    assert count.worth == (Worth("", 1, None), Worth("EUR", 2, 2250), Worth("JPY", 1, 900))


def test_orders_say_by_whom_they_came_in_the_import(session: Session, now: datetime) -> None:
    take_in_orders(session, rows({"order_id": "A-1", "customer_id": "ana", "email": "ana@example.com"}))
    ana = order_of(session, "A-1").customer_id
    code = refer(session, ana, now)
    friends = {"customer_id": "bo", "email": "bo@example.com", "referral_code": f" {code.lower()} "}
    by_herself = {"order_id": "A-2", "customer_id": "ana", "email": "ana@example.com", "referral_code": code}
    take_in_orders(session, rows({"order_id": "B-1", **friends}, by_herself))
    assert (only(session).orders, only(session).worth) == (1, (Worth("EUR", 1, 4990),))
    take_in_orders(session, rows({"order_id": "B-1", **friends, "referral_code": ""}))
    assert only(session).orders == 0, "the shop took it back"


def test_ones_own_orders_count_for_nothing(session: Session, now: datetime) -> None:
    ana = customer(session, now, mailbox="ana")
    by_telephone = customer(session, now, mailbox="ana")
    code = code_of(session, ana, now)
    ordered(session, ana, now, code)
    ordered(session, by_telephone, now, code)
    assert only(session).orders == 0, "one mailbox is one person, under however many ids"
    assert only(session).worth == ()


def test_customers_without_an_address_are_told_apart_by_their_ids(session: Session, now: datetime) -> None:
    ana, bo = customer(session, now), customer(session, now)
    ana.address_hash = bo.address_hash = None
    code = code_of(session, ana, now)
    ordered(session, ana, now, code)
    ordered(session, bo, now, code)
    assert only(session).orders == 1


def test_orders_that_came_to_nothing_do_not_count(session: Session, now: datetime) -> None:
    ana, bo = customer(session, now), customer(session, now)
    code = code_of(session, ana, now)
    for status in OrderStatus:
        ordered(session, bo, now, code, status=status)
    assert only(session).orders == len(OrderStatus) - 2


def test_clicks_that_look_like_a_machines_do_not_count(session: Session, now: datetime) -> None:
    code = code_of(session, customer(session, now), now)
    referral_id = referral_with(session, code) or 0
    for suspected in (None, VisitSuspicion.KNOWN_AGENT, None, VisitSuspicion.HEAD_FIRST):
        clicked(session, referral_id, now, suspected)
    assert only(session).clicks == 2


def test_clicks_and_orders_do_not_multiply_each_other(session: Session, now: datetime) -> None:
    ana, bo = customer(session, now), customer(session, now)
    code = code_of(session, ana, now)
    for _ in range(3):
        clicked(session, referral_with(session, code) or 0, now)
        ordered(session, bo, now, code)
    assert (only(session).clicks, only(session).orders) == (3, 3)


def test_whoever_brought_most_orders_comes_first(session: Session, now: datetime) -> None:
    ana, bo, cy = (customer(session, now, name) for name in ("Ana", "Bo", "Cy"))
    codes = {person.name: code_of(session, person, now) for person in (ana, bo, cy)}
    clicked(session, referral_with(session, codes["Cy"]) or 0, now)
    ordered(session, ana, now, codes["Bo"])
    assert [count.customer for count in referral_counts(session)] == ["Bo", "Cy", "Ana"]
    assert [count.customer for count in referral_counts(session, 2)] == ["Bo", "Cy"]
    assert referral_counts(session, 1)[0].worth == (Worth("EUR", 1, 1000),)
    assert number_of_referrals(session) == 3


def test_a_customer_without_a_name_goes_by_their_id(session: Session, now: datetime) -> None:
    nobody = customer(session, now, name="")
    code_of(session, nobody, now)
    assert only(session).customer == nobody.external_id


def test_only_words_that_may_be_shown_are_listed(session: Session, now: datetime) -> None:
    first, second, third = (asked(session, now, name=name) for name in ("Ana Souza", "Bo Berg", "Cy"))
    for person, minutes in ((first, 0), (second, 1), (third, 2)):
        allow(session, person.invitation_id, CONSENT, now + timedelta(minutes=minutes))
    withdraw(session, second.invitation_id, now)
    session.commit()
    assert [(shown.words, shown.signature) for shown in standing_testimonials(session)] == [
        ("Lovely lamp", "Cy"),
        ("Lovely lamp", "Ana"),
    ]
    assert len(standing_testimonials(session, 1)) == 1
    assert consent_counts(session) == (2, 1)
