"""Keeps a case's deadlines: they start when it opens, stand still while it waits, and end when things are done.

Whoever calls holds the case's row. Whether a deadline was met is stored when it happens, and nothing changes it later.
A case goes by the deadlines of those that were merged into it as well: none is lost by merging, and none is put off.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, inspect, select
from sqlalchemy.orm import Session

from feedback_service.accounts.business_hours import BusinessHours
from feedback_service.accounts.calendars import hours_of
from feedback_service.cases.models import (
    ACTIVE_STATES,
    Case,
    CaseDeadline,
    CaseEntry,
    CaseState,
    DeadlineKind,
    EntryKind,
    Escalation,
)
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.rules import deadlines as rules
from feedback_service.cases.rules.deadlines import Deadline, Of
from feedback_service.cases.rules.routing import sort_at

REOPENED_MINUTES = 24 * 60  # a case that comes back is answered within a day of the team's time


def start(session: Session, case: Case, *, first_minutes: int, resolution_minutes: int, now: datetime) -> None:
    """Write the deadlines of a case that opens now, in minutes of the team's time."""
    hours = team_hours(session, case)
    due = rules.first_deadlines(hours, now, first_minutes=first_minutes, resolution_minutes=resolution_minutes)
    _begin(session, case, due)


def restart(session: Session, case: Case, *, now: datetime, by: datetime | None = None) -> None:
    """Begin another opening of a case, with deadlines of its own. `by` is taken where it comes before the first one.

    The resolution has as long as the queue gives it.
    """
    resolution_minutes = session.get_one(Queue, case.queue_id).resolution_minutes
    first, resolution = rules.first_deadlines(
        team_hours(session, case), now, first_minutes=REOPENED_MINUTES, resolution_minutes=resolution_minutes
    )
    if by is not None and by < first.due_at:
        first = Deadline(Of.FIRST_RESPONSE, by)
    case.opening += 1
    _begin(session, case, (first, resolution))


def tighten(session: Session, case: Case, *, first_minutes: int, resolution_minutes: int, now: datetime) -> None:
    """Bring the deadlines of a case that nobody claimed yet forward, where another rule gives it less time.

    Nothing is ever put off by it.
    """
    wanted = rules.first_deadlines(
        team_hours(session, case), now, first_minutes=first_minutes, resolution_minutes=resolution_minutes
    )
    due = {deadline.of: deadline.due_at for deadline in wanted}
    for row in _rows(session, case, CaseDeadline.case_id == case.id):
        if row.done_at is None and row.met is None:
            row.due_at = min(row.due_at, due[Of(row.kind)])
    look_again(session, case)


def responded(session: Session, case: Case, now: datetime) -> None:
    """Somebody answered the customer: the first response is done, in time or late. Later ones change nothing."""
    _change(session, case, {Of.FIRST_RESPONSE}, lambda each: rules.done(each, now, case.waiting_since))


def finish(session: Session, case: Case, now: datetime) -> None:
    """The case is resolved, which is a response too; it waits for nothing any more."""
    resume(session, case, now)
    case.snoozed_until = None
    _change(session, case, set(Of), lambda each: rules.done(each, now))


def pause(session: Session, case: Case, now: datetime) -> None:
    """The customer is to answer; deadlines stand still from now on. A case that waits already goes on waiting."""
    if case.waiting_since is None:
        case.waiting_since = now
    look_again(session, case)


def resume(session: Session, case: Case, now: datetime) -> None:
    """The case goes on: what could still be met is due later by the team's time that passed meanwhile."""
    since, case.waiting_since = case.waiting_since, None
    if since is not None:
        put_off(session, case, since, now)


def put_off(session: Session, case: Case, since: datetime, now: datetime) -> None:
    """The case stood still between these moments: what could still be met is due so much later."""
    hours = team_hours(session, case)
    _change(session, case, set(Of), lambda each: rules.put_off(hours, each, waiting_since=since, now=now))


def store_missed(session: Session, case: Case, now: datetime) -> None:
    """Store of every deadline whose time is over that it was not met."""
    for row in _rows(session, case):
        if rules.is_missed(_value(row), now, case.waiting_since):
            row.met = False
    session.flush()


