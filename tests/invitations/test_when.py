"""Hours, holidays and caps move an event; its age, and nothing else of time, ends it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.invitations.go_live import set_paused
from feedback_service.invitations.models import Decision, DecisionState, DecisionStep, Invitation, StepKind
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.invitations.rules.sending_hours import Deferral
from tests.invitations.factories import (
    DAY,
    LISBON,
    NOW,
    NPS,
    decide,
    decision,
    go_live,
    numbered,
    order,
    outcome,
    plan,
    rules,
)

WAITING, INVITED = DecisionState.WAITING, DecisionState.INVITED
NIGHT = datetime(2026, 3, 20, 23, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 21, 8, 0, tzinfo=UTC)
"""Eight o'clock on Saturday in Lisbon."""


def steps_of(session: Session, of: Decision) -> list[tuple[StepKind, str]]:
    rows = session.scalars(select(DecisionStep).where(DecisionStep.decision_id == of.id).order_by(DecisionStep.id))
    return [(step.kind, step.reason or step.deferral or "") for step in rows]


def test_a_mail_that_is_due_at_night_goes_in_the_morning(session: Session) -> None:
    go_live(session)
    placed = order(session, numbered(0))
    plan(session)
    decide(session, NIGHT)
    assert outcome(session, placed) == WAITING
    assert decision(session, placed).due_at == MORNING
    assert decide(session, MORNING - timedelta(seconds=1)) == 0
    decide(session, MORNING)
    assert outcome(session, placed) == INVITED
    told = steps_of(session, decision(session, placed))
    assert told == [(StepKind.PLANNED, ""), (StepKind.DEFERRED, Deferral.HOURS), (StepKind.INVITED, "")]


def test_the_morning_is_the_customers(session: Session) -> None:
    go_live(session)
    here = order(session, numbered(0))
    there = order(session, numbered(1), time_zone="Pacific/Auckland")
    plan(session)
    decide(session, NOW)
    assert outcome(session, here) == INVITED
    assert decision(session, there).due_at == datetime(2026, 3, 20, 19, 0, tzinfo=UTC), "eight in Auckland"


def test_a_correction_of_the_order_does_not_forget_that_it_was_night(session: Session) -> None:
    go_live(session)
    placed = order(session, numbered(0))
    plan(session)
    decide(session, NIGHT)
    order(session, numbered(0), name="Zoe Anders")
    plan(session, NIGHT)
    assert decision(session, placed).due_at == MORNING
    order(session, numbered(0), delivered_at=NOW - 1 * DAY)
    plan(session, NIGHT)
    assert decision(session, placed).due_at == NOW, "the event itself moved: now it is due by the trigger again"
    assert steps_of(session, decision(session, placed))[-1] == (StepKind.MOVED, "")


def test_no_mail_on_a_public_holiday_of_the_customers_country(session: Session) -> None:
    go_live(session)
    carnation_day = datetime(2026, 4, 25, 10, 0, tzinfo=UTC)
    placed = order(session, numbered(0), delivered_at=carnation_day - 2 * DAY)
    plan(session)
    row = decision(session, placed)
    row.customer.country = "PT"
    session.commit()
    decide(session, carnation_day)
    assert outcome(session, placed) == WAITING
    assert steps_of(session, row)[-1] == (StepKind.DEFERRED, Deferral.HOLIDAY)
    decide(session, carnation_day + DAY)
    assert outcome(session, placed) == INVITED


def test_a_deferral_past_the_maximum_age_is_a_no_with_its_rule(session: Session) -> None:
    go_live(session)
    rules(session, window={"weekdays": ["wed"]}, trigger={"max_age_days": 3})
    placed = order(session, numbered(0), delivered_at=NOW - 2 * DAY)
    plan(session)
    decide(session)
    assert outcome(session, placed) == SkipReason.TOO_OLD
    told = session.scalars(select(DecisionStep.rule).order_by(DecisionStep.id.desc()).limit(1)).one()
    assert "the next opening was past trigger.max_age_days = 3" in told


def test_a_daily_cap_moves_the_rest_to_the_next_day_and_never_drops_them(session: Session) -> None:
    go_live(session)
    rules(session, asking={"daily_cap": 3})
    placed = [order(session, numbered(number)) for number in range(8)]
    plan(session)
    asked = []
    for day in range(4):
        decide(session, NOW + day * DAY)
        decide(session, NOW + day * DAY + timedelta(hours=1))
        asked.append(sum(outcome(session, one) == INVITED for one in placed))
    assert asked == [3, 6, 8, 8]


