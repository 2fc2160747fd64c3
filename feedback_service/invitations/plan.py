"""Finds the events: which survey will want to ask about what happened, and when."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.database import insert_new
from feedback_service.invitations.events import Event, about_order, about_person, about_touchpoint
from feedback_service.invitations.models import Decision, DecisionState, DecisionStep, StepKind
from feedback_service.invitations.rules.eligibility import ORDER_ENDED, Refusal, SkipReason, sampled_in
from feedback_service.invitations.rules.wordings import trigger_words
from feedback_service.orders.models import Order, Touchpoint
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.queries import published_surveys

Planned = dict[str, Any]


def plan_decisions(session: Session, now: datetime, limit: int, *, shop_zone: ZoneInfo) -> int:
    """Look at orders, touchpoints and people that are new or changed; returns how many were looked at."""
    surveys = [survey.definition for survey in published_surveys(session).values()]
    _look_again_where_rules_changed(session, surveys, now)
    orders = _orders(session, limit)
    touchpoints = _touchpoints(session, limit)
    people = _people(session, limit)
    events = [
        *(
            about_order(survey, *row, shop_zone)
            for row in orders
            for survey in surveys
            if survey.rules.trigger.by_order
        ),
        *(about_touchpoint(survey, *row) for row in touchpoints for survey in surveys if _asks_about(survey, row[0])),
        *_calendar_events(session, surveys, people, shop_zone, now),
    ]
    if events:
        _keep(session, events, now)
    for order, customer in orders:
        if order.planned_revision == 0:
            customer.calendar_planned_at = None  # a first purchase starts the check-ins, a new one starts them again
        order.planned_revision = order.revision
    for touchpoint, _ in touchpoints:
        touchpoint.planned_revision = touchpoint.revision
    for person in people:
        person.calendar_planned_at = now
    session.flush()
    return max(len(orders), len(touchpoints), len(people))


def _look_again_where_rules_changed(session: Session, surveys: Sequence[SurveyDefinition], now: datetime) -> None:
    """Have recent events planned anew for surveys that are new or have new rules; decisions made stay made."""
    rules = {survey.key: survey.rules for survey in surveys}
    changed = session.scalars(
        select(Survey)
        .where(Survey.planned_revision < Survey.revision, Survey.key.in_(rules))
        .order_by(Survey.key)
        .with_for_update(skip_locked=True)
    ).all()
    for survey in changed:
        trigger = rules[survey.key].trigger
        since = now - timedelta(days=trigger.max_age_days + trigger.delay_days)
        if trigger.by_order:
            recent = or_(
                Order.ordered_at >= since, Order.delivered_at >= since, Order.promised_on >= since.date(),
            )  # fmt: skip
            session.execute(update(Order).where(recent, Order.planned_revision > 0).values(planned_revision=-1))
        elif trigger.by_calendar:
            session.execute(update(Customer).values(calendar_planned_at=None))
        else:
            recent_touch = Touchpoint.happened_at >= since
            session.execute(update(Touchpoint).where(recent_touch).values(planned_revision=0))
        survey.planned_revision = survey.revision
    session.flush()


def _orders(session: Session, limit: int) -> list[tuple[Order, Customer]]:
    rows = session.execute(
        select(Order, Customer)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Order.planned_revision < Order.revision)
        .order_by(Order.id)
        .limit(limit)
        # Weaker than FOR UPDATE: an invitation that refers to the order need not wait, nor we for it in a circle.
        .with_for_update(skip_locked=True, key_share=True, of=Order)
    )
    return [(order, customer) for order, customer in rows]


def _touchpoints(session: Session, limit: int) -> list[tuple[Touchpoint, Customer]]:
    rows = session.execute(
        select(Touchpoint, Customer)
        .join(Customer, Customer.id == Touchpoint.customer_id)
        .where(Touchpoint.planned_revision < Touchpoint.revision)
        .order_by(Touchpoint.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=Touchpoint)
    )
    return [(touchpoint, customer) for touchpoint, customer in rows]


def _people(session: Session, limit: int) -> Sequence[Customer]:
    return session.scalars(
        select(Customer)
        .where(Customer.calendar_planned_at.is_(None))
        .order_by(Customer.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()


def _asks_about(survey: SurveyDefinition, touchpoint: Touchpoint) -> bool:
    return survey.rules.trigger.on.value == touchpoint.kind.value


def _calendar_events(
    session: Session, surveys: Sequence[SurveyDefinition], people: Sequence[Customer], zone: ZoneInfo, now: datetime
) -> Iterable[Event]:
    by_calendar = [survey for survey in surveys if survey.rules.trigger.by_calendar]
    if not by_calendar or not people:
        return
    purchases: dict[int, datetime] = {}
    ids = [person.id for person in people]
    for customer_id, ordered_at in session.execute(
        select(Order.customer_id, Order.ordered_at).where(Order.customer_id.in_(ids))
    ):
        purchases[customer_id] = min(ordered_at, purchases.get(customer_id, ordered_at))
    for survey in by_calendar:
        for person in people:
            event = about_person(survey, person, purchases.get(person.id), zone, now)
            if event is not None:
                yield event


def _keep(session: Session, events: Sequence[Event], now: datetime) -> None:
    """Insert what is new, and bring what still waits up to date."""
    _rename_calendar_events(session, events)
    planned = {(event.survey.key, event.key): (event, _planned(event, now)) for event in events}
    added = session.execute(
        insert_new(session, Decision).returning(Decision.id, Decision.survey_key, Decision.event_key),
        [row for _, row in planned.values()],
    ).all()
    new = {(row.survey_key, row.event_key): row.id for row in added}
    steps = [_first_step(new[key], *planned[key], now) for key in new]
    steps += _move_waiting(session, {key: value for key, value in planned.items() if key not in new}, now)
    if steps:
        session.execute(insert_new(session, DecisionStep), steps)


def _planned(event: Event, now: datetime) -> Planned:
    refusal = _known_already(event)
    return {
        "survey_key": event.survey.key,
        "event_key": event.key,
        "order_id": event.order.id if event.order else None,
        "touchpoint_id": event.touchpoint.id if event.touchpoint else None,
        "customer_id": event.customer.id,
        "event_at": event.moment.event_at if event.moment else None,
        "due_at": event.moment.due_at if event.moment else None,
        "planned_due_at": event.moment.due_at if event.moment else None,
        "state": DecisionState.SKIPPED if refusal else DecisionState.WAITING,
        "reason": refusal.reason if refusal else None,
        "decided_at": now if refusal else None,
    }


def _known_already(event: Event) -> Refusal | None:
    """What no later fact can change. The calendar's turns are sampled when they come, since one leads to the next."""
    if event.from_calendar:
        return None
    if event.order is not None and (reason := ORDER_ENDED.get(event.order.status)):
        return Refusal(reason, reason.words)
    one_in = event.survey.rules.asking.sample_one_in
    if sampled_in(event.key, event.survey.key, one_in):
        return None
    return Refusal(SkipReason.SAMPLED_OUT, f"asking.sample_one_in = {one_in}")


