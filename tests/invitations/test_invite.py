"""Every event that is due ends in one invitation, or in a reason why not."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_service.customers.addresses import address_hash
from feedback_service.customers.forbid import suppress, unsubscribe
from feedback_service.customers.models import Customer, SuppressionReason
from feedback_service.invitations.models import Decision, DecisionState, Invitation, InvitationLink
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.orders.models import Order
from tests.invitations.factories import (
    CSAT,
    DAY,
    NOW,
    NPS,
    PRIVACY_KEY,
    decide,
    decision,
    go_live,
    invitation,
    numbered,
    order,
    outcome,
    plan,
)

INVITED, WAITING = DecisionState.INVITED, DecisionState.WAITING
MARIA = {"customer_id": "maria", "email": "maria@example.com"}


def decided(session: Session, placed: Order, survey: str = CSAT) -> str:
    plan(session)
    decide(session)
    return outcome(session, placed, survey)


def invitations(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Invitation)) or 0


# --- going live -----------------------------------------------------------------------------------------------------


def test_until_a_date_is_set_nobody_is_asked_and_nothing_is_decided(session: Session) -> None:
    placed = order(session, numbered(0))
    assert decided(session, placed) == WAITING
    assert decide(session, NOW + DAY) == 0
    go_live(session)
    assert decided(session, placed) == INVITED, "the decision had waited, it was not lost"


def test_an_order_from_before_that_date_is_never_asked_about(session: Session) -> None:
    go_live(session, NOW - 10 * DAY)
    last = order(session, numbered(0), ordered_at=NOW - 10 * DAY - timedelta(seconds=1))
    first = order(session, numbered(1), ordered_at=NOW - 10 * DAY)
    plan(session)
    decide(session)
    assert outcome(session, last) == SkipReason.BEFORE_GO_LIVE
    assert outcome(session, first) == INVITED
    go_live(session, NOW - 20 * DAY)
    decide(session)
    assert outcome(session, last) == SkipReason.BEFORE_GO_LIVE, "what is decided stays decided"


# --- reasons why not ------------------------------------------------------------------------------------------------


def test_too_old_an_event_is_not_asked_about(session: Session) -> None:
    go_live(session)
    older = {"ordered_at": NOW - 50 * DAY}
    forgotten = order(session, numbered(0), delivered_at=NOW - 30 * DAY - timedelta(seconds=1), **older)
    just_not = order(session, numbered(1), delivered_at=NOW - 30 * DAY, **older)
    plan(session)
    decide(session)
    assert outcome(session, forgotten) == SkipReason.TOO_OLD
    assert outcome(session, just_not) == INVITED


def test_without_an_address_there_is_nobody_to_ask(session: Session) -> None:
    go_live(session)
    assert decided(session, order(session, numbered(0), email=None)) == SkipReason.NO_ADDRESS


def test_whoever_unsubscribed_is_not_asked_again(session: Session) -> None:
    go_live(session)
    placed = order(session, numbered(0), **MARIA)
    unsubscribe(session, address_hash(PRIVACY_KEY, "maria@example.com"), NOW)
    assert decided(session, placed) == SkipReason.UNSUBSCRIBED


def test_an_address_that_takes_no_mail_is_not_tried_again(session: Session) -> None:
    go_live(session)
    placed = order(session, numbered(0), **MARIA)
    suppress(session, address_hash(PRIVACY_KEY, "maria@example.com"), SuppressionReason.BAD_ADDRESS, NOW)
    assert decided(session, placed) == SkipReason.SUPPRESSED


def test_a_refund_that_comes_between_planning_and_deciding_is_heard(session: Session) -> None:
    go_live(session)
    placed = order(session, numbered(0))
    plan(session)
    order(session, placed.external_id, status="refunded")
    decide(session)  # the planner has not looked at the change yet
    assert outcome(session, placed) == SkipReason.ORDER_REFUNDED
    plan(session)
    assert outcome(session, placed) == SkipReason.ORDER_REFUNDED


def test_what_is_not_due_waits(session: Session) -> None:
    go_live(session)
    placed = order(session, numbered(0), delivered_at=NOW - timedelta(hours=23))
    assert decided(session, placed) == WAITING
    decide(session, NOW + timedelta(hours=1))
    assert outcome(session, placed) == INVITED


# --- once per person ------------------------------------------------------------------------------------------------


def test_a_person_with_two_orders_is_asked_once_and_again_after_the_quarantine(session: Session) -> None:
    go_live(session)
    first, second = order(session, numbered(0), **MARIA), order(session, numbered(1), **MARIA)
    plan(session)
    decide(session)
    assert [outcome(session, first), outcome(session, second)] == [INVITED, SkipReason.ASKED_RECENTLY]
    soon, later = NOW + 30 * DAY - timedelta(seconds=1), NOW + 30 * DAY
    third = order(session, numbered(2), delivered_at=NOW + 20 * DAY, **MARIA)
    fourth = order(session, numbered(3), delivered_at=NOW + 20 * DAY, **MARIA)
    plan(session, soon)
    decide(session, soon, limit=1)
    assert outcome(session, third) == SkipReason.ASKED_RECENTLY, "a second too early"
    decide(session, later)
    assert outcome(session, fourth) == INVITED


@pytest.mark.parametrize("spelled", ["MARIA@EXAMPLE.COM", "Maria@Example.com", " maria@example.com "])
def test_one_mailbox_is_one_person_under_any_customer_id_and_spelling(session: Session, spelled: str) -> None:
    go_live(session)
    first = order(session, numbered(0), **MARIA)
    second = order(session, numbered(1), customer_id="another id", email=spelled)
    plan(session)
    decide(session)
    assert {outcome(session, first), outcome(session, second)} == {INVITED, SkipReason.ASKED_RECENTLY}
    assert session.scalar(select(func.count()).select_from(Customer)) == 2


def test_unsubscribing_one_customer_id_counts_for_the_other(session: Session) -> None:
    go_live(session)
    order(session, numbered(0), **MARIA)
    second = order(session, numbered(1), customer_id="another id", email="MARIA@example.com")
    unsubscribe(session, address_hash(PRIVACY_KEY, "maria@example.com"), NOW)
    assert decided(session, second) == SkipReason.UNSUBSCRIBED


def test_an_order_is_asked_about_once_even_when_its_parcel_comes_after_the_quarantine(session: Session) -> None:
    go_live(session)
    placed = [
        order(
            session, numbered(number, nps=True), status="shipped", delivered_at=None, promised_on=(NOW - 2 * DAY).date()
        )
        for number in range(8)
    ]
    plan(session)
    decide(session)
    for lost in placed:  # found again after five weeks: now the other survey would like to ask
        order(session, lost.external_id, delivered_at=NOW + 35 * DAY)
    plan(session, NOW + 36 * DAY)
    decide(session, NOW + 41 * DAY)
    assert session.scalar(select(func.count()).select_from(Invitation)) == len(placed)
    reasons = set(session.scalars(select(Decision.reason).where(Decision.reason.is_not(None))))
    assert reasons == {SkipReason.ORDER_ASKED_BEFORE}


# --- two surveys, one person ----------------------------------------------------------------------------------------


def test_the_more_important_survey_asks_about_an_order_that_both_want(session: Session) -> None:
    """The delivery survey is due four days earlier, and leaves the person to the survey with the higher priority."""
    go_live(session)
    wanted = order(session, numbered(0, nps=True))
    assert decided(session, wanted, CSAT) == SkipReason.OTHER_SURVEY_FIRST
    assert outcome(session, wanted, NPS) == WAITING
    decide(session, NOW + 3 * DAY)
    assert outcome(session, wanted, NPS) == INVITED


def test_when_both_are_due_at_once_the_more_important_one_asks(session: Session) -> None:
    go_live(session)
    wanted = order(session, numbered(0, nps=True), delivered_at=NOW - 6 * DAY)
    assert decided(session, wanted, NPS) == INVITED
    assert outcome(session, wanted, CSAT) == SkipReason.ORDER_ASKED_BEFORE


def test_the_more_important_one_also_comes_first_when_the_batch_ends_between_them(session: Session) -> None:
    go_live(session)
    wanted = order(session, numbered(0, nps=True), delivered_at=NOW - 6 * DAY)
    plan(session)
    decide(session, limit=1)  # the delivery survey's turn comes first
    assert outcome(session, wanted, CSAT) == SkipReason.OTHER_SURVEY_FIRST
    decide(session)
    assert outcome(session, wanted, NPS) == INVITED


def test_a_survey_far_in_the_future_does_not_keep_another_from_asking(session: Session) -> None:
    go_live(session)
    placed = order(session, numbered(0), **MARIA)
    later = order(session, numbered(0, nps=True), delivered_at=NOW + 25 * DAY, **MARIA)
    assert decided(session, placed, CSAT) == INVITED
    assert outcome(session, later, NPS) == WAITING, "due in thirty days, when the quarantine is over"


def test_an_order_that_will_never_be_asked_about_does_not_keep_another_from_it(session: Session) -> None:
    go_live(session, NOW - 13 * DAY)
    old = order(session, numbered(0, nps=True), ordered_at=NOW - 14 * DAY, **MARIA)
    placed = order(session, numbered(0), **MARIA)
    assert decided(session, placed, CSAT) == INVITED
    decide(session, NOW + 3 * DAY)
    assert outcome(session, old, NPS) == SkipReason.BEFORE_GO_LIVE


def test_undelivered_the_order_is_the_delivery_surveys(session: Session) -> None:
    go_live(session)
    missing = order(session, numbered(0, nps=True), delivered_at=None, promised_on=(NOW - DAY).date(), status="shipped")
    assert decided(session, missing, CSAT) == INVITED
    assert outcome(session, missing, NPS) == WAITING


# --- the invitation -------------------------------------------------------------------------------------------------


def test_deciding_twice_invites_once(session: Session) -> None:
    go_live(session)
    placed = order(session, numbered(0))
    assert decided(session, placed) == INVITED
    assert decide(session) == 0
    assert invitations(session) == 1
    assert session.scalar(select(func.count()).select_from(InvitationLink)) == 3


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", "en"),
        ("pt-BR", "pt-BR"),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("de-AT", "de"),
        ("it", "en"),
        (None, "en"),
    ],
)
def test_a_buyer_is_asked_in_the_nearest_language_there_is(session: Session, locale: str | None, expected: str) -> None:
    assert invitation(session, locale=locale).locale == expected


@pytest.mark.parametrize(("locale", "expected"), [("xx", "en"), ("pt_BR", "pt-BR"), ("PT", "pt-BR")])
def test_whatever_stands_in_the_database_some_language_is_found(session: Session, locale: str, expected: str) -> None:
    placed = order(session, numbered(0))
    session.execute(update(Customer).values(locale=locale))
    go_live(session)
    decided(session, placed)
    assert session.scalars(select(Invitation.locale)).one() == expected


def test_an_invitation_remembers_what_it_was_made_of(session: Session) -> None:
    made = invitation(session)
    assert made.survey_key == CSAT
    assert made.event_key == f"order:shop:{made.order.external_id}"
    assert (made.created_at, made.expires_at) == (NOW, NOW + 30 * DAY)
    assert (made.queued_at, made.answered_at) == (None, None)
    assert len(made.uid) == 32


def test_a_limit_is_kept_and_the_oldest_event_comes_first(session: Session) -> None:
    go_live(session)
    orders = [order(session, numbered(n), delivered_at=NOW - (9 - n) * DAY) for n in range(4)]
    plan(session)
    assert decide(session, limit=3) == 3
    assert [outcome(session, placed) for placed in orders] == [INVITED, INVITED, INVITED, WAITING]
    assert session.scalar(select(func.count()).where(Decision.state == WAITING)) == 1
    assert decision(session, orders[3]).due_at == NOW - 5 * DAY