def look_again(session: Session, case: Case) -> None:
    """Set anew what the queue goes by, and when there is something to do: after a change of queue, owner or ladder too.

    A case without deadlines, of old, keeps what it has.
    """
    rows = _rows(session, case)
    deadlines = _values(rows)
    run = rules.running(deadlines)
    if run is not None:
        case.due_at = run.due_at
        case.sort_at = sort_at(run.due_at, case.priority)
    queue = session.get_one(Queue, case.queue_id)
    looks = [missed.due_at for missed in _untold(session, case, rows)]
    if case.state == CaseState.MERGED:
        looks = []  # whoever looks at the one that goes on looks at these too
    elif case.state in ACTIVE_STATES:
        coming = rules.next_look(
            team_hours(session, case),
            rules.read_ladder(queue.ladder),
            deadlines,
            taken=taken_rungs(session, case),
            waiting_since=case.waiting_since,
        )
        looks += [coming] if coming is not None else []
    case.next_look_at = min(looks, default=None)
    session.flush()


def deadlines_of(session: Session, case: Case) -> list[Deadline]:
    """The deadlines of the present opening and of cases merged into this one, as the rules know them, nearest first."""
    return _values(_rows(session, case))


def taken_rungs(session: Session, case: Case) -> set[int]:
    """The rungs of the ladder that were taken for the present opening."""
    return set(
        session.scalars(
            select(Escalation.rung).where(Escalation.case_id == case.id, Escalation.opening == case.opening)
        )
    )


def untold(session: Session, case: Case) -> list[CaseDeadline]:
    """Deadlines that the case goes by and that were missed, and of which no log says so yet."""
    return _untold(session, case, _rows(session, case))


def _untold(session: Session, case: Case, rows: Iterable[CaseDeadline]) -> list[CaseDeadline]:
    missed = [row for row in rows if row.met is False]
    if not missed:
        return []
    entries = session.execute(
        select(CaseEntry.case_id, CaseEntry.facts).where(
            CaseEntry.case_id.in_({case.id, *(row.case_id for row in missed)}),
            CaseEntry.kind == EntryKind.DEADLINE_MISSED,
        )
    )
    told = {(facts.get("case", case_id), facts["opening"], facts["deadline"]) for case_id, facts in entries}
    return [row for row in missed if (row.case_id, row.opening, row.kind) not in told]


def team_hours(session: Session, case: Case) -> BusinessHours | None:
    """When the team that answers for the case works."""
    return hours_of(session, session.get_one(Queue, case.queue_id).team_id)


def _begin(session: Session, case: Case, deadlines: Iterable[Deadline]) -> None:
    session.add_all(
        CaseDeadline(case_id=case.id, opening=case.opening, kind=DeadlineKind(each.of), due_at=each.due_at)
        for each in deadlines
    )
    session.flush()
    look_again(session, case)


def _change(session: Session, case: Case, kinds: set[Of], act: Callable[[Deadline], Deadline]) -> None:
    for row in _rows(session, case):
        if Of(row.kind) in kinds:
            changed = act(_value(row))
            row.due_at, row.done_at, row.met = changed.due_at, changed.done_at, changed.met
    session.flush()
    look_again(session, case)


def _rows(session: Session, case: Case, *only: ColumnElement[bool]) -> list[CaseDeadline]:
    """The rows of the present openings, as the database has them now: the case's, and those of all merged into it.

    Those belong to whoever holds the case that goes on.
    """
    if not inspect(case).persistent:
        raise ValueError("a case has deadlines once it is in the database")
    here = select(Case.id, Case.opening).where(Case.id == case.id).cte("joined", recursive=True)
    joined = here.union_all(select(Case.id, Case.opening).where(Case.merged_into_id == here.c.id))
    return list(
        session.scalars(
            select(CaseDeadline)
            .join(joined, and_(joined.c.id == CaseDeadline.case_id, joined.c.opening == CaseDeadline.opening))
            .where(*only)
            .order_by(CaseDeadline.case_id, CaseDeadline.kind)
            .execution_options(populate_existing=True)
        )
    )


def _values(rows: Iterable[CaseDeadline]) -> list[Deadline]:
    return sorted((_value(row) for row in rows), key=lambda each: (each.due_at, each.of))


def _value(row: CaseDeadline) -> Deadline:
    return Deadline(Of(row.kind), row.due_at, row.done_at, row.met)
