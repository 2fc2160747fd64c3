"""Finds the events: which survey will want to ask about an order, and when."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.database import insert_new
from feedback_service.invitations.models import Decision, DecisionState
from feedback_service.invitations.rules.eligibility import ORDER_ENDED, SkipReason, sampled_in
from feedback_service.invitations.rules.triggers import trigger_moment
from feedback_service.orders.models import Order
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.queries import published_surveys


def plan_decisions(session: Session, now: datetime, limit: int, *, shop_zone: ZoneInfo) -> int:
    """Look at orders that are new or changed; returns how many were looked at."""
    orders = session.execute(
        select(Order, Customer)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Order.planned_revision < Order.revision)
        .order_by(Order.id)
        .limit(limit)
        # Weaker than FOR UPDATE: an invitation that refers to the order need not wait, nor we for it in a circle.
        .with_for_update(skip_locked=True, key_share=True, of=Order)
    ).all()
    if not orders:
        return 0
    surveys = [survey.definition for survey in published_surveys(session).values()]
    planned = [_decision(order, customer, survey, shop_zone, now) for order, customer in orders for survey in surveys]
    if planned:
        session.execute(insert_new(session, Decision), planned)
        _move_waiting(session, planned)
    for order, _ in orders:
        order.planned_revision = order.revision
    session.flush()
    return len(orders)


def event_key(order: Order) -> str:
    """One order is one event for each survey, whatever happens to it later."""
    return f"order:{order.source}:{order.external_id}"


def _decision(
    order: Order, customer: Customer, survey: SurveyDefinition, shop_zone: ZoneInfo, now: datetime
) -> dict[str, Any]:
    key = event_key(order)
    moment = trigger_moment(
        survey.rules.trigger.on,
        delivered_at=order.delivered_at,
        promised_on=order.promised_on,
        zone=ZoneInfo(customer.time_zone) if customer.time_zone else shop_zone,
        delay=timedelta(days=survey.rules.trigger.delay_days),
    )
    reason = _known_already(order, survey, key)
    return {
        "survey_key": survey.key,
        "event_key": key,
        "order_id": order.id,
        "customer_id": customer.id,
        "event_at": moment.event_at if moment else None,
        "due_at": moment.due_at if moment else None,
        "state": DecisionState.SKIPPED if reason else DecisionState.WAITING,
        "reason": reason,
        "decided_at": now if reason else None,
    }


def _known_already(order: Order, survey: SurveyDefinition, key: str) -> SkipReason | None:
    """What no later fact can change."""
    if reason := ORDER_ENDED.get(order.status):
        return reason
    return None if sampled_in(key, survey.key, survey.rules.asking.sample_one_in) else SkipReason.SAMPLED_OUT


def _move_waiting(session: Session, planned: list[dict[str, Any]]) -> None:
    """Bring decisions that still wait up to date with a changed order; one that was made stays made."""
    waiting = {
        (decision.survey_key, decision.event_key): decision
        for decision in session.scalars(
            select(Decision)
            .where(
                Decision.state == DecisionState.WAITING,
                Decision.order_id.in_({row["order_id"] for row in planned}),
            )
            .with_for_update()  # waits for whoever is deciding, and then finds it decided
            .execution_options(populate_existing=True)
        )
    }
    for row in planned:
        if decision := waiting.get((row["survey_key"], row["event_key"])):
            for name in ("customer_id", "event_at", "due_at", "state", "reason", "decided_at"):
                setattr(decision, name, row[name])
