"""Writes down that personal links were opened: evidence, in short transactions of their own, which may go missing.

The one thing that a GET leaves behind (docs/decisions/0007). Pages hand their visits to `visit_book.py`, which has them
written here, many at once and beside the requests. Where somebody else is writing, or the database will not write at
all, a visit is not written down and the log says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, bindparam, insert, select, update

from feedback_service.database import impatient
from feedback_service.invitations.models import Invitation, LinkScope, LinkVisit
from feedback_service.invitations.rules.visits import (
    MOST_KEPT,
    VISITS,
    Visit,
    VisitSuspicion,
    agent_as_kept,
    crowded,
    first_opening,
    judged,
    worth_keeping,
)

PATIENCE_MS = 250  # so long a writer of evidence waits for others; theirs is the more important work

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Noted:
    """A visit to one of an invitation's links."""

    invitation_id: int
    visit: Visit


@dataclass(frozen=True)
class Written:
    """What became of a batch: visits to try again, and invitations of which no more need be written down."""

    left: Sequence[Noted]
    full: Sequence[int]
    crowded: Sequence[int] = ()
    """Invitations of which machines have had their share: whoever comes now is worth a look, and no more than that."""


def noted(
    invitation_id: int,
    scope: LinkScope,
    *,
    method: str,
    agent: str | None,
    now: datetime,
    suspected: VisitSuspicion | None = None,
) -> Noted | None:
    """A request as evidence; None where it is none: a press is an act, unless something speaks against it."""
    if method not in VISITS and suspected is None:
        return None
    return Noted(invitation_id, Visit(scope, now, method, agent_as_kept(agent or ""), suspected))


def record_visit(
    engine: Engine, invitation_id: int, scope: LinkScope, *, method: str, agent: str | None, now: datetime
) -> None:
    """Keep one GET or HEAD of a link, and what it says about the visits beside it; never raises, never waits long."""
    one = noted(invitation_id, scope, method=method, agent=agent, now=now)
    if one is not None:
        write_visits(engine, [one])


def write_visits(engine: Engine, visits: Sequence[Noted], *, beside: bool = False) -> Written:
    """Keep visits in the order given, and what each says about those beside it; never raises, never waits long.

    With `beside`, invitations that somebody else has in hand are left for later.
    """
    try:
        with impatient(engine, PATIENCE_MS) as connection:
            written = _keep_all(connection, visits, beside=beside)
            connection.commit()
    except Exception as error:  # whatever is wrong with the evidence, the page is right
        log.warning("visit not recorded", visits=len(visits), error=type(error).__name__)
        return Written(visits, ())
    return written


@dataclass
class _Kept:
    """A visit as it stands, with its row's id once it has one."""

    visit: Visit
    id: int | None = None
    changed: bool = False


def _keep_all(connection: Connection, visits: Sequence[Noted], *, beside: bool) -> Written:
    # Held, because a scanner's requests come side by side, and each must see the others.
    invitations: dict[int, Row[*tuple[Any, ...]]] = {
        row.id: row
        for row in connection.execute(
            select(Invitation.id, Invitation.opened_at, Invitation.expires_at, Invitation.cancelled_at)
            .where(Invitation.id.in_({one.invitation_id for one in visits}))
            .order_by(Invitation.id)
            .with_for_update(key_share=True, skip_locked=beside)
        )
    }
    kept = _before(connection, list(invitations))
    for invitation_id, rows in kept.items():
        _add(rows, [one.visit for one in visits if one.invitation_id == invitation_id])
    _write(connection, kept)
    _settle_openings(connection, invitations, kept)
    return Written(
        [one for one in visits if one.invitation_id not in invitations] if beside else [],
        [invitation_id for invitation_id, rows in kept.items() if len(rows) >= MOST_KEPT],
        [invitation_id for invitation_id, rows in kept.items() if crowded([row.visit for row in rows])],
    )


def _before(connection: Connection, invitation_ids: Sequence[int]) -> dict[int, list[_Kept]]:
    kept: dict[int, list[_Kept]] = {invitation_id: [] for invitation_id in invitation_ids}
    table = LinkVisit.__table__.c
    rows = connection.execute(
        select(table.id, table.invitation_id, table.scope, table.at, table.method, table.agent, table.suspected)
        .where(table.invitation_id.in_(invitation_ids))
        .order_by(table.id)
    )
    for row in rows:
        visit = Visit(row.scope, row.at, row.method, row.agent, row.suspected)
        kept[row.invitation_id].append(_Kept(visit, row.id))
    return kept


def _add(rows: list[_Kept], visits: Sequence[Visit]) -> None:
    """Judge visits among those that are there already, once for all of them: it takes the square of their number."""
    visits = visits[: MOST_KEPT - len(rows)]
    verdicts = judged([*(row.visit for row in rows), *visits])
    for row, suspicion in zip(rows, verdicts, strict=False):
        if row.visit.suspected != suspicion:
            row.visit, row.changed = replace(row.visit, suspected=suspicion), True
    for visit, suspicion in zip(visits, verdicts[len(rows) :], strict=True):
        newest = replace(visit, suspected=suspicion)
        if worth_keeping(newest, [row.visit for row in rows]):
            rows.append(_Kept(newest))


def _write(connection: Connection, kept: dict[int, list[_Kept]]) -> None:
    new, changed = [], []
    for invitation_id, rows in kept.items():
        new += [{"invitation_id": invitation_id, **vars(row.visit)} for row in rows if row.id is None]
        changed += [
            {"visit_id": row.id, "suspicion": row.visit.suspected} for row in rows if row.id is not None and row.changed
        ]
    if new:
        connection.execute(insert(LinkVisit), new)
    if changed:
        known = update(LinkVisit).where(LinkVisit.id == bindparam("visit_id"))
        connection.execute(known.values(suspected=bindparam("suspicion")), changed)


def _settle_openings(
    connection: Connection, invitations: dict[int, Row[*tuple[Any, ...]]], kept: dict[int, list[_Kept]]
) -> None:
    """Say when each form was first opened, or take it back where that was one of these visits."""
    settled = []
    for invitation_id, invitation in invitations.items():
        visits = [row.visit for row in kept[invitation_id]]
        if invitation.opened_at is not None and invitation.opened_at not in {visit.at for visit in visits}:
            continue
        closes_at = min(invitation.expires_at, invitation.cancelled_at or invitation.expires_at)
        opened_at = first_opening(visits, answer_scope=LinkScope.ANSWER, closes_at=closes_at)
        if opened_at != invitation.opened_at:
            settled.append({"opened_id": invitation_id, "opening": opened_at})
    if settled:
        opened = update(Invitation).where(Invitation.id == bindparam("opened_id"))
        connection.execute(opened.values(opened_at=bindparam("opening")), settled)
