"""Not every survey is about a purchase: support closes a matter, the calendar comes round, colleagues are asked."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.customers.addresses import address_hash
from feedback_service.customers.keep import Person, keep_customers
from feedback_service.customers.models import Address, Customer, PersonKind
from feedback_service.invitations.invite import decide_due
from feedback_service.invitations.models import Decision, DecisionState, Invitation
from feedback_service.invitations.plan_calendar import plan_calendar
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.orders.models import Touchpoint, TouchpointKind
from feedback_service.questionnaires.models import Survey
from tests.invitations.factories import (
    DAY,
    LISBON,
    NOW,
    PRIVACY_KEY,
    SHOP,
    add_survey,
    decide,
    go_live,
    numbered,
    order,
    plan,
    rules,
)

INVITED, WAITING = DecisionState.INVITED, DecisionState.WAITING
BOUGHT = datetime(2025, 9, 25, 15, 0, tzinfo=UTC)
"""Half a year before 25 March."""
CHECK_IN_DAY = datetime(2026, 3, 25, 0, 0, tzinfo=UTC)


def matter(session: Session, customer: Customer, number: str = "T1") -> Touchpoint:
    """Something that support closed two days ago."""
    row = Touchpoint(
        source="shop", kind=TouchpointKind.SUPPORT_CLOSED, external_id=number, customer_id=customer.id,
        happened_at=NOW - 2 * DAY, attributes={}, revision=1, planned_revision=0, created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    session.add(row)
    session.commit()
    return row


def buyer(session: Session, **cells: object) -> Customer:
    placed = order(session, numbered(0), **{"ordered_at": BOUGHT, "delivered_at": BOUGHT + DAY, **cells})
    session.commit()
    return session.get_one(Customer, placed.customer_id)


def colleague(session: Session, name: str = "ana") -> Customer:
    person = Person(external_id=name, email=f"{name}@shop.example", name=name, locale=None, time_zone=None)
    kept = keep_customers(session, [person], source="staff", key=PRIVACY_KEY, now=NOW).customers[name]
    kept.kind = PersonKind.EMPLOYEE
    session.commit()
    return kept


def outcomes(session: Session, survey: str) -> list[str]:
    found = session.scalars(
        select(Decision)
        .where(Decision.survey_key == survey)
        .order_by(Decision.id)
        .execution_options(populate_existing=True)
    )
    return [one.reason or one.state for one in found]


def run(session: Session, now: datetime) -> None:
    plan(session, now)
    decide(session, now)
    plan(session, now)


def test_a_closed_matter_is_asked_about_once_and_beside_the_order(session: Session) -> None:
    add_survey(session, "support_csat", on="support_closed", delay_days=1)
    go_live(session)
    customer = buyer(session)
    matter(session, customer)
    run(session, NOW)
    run(session, NOW)
    assert outcomes(session, "support_csat") == [INVITED]
    asked = session.scalars(select(Invitation)).one()
    assert asked.order_id is None
    assert asked.touchpoint_id is not None


def test_a_matter_from_before_going_live_is_not(session: Session) -> None:
    add_survey(session, "support_csat", on="support_closed", delay_days=0)
    go_live(session, NOW - DAY)
    matter(session, buyer(session))
    run(session, NOW)
    assert outcomes(session, "support_csat") == [SkipReason.BEFORE_GO_LIVE]


def test_whoever_wants_mail_after_purchases_only_is_left_in_peace(session: Session) -> None:
    add_survey(session, "support_csat", on="support_closed", delay_days=0)
    go_live(session)
    customer = buyer(session)
    session.execute(update(Address).values(purchases_only=True))
    matter(session, customer)
    run(session, NOW)
    assert outcomes(session, "support_csat") == [SkipReason.PURCHASES_ONLY]


def test_a_check_in_comes_every_half_year_after_the_first_purchase(session: Session) -> None:
    add_survey(session, "relationship_nps", on="check_in", every_months=6, delay_days=0)
    go_live(session, NOW - 1000 * DAY)
    customer = buyer(session)
    run(session, NOW)
    waiting = session.scalars(select(Decision).where(Decision.survey_key == "relationship_nps")).one()
    assert waiting.event_at == CHECK_IN_DAY
    run(session, CHECK_IN_DAY + timedelta(hours=9))
    assert outcomes(session, "relationship_nps") == [INVITED, WAITING], "one turn leads to the next"
    half_a_year_on = datetime(2026, 9, 25, 9, 0, tzinfo=UTC)
    order(session, numbered(1), customer_id=customer.external_id, email=customer.email,
          ordered_at=half_a_year_on - 90 * DAY, delivered_at=half_a_year_on - 89 * DAY)  # fmt: skip
    session.commit()
    run(session, half_a_year_on)
    assert outcomes(session, "relationship_nps") == [INVITED, INVITED, WAITING]


def test_a_customer_who_stopped_buying_is_left_alone_until_they_come_back(session: Session) -> None:
    add_survey(session, "relationship_nps", on="check_in", every_months=6, delay_days=0, active_months=4)
    go_live(session, NOW - 1000 * DAY)
    buyer(session)
    run(session, NOW)
    run(session, CHECK_IN_DAY + timedelta(hours=9))
    assert outcomes(session, "relationship_nps") == [SkipReason.NOT_ACTIVE, WAITING]


def test_a_turn_that_waits_for_its_delay_is_not_lost_when_the_person_buys_again(session: Session) -> None:
    add_survey(session, "relationship_nps", on="check_in", every_months=6, delay_days=3)
    go_live(session, NOW - 1000 * DAY)
    customer = buyer(session)
    run(session, NOW)
    the_day_after = CHECK_IN_DAY + DAY + timedelta(hours=9)
    order(session, numbered(1), customer_id=customer.external_id, email=customer.email,
          ordered_at=the_day_after - DAY, delivered_at=None, status="placed")  # fmt: skip
    rules(session, "relationship_nps", asking={"daily_cap": 50})
    session.commit()
    run(session, the_day_after)
    assert outcomes(session, "relationship_nps") == [WAITING]
    run(session, CHECK_IN_DAY + 3 * DAY + timedelta(hours=9))
    assert outcomes(session, "relationship_nps") == [INVITED, WAITING]


def test_a_decider_and_a_planner_at_the_same_person_neither_wait_in_a_ring_nor_end_the_round(
    sessions: sessionmaker[Session], session: Session
) -> None:
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite lets one of them write at a time")
    add_survey(session, "relationship_nps", on="check_in", every_months=6, delay_days=0)
    go_live(session, NOW - 1000 * DAY)
    customer = buyer(session)
    run(session, NOW)
    morning = CHECK_IN_DAY + timedelta(hours=9)
    session.execute(update(Customer).values(calendar_planned_at=None))  # as a purchase of this moment would
    session.commit()
    with sessions() as deciding, sessions() as planning:
        deciding.scalars(select(Decision).where(Decision.customer_id == customer.id).with_for_update()).all()
        plan_calendar(planning, morning, 100, shop_zone=LISBON)  # does not wait for the decision
        planning.commit()
        decide_due(deciding, morning, 100, shop=SHOP)
        deciding.commit()
    run(session, morning)
    assert outcomes(session, "relationship_nps") == [INVITED, WAITING]


def test_a_new_purchase_does_not_start_a_second_round_of_check_ins(session: Session) -> None:
    add_survey(session, "relationship_nps", on="check_in", every_months=6, delay_days=0)
    go_live(session, NOW - 1000 * DAY)
    customer = buyer(session)
    run(session, NOW)
    order(session, numbered(1), customer_id=customer.external_id, email=customer.email)
    session.commit()
    run(session, NOW)
    assert outcomes(session, "relationship_nps") == [WAITING]


def test_a_changed_rhythm_moves_the_turn_that_waits(session: Session) -> None:
    add_survey(session, "relationship_nps", on="check_in", every_months=6, delay_days=0)
    go_live(session, NOW - 1000 * DAY)
    buyer(session)
    run(session, NOW)
    rules(session, "relationship_nps", trigger={"every_months": 12})
    run(session, NOW)
    waiting = session.scalars(select(Decision).where(Decision.survey_key == "relationship_nps")).one()
    assert waiting.event_at == datetime(2026, 9, 24, 23, 0, tzinfo=UTC), "25 September in Lisbon"
    assert waiting.event_key.endswith("2026-09-25")


def test_colleagues_are_asked_together_and_customers_are_not(session: Session) -> None:
    add_survey(session, "employee_pulse", on="pulse", every_months=3, delay_days=0)
    go_live(session)
    for name in ("ana", "tom"):
        colleague(session, name)
    buyer(session)
    run(session, NOW)
    first_of_april = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
    run(session, first_of_april)
    assert outcomes(session, "employee_pulse") == [INVITED, INVITED, WAITING, WAITING]
    for name in ("ana", "tom"):
        hash_of = address_hash(PRIVACY_KEY, f"{name}@shop.example")
        assert session.get_one(Address, hash_of).last_asked_at is not None


def test_a_sampled_out_turn_does_not_end_the_round(session: Session) -> None:
    add_survey(session, "employee_pulse", on="pulse", every_months=1, delay_days=0)
    rules(session, "employee_pulse", asking={"sample_one_in": 10_000})
    go_live(session)
    colleague(session)
    run(session, NOW)
    run(session, datetime(2026, 4, 1, 9, 0, tzinfo=UTC))
    assert outcomes(session, "employee_pulse") == [SkipReason.SAMPLED_OUT, WAITING]


def moment(session: Session, customer: Customer, kind: TouchpointKind, number: str = "1") -> None:
    """Another thing that happened two days ago."""
    matter(session, customer, number).kind = kind
    session.commit()


def test_whoever_left_is_asked_why(session: Session) -> None:
    add_survey(session, "cancellation", on="left", delay_days=1)
    go_live(session)
    moment(session, buyer(session), TouchpointKind.LEFT)
    run(session, NOW)
    assert outcomes(session, "cancellation") == [INVITED]


def test_a_resolved_case_is_asked_about_however_lately_we_asked_or_heard(session: Session) -> None:
    add_survey(session, "recovery_csat", on="case_resolved", delay_days=1)
    go_live(session)
    customer = buyer(session)
    session.execute(update(Address).values(last_asked_at=NOW - DAY, last_answered_at=NOW - DAY))
    moment(session, customer, TouchpointKind.CASE_RESOLVED)
    run(session, NOW)
    assert outcomes(session, "recovery_csat") == [INVITED]
    assert session.scalars(select(Address.last_asked_at)).one() == NOW, "and then other surveys leave them in peace"


@pytest.mark.parametrize("forbidden", [{"unsubscribed_at": NOW}, {"paused_until": NOW + DAY}, {"purchases_only": True}])
def test_but_never_against_what_the_person_said(session: Session, forbidden: dict[str, object]) -> None:
    add_survey(session, "recovery_csat", on="case_resolved", delay_days=1)
    go_live(session)
    customer = buyer(session)
    session.execute(update(Address).values(**forbidden))
    moment(session, customer, TouchpointKind.CASE_RESOLVED)
    run(session, NOW)
    assert session.scalars(select(Invitation)).all() == []


@pytest.mark.parametrize("status", ["paused", "closed"])
def test_a_survey_that_is_not_open_asks_nobody(session: Session, status: str) -> None:
    add_survey(session, "support_csat", on="support_closed", delay_days=0)
    go_live(session)
    customer = buyer(session)
    matter(session, customer, "waits")
    plan(session)
    survey = session.get_one(Survey, "support_csat")
    survey.rules = {**survey.rules, "status": status}
    survey.revision += 1
    session.commit()
    matter(session, customer, "comes later")
    run(session, NOW)
    assert outcomes(session, "support_csat") == [SkipReason.SURVEY_PAUSED], "what waited is over, nothing new waits"


def test_a_survey_that_is_opened_looks_at_what_happened_lately(session: Session) -> None:
    add_survey(session, "support_csat", on="support_closed", delay_days=0)
    survey = session.get_one(Survey, "support_csat")
    survey.rules = {**survey.rules, "status": "paused"}
    session.commit()
    go_live(session)
    matter(session, buyer(session))
    run(session, NOW)
    assert outcomes(session, "support_csat") == []
    survey.rules = {**survey.rules, "status": "open"}
    survey.revision += 1
    session.commit()
    run(session, NOW)
    assert outcomes(session, "support_csat") == [INVITED]
