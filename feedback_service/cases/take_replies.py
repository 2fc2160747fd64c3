"""Brings what people wrote back to a mail where somebody reads it: their case, their answer, or a case of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.count_open import count_open_cases
from feedback_service.cases.customer_spoke import customer_spoke
from feedback_service.cases.find_case import case_about, mail_key
from feedback_service.cases.hold import hold_cases, hold_teams
from feedback_service.cases.mails.threads import case_of_message
from feedback_service.cases.merge import standing_for
from feedback_service.cases.models import ACTIVE, Case, CaseOrigin, CaseState, EntryKind
from feedback_service.cases.new_case import Origin, put_in_queue
from feedback_service.cases.queues.choose_owner import UTC_ZONE
from feedback_service.cases.queues.facts import reply_facts
from feedback_service.cases.queues.place import Place, own_queues, place_of, routing_of
from feedback_service.cases.queues.queries import book
from feedback_service.cases.rules.conditions import Facts
from feedback_service.cases.rules.routing import route
from feedback_service.cases.urgent import Alerts, alert_facts, raise_case
from feedback_service.cases.work import reopen
from feedback_service.cases.write_log import write_entry
from feedback_service.delivery.models import Reply
from feedback_service.invitations.models import Invitation
from feedback_service.questionnaires.definition import Routing, Rules
from feedback_service.questionnaires.queries import survey_version
from feedback_service.responses.collect import add_words
from feedback_service.responses.models import Response
from feedback_service.responses.queries import response_to
from feedback_service.responses.rules.words import LONGEST_COMMENT
from feedback_service.sentiment.safety import SafetyWords, shipped_safety

BETWEEN = "\n\n"
"""What stands between an answer's words and those that came later."""


