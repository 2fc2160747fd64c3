"""Reads of promises: those of a case, those that somebody has to keep, and those over which a case would close."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from feedback_service.accounts.models import Role, RoleName, Team, TeamMember, User, UserRole
from feedback_service.cases.cursor import TimeCursor
from feedback_service.cases.models import Case, CaseEntry, CaseEntryWords, EntryKind
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.shown import colleague_named
from feedback_service.customers.models import Customer

PAGE = 50  # promises on a page
STANDING: ColumnElement[bool] = and_(Promise.kept_at.is_(None), Promise.let_go_at.is_(None))
"""Neither kept nor let go, whether its time is over or not."""
_CASE_ID = bindparam("case_id", type_=Case.id.type)


@dataclass(frozen=True)
class PromiseLine:
    """A promise with its words and the people around it."""

    promise: Promise
    words: str
    """What was promised; empty once it was erased."""
    owner: str
    customer: str | None
    case_id: int
    """The case in which it was made, or the one that goes on for it."""


def _family() -> Select[int]:
    """A case and all those for which it goes on."""
    here = select(Case.id).where(Case.id == _CASE_ID).cte("family", recursive=True)
    merged = aliased(Case)
    family = here.union(select(merged.id).where(merged.merged_into_id == here.c.id))
    return select(family.c.id)


def _late() -> ColumnElement[bool]:
    """Kept when its time was over, since the case was last closed."""
    closed = (
        select(func.max(CaseEntry.at))
        .where(CaseEntry.case_id == _CASE_ID, CaseEntry.kind == EntryKind.RESOLVED)
        .scalar_subquery()
    )
    return and_(
        Promise.broken_at.is_not(None),
        Promise.kept_at.is_not(None),
        or_(closed.is_(None), Promise.kept_at > closed),
    )


# The page of a case asks these, so they are put together once: that takes longer than the database with it.
_IN_FAMILY = Promise.case_id.in_(_family())
_LATE = _late()
_STANDING = select(Promise).where(_IN_FAMILY, STANDING).order_by(Promise.due_at, Promise.id)
_KEPT_LATE = select(Promise).where(_IN_FAMILY, _LATE).order_by(Promise.due_at, Promise.id)
_UNKEPT = select(func.count().filter(STANDING), func.count().filter(_LATE)).where(_IN_FAMILY)


def standing(session: Session, case_id: int) -> Sequence[Promise]:
    """What is still to be kept in a case, and in those merged into it; the first due first."""
    return session.scalars(_STANDING, {"case_id": case_id}).all()


def kept_late(session: Session, case_id: int) -> Sequence[Promise]:
    """What was kept when its time was over, since the case was last closed."""
    return session.scalars(_KEPT_LATE, {"case_id": case_id}).all()


def count_unkept(session: Session, case_id: int) -> tuple[int, int]:
    """How many are still to be kept, and how many were kept too late, as above."""
    standing, late = session.execute(_UNKEPT, {"case_id": case_id}).one()
    return standing, late


def promises_of(session: Session, case_id: int) -> list[PromiseLine]:
    """Every promise of a case, and of those merged into it: what is still to be kept first, then the newest."""
    return [_line(*row) for row in session.execute(_OF_CASE, {"case_id": case_id})]


def promises_to_keep(
    session: Session, *, owner_id: int | None, after: TimeCursor | None
) -> tuple[list[PromiseLine], TimeCursor | None]:
    """One page of what somebody, or anybody, has still to keep, the first due first; and where the next page begins."""
    statement = _with_words().where(STANDING).order_by(Promise.due_at, Promise.id).limit(PAGE + 1)
    if owner_id is not None:
        statement = statement.where(Promise.owner_id == owner_id)
    if after is not None:
        statement = statement.where(tuple_(Promise.due_at, Promise.id) > tuple_(after.at, after.id))
    lines = [_line(*row) for row in session.execute(statement)]
    last = lines[PAGE - 1].promise if len(lines) > PAGE else None
    return lines[:PAGE], TimeCursor(last.due_at, last.id) if last else None


def _with_words() -> Select[Promise, str | None, str, bool, str | None, int]:
    goes_on = func.coalesce(Case.merged_into_id, Case.id)
    return (
        select(Promise, CaseEntryWords.text, User.name, User.active, Customer.name, goes_on)
        .join(Case, Case.id == Promise.case_id)
        .join(User, User.id == Promise.owner_id)
        .outerjoin(
            CaseEntryWords,
            and_(CaseEntryWords.case_id == Promise.case_id, CaseEntryWords.ordinal == Promise.entry),
        )
        .outerjoin(Customer, Customer.id == Case.customer_id)
    )


_ENDED = func.coalesce(Promise.kept_at, Promise.let_go_at)
_OF_CASE = (
    _with_words()
    .where(_IN_FAMILY)
    .order_by(_ENDED.is_not(None), _ENDED.desc(), Promise.due_at, Promise.id)
)  # fmt: skip


def _line(
    promise: Promise, words: str | None, owner: str, owner_active: bool, customer: str | None, case_id: int
) -> PromiseLine:
    return PromiseLine(promise, words or "", colleague_named(owner, active=owner_active), customer, case_id)


def count_to_keep(session: Session, owner_id: int | None, now: datetime) -> tuple[int, int]:
    """How many promises somebody, or anybody, has to keep, and how many of them are late."""
    mine = [Promise.owner_id == owner_id] if owner_id is not None else []
    number, late = session.execute(
        select(func.count(), func.count().filter(Promise.due_at <= now)).where(STANDING, *mine)
    ).one()
    return number, late


def _who_can() -> Select[int, str]:
    team = select(Queue.team_id).where(Queue.id == bindparam("queue_id")).scalar_subquery()
    open_to_all = select(Team.id).where(Team.id == team, Team.open_to_all).exists()
    member = select(TeamMember.user_id).where(TeamMember.team_id == team)
    manages = (
        select(UserRole.user_id)
        .join(Role, Role.id == UserRole.role_id)
        .where(Role.name.in_((RoleName.MANAGER, RoleName.ADMIN)))
    )
    return (
        select(User.id, User.name)
        .where(User.active, or_(open_to_all, User.id.in_(member), User.id.in_(manages)))
        .order_by(User.name, User.id)
    )


_WHO_CAN = _who_can()


def colleagues_who_can(session: Session, queue_id: int) -> list[tuple[int, str]]:
    """Who can be given a promise in a queue, by name: who can sign in and sees its cases."""
    return [(id, name) for id, name in session.execute(_WHO_CAN, {"queue_id": queue_id})]
