"""Keeps what was planned: one decision for a survey and an event, and what happened to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.database import insert_new
from feedback_service.invitations.events import Event
from feedback_service.invitations.models import Decision, DecisionState, DecisionStep, StepKind
from feedback_service.invitations.rules.eligibility import ORDER_ENDED, Refusal, SkipReason, sampled_in
from feedback_service.invitations.rules.wordings import trigger_words

Planned = dict[str, Any]


def keep_plans(session: Session, events: Sequence[Event], now: datetime) -> None:
    """Insert the decisions that are new, and bring those that still wait up to date; one that was made stays made."""
    if not events:
        return
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
        .where(
            Decision.state == DecisionState.WAITING,
            Decision.survey_key.in_({survey_key for survey_key, _ in planned}),
            Decision.event_key.in_({key for _, key in planned}),
        )
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