def take_replies(
    session: Session,
    now: datetime,
    limit: int,
    *,
    key: bytes,
    safety: SafetyWords | None = None,
    zone: ZoneInfo = UTC_ZONE,
) -> int:
    """Take up to `limit` replies; returns how many. Those of people nobody knows stay in the list on the Mail page.

    New cases come first, team by team, and nothing is waited for after them: what a colleague or another worker has
    in hand at this moment is left for the next run. So no two workers wait for each other in a ring.
    """
    replies = session.scalars(
        select(Reply)
        .where(Reply.routed_at.is_(None))
        .order_by(Reply.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    ways = _ways(session, replies, safety or shipped_safety(), key, now)
    homeless = {reply.id for reply in replies if _needs_a_case(session, reply)}
    places = (ways[reply_id].place for reply_id in homeless)
    hold_teams(session, [place.queue.team_id for place in places if place is not None])
    for reply in replies:
        way = ways[reply.id]
        # An earlier one of these may have opened the case of this one.
        if reply.id in homeless and _needs_a_case(session, reply) and _open(session, reply, way, key, now, zone):
            reply.routed_at = now
    for reply in replies:
        if reply.routed_at is None and _bring(session, reply, ways[reply.id].facts.alerts, key, now):
            reply.routed_at = now
    session.flush()
    taken = [reply for reply in replies if reply.routed_at is not None]
    count_open_cases(session, [reply.customer_id for reply in taken])
    return len(taken)


@dataclass(frozen=True)
class _Way:
    """What a reply says, and where a case of it would go; None where a rule of the shop wants none."""

    facts: Facts
    place: Place | None


def _ways(
    session: Session, replies: Sequence[Reply], safety: SafetyWords, key: bytes, now: datetime
) -> dict[int, _Way]:
    if not replies:
        return {}
    asked = {reply.id: reply.invitation.survey_key for reply in replies if reply.invitation is not None}
    facts = reply_facts(session, replies, asked, safety, key, now)
    found, routings = book(session), {reply.id: _routing(session, reply) for reply in replies}
    own = own_queues(session, found, {routing.team for routing in routings.values()})
    ways = {}
    for reply in replies:
        decided, routing = route(found.rules, facts[reply.id]), routings[reply.id]
        place = place_of(decided, facts[reply.id], found, own[routing.team], routing) if decided else None
        ways[reply.id] = _Way(facts[reply.id], place)
    return ways


def _routing(session: Session, reply: Reply) -> Routing:
    """Who sees to it: the team of the survey that asked; where no survey is known, that of the first one."""
    if reply.invitation is not None:
        return _rules(session, reply.invitation).routing
    return routing_of(session)


def _rules(session: Session, invitation: Invitation) -> Rules:
    return survey_version(session, invitation.version_id).definition.rules


def _needs_a_case(session: Session, reply: Reply) -> bool:
    known = reply.invitation_id is not None or reply.customer_id is not None
    return known and _case_of(session, reply) is None and not _fits_answer(reply, _answer(session, reply))


def _answer(session: Session, reply: Reply) -> Response | None:
    return response_to(session, reply.invitation) if reply.invitation else None


def _fits_answer(reply: Reply, response: Response | None) -> bool:
    """Whether the words can be added to an answer: there are some, and the answer is not full."""
    if response is None or not reply.words:
        return False
    return len(response.comment) + len(BETWEEN) + len(reply.words) <= LONGEST_COMMENT


def _case_of(session: Session, reply: Reply) -> int | None:
    """The case that the words belong to: that of the mail which they answer; without one the newest open one."""
    written_in = case_of_message(session, reply.message_id) if reply.message_id is not None else None
    if written_in is not None:
        return standing_for(session, written_in)
    if reply.invitation is None and reply.customer_id is None:
        return None
    if reply.invitation is None:
        return session.scalar(
            select(Case.id).where(Case.customer_id == reply.customer_id, ACTIVE).order_by(Case.id.desc()).limit(1)
        )
    return case_about(session, reply.invitation)


def _origin_key(reply: Reply) -> str:
    """All replies to one mail are one matter."""
    return mail_key(reply.invitation_id) if reply.invitation_id is not None else f"reply:{reply.id}"


def _open(session: Session, reply: Reply, way: _Way, key: bytes, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a case was opened, or none is wanted; another worker may have been faster."""
    if way.place is None:
        return True
    response = _answer(session, reply)
    origin = Origin(
        kind=CaseOrigin.REPLY,
        key=_origin_key(reply),
        response_id=response.id if response else None,
        reply_id=reply.id,
        customer_id=reply.customer_id,
        order_id=reply.invitation.order_id if reply.invitation else None,
    )
    facts = {"reply": reply.id, **alert_facts(way.facts.alerts)}
    return put_in_queue(session, origin, way.place, facts, key=key, now=now, zone=zone) is not None


def _bring(session: Session, reply: Reply, alerts: Alerts, key: bytes, now: datetime) -> bool:
    """Take the words where they belong; whether that was possible now."""
    case_id = _case_of(session, reply)
    if case_id is not None:
        return _tell(session, case_id, reply, alerts, key, now)
    if reply.invitation_id is None and reply.customer_id is None:
        return True
    return _fits_answer(reply, _answer(session, reply)) and _add_to_answer(session, reply, now)


def _tell(session: Session, case_id: int, reply: Reply, alerts: Alerts, key: bytes, now: datetime) -> bool:
    """Write the words into the case's log; whoever wrote again is not done with."""
    case = next(iter(hold_cases(session, [case_id])), None)
    if case is None:  # somebody has it in hand
        return False
    facts = {"reply": reply.id, **alert_facts(alerts)}
    entry = write_entry(
        session, case_id, EntryKind.CUSTOMER_WROTE, actor_id=None, text=reply.words, facts=facts, key=key, now=now
    )
    if case.state == CaseState.RESOLVED:
        reopen(session, case_id, user_id=None, key=key, now=now, counted=False)
    raise_case(case, alerts, now)
    customer_spoke(session, case, entry, key=key, now=now)
    return True


def _add_to_answer(session: Session, reply: Reply, now: datetime) -> bool:
    """Add the words to the answer as a later revision, so that its mood and its routing are looked at again."""
    response = session.scalar(
        select(Response)
        .where(Response.invitation_id == reply.invitation_id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    if response is None or reply.invitation is None or not _fits_answer(reply, response):
        return False
    add_words(
        session,
        reply.invitation,
        comment=BETWEEN.join(filter(None, (response.comment, reply.words))),
        wants_contact=response.wants_contact,
        window=timedelta(hours=_rules(session, reply.invitation).asking.correction_hours),
        now=now,
    )
    return True
