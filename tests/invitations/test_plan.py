"""Each order is one event for each survey, planned once and moved only while nobody has decided."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.invitations.models import Decision, DecisionState, Invitation
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.orders.models import Order
from tests.invitations.factories import (
    CSAT,
    DAY,
    NOW,
    NPS,
    decide,
    decision,
    go_live,
    numbered,
    order,
    outcome,
    plan,
)


def test_a_new_order_is_planned_for_every_survey_once(session: Session) -> None:
    placed = order(session, numbered(0, nps=True))
    assert plan(session) == 1
    assert plan(session) == 0, "a second look finds nothing to do"
    assert session.scalar(select(func.count()).select_from(Decision)) == 2
    asks_nps = decision(session, placed, NPS)
    assert (asks_nps.event_at, asks_nps.due_at) == (NOW - 2 * DAY, NOW + 3 * DAY), "delivered, and five days to try it"
    assert decision(session, placed, CSAT).due_at == NOW - DAY, "delivered, and one day to unpack"


def test_a_promise_ends_with_the_day_where_the_buyer_lives(session: Session) -> None:
    undelivered = {"delivered_at": None, "promised_on": "2026-03-19", "status": "shipped"}
    kiritimati = order(session, "K1", time_zone="Pacific/Kiritimati", **undelivered)
    los_angeles = order(session, "L1", time_zone="America/Los_Angeles", **undelivered)
    at_the_shop = order(session, "S1", **undelivered)
    plan(session)
    assert decision(session, kiritimati).due_at == datetime(2026, 3, 19, 10, 0, tzinfo=UTC)
    assert decision(session, los_angeles).due_at == datetime(2026, 3, 20, 7, 0, tzinfo=UTC)
    assert decision(session, at_the_shop).due_at == datetime(2026, 3, 20, 0, 0, tzinfo=UTC), "no zone: the shop's"


@pytest.mark.parametrize(
    ("status", "reason"), [("cancelled", SkipReason.ORDER_CANCELLED), ("refunded", SkipReason.ORDER_REFUNDED)]
)
def test_an_order_that_came_to_nothing_is_settled_at_once(session: Session, status: str, reason: SkipReason) -> None:
    ended = order(session, "A1", status=status)
    plan(session)
    for survey in (NPS, CSAT):
        assert outcome(session, ended, survey) == reason
        assert decision(session, ended, survey).decided_at == NOW


def test_the_sample_is_drawn_when_the_order_comes_in(session: Session) -> None:
    left_out = order(session, numbered(0))
    taken_in = order(session, numbered(0, nps=True))
    plan(session)
    assert outcome(session, left_out, NPS) == SkipReason.SAMPLED_OUT
    assert outcome(session, taken_in, NPS) == DecisionState.WAITING


def test_a_correction_moves_what_waits(session: Session) -> None:
    corrected = order(session, numbered(0), delivered_at=None, promised_on="2026-03-25", status="shipped")
    plan(session)
    assert decision(session, corrected).due_at == datetime(2026, 3, 26, 0, 0, tzinfo=UTC)
    order(session, corrected.external_id, delivered_at=NOW - DAY, promised_on="2026-03-25")
    assert plan(session) == 1
    assert decision(session, corrected).due_at == NOW, "it came in time after all"
    order(session, corrected.external_id, delivered_at=None, promised_on=None, status="placed")
    plan(session)
    assert decision(session, corrected).due_at is None, "it came to somebody else; nothing is known"
    order(session, corrected.external_id, status="cancelled")
    plan(session)
    assert outcome(session, corrected) == SkipReason.ORDER_CANCELLED


def test_a_correction_can_name_another_buyer(session: Session) -> None:
    corrected = order(session, numbered(0))
    plan(session)
    order(session, corrected.external_id, customer_id="somebody else", email="else@example.com")
    plan(session)
    assert decision(session, corrected).customer.email == "else@example.com"


@pytest.mark.parametrize("change", [{"status": "cancelled"}, {"delivered_at": NOW - timedelta(hours=1)}])
def test_a_correction_leaves_alone_what_is_decided(session: Session, change: dict[str, object]) -> None:
    go_live(session)
    asked = order(session, numbered(0))
    plan(session)
    decide(session)
    before = decision(session, asked)
    kept = (before.state, before.reason, before.event_at, before.due_at, before.decided_at)
    order(session, asked.external_id, **change)
    assert plan(session) == 1
    after = decision(session, asked)
    assert (after.state, after.reason, after.event_at, after.due_at, after.decided_at) == kept
    assert kept[0] == DecisionState.INVITED


def test_a_cancelled_order_that_comes_back_stays_unasked(session: Session) -> None:
    go_live(session)
    order(session, "A1", status="cancelled")
    plan(session)
    revived = order(session, "A1", status="delivered")
    plan(session)
    decide(session)
    assert outcome(session, revived) == SkipReason.ORDER_CANCELLED, "a decision is made once"


def test_a_correction_that_races_a_decision_does_not_undo_it(sessions: sessionmaker[Session], session: Session) -> None:
    """Somebody has decided to ask, and not committed yet, when the planner comes with the cancelled order."""
    asked = order(session, numbered(0))
    plan(session)
    order(session, asked.external_id, status="cancelled")
    session.commit()
    with sessions() as decider, ThreadPoolExecutor() as pool:
        waiting = decider.scalars(select(Decision).where(Decision.survey_key == CSAT).with_for_update()).one()
        waiting.state, waiting.decided_at = DecisionState.INVITED, NOW
        decider.flush()
        planning = pool.submit(_plan_alone, sessions)
        with pytest.raises(TimeoutError):
            planning.result(timeout=0.5)  # it waits for the decision
        decider.add(_invitation_for(waiting))  # and this does not wait for the planner
        decider.commit()
        assert planning.result(timeout=30) == 1
    assert outcome(session, asked) == DecisionState.INVITED
    session.expire_all()
    assert session.scalar(select(Order.planned_revision)) == 2, "the correction was seen"


def _plan_alone(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        return plan(session)


def _invitation_for(decision: Decision) -> Invitation:
    return Invitation(
        uid="0" * 32,
        survey_key=decision.survey_key,
        event_key=decision.event_key,
        version_id=1,
        customer_id=decision.customer_id,
        address_hash=decision.customer.address_hash,
        order_id=decision.order_id,
        locale="en",
        link_generation=1,
        created_at=NOW,
        expires_at=NOW + DAY,
    )
