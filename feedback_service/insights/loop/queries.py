"""Reads of cases, each by an index and bounded by the days that are looked at."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, and_, case, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from feedback_service.accounts.models import Team, User
from feedback_service.cases.models import (
    PRESENT,
    RESTING,
    Case,
    CaseDeadline,
    CaseKind,
    DeadlineKind,
)
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.search.find import EVERY_CASE

MOST_CASES = 20_000  # whose times are measured one by one; the newest of the days that are looked at
OWED: ColumnElement[bool] = Case.kind == CaseKind.FOLLOW_UP
"""Somebody is owed an answer. Calls to say thank you and readings of contradictions have other hurries."""
Span = tuple[datetime, datetime]
"""Half-open."""


class CaseTimes(NamedTuple):
    """A case with the times of its first opening: of each deadline, when it was due and when it was done, if it was.

    Where no deadline was kept, it was done when the case was resolved.
    """

    team_id: int
    owner_id: int | None
    opened_at: datetime
    openings: int
    response_due: datetime | None
    response_done: datetime | None
    resolution_due: datetime | None
    resolution_done: datetime | None


def case_times(session: Session, opened: Span, among: ColumnElement[bool] = EVERY_CASE) -> list[CaseTimes]:
    """The cases opened in a span, the newest first: at most `MOST_CASES`. `among`: a condition on the case."""
    first, last = aliased(CaseDeadline), aliased(CaseDeadline)
    order = Case.opened_at.desc(), Case.id.desc()
    # By themselves, so that the walk ends with the last of them, and nothing is looked up for the others.
    newest = select(Case.id).where(*_opened(opened), OWED, among).order_by(*order).limit(MOST_CASES).subquery()
    rows = session.execute(
        select(
            Queue.team_id,
            Case.owner_id,
            Case.opened_at,
            Case.opening,
            first.due_at,
            _done_at(first),
            last.due_at,
            _done_at(last),
        )
        .select_from(newest)
        .join(Case, Case.id == newest.c.id)
        .join(Queue, Queue.id == Case.queue_id)
        .outerjoin(first, _of_first_opening(first, DeadlineKind.FIRST_RESPONSE))
        .outerjoin(last, _of_first_opening(last, DeadlineKind.RESOLUTION))
        .order_by(*order)
    )
    return [CaseTimes(*row) for row in rows]


def count_cases(session: Session, opened: Span, among: ColumnElement[bool] = EVERY_CASE) -> int:
    """All of them, however many."""
    return session.scalar(select(func.count()).select_from(Case).where(*_opened(opened), OWED, among)) or 0


@dataclass(frozen=True)
class Kept:
    """How many deadlines of one team and kind were met, were missed, and run still."""

    team_id: int
    kind: DeadlineKind
    met: int
    missed: int
    running: int


def deadlines_kept(session: Session, opened: Span, among: ColumnElement[bool] = EVERY_CASE) -> list[Kept]:
    """By team and kind, of all openings of the cases that were first opened in a span."""
    met = [func.count(case((CaseDeadline.met.is_(answer), 1))) for answer in (True, False, None)]
    rows = session.execute(
        select(Queue.team_id, CaseDeadline.kind, met[0], met[1], met[2])
        .select_from(Case)
        .join(Queue, Queue.id == Case.queue_id)
        .join(CaseDeadline, CaseDeadline.case_id == Case.id)
        .where(*_opened(opened), OWED, among)
        .group_by(Queue.team_id, CaseDeadline.kind)
    )
    found = [Kept(team, kind, met, missed, running) for team, kind, met, missed, running in rows]
    return sorted(found, key=lambda kept: (kept.team_id, list(DeadlineKind).index(kept.kind)))


@dataclass(frozen=True)
class Age:
    """How many cases are open so long, and for how many of them a deadline has passed."""

    open: int = 0
    late: int = 0


def ages(
    session: Session, now: datetime, ends: Sequence[datetime], among: ColumnElement[bool] = EVERY_CASE
) -> list[Age]:
    """The cases that are open now, in groups: each opened before its end, and no earlier than the next one's."""
    old_enough = [(Case.opened_at < end, literal(at)) for at, end in reversed(list(enumerate(ends)))]
    place = case(*old_enough, else_=0).label("place")
    late = case((and_(Case.waiting_since.is_(None), Case.due_at <= now), 1), else_=0).label("late")
    # Each half has its own partial index; both at once would have none.
    active = union_all(*(select(place, late).where(part, OWED, among) for part in (PRESENT, RESTING))).subquery()
    rows = session.execute(select(active.c.place, func.count(), func.sum(active.c.late)).group_by(active.c.place)).all()
    found = {at: Age(number, int(overdue)) for at, number, overdue in rows}
    return [found.get(at, Age()) for at in range(len(ends))]


def team_names(session: Session) -> dict[int, str]:
    """Every team's name by its id; two of one name are told apart by their keys."""
    return _told_apart(session.execute(select(Team.id, Team.name, Team.key)).all())


def user_names(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Colleagues' names by their ids; two of one name are told apart by their addresses."""
    rows = session.execute(select(User.id, User.name, User.email).where(User.id.in_(ids)))
    return _told_apart(rows.all())


def _told_apart(rows: Sequence[Row[int, str, str]]) -> dict[int, str]:
    times = Counter(name for _, name, _ in rows)
    return {id: f"{name} ({apart})" if times[name] > 1 else name for id, name, apart in rows}


def _opened(opened: Span) -> tuple[ColumnElement[bool], ...]:
    return Case.opened_at >= opened[0], Case.opened_at < opened[1]


def _done_at(deadline: type[CaseDeadline]) -> ColumnElement[datetime | None]:
    return case((deadline.due_at.is_(None), Case.resolved_at), else_=deadline.done_at)


def _of_first_opening(deadline: type[CaseDeadline], kind: DeadlineKind) -> ColumnElement[bool]:
    return and_(deadline.case_id == Case.id, deadline.opening == 1, deadline.kind == kind)
