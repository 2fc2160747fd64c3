"""What managers change: rules and their order, queues with the team behind them, calendars. Cases keep their place."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.business_hours import CalendarError, read
from feedback_service.accounts.models import Calendar, Team
from feedback_service.accounts.teams import team_id
from feedback_service.cases.queues.ladder import keep_ladder
from feedback_service.cases.queues.models import OwnerRule, Queue, RoutingRule
from feedback_service.cases.queues.take_in import ASIDE, write_columns
from feedback_service.questionnaires.definition import digest


class ChangeError(Exception):
    """A change that cannot be made; the message says why and what to do."""


class TakenNameError(ChangeError):
    """Another one has the name."""


class MovedError(ChangeError):
    """Somebody else changed it since it was looked at."""


@dataclass(frozen=True)
class RuleSaid:
    """A rule as a manager writes it; its place in the order aside."""

    name: str
    active: bool
    conditions: dict[str, Any]
    """As rules/conditions.py stores them."""
    kind: str | None
    queue_id: int | None
    owner_rule: OwnerRule | None
    points: int
    tells_managers: bool
    first_response_minutes: int | None
    resolution_minutes: int | None


@dataclass(frozen=True)
class QueueSaid:
    """A queue as a manager writes it, and what holds for its team."""

    name: str
    owner_rule: OwnerRule | None
    owner_attribute: str | None
    owners: dict[str, int]
    first_response_minutes: int | None
    resolution_minutes: int
    needs_root_cause: bool
    needs_what_was_done: bool
    needs_reached: bool
    ladder: list[dict[str, Any]]
    calendar_id: int | None
    open_to_all: bool


@dataclass(frozen=True)
class CalendarSaid:
    """A calendar as a manager writes it."""

    name: str
    zone: str
    hours: dict[str, list[list[str]]]
    country: str | None
    holidays: list[str]


def rule_said(row: RoutingRule) -> RuleSaid:
    """A rule as it stands."""
    return RuleSaid(**{name: getattr(row, name) for name in RuleSaid.__dataclass_fields__})


def queue_said(row: Queue) -> QueueSaid:
    """A queue as it stands."""
    own = {name: getattr(row, name) for name in QueueSaid.__dataclass_fields__ if hasattr(row, name)}
    return QueueSaid(**own, calendar_id=row.team.calendar_id, open_to_all=row.team.open_to_all)


def calendar_said(row: Calendar) -> CalendarSaid:
    """A calendar as it stands."""
    return CalendarSaid(row.name, row.zone, row.hours, row.country, list(row.holidays))


def mark(said: RuleSaid | QueueSaid | CalendarSaid) -> str:
    """Changes whenever what is said does: what somebody saw is compared by it."""
    return digest(repr(asdict(said)))[:16]


def save_rule(
    session: Session, rule_id: int | None, said: RuleSaid, *, seen: str, by: int, now: datetime
) -> RoutingRule:
    """Keep a rule; a new one comes last. Raises MovedError and TakenNameError."""
    rows = _held_rules(session)
    row = next((row for row in rows if row.id == rule_id), None)
    if rule_id is not None:
        if row is None:
            raise MovedError("This rule is gone. Nothing was saved.")
        _check_seen(mark(rule_said(row)), seen)
    _check_name(said.name, [other.name for other in rows if other is not row], "rule")
    if row is None:
        row = RoutingRule(position=max((other.position for other in rows), default=0) + 1)
        session.add(row)
    write_columns(row, asdict(said))
    row.changed_by, row.changed_at = by, now
    session.flush()
    return row


def move_rule(session: Session, rule_id: int, *, up: bool, by: int, now: datetime) -> bool:
    """Let a rule change places with the one above or below it; False where it is the first or the last, or gone."""
    rows = _held_rules(session)
    at = next((place for place, row in enumerate(rows) if row.id == rule_id), None)
    to = (at or 0) + (-1 if up else 1)
    if at is None or not 0 <= to < len(rows):
        return False
    row, other = rows[at], rows[to]
    mine, theirs = row.position, other.position
    row.position = ASIDE
    session.flush()
    other.position = mine
    session.flush()
    row.position, row.changed_by, row.changed_at = theirs, by, now
    session.flush()
    return True


def switch_rule(session: Session, rule_id: int, *, active: bool, by: int, now: datetime) -> RoutingRule | None:
    """Switch a rule on or off; None where it is gone."""
    row = next((row for row in _held_rules(session) if row.id == rule_id), None)
    if row is not None and row.active != active:
        row.active, row.changed_by, row.changed_at = active, by, now
        session.flush()
    return row


def save_queue(session: Session, queue_id: int, said: QueueSaid, *, seen: str) -> Queue:
    """Keep a queue and what holds for its team. Raises MovedError and TakenNameError."""
    row = session.get(Queue, queue_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise MovedError("This queue is gone. Nothing was saved.")
    team = session.get_one(Team, row.team_id, with_for_update={"key_share": True}, populate_existing=True)
    _check_seen(mark(queue_said(row)), seen)
    _check_name(said.name, session.scalars(select(Queue.name).where(Queue.id != queue_id)).all(), "queue")
    columns = asdict(said)
    team.calendar_id, team.open_to_all = columns.pop("calendar_id"), columns.pop("open_to_all")
    keep_ladder(row, columns.pop("ladder"))
    write_columns(row, columns)
    session.flush()
    return row


def found_queue(session: Session, name: str, key: str, team: str) -> Queue:
    """A new queue of a team, which is founded where there is none of that key. Raises TakenNameError."""
    _check_name(name, session.scalars(select(Queue.name)).all(), "queue")
    if session.scalar(select(Queue.id).where(Queue.key == key)) is not None:
        raise TakenNameError(f"Another queue has the key {key}. Choose another one.")
    row = Queue(key=key, name=name, team_id=team_id(session, team), owners={}, ladder=[])
    session.add(row)
    session.flush()
    return row


def save_calendar(session: Session, calendar_id: int | None, said: CalendarSaid, *, seen: str) -> Calendar:
    """Keep a calendar. Raises MovedError, TakenNameError, and ChangeError where nobody could work by it.

    Deadlines that run keep their time; what is counted from now on goes by it.
    """
    try:
        read(said.zone, said.hours, said.country, said.holidays)
    except CalendarError as error:
        raise ChangeError(str(error)) from None
    row = Calendar() if calendar_id is None else _held_calendar(session, calendar_id)
    if calendar_id is not None:
        _check_seen(mark(calendar_said(row)), seen)
    others = session.scalars(select(Calendar.name).where(Calendar.id.is_distinct_from(calendar_id))).all()
    _check_name(said.name, others, "calendar")
    write_columns(row, asdict(said))
    session.add(row)
    session.flush()
    return row


def _held_rules(session: Session) -> Sequence[RoutingRule]:
    return session.scalars(
        select(RoutingRule)
        .order_by(RoutingRule.position)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _held_calendar(session: Session, calendar_id: int) -> Calendar:
    """As the database has it now, whatever the session read before it waited for the row."""
    row = session.get(Calendar, calendar_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise MovedError("This calendar is gone. Nothing was saved.")
    return row


def _check_seen(now_there: str, seen: str) -> None:
    if now_there != seen:
        raise MovedError("Somebody changed it meanwhile. What you typed is below; save again, and yours holds.")


def _check_name(name: str, others: Sequence[str], what: str) -> None:
    if name.casefold() in {other.casefold() for other in others}:
        raise TakenNameError(f"Another {what} is called so. Choose another name.")
