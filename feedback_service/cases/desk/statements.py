"""The queue's statements, each made once for its shape: to put one together takes longer than the database with it.

The order is the queue's: the deadline less a head start by priority, which is stored and never changes with the clock.
Whoever sees some queues only gets the front of each, merged: to walk all cases for those of a small queue would take
longer the more cases there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from feedback_service.accounts.models import User
from feedback_service.cases.about_answers import Apart, about_survey, about_value
from feedback_service.cases.causes.models import Cause
from feedback_service.cases.count_up_to import COUNT_CAP
from feedback_service.cases.cursor import TimeCursor
from feedback_service.cases.desk.filters import NEWEST_FIRST, OFF_THE_BAR, Filters, View, Viewer
from feedback_service.cases.desk.visible import seen_by
from feedback_service.cases.models import ACTIVE, PRESENT, RESTING, Case, CaseEntryWords, CaseState
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.search.find import EVERY_CASE
from feedback_service.customers.models import Customer
from feedback_service.database import spelled_out
from feedback_service.delivery.models import Reply
from feedback_service.responses.models import Response

READ_OF_COMMENT = 400  # characters; more than a line can hold, blanks counted
COUNTED = tuple(view for view in View if view not in OFF_THE_BAR)
_NARROWED = {
    "queue": Case.queue_id,
    "owner": Case.owner_id,
    "priority": Case.priority,
    "reason": Case.reason,
    "kind": Case.kind,
}
_ME: ColumnElement[int] = bindparam("me", type_=Case.owner_id.type)
_NOW: ColumnElement[datetime] = bindparam("now", type_=Case.due_at.type)
_FRONT = "queue_"
"""How the parameters begin that hold the queues somebody sees."""


@dataclass(frozen=True)
class Shape:
    """All that makes one statement another, but no value."""

    view: View
    narrowed: tuple[str, ...]
    edges: tuple[str, ...]
    """Of "after", "before" and "until"."""
    fronts: int | None
    """How many queues are merged; None: all cases are looked at together."""
    apart: Apart | None = None
    """By what the answers are told apart, where they are."""


def asked(
    filters: Filters, viewer: Viewer, limit: int, edges: Mapping[str, TimeCursor], apart: Apart | None
) -> tuple[Shape, dict[str, object]]:
    """The shape of the statement for a page, and its values."""
    values = filters.values(viewer.zone)
    narrowed = tuple(values)
    for name, edge in edges.items():
        values |= {f"{name}_at": edge.at, f"{name}_id": edge.id}
    queues = _queues(filters.view, viewer)
    if queues is not None and filters.queue is not None:
        queues = [queue for queue in queues if queue == filters.queue]
    shape = Shape(filters.view, narrowed, tuple(edges), None if queues is None else len(queues), apart)
    return shape, {**values, **_common(viewer, queues), "limit": limit}


@lru_cache(maxsize=512)
def page_of_lines(shape: Shape) -> Select[Any]:
    """The lines of a page, in the view's order."""
    found = _ids(shape).subquery()
    order = (found.c.at.desc(), found.c.id.desc()) if shape.view in NEWEST_FIRST else (found.c.at, found.c.id)
    statement: Select[Any] = _columns(found.c.at).join(found, found.c.id == Case.id).order_by(*order)
    return statement


@cache
def lines_by_id() -> Select[Any]:
    """The lines of the cases `ids`, in no order."""
    at = func.coalesce(Case.resolved_at, Case.sort_at)
    statement: Select[Any] = _columns(at).where(Case.id.in_(bindparam("ids", expanding=True)))
    return statement


def counting(viewer: Viewer) -> tuple[Select[Any], dict[str, object]]:
    """The statement that counts every view of COUNTED up to COUNT_CAP, and its values."""
    queues = _queues(View.OPEN, viewer)
    return _counting(None if queues is None else len(queues)), _common(viewer, queues)


def allowed(filters: Filters, viewer: Viewer, apart: Apart | None) -> ColumnElement[bool]:
    """What a search lets through."""
    narrowed = [_narrowed(name, filters.view, value, apart) for name, value in filters.values(viewer.zone).items()]
    view = _view(filters.view, literal(viewer.user_id), literal(viewer.now, Case.due_at.type))
    kept = [each for each in (view, *narrowed, seen_by(viewer.user_id, viewer.queues)) if each is not EVERY_CASE]
    return and_(*kept) if kept else EVERY_CASE


def _queues(view: View, viewer: Viewer) -> list[int] | None:
    """The queues whose fronts are merged; None where that is not needed. Own cases are seen wherever they lie."""
    return None if viewer.queues is None or view is View.MINE else sorted(viewer.queues)


def _common(viewer: Viewer, queues: list[int] | None) -> dict[str, object]:
    fronts = {f"{_FRONT}{number}": queue for number, queue in enumerate(queues or ())}
    return {"me": viewer.user_id, "now": viewer.now, **fronts}


def _view(view: View, me: ColumnElement[int] = _ME, now: ColumnElement[datetime] = _NOW) -> ColumnElement[bool]:
    return {
        View.MINE: and_(PRESENT, Case.owner_id == me),
        View.UNASSIGNED: and_(PRESENT, Case.owner_id.is_(None)),
        View.OPEN: PRESENT,
        # No case stands later in the queue than at its deadline, so the index ends the walk.
        View.LATE: and_(PRESENT, Case.sort_at <= now, Case.due_at <= now),
        View.RESTING: RESTING,
        View.RESOLVED: Case.state == spelled_out(CaseState.RESOLVED),
        View.STANDING: ACTIVE,
        View.ALL: EVERY_CASE,
    }[view]


