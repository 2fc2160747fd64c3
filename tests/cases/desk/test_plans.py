"""No view, no filter and no search walks the table, on either database, whoever looks."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from feedback_service.cases.cursor import TimeCursor
from feedback_service.cases.desk.counts import counts_by_view
from feedback_service.cases.desk.filters import NEWEST_FIRST, Filters, View, Viewer
from feedback_service.cases.desk.lines import found_by_words, page_of_queue
from feedback_service.cases.models import CaseKind
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.cases.search import find
from feedback_service.cases.search.keep import as_stored

MANY = 3000
VIEWERS = {"manager": None, "agent": frozenset({1, 2})}
NARROWED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "queue": {"queue": 2},
    "owner": {"owner": 1},
    "priority": {"priority": 1},
    "reason": {"reason": CaseReason.SAFETY},
    "kind": {"kind": CaseKind.THANKS},
    "team": {"team": 1},
}
DAYS = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}


@contextmanager
def said(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The statements that were sent meanwhile."""
    statements: list[tuple[str, Any]] = []

    def listen(_c: object, _cursor: object, sql: str, parameters: object, _x: object, _many: bool) -> None:
        if sql.lstrip().startswith(("SELECT", "WITH")):
            statements.append((sql, parameters))

    event.listen(engine, "before_cursor_execute", listen)
    yield statements
    event.remove(engine, "before_cursor_execute", listen)


def walks(session: Session, sql: str, parameters: Any) -> list[str]:
    """What a plan walks of the tables that grow."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)]
        return [line for line in plan if line.startswith(("SCAN cases", "SCAN responses")) and " USING " not in line]
    connection.exec_driver_sql(
        "SET LOCAL enable_seqscan = off"
    )  # the table is small: what matters is that an index fits
    plans = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", parameters).scalar()
    found: list[str] = []
    pending = [plans if isinstance(plans, list) else json.loads(str(plans))]
    while pending:
        node = pending.pop()
        if isinstance(node, list):
            pending += node
        elif isinstance(node, dict):
            if node.get("Node Type") == "Seq Scan" and node.get("Relation Name") in {"cases", "case_search"}:
                found.append(f"walks {node['Relation Name']}: {node.get('Filter')}")
            pending += [value for value in node.values() if isinstance(value, list | dict)]
    return found


@pytest.fixture
def full(session: Session, now: datetime) -> Session:
    """A queue that is large enough for a planner to prefer an index; most of its cases are resolved."""
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))  # no look at foreign keys
    else:
        session.commit()
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
    columns = (
        "id, origin_kind, origin_key, customer_id, queue_id, owner_id, kind, reason, state, rule, priority,"
        " priority_words, opened_at, opening, due_at, sort_at, resolved_at, outcome, log_length, log_head,"
        " proved_length"
    )
    rows = [
        {
            "id": number, "queue": number % 10 + 1, "owner": number % 30 + 1,
            "kind": "thanks" if number % 97 == 0 else "follow_up",
            "reason": "safety" if number % 89 == 0 else "detractor",
            "state": "in_progress" if number % 5 == 0 else "resolved", "priority": number % 4 + 1, "at": now,
            "resolved": None if number % 5 == 0 else now, "outcome": None if number % 5 == 0 else "satisfied",
        }
        for number in range(1, MANY + 1)
    ]  # fmt: skip
    statement = text(
        f"INSERT INTO cases ({columns}) VALUES (:id, 'manual', CAST(:id AS VARCHAR), :id, :queue, :owner, :kind, "
        " :reason, :state, 'r', :priority, '', :at, 1, :at, :at, :resolved, :outcome, 0, '', 0)"
    )
    if dialect == "sqlite":
        rows = [{**row, "at": _plain(row["at"]), "resolved": _plain(row["resolved"])} for row in rows]
        session.connection().exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
    session.connection().execute(statement, rows)
    column, value = ("rowid", ":words") if dialect == "sqlite" else ("case_id", "CAST(:words AS tsvector)")
    words = [{"id": row["id"], "words": as_stored([f"w{row['id']}", "lamp"], dialect)} for row in rows]
    session.connection().execute(text(f"INSERT INTO case_search ({column}, words) VALUES (:id, {value})"), words)
    session.execute(text("ANALYZE"))
    return session


def _plain(at: Any) -> str | None:
    return at.replace(tzinfo=None).isoformat(" ", "microseconds") if at else None


def test_no_page_of_the_queue_walks_the_table(full: Session, engine: Engine, now: datetime) -> None:
    walked = []
    with said(engine) as statements:
        for queues in VIEWERS.values():
            viewer = Viewer(1, queues, now)
            counts_by_view(full, viewer)
            for narrowed in NARROWED.values():
                for view in View:
                    days = DAYS if view in NEWEST_FIRST else {}
                    filters = Filters(view=view, **narrowed, **days)
                    for edges in ({}, {"after": TimeCursor(now, 7)}, {"before": TimeCursor(now, 7)}):
                        page_of_queue(full, filters, viewer, **edges)
            page_of_queue(full, Filters(View.RESOLVED, cause="damaged", **DAYS), viewer)
            for view in NEWEST_FIRST:
                for segment in ({}, *({"by": by, "value": "x"} for by in ("order.carrier", "theme", "reason"))):
                    page_of_queue(full, Filters(view, survey="nps", **segment, **DAYS), viewer)
    assert len(statements) > 200
    for sql, parameters in statements:
        walked += [f"{walk} <- {sql} {parameters}" for walk in walks(full, sql, parameters)]
    full.rollback()
    assert walked == []


def test_no_search_walks_the_words(full: Session, engine: Engine, now: datetime) -> None:
    with pytest.MonkeyPatch.context() as patch, said(engine) as statements:
        patch.setattr(find, "MOST_EXAMINED", 60)  # to look up a third of a small table, it is rightly walked
        for queues in VIEWERS.values():
            for typed in ("w7", "lamp", "nothing", "w7 lamp", "12"):
                found_by_words(full, Filters(View.ALL, text=typed), Viewer(1, queues, now), below=None)
    walked = [f"{walk} <- {sql}" for sql, parameters in statements for walk in walks(full, sql, parameters)]
    full.rollback()
    assert statements
    assert walked == []
