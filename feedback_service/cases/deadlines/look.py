"""Looks at cases whose time has come: says which deadline was missed, and takes rungs of the ladder."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.deadlines import keep
from feedback_service.cases.escalate import escalate, reason_of
from feedback_service.cases.hold import hold_cases, hold_teams
from feedback_service.cases.models import ACTIVE_STATES, Case, EntryKind
from feedback_service.cases.queues.choose_owner import UTC_ZONE
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.rules import deadlines as rules
from feedback_service.cases.rules.deadlines import StepKind
from feedback_service.cases.write_log import write_entry


def look_at_due(session: Session, now: datetime, limit: int, *, key: bytes, zone: ZoneInfo = UTC_ZONE) -> int:
    """Look at up to `limit` cases; returns at how many. `zone` is the shop's: who is away is told by its days."""
    due = session.execute(
        select(Case.id, Case.queue_id).where(Case.next_look_at <= now).order_by(Case.next_look_at, Case.id).limit(limit)
    ).all()
    queues = session.scalars(select(Queue).where(Queue.id.in_({row.queue_id for row in due}))) if due else ()
    hold_teams(session, [queue.team_id for queue in queues if _may_reassign(queue.ladder)])
    cases = hold_cases(session, [row.id for row in due], Case.next_look_at <= now)
    for case in cases:
        _look(session, case, key, now, zone)
    return len(cases)


def _may_reassign(ladder: list[dict[str, object]]) -> bool:
    return any(rung.get("step") == StepKind.REASSIGN for rung in ladder)


def _look(session: Session, case: Case, key: bytes, now: datetime, zone: ZoneInfo) -> None:
    keep.store_missed(session, case, now)
    for missed in keep.untold(session, case):
        facts = {"deadline": missed.kind.value, "opening": missed.opening, "due_at": missed.due_at.isoformat()}
        if missed.case_id != case.id:
            facts["case"] = missed.case_id  # which goes on in this one
        write_entry(session, case.id, EntryKind.DEADLINE_MISSED, actor_id=None, facts=facts, key=key, now=now)
    if case.state in ACTIVE_STATES and case.waiting_since is None:
        _climb(session, case, key, now, zone)
    keep.look_again(session, case)


def _climb(session: Session, case: Case, key: bytes, now: datetime, zone: ZoneInfo) -> None:
    """Take every rung that is due, in order: after a night without the service that may be several."""
    hours, deadlines = keep.team_hours(session, case), keep.deadlines_of(session, case)
    ladder = rules.read_ladder(session.get_one(Queue, case.queue_id).ladder)
    due = {each.of: each.due_at for each in reversed(deadlines) if each.done_at is None}  # of each the nearest
    for rung in rules.rungs_due(hours, ladder, deadlines, taken=keep.taken_rungs(session, case), now=now):
        escalate(session, case, rung, reason_of(rung, due[rung.of], hours, now), key=key, now=now, zone=zone)