def _time(view: View) -> InstrumentedAttribute[Any]:
    """By which a view is in order."""
    if view is View.RESOLVED:
        return Case.resolved_at
    return Case.opened_at if view in NEWEST_FIRST else Case.sort_at


def _narrowed(name: str, view: View, value: Any, apart: Apart | None) -> ColumnElement[bool]:
    """One of the things that a view is narrowed by; `value` may be a parameter."""
    wanted: ColumnElement[bool]
    match name:
        case "team":
            wanted = Case.queue_id.in_(select(Queue.id).where(Queue.team_id == value))
        case "cause":
            wanted = Case.root_cause.in_(select(Cause.key).where(or_(Cause.key == value, Cause.parent_key == value)))
        case "survey":
            wanted = about_survey(value)
        case "value" if apart is not None:
            wanted = about_value(apart, value)
        case "first":
            wanted = _time(view) >= value
        case "last":
            wanted = _time(view) < value
        case _:
            wanted = _NARROWED[name] == value
    return wanted


def _fronts(condition: ColumnElement[bool], count: int | None) -> list[ColumnElement[bool]]:
    """The condition, once for each queue where only some are seen."""
    if count is None:
        return [condition]
    fronts = [and_(condition, Case.queue_id == bindparam(f"{_FRONT}{number}")) for number in range(count)]
    return fronts or [and_(condition, false())]


def _ids(shape: Shape) -> Select[Any]:
    """Ids and times of a page's cases."""
    newest_first, time = shape.view in NEWEST_FIRST, _time(shape.view)
    rising = newest_first is ("before" in shape.edges)
    order = (time, Case.id) if rising else (time.desc(), Case.id.desc())
    narrowed = [_narrowed(name, shape.view, bindparam(name), shape.apart) for name in shape.narrowed]
    condition = and_(_view(shape.view), *narrowed, *(_edge(name, shape.view) for name in shape.edges))
    fronts = [
        select(Case.id.label("id"), time.label("at")).where(each).order_by(*order).limit(bindparam("limit")).subquery()
        for each in _fronts(condition, shape.fronts)
    ]
    if len(fronts) == 1:
        return select(fronts[0].c.id, fronts[0].c.at)
    merged = union_all(*(select(front.c.id, front.c.at) for front in fronts)).subquery()
    of_merged = (merged.c.at, merged.c.id) if rising else (merged.c.at.desc(), merged.c.id.desc())
    return select(merged.c.id, merged.c.at).order_by(*of_merged).limit(bindparam("limit"))


def _edge(name: str, view: View) -> ColumnElement[bool]:
    """Where a page ends or begins. Row values, since only they let a page begin anywhere in an index."""
    newest_first, time = view in NEWEST_FIRST, _time(view)
    here = tuple_(time, Case.id)
    edge = tuple_(bindparam(f"{name}_at", type_=time.type), bindparam(f"{name}_id", type_=Case.id.type))
    if name == "until":
        return here >= edge if newest_first else here <= edge
    return here > edge if (name == "after") is not newest_first else here < edge


def _columns(at: Any) -> Any:
    """What CaseLine holds, in its order; `at` is where it stands in its view."""
    owner = aliased(User)
    said = func.coalesce(Reply.words, Response.comment, CaseEntryWords.text, "")
    return (
        select(
            Case.id, Response.latest_score, Response.survey_key, func.substr(said, 1, READ_OF_COMMENT),
            Customer.name, Case.owner_id, owner.name, owner.active, Case.due_at, Case.state, Case.kind,
            Case.origin_kind, Case.priority, Response.wants_contact, Response.remedy, Case.verdict,
            Case.waiting_since, Case.snoozed_until, Case.log_length, at,
        )
        .outerjoin(Response, Response.id == Case.response_id)
        .outerjoin(Reply, Reply.id == Case.reply_id)
        .outerjoin(
            CaseEntryWords,
            and_(CaseEntryWords.case_id == Case.id, CaseEntryWords.ordinal == 1, Case.response_id.is_(None)),
        )
        .outerjoin(Customer, Customer.id == Case.customer_id)
        .outerjoin(owner, owner.id == Case.owner_id)
    )  # fmt: skip


@lru_cache(maxsize=64)
def _counting(fronts: int | None) -> Select[Any]:
    return select(*(_count(view, None if view is View.MINE else fronts) for view in COUNTED))


def _count(view: View, count: int | None) -> Any:
    """How many cases a view holds, as a column; only indexes are read."""
    one: Any = literal_column("1").label("one")
    # In the order of its index, since SQLite would else walk the table of those that are many.
    order = (Case.resolved_at,) if view is View.RESOLVED else ()
    parts = [
        select(one).select_from(Case).where(each).order_by(*order).limit(literal_column(str(COUNT_CAP))).subquery()
        for each in _fronts(_view(view), count)
    ]
    some = union_all(*(select(part.c.one) for part in parts)).limit(literal_column(str(COUNT_CAP))).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
