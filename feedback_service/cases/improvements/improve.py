"""What managers do with improvements: make it, change it, link cases, say since when it works, publish it, drop it."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback_service.cases.improvements.models import Improvement, ImprovementCase
from feedback_service.cases.models import Case, CaseState
from feedback_service.cases.rules.recurrence import PERIOD
from feedback_service.database import LARGEST_ID, insert_new, spelled_out


class ImprovementError(Exception):
    """It cannot be done so; the message says why, and what to do."""


@dataclass(frozen=True)
class Described:
    """An improvement as a manager describes it."""

    title: str
    words: str
    cause_key: str | None
    owner_id: int
    due_on: date
    cost_minor: int | None = None
    currency: str | None = None


def described(improvement: Improvement) -> Described:
    """The improvement as it stands."""
    return Described(**{name: getattr(improvement, name) for name in Described.__dataclass_fields__})


def mark_of(improvement: Improvement) -> str:
    """A mark of what a page showed, so that two who change it at once do not overwrite each other."""
    return hashlib.sha256(repr(asdict(described(improvement))).encode()).hexdigest()[:16]


def start(session: Session, new: Described, *, user_id: int, now: datetime) -> Improvement:
    """Make one. Where it is for a cause, the cases closed over that in the last `PERIOD` are linked."""
    improvement = Improvement(**asdict(new), created_by=user_id, created_at=now)
    session.add(improvement)
    session.flush()
    if new.cause_key is not None:
        link_cause(session, improvement.id, new.cause_key, now)
    return improvement


def change(session: Session, improvement_id: int, to: Described, *, seen: str) -> None:
    """Describe it anew. Raises ImprovementError where a colleague did since the page was drawn."""
    improvement = hold_improvement(session, improvement_id)
    if described(improvement) == to:
        return  # a second press
    if mark_of(improvement) != seen:
        raise ImprovementError("A colleague changed this in the meantime. Open it again to read it. Nothing was kept.")
    for name, value in asdict(to).items():
        setattr(improvement, name, value)
    session.flush()


def take_effect(session: Session, improvement_id: int, on: date | None, *, today: date) -> None:
    """Say since which day it works; None where it does not after all, and then nobody reads of it any more."""
    improvement = hold_improvement(session, improvement_id)
    if on is not None and on > today:
        raise ImprovementError("That day is still to come. Say it when it works.")
    if improvement.dropped_at is not None:
        raise ImprovementError("This improvement was dropped. Take it up again first.")
    improvement.took_effect_on = on
    if on is None:
        improvement.published_at = None
    session.flush()


def drop(session: Session, improvement_id: int, now: datetime) -> None:
    """It is not pursued any more; nobody reads of it."""
    improvement = hold_improvement(session, improvement_id)
    improvement.dropped_at = improvement.dropped_at or now
    improvement.published_at = None
    session.flush()


def take_up(session: Session, improvement_id: int) -> None:
    """It is pursued again."""
    hold_improvement(session, improvement_id).dropped_at = None
    session.flush()


def publish(session: Session, improvement_id: int, words: str, now: datetime) -> None:
    """Let customers read it. Raises ImprovementError before it took effect: what is not done is no news."""
    improvement = hold_improvement(session, improvement_id)
    if improvement.took_effect_on is None or improvement.dropped_at is not None:
        raise ImprovementError("Say since which day it works first. Customers read of what was done.")
    improvement.published_words = words
    improvement.published_at = improvement.published_at or now
    session.flush()


def withhold(session: Session, improvement_id: int) -> None:
    """Let nobody read it any more; the words stay for later."""
    hold_improvement(session, improvement_id).published_at = None
    session.flush()


def link(session: Session, improvement_id: int, case_ids: Iterable[int], now: datetime) -> list[int]:
    """Link cases, which may be linked already; returns the numbers that no case has."""
    wanted = sorted({case_id for case_id in case_ids if 0 < case_id <= LARGEST_ID})
    there = set(session.scalars(select(Case.id).where(Case.id.in_(wanted))))
    _link(session, improvement_id, sorted(there), now)
    return [case_id for case_id in wanted if case_id not in there]


def link_cause(session: Session, improvement_id: int, cause_key: str, now: datetime) -> None:
    """Link the cases closed over a cause in the last `PERIOD`."""
    closed = session.scalars(
        select(Case.id).where(
            Case.state == spelled_out(CaseState.RESOLVED),
            Case.root_cause == cause_key,
            Case.resolved_at >= now - PERIOD,
            Case.resolved_at <= now,
        )
    )
    _link(session, improvement_id, closed, now)


def _link(session: Session, improvement_id: int, case_ids: Iterable[int], now: datetime) -> None:
    rows = [{"improvement_id": improvement_id, "case_id": case_id, "linked_at": now} for case_id in case_ids]
    if rows:
        session.execute(insert_new(session, ImprovementCase), rows)


def unlink(session: Session, improvement_id: int, case_id: int) -> None:
    """Take a case out. Raises ImprovementError where its customer was told: that cannot be untold."""
    linked = session.get(ImprovementCase, (improvement_id, case_id))
    if linked is not None and linked.told_at is not None:
        raise ImprovementError("Its customer was told of this improvement, so the case stays linked.")
    session.execute(
        delete(ImprovementCase)
        .where(
            ImprovementCase.improvement_id == improvement_id,
            ImprovementCase.case_id == case_id,
            ImprovementCase.told_at.is_(None),
        )
        .execution_options(synchronize_session=False)
    )


def hold_improvement(session: Session, improvement_id: int) -> Improvement:
    """The improvement as it is now, and nobody else's to change until we are done."""
    return session.scalars(
        select(Improvement)
        .where(Improvement.id == improvement_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