def test_the_days_of_a_cap_are_the_shops(session: Session) -> None:
    go_live(session)
    rules(session, asking={"daily_cap": 1}, window={"from": "00:00", "until": "24:00"})
    first, second = order(session, numbered(0)), order(session, numbered(1))
    plan(session)
    before_midnight = datetime(2026, 6, 30, 23, 30, tzinfo=LISBON)
    for one in (first, second):
        found = decision(session, one)
        found.event_at = before_midnight - DAY
        found.due_at = before_midnight
    session.commit()
    decide(session, before_midnight)
    assert sorted(outcome(session, one) for one in (first, second)) == [INVITED, WAITING]
    decide(session, before_midnight + timedelta(minutes=31))
    assert outcome(session, first) == outcome(session, second) == INVITED, "past midnight in Lisbon, not yet in UTC"


def test_a_new_rule_holds_for_what_waits(session: Session) -> None:
    go_live(session)
    placed = order(session, numbered(0), delivered_at=NOW)
    plan(session)
    assert decision(session, placed).due_at == NOW + DAY
    rules(session, trigger={"delay_days": 4})
    plan(session)
    assert decision(session, placed).due_at == NOW + 4 * DAY
    assert steps_of(session, decision(session, placed))[-1] == (StepKind.MOVED, "")


def test_a_new_rule_brings_back_nothing_that_was_decided(session: Session) -> None:
    go_live(session)
    placed = order(session, numbered(0))
    rules(session, asking={"sample_one_in": 10_000})
    plan(session)
    assert outcome(session, placed) == SkipReason.SAMPLED_OUT
    rules(session, asking={"sample_one_in": 1})
    plan(session)
    decide(session)
    assert outcome(session, placed) == SkipReason.SAMPLED_OUT


@pytest.mark.parametrize(
    ("section", "cells", "expected"),
    [
        ({"min_value": {"EUR": "20"}}, {"amount": "19.99", "currency": "EUR"}, SkipReason.VALUE_OUT_OF_RANGE),
        ({"only": {"carrier": ["Swift"]}}, {"attr.carrier": "Tidewell"}, SkipReason.FILTERED_OUT),
        ({"only": {"carrier": ["Swift"]}}, {"attr.carrier": "Swift"}, INVITED),
    ],
)
def test_a_filter_is_asked_when_the_decision_is_made(
    session: Session, section: dict[str, object], cells: dict[str, object], expected: str
) -> None:
    go_live(session)
    rules(session, filter=section)
    placed = order(session, numbered(0), **cells)
    plan(session)
    decide(session)
    assert outcome(session, placed) == expected


def test_while_sending_is_paused_what_is_due_waits_and_is_then_asked(session: Session) -> None:
    go_live(session)
    placed = order(session, numbered(0))
    plan(session)
    assert set_paused(session, True, now=NOW)
    assert decide(session) == 0
    assert set_paused(session, False, now=NOW)
    decide(session)
    assert outcome(session, placed) == INVITED


def test_through_both_changes_of_the_clocks_a_leap_day_and_a_jump_back_everybody_is_asked_once_and_by_day(
    session: Session,
) -> None:
    """The shop's weeks around each of them, an order every few hours, and a clock that is set back in between."""
    go_live(session, datetime(2023, 1, 1, tzinfo=UTC))
    rules(session, asking={"quarantine_days": 0, "quarantine_after_answer_days": 0})
    count = 0
    for odd_day in ("2024-02-29", "2024-03-31", "2024-10-27"):
        begins = datetime.fromisoformat(odd_day).replace(tzinfo=UTC) - 3 * DAY
        for hour in range(0, 120, 7):
            at = begins + timedelta(hours=hour)
            order(session, numbered(count), ordered_at=at - DAY, delivered_at=at)
            count += 1
        session.commit()
        plan(session, begins)
        for hour in range(24 * 8):
            decide(session, begins + timedelta(hours=hour))
            if hour % 24 == 12:
                decide(session, begins + timedelta(hours=hour - 1))  # the clock was set back an hour
    asked = session.scalars(select(Invitation)).all()
    assert len(asked) == len({(one.survey_key, one.event_key) for one in asked}) == count
    for one in asked:
        assert 8 <= one.created_at.astimezone(LISBON).hour < 20


def test_a_rival_that_will_never_ask_keeps_nobody_from_asking(session: Session) -> None:
    go_live(session)
    rules(session, NPS, filter={"only": {"category": ["shoes"]}})
    placed = order(session, numbered(0, nps=True), **{"attr.category": "books"})
    plan(session)
    decide(session)
    assert outcome(session, placed) == INVITED, "by the delivery survey"


def test_new_rules_reach_every_recent_order_a_portion_at_a_time(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback_service.invitations.plan.PORTION", 3)
    go_live(session)
    placed = [order(session, numbered(number), delivered_at=NOW) for number in range(10)]
    while plan(session) >= 1000:
        pass
    rules(session, trigger={"delay_days": 4})
    runs = 0
    while plan(session) >= 1000:
        runs += 1
    assert runs >= 3
    assert {decision(session, one).due_at for one in placed} == {NOW + 4 * DAY}
