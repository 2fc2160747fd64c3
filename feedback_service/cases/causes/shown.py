"""Puts the tree of causes into rows, with how often each was named and what recurs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from feedback_service.cases.causes.models import Cause
from feedback_service.cases.causes.queries import lately, tree
from feedback_service.cases.improvements.queries import improvements_for_causes
from feedback_service.cases.rules.recurrence import PERIOD, recurs


@dataclass(frozen=True)
class CauseRow:
    """A cause, or a group whose numbers are those of its causes."""

    key: str
    title: str
    url: str
    move_url: str
    lately: int
    before: int
    retired: bool
    recurs: bool
    improve_url: str
    """Where the improvement is made, or the one that is under way."""
    under_way: bool
    """Somebody sees to it already."""
    first: bool
    last: bool
    """Which way it can still be moved."""


@dataclass(frozen=True)
class GroupRows:
    """A group with its causes."""

    row: CauseRow
    causes: list[CauseRow]


def cause_rows(session: Session, now: datetime) -> list[GroupRows]:
    """The whole tree in order."""
    named, improved = lately(session, now), improvements_for_causes(session, now.date() - PERIOD)
    groups = tree(session)
    in_use = [group for group, _ in groups if group.retired_at is None]
    rows = []
    for group, causes in groups:
        within = [cause for cause in causes if cause.retired_at is None]
        shown = [_row(cause, named.get(cause.key, (0, 0)), improved, within) for cause in causes]
        total = (sum(row.lately for row in shown), sum(row.before for row in shown))
        rows.append(GroupRows(_row(group, total, improved, in_use), shown))
    return rows


def _row(cause: Cause, named: tuple[int, int], improved: Mapping[str, int], siblings: list[Cause]) -> CauseRow:
    improvement = improved.get(cause.key)
    return CauseRow(
        key=cause.key,
        title=cause.title,
        url=url_for("causes.show", cause_key=cause.key),
        move_url=url_for("causes.move_one", cause_key=cause.key),
        lately=named[0],
        before=named[1],
        retired=cause.retired_at is not None,
        recurs=cause.parent_key is not None and recurs(*named),
        improve_url=(
            url_for("improvements.show", improvement_id=improvement)
            if improvement is not None
            else url_for("improvements.new", cause=cause.key)
        ),
        under_way=improvement is not None,
        first=cause in siblings[:1],
        last=cause in siblings[-1:],
    )
