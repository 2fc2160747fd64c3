"""Reads of the tree of causes: its titles, what closing a case offers, and how often each was named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from feedback_service.cases.causes.models import Cause
from feedback_service.cases.models import Case, CaseState
from feedback_service.cases.rules.recurrence import PERIOD
from feedback_service.cases.search.find import EVERY_CASE
from feedback_service.database import spelled_out

_TITLES = select(Cause.key, Cause.title)


def titles(session: Session) -> dict[str, str]:
    """The title of every cause and group by its key, retired ones too, since cases name them."""
    return dict(session.execute(_TITLES).all())


def cause_with(session: Session, key: str) -> Cause | None:
    """The cause with this key, as somebody typed it; PostgreSQL cannot even ask for one that holds NUL."""
    return None if "\0" in key else session.get(Cause, key)


@dataclass(frozen=True)
class OfferedCause:
    """A cause that can be chosen, with the title of its group."""

    key: str
    title: str
    group: str


_GROUP = aliased(Cause)
_OFFERED = (
    select(Cause.key, Cause.title, _GROUP.title)
    .join(_GROUP, _GROUP.key == Cause.parent_key)
    .where(Cause.retired_at.is_(None), _GROUP.retired_at.is_(None))
    .order_by(_GROUP.position, _GROUP.key, Cause.position, Cause.key)
)


def offered_causes(session: Session) -> list[OfferedCause]:
    """What can be chosen when a case is closed, in the order of the tree: causes in use, in groups in use."""
    return [OfferedCause(*row) for row in session.execute(_OFFERED)]


def tree(session: Session) -> list[tuple[Cause, list[Cause]]]:
    """Every group with its causes, in order; those in use before the retired ones."""
    causes = session.scalars(
        select(Cause).order_by(Cause.retired_at.is_not(None), Cause.position, Cause.key)
    ).all()  # fmt: skip
    return [
        (group, [cause for cause in causes if cause.parent_key == group.key])
        for group in causes
        if group.parent_key is None
    ]


def counts(session: Session, start: datetime, end: datetime, among: ColumnElement[bool] = EVERY_CASE) -> dict[str, int]:
    """How many cases that stand resolved were closed in [start, end) over each cause, by its key.

    `among`: a condition on the case.
    """
    # As an expression where each case is looked at, so that SQLite walks them as they lie, and not once for each cause.
    cause = Case.root_cause if among is EVERY_CASE else func.coalesce(Case.root_cause, "")
    rows = session.execute(
        select(cause, func.count())
        .where(
            Case.state == spelled_out(CaseState.RESOLVED),
            Case.resolved_at >= start,
            Case.resolved_at < end,
            cause != "",
            among,
        )
        .group_by(cause)
    )
    return {str(key): number for key, number in rows}


def lately(session: Session, now: datetime, period: timedelta = PERIOD) -> Mapping[str, tuple[int, int]]:
    """By cause: cases of the last `period`, and of the one before it."""
    newest, before = counts(session, now - period, now), counts(session, now - 2 * period, now - period)
    return {key: (newest.get(key, 0), before.get(key, 0)) for key in newest.keys() | before.keys()}
