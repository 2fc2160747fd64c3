"""Takes routing.toml in: all of it at first sight; afterwards the database holds, and differences are told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Calendar, Team
from feedback_service.accounts.teams import team_id
from feedback_service.cases.queues.ladder import keep_ladder, rungs_said
from feedback_service.cases.queues.models import Queue, RoutingRule
from feedback_service.cases.queues.read_file import CalendarEntry, QueueEntry, RoutingDocument, RuleEntry
from feedback_service.cases.rules.conditions import stored
from feedback_service.database import take_in_alone

ASIDE = 1_000_000
"""Where rules stand while others take their places: positions are unique at every moment."""


def take_in_routing(
    session: Session, document: RoutingDocument, now: datetime, shop_zone: ZoneInfo, shop_country: str | None = None
) -> list[str]:
    """Store what the file says where there are no rules yet; else what it says differently, a sentence for each."""
    take_in_alone(session)
    if session.scalar(select(RoutingRule.id).limit(1)) is None:
        apply_routing(session, document, now, shop_zone, shop_country)
        return []
    return differences(session, document, shop_zone, shop_country)


def apply_routing(
    session: Session, document: RoutingDocument, now: datetime, shop_zone: ZoneInfo, shop_country: str | None = None
) -> None:
    """Let all hold that the file says. Calendars and queues that it does not name stay; rules it does not name go.

    Cases that are open keep their place. Queues keep who is named for an attribute.
    """
    calendars = {entry.name: _keep_calendar(session, entry, shop_zone, shop_country) for entry in document.calendars}
    queues = {entry.key: _keep_queue(session, entry, calendars) for entry in document.queues}
    _keep_rules(session, document.rules, queues, now)
    session.flush()


def differences(
    session: Session, document: RoutingDocument, shop_zone: ZoneInfo, shop_country: str | None = None
) -> list[str]:
    """What the file says and the database does not, or the other way round, in sentences that name the place."""
    calendars = {row.name: row for row in session.scalars(select(Calendar))}
    queues = {row.key: row for row in session.scalars(select(Queue))}
    rules = list(session.scalars(select(RoutingRule).order_by(RoutingRule.position)))
    by_name = {row.name: row for row in rules}
    said = [
        *_differing(
            "Calendar", calendars, {e.name: calendar_columns(e, shop_zone, shop_country) for e in document.calendars}
        ),
        *_differing("Queue", queues, {entry.key: queue_columns(entry) for entry in document.queues}),
        *_differing("Rule", by_name, {entry.name: rule_columns(entry) for entry in document.rules}),
    ]
    said += [f"Rule “{row.name}” is not in the file." for row in rules if row.name not in _names(document)]
    both = [row.name for row in rules if row.name in _names(document)]
    if both != [name for name in _names(document) if name in by_name]:
        said.append("The rules stand in another order.")
    return said


def _names(document: RoutingDocument) -> list[str]:
    return [rule.name for rule in document.rules]


def _differing(what: str, rows: Mapping[str, object], wanted: Mapping[str, Mapping[str, object]]) -> list[str]:
    said = []
    for name, columns in wanted.items():
        row = rows.get(name)
        other = sorted(column for column, value in columns.items() if row is not None and _said(row, column) != value)
        if row is None:
            said.append(f"{what} “{name}” is in the file only.")
        elif other:
            said.append(f"{what} “{name}” differs in {', '.join(other)}.")
    return said


def _said(row: object, column: str) -> object:
    """What a row says in words of the file."""
    value = getattr(row, column)
    return rungs_said(value) if column == "ladder" else value


def calendar_columns(entry: CalendarEntry, zone: ZoneInfo, country: str | None) -> dict[str, object]:
    """A calendar as its row has it."""
    return {
        "zone": entry.zone or zone.key,
        "hours": entry.hours,
        "country": entry.country or country or None,
        "holidays": entry.holidays,
    }


def queue_columns(entry: QueueEntry) -> dict[str, Any]:
    """A queue as its row has it; its team aside, and the numbers of its rungs."""
    columns = entry.model_dump(exclude={"key", "team", "calendar", "ladder"})
    return {**columns, "ladder": [rung.model_dump() for rung in entry.ladder]}


def rule_columns(entry: RuleEntry) -> dict[str, object]:
    """A rule as its row has it; its place and its queue aside."""
    columns = entry.model_dump(exclude={"name", "when", "kind", "queue"})
    kind = None if entry.kind == "none" else entry.kind
    return {**columns, "conditions": stored(entry.conditions), "kind": kind}


def _keep_calendar(session: Session, entry: CalendarEntry, zone: ZoneInfo, country: str | None) -> int:
    row = session.scalar(select(Calendar).where(Calendar.name == entry.name)) or Calendar(name=entry.name)
    write_columns(row, calendar_columns(entry, zone, country))
    session.add(row)
    session.flush()
    return row.id


def _keep_queue(session: Session, entry: QueueEntry, calendars: dict[str, int]) -> int:
    team = session.get_one(Team, team_id(session, entry.team))
    team.calendar_id = calendars[entry.calendar] if entry.calendar is not None else None
    row = session.scalar(select(Queue).where(Queue.key == entry.key)) or Queue(key=entry.key, owners={})
    row.team_id = team.id
    columns = queue_columns(entry)
    keep_ladder(row, columns.pop("ladder"))
    write_columns(row, columns)
    session.add(row)
    session.flush()
    return row.id


def _keep_rules(session: Session, entries: tuple[RuleEntry, ...], queues: dict[str, int], now: datetime) -> None:
    rows = {row.name: row for row in session.scalars(select(RoutingRule).with_for_update())}
    wanted = {entry.name for entry in entries}
    for number, (name, row) in enumerate(rows.items()):
        row.position = ASIDE + number
        if name not in wanted:
            session.delete(row)
    session.flush()
    for position, entry in enumerate(entries, start=1):
        row = rows.get(entry.name) or RoutingRule(name=entry.name)
        row.position, row.changed_by, row.changed_at = position, None, now
        row.queue_id = queues[entry.queue] if entry.queue is not None else None
        write_columns(row, rule_columns(entry))
        session.add(row)
    session.flush()


def write_columns(row: object, columns: dict[str, Any]) -> None:
    """Let a row have these values, by the names of its columns."""
    for name, value in columns.items():
        setattr(row, name, value)
