"""Writes down that a personal link was opened: evidence, in a short transaction of its own, which may go missing.

The one thing that a GET leaves behind (docs/decisions/0007). It breaks no page and holds none up: where somebody else
is writing, or the database will not write at all, the visit is not written down and the log says so.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from feedback_service.database import SQLITE_BUSY_MS
from feedback_service.invitations.models import Invitation, LinkScope, LinkVisit
from feedback_service.invitations.rules.visits import (
    VISITS,
    Visit,
    agent_as_kept,
    first_opening,
    judged,
    worth_keeping,
)

PATIENCE_MS = 250  # a page may be so much later for the sake of evidence, and no more

log = structlog.get_logger(__name__)


def record_visit(
    engine: Engine, invitation_id: int, scope: LinkScope, *, method: str, agent: str | None, now: datetime
) -> None:
    """Keep one GET or HEAD of a link, and what it says about the visits beside it; never raises, never waits long."""
    if method not in VISITS:
        return
    try:
        with _briefly(engine) as session:
            _keep(session, invitation_id, scope, Visit(scope, now, method, agent_as_kept(agent or "")))
            session.commit()
    except Exception as error:  # whatever is wrong with the evidence, the page is right
        log.warning("visit not recorded", invitation=invitation_id, error=type(error).__name__)


def _keep(session: Session, invitation_id: int, scope: LinkScope, visit: Visit) -> None:
    # Held, because a scanner's requests come side by side, and each must see the others.
    invitation = session.scalars(
        select(Invitation).where(Invitation.id == invitation_id).with_for_update(key_share=True)
    ).one()
    rows = list(
        session.scalars(select(LinkVisit).where(LinkVisit.invitation_id == invitation_id).order_by(LinkVisit.id))
    )
    *before, suspected = judged([*(_visit(row) for row in rows), visit])
    for row, suspicion in zip(rows, before, strict=True):
        row.suspected = suspicion
    newest = LinkVisit(
        invitation_id=invitation_id,
        scope=scope,
        at=visit.at,
        method=visit.method,
        agent=visit.agent,
        suspected=suspected,
    )
    if worth_keeping(_visit(newest), [_visit(row) for row in rows]):
        session.add(newest)
        rows.append(newest)
    _settle_opening(invitation, [_visit(row) for row in rows])


def _visit(row: LinkVisit) -> Visit:
    return Visit(row.scope, row.at, row.method, row.agent, row.suspected)


def _settle_opening(invitation: Invitation, visits: list[Visit]) -> None:
    """Say when the form was first opened, or take it back where that was one of these visits."""
    if invitation.opened_at is not None and invitation.opened_at not in {visit.at for visit in visits}:
        return
    closes_at = min(invitation.expires_at, invitation.cancelled_at or invitation.expires_at)
    invitation.opened_at = first_opening(visits, answer_scope=LinkScope.ANSWER, closes_at=closes_at)


@contextmanager
def _briefly(engine: Engine) -> Iterator[Session]:
    """A session that writes, and gives up after `PATIENCE_MS` where somebody else does."""
    with engine.connect() as connection, _impatience(connection), Session(connection) as session:
        if connection.dialect.name == "postgresql":
            session.execute(text(f"SET LOCAL lock_timeout = {PATIENCE_MS}"))
        yield session


@contextmanager
def _impatience(connection: Connection) -> Iterator[None]:
    """SQLite takes its lock at BEGIN, so the connection must know before that how long to wait."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection
    raw.cursor().execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
    try:
        yield
    finally:
        raw.cursor().execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_MS}")
