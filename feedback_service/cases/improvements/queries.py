"""Reads of improvements: lists, linked cases, and what customers may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.improvements.models import Improvement, ImprovementCase
from feedback_service.cases.models import Case, CaseState
from feedback_service.customers.models import Customer
from feedback_service.orders.models import Order

LINKED_SHOWN = 100  # linked cases on a page
PUBLISHED_SHOWN = 50  # improvements on the page for customers


class View(StrEnum):
    """Where improvements stand."""

    OPEN = "open"
    EFFECTIVE = "effective"
    DROPPED = "dropped"


_CONDITIONS: dict[View, ColumnElement[bool]] = {
    View.OPEN: and_(Improvement.took_effect_on.is_(None), Improvement.dropped_at.is_(None)),
    View.EFFECTIVE: and_(Improvement.took_effect_on.is_not(None), Improvement.dropped_at.is_(None)),
    View.DROPPED: Improvement.dropped_at.is_not(None),
}


@dataclass(frozen=True)
class ImprovementLine:
    """An improvement as the list shows it."""

    improvement: Improvement
    owner: str
    linked: int


def improvements_in(session: Session, view: View) -> list[ImprovementLine]:
    """The improvements of a view: open ones by their due date, the others newest first."""
    linked = (
        select(func.count())
        .select_from(ImprovementCase)
        .where(ImprovementCase.improvement_id == Improvement.id)
        .scalar_subquery()
    )
    order = {
        View.OPEN: (Improvement.due_on, Improvement.id),
        View.EFFECTIVE: (Improvement.took_effect_on.desc(), Improvement.id.desc()),
        View.DROPPED: (Improvement.dropped_at.desc(), Improvement.id.desc()),
    }[view]
    rows = session.execute(
        select(Improvement, User.name, linked)
        .join(User, User.id == Improvement.owner_id)
        .where(_CONDITIONS[view])
        .order_by(*order)
    )
    return [ImprovementLine(*row) for row in rows]


def count_by_view(session: Session) -> dict[View, int]:
    """How many improvements each view holds."""
    counts = [func.sum(case((condition, 1), else_=0)) for condition in _CONDITIONS.values()]
    row = session.execute(select(*counts)).one()
    return {view: int(number or 0) for view, number in zip(_CONDITIONS, row, strict=True)}


def improvements_for_causes(session: Session, since: date) -> dict[str, int]:
    """By cause, the newest improvement that is under way, or took effect on or after a day."""
    rows = session.execute(
        select(Improvement.cause_key, func.max(Improvement.id))
        .where(
            Improvement.cause_key.is_not(None),
            Improvement.dropped_at.is_(None),
            or_(Improvement.took_effect_on.is_(None), Improvement.took_effect_on >= since),
        )
        .group_by(Improvement.cause_key)
    )
    return {str(key): id for key, id in rows}


@dataclass(frozen=True)
class LinkedCase:
    """A case that shows why an improvement is needed."""

    case_id: int
    customer: str | None
    state: CaseState
    opened_at: datetime
    told_at: datetime | None


def linked_cases(session: Session, improvement_id: int) -> tuple[list[LinkedCase], int]:
    """The newest linked cases, and how many there are in all."""
    linked = select(func.count()).where(ImprovementCase.improvement_id == improvement_id)
    rows = session.execute(
        select(Case.id, Customer.name, Case.state, Case.opened_at, ImprovementCase.told_at)
        .join(Case, Case.id == ImprovementCase.case_id)
        .outerjoin(Customer, Customer.id == Case.customer_id)
        .where(ImprovementCase.improvement_id == improvement_id)
        .order_by(Case.id.desc())
        .limit(LINKED_SHOWN)
    )
    return [LinkedCase(*row) for row in rows], session.scalar(linked) or 0


_OF_CASE = (
    select(Improvement)
    .join(ImprovementCase, ImprovementCase.improvement_id == Improvement.id)
    .where(ImprovementCase.case_id == bindparam("case_id"))
    .order_by(Improvement.id)
)
_UNDER_WAY = select(Improvement).where(_CONDITIONS[View.OPEN]).order_by(Improvement.title, Improvement.id)


def improvements_of(session: Session, case_id: int) -> Sequence[Improvement]:
    """What a case is linked to."""
    return session.scalars(_OF_CASE, {"case_id": case_id}).all()


def open_improvements(session: Session) -> Sequence[Improvement]:
    """What is under way, by title: to link a case to."""
    return session.scalars(_UNDER_WAY).all()


def published_improvements(session: Session) -> list[tuple[str, date]]:
    """What customers read, the newest first: the words, and since when it is so."""
    rows = session.execute(
        select(Improvement.published_words, Improvement.took_effect_on)
        .where(Improvement.published_at.is_not(None), Improvement.took_effect_on.is_not(None))
        .order_by(Improvement.published_at.desc(), Improvement.id.desc())
        .limit(PUBLISHED_SHOWN)
    )
    return [(words, day) for words, day in rows if day is not None]


def usual_currency(session: Session) -> str | None:
    """The currency of the newest order that has one."""
    return session.scalar(select(Order.currency).where(Order.currency.is_not(None)).order_by(Order.id.desc()).limit(1))


def active_colleagues(session: Session) -> list[tuple[int, str]]:
    """Everybody who can sign in, by name."""
    rows = session.execute(select(User.id, User.name).where(User.active).order_by(User.name, User.id))
    return [(id, name) for id, name in rows]
