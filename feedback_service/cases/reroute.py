"""Lets another rule hold for a case that nobody has claimed: its kind, its queue, its priority, a nearer deadline."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_service.cases.deadlines import keep
from feedback_service.cases.models import Case, CaseKind, EntryKind
from feedback_service.cases.new_case import give
from feedback_service.cases.queues.place import Place
from feedback_service.cases.rules.routing import sort_at
from feedback_service.cases.write_log import write_entry


@dataclass(frozen=True)
class Rerouted:
    """What became of a case under its rule of now."""

    changed: bool
    """Whether rule, queue or priority are others."""
    moved: bool
    """Whether another queue has it."""
    facts: dict[str, object]
    """For the log."""


def reroute(session: Session, case: Case, place: Place, *, may_move: bool, now: datetime) -> Rerouted:
    """Apply a place to an unclaimed case that the caller holds; nothing puts its deadlines off.

    `may_move` says that the caller holds the place's team as well; without it the case stays in its queue.
    """
    before, route = (case.rule, case.queue_id, case.priority), place.route
    case.kind, case.reason, case.rule = CaseKind(route.kind), route.reason, route.rule.name
    case.priority, case.priority_words = route.priority, route.priority_words
    moved = may_move and case.queue_id != place.queue.id
    if moved:
        case.queue_id, case.queue = place.queue.id, place.queue
    case.sort_at = sort_at(case.due_at, case.priority)
    session.flush()
    minutes = {"first_minutes": place.first_minutes, "resolution_minutes": place.resolution_minutes}
    keep.tighten(session, case, **minutes, now=now)
    facts: dict[str, object] = {"rule": case.rule, "priority": case.priority, "due_at": case.due_at.isoformat()}
    if moved:
        facts["queue"] = case.queue_id
    return Rerouted(before != (case.rule, case.queue_id, case.priority), moved, facts)


def hand_over(session: Session, case: Case, place: Place, *, key: bytes, now: datetime, zone: ZoneInfo) -> None:
    """A case that was moved to another queue is for somebody there, or for nobody yet."""
    before, case.owner_id = case.owner_id, None
    session.flush()
    give(session, case, place, key=key, now=now, zone=zone)
    if case.owner_id is None and before is not None:
        facts = {"from": before}
        write_entry(session, case.id, EntryKind.UNASSIGNED, actor_id=None, facts=facts, key=key, now=now)
