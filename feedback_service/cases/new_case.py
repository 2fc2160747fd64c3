"""Puts one case into the queue: its row, the first entries of its log, and its owner in turn."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Team
from feedback_service.accounts.teams import next_in_turn, team_id
from feedback_service.cases.models import Case, CaseKind, CaseOrigin, CaseState, EntryKind
from feedback_service.cases.queues.found import queue_of_team
from feedback_service.cases.rules.routing import Route
from feedback_service.cases.write_log import write_entry
from feedback_service.database import insert_new
from feedback_service.questionnaires.definition import Routing
from feedback_service.responses.models import Response


@dataclass(frozen=True)
class Origin:
    """What a case grows from; kind and key together open one case, however often they come."""

    kind: CaseOrigin
    key: str
    response_id: int | None
    reply_id: int | None
    customer_id: int | None
    order_id: int | None


def wish_of(response: Response) -> dict[str, object]:
    """What the person would like to happen, as facts for a log; empty where they did not say."""
    return {"remedy": response.remedy.value} if response.remedy is not None else {}


def put_in_queue(
    session: Session,
    origin: Origin,
    decided: Route,
    routing: Routing,
    facts: dict[str, object],
    *,
    key: bytes,
    now: datetime,
) -> int | None:
    """The new case's id; None where its origin has one already. `facts` are added to those of the log's first entry."""
    team = team_id(session, routing.team)
    # Held before the case is there: of two workers with the same origin, one would hold the case and want the team.
    session.execute(select(Team.id).where(Team.id == team).with_for_update(key_share=True))
    case_id = _insert(session, origin, decided, queue_of_team(session, team), now)
    if case_id is None:  # another worker was faster
        return None
    told = {"rule": decided.rule, "priority": decided.priority, "due_at": decided.due_at.isoformat(), **facts}
    write_entry(session, case_id, EntryKind.OPENED, actor_id=None, facts=told, key=key, now=now)
    owner = next_in_turn(session, team, now) if routing.owner == "round_robin" else None
    if owner is not None:
        session.get_one(Case, case_id).owner_id = owner
        given = {"owner": owner, "by": "round robin"}
        write_entry(session, case_id, EntryKind.ASSIGNED, actor_id=None, facts=given, key=key, now=now)
    return case_id


def _insert(session: Session, origin: Origin, decided: Route, queue: int, now: datetime) -> int | None:
    return session.execute(
        insert_new(session, Case)
        .values(
            origin_kind=origin.kind,
            origin_key=origin.key,
            response_id=origin.response_id,
            reply_id=origin.reply_id,
            customer_id=origin.customer_id,
            order_id=origin.order_id,
            queue_id=queue,
            kind=CaseKind.FOLLOW_UP,
            opening=1,
            proved_length=0,
            reason=decided.reason,
            rule=decided.rule,
            state=CaseState.OPEN,
            priority=decided.priority,
            priority_words=decided.priority_words,
            opened_at=now,
            due_at=decided.due_at,
            sort_at=decided.sort_at,
            log_length=0,
            log_head="",
        )
        .returning(Case.id)
    ).scalar()