def _first_step(decision_id: int, event: Event, row: Planned, now: datetime) -> Planned:
    refusal = _known_already(event)
    return {
        "decision_id": decision_id,
        "at": now,
        "kind": StepKind.SKIPPED if refusal else StepKind.PLANNED,
        "reason": row["reason"],
        "deferral": None,
        "due_at": row["due_at"],
        "rule": refusal.rule if refusal else f"asks {trigger_words(event.survey.rules.trigger)}",
    }


def _move_waiting(
    session: Session, planned: dict[tuple[str, str], tuple[Event, Planned]], now: datetime
) -> list[Planned]:
    """Bring decisions that still wait up to date with a changed event; one that was made stays made."""
    if not planned:
        return []
    waiting = session.scalars(
        select(Decision)
        .where(Decision.state == DecisionState.WAITING, Decision.event_key.in_({key for _, key in planned}))
        .order_by(Decision.id)
        .with_for_update()  # waits for whoever is deciding, and then finds it decided
        .execution_options(populate_existing=True)
    ).all()
    steps = []
    for decision in waiting:
        found = planned.get((decision.survey_key, decision.event_key))
        if found is None:
            continue
        event, row = found
        step = _moved_step(decision, event, row, now)
        for name in ("customer_id", "event_at", "state", "reason", "decided_at"):
            setattr(decision, name, row[name])
        if step is not None:
            decision.due_at, decision.planned_due_at = row["due_at"], row["due_at"]
            steps.append(step)
    return steps


def _moved_step(decision: Decision, event: Event, row: Planned, now: datetime) -> Planned | None:
    """What to write down; nothing where the plan is the same, so that a deferral stays what it is."""
    if row["state"] == DecisionState.SKIPPED:
        return _first_step(decision.id, event, row, now)
    if decision.planned_due_at == row["due_at"]:
        return None
    return {
        "decision_id": decision.id,
        "at": now,
        "kind": StepKind.MOVED,
        "reason": None,
        "deferral": None,
        "due_at": row["due_at"],
        "rule": f"asks {trigger_words(event.survey.rules.trigger)}",
    }


def _rename_calendar_events(session: Session, events: Sequence[Event]) -> None:
    """A person has one waiting turn per calendar survey: where the rules moved it, it takes the new day's key."""
    by_calendar = {(event.survey.key, event.customer.id): event for event in events if event.from_calendar}
    if not by_calendar:
        return
    waiting = session.scalars(
        select(Decision).where(
            Decision.state == DecisionState.WAITING,
            Decision.customer_id.in_({customer_id for _, customer_id in by_calendar}),
            Decision.order_id.is_(None),
            Decision.touchpoint_id.is_(None),
        )
    ).all()
    for decision in waiting:
        if event := by_calendar.get((decision.survey_key, decision.customer_id)):
            decision.event_key = event.key
    session.flush()
