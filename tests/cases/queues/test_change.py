"""Of two managers, the second reads that something changed, however closely they press."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Calendar
from feedback_service.cases.queues.change import (
    MovedError,
    calendar_said,
    mark,
    queue_said,
    rule_said,
    save_calendar,
    save_queue,
    save_rule,
)
from feedback_service.cases.queues.models import Queue, RoutingRule

pytestmark = pytest.mark.usefixtures("now")


def _by_somebody_else(session: Session, table: str, row_id: int) -> None:
    """As it happens between the page's look at the row and its wait for it: what the session read stays in it."""
    session.execute(text(f"UPDATE {table} SET name = 'Theirs' WHERE id = {row_id}"))


def test_a_calendar_that_changed_while_somebody_waited_for_it_is_not_overwritten(session: Session) -> None:
    row = session.scalars(select(Calendar)).one()
    said = calendar_said(row)
    _by_somebody_else(session, "calendars", row.id)
    with pytest.raises(MovedError, match="Somebody changed it meanwhile"):
        save_calendar(session, row.id, replace(said, name="Ours"), seen=mark(said))


def test_nor_a_queue(session: Session) -> None:
    row = session.scalars(select(Queue).where(Queue.key == "care")).one()
    said = queue_said(row)
    _by_somebody_else(session, "queues", row.id)
    with pytest.raises(MovedError, match="Somebody changed it meanwhile"):
        save_queue(session, row.id, replace(said, name="Ours"), seen=mark(said))


def test_nor_a_rule(session: Session, now: datetime) -> None:
    row = session.scalars(select(RoutingRule).where(RoutingRule.name == "Detractors")).one()
    said = rule_said(row)
    _by_somebody_else(session, "routing_rules", row.id)
    with pytest.raises(MovedError, match="Somebody changed it meanwhile"):
        save_rule(session, row.id, replace(said, name="Ours"), seen=mark(said), by=1, now=now)


def test_a_calendar_that_is_gone_is_said_to_be(session: Session) -> None:
    said = calendar_said(session.scalars(select(Calendar)).one())
    with pytest.raises(MovedError, match="is gone"):
        save_calendar(session, 4711, said, seen=mark(said))
