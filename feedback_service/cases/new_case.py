"""Puts one case into the queue: its row, its deadlines, the first entries of its log, and its owner."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_service.cases.deadlines import keep
from feedback_service.cases.hold import hold_teams
from feedback_service.cases.models import Case, CaseKind, CaseOrigin, CaseState, EntryKind
from feedback_service.cases.queues.choose_owner import UTC_ZONE, about, choose_owner
from feedback_service.cases.queues.place import Place
from feedback_service.cases.rules.routing import sort_at
from feedback_service.cases.search.keep import keep_words
from feedback_service.cases.urgent import tell_managers
from feedback_service.cases.write_log import write_entry
from feedback_service.database import insert_new
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


def answer_origin(response: Response) -> Origin:
    """What a case grows from that an answer opens."""
    return Origin(
        kind=CaseOrigin.RESPONSE,
        key=str(response.id),
        response_id=response.id,
        reply_id=None,
        customer_id=response.customer_id,
        order_id=response.order_id,
    )


def wish_of(response: Response) -> dict[str, object]:
    """What the person would like to happen, as facts for a log; empty where they did not say."""
    return {"remedy": response.remedy.value} if response.remedy is not None else {}


def put_in_queue(
    session: Session,
    origin: Origin,
    place: Place,
    facts: dict[str, object],
    *,
    key: bytes,
    now: datetime,
    zone: ZoneInfo = UTC_ZONE,
    by: int | None = None,
    text: str = "",
) -> int | None:
    """The new case's id; None where its origin has one already. `facts` are added to those of the log's first entry.

    by, text: the colleague who opens it and their words, where no rule does. zone: the shop's, whose day it is.
    """
    # Held before the case is there: of two workers with the same origin, one would hold the case and want the team.
    hold_teams(session, [place.queue.team_id])
    case_id = _insert(session, origin, place, now)
    if case_id is None:  # another worker was faster
        return None
    case = session.get_one(Case, case_id)
    minutes = {"first_minutes": place.first_minutes, "resolution_minutes": place.resolution_minutes}
    keep.start(session, case, **minutes, now=now)
    told: dict[str, object] = {"queue": case.queue_id, "priority": case.priority, "due_at": case.due_at.isoformat()}
    if by is None:
        told["rule"] = case.rule
    write_entry(session, case_id, EntryKind.OPENED, actor_id=by, text=text, facts={**told, **facts}, key=key, now=now)
    give(session, case, place, key=key, now=now, zone=zone)
    if place.route.rule.tells_managers or place.facts.alerts:
        tell_managers(session, case_id, place.facts.alerts, now)
    keep_words(session, case_id)
    return case_id


def give(session: Session, case: Case, place: Place, *, key: bytes, now: datetime, zone: ZoneInfo) -> None:
    """Give a case that nobody has begun to somebody, by the rule of its place. The caller holds the team."""
    owner, chosen = choose_owner(session, place.queue, place.owner_rule, about(session, case), now, zone=zone)
    if owner is None or owner == case.owner_id:
        return
    case.owner_id = owner
    session.flush()
    facts = {"owner": owner, "by": chosen}
    write_entry(session, case.id, EntryKind.ASSIGNED, actor_id=None, facts=facts, key=key, now=now)


def _insert(session: Session, origin: Origin, place: Place, now: datetime) -> int | None:
    route = place.route
    return session.execute(
        insert_new(session, Case)
        .values(
            origin_kind=origin.kind,
            origin_key=origin.key,
            response_id=origin.response_id,
            reply_id=origin.reply_id,
            customer_id=origin.customer_id,
            order_id=origin.order_id,
            queue_id=place.queue.id,
            kind=CaseKind(route.kind),
            opening=1,
            proved_length=0,
            reason=route.reason,
            rule=route.rule.name,
            state=CaseState.OPEN,
            priority=route.priority,
            priority_words=route.priority_words,
            opened_at=now,
            due_at=now,  # until its deadlines are written, a moment later
            sort_at=sort_at(now, route.priority),
            log_length=0,
            log_head="",
        )
        .returning(Case.id)
    ).scalar()
