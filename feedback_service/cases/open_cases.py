"""Opens a case for every answer that needs a person; one answer opens one case, however often this runs.

An answer to "did we put it right?" belongs to the case it asks about, and opens none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session, selectinload

from feedback_service.cases.count_open import count_open_cases
from feedback_service.cases.customer_spoke import customer_spoke
from feedback_service.cases.hear_recovery import hear_recovery
from feedback_service.cases.hold import hold_case, hold_teams
from feedback_service.cases.inbox.praise import praise
from feedback_service.cases.inbox.seen import unread_again
from feedback_service.cases.merge import standing_for
from feedback_service.cases.models import Case, CaseOrigin, CaseState, EntryKind
from feedback_service.cases.new_case import answer_origin, put_in_queue, wish_of
from feedback_service.cases.queues.choose_owner import UTC_ZONE
from feedback_service.cases.queues.facts import facts_of
from feedback_service.cases.queues.place import Place, own_queues, place_of
from feedback_service.cases.queues.queries import book
from feedback_service.cases.recovery import case_asked_about
from feedback_service.cases.reroute import hand_over, reroute
from feedback_service.cases.rules.conditions import Facts
from feedback_service.cases.rules.routing import route
from feedback_service.cases.urgent import alert_facts, raise_case
from feedback_service.cases.work import reopen
from feedback_service.cases.write_log import write_entry
from feedback_service.invitations.models import Invitation
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.responses.models import TO_ROUTE, Response
from feedback_service.sentiment.safety import SafetyWords, shipped_safety


def open_cases(
    session: Session,
    now: datetime,
    limit: int,
    *,
    key: bytes,
    safety: SafetyWords | None = None,
    zone: ZoneInfo = UTC_ZONE,
) -> int:
    """Route up to `limit` new or changed answers; returns how many were looked at.

    A suspected answer waits until a second sign clears it; one that was taken back, or that is anonymous, is nobody's.
    The words of `safety` (those that come with the service) are looked for here, so that they wait for no model.
    zone: the shop's, in which somebody is away on a day.
    """
    responses = session.scalars(
        select(Response)
        .where(text(TO_ROUTE), Response.id > 0)
        .order_by(Response.id)
        .limit(limit)
        .options(selectinload(Response.invitation).selectinload(Invitation.touchpoint))
        # Not locked against mere references: a colleague at work on its case would wait for us, and we for them.
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    if not responses:
        return 0
    act = _Act(key, now, zone)
    routed = _route_all(session, responses, safety or shipped_safety(), act)
    # All teams, then new cases, then those that are there, in the order of their ids: so no two workers wait for each
    # other in a ring.
    held = {item.place.queue.team_id for item in routed if item.place is not None and item.needs_team}
    hold_teams(session, held)
    for item in sorted(routed, key=lambda each: each.response.id):
        if item.case_id is None and item.place is not None:
            _open(session, item, item.place, act)
    for item in sorted(routed, key=lambda each: each.case_id or 0):
        if item.case_id is not None:
            _bring(session, hold_case(session, item.case_id), item, held, act)
    unread_again(session, [item.response for item in routed if item.said_more])
    for response in responses:
        response.routed_revision, response.routed_assessed = response.revision, response.assessed_revision
    session.flush()
    praise(session, responses, now)
    count_open_cases(session, [response.customer_id for response in responses])
    return len(responses)


@dataclass(frozen=True)
class _Act:
    """With what one run writes."""

    key: bytes
    now: datetime
    zone: ZoneInfo


@dataclass(frozen=True)
class _Grown:
    """The case that grew from an answer."""

    id: int
    origin: CaseOrigin
    state: CaseState
    queue_id: int


@dataclass(frozen=True)
class _Routed:
    """An answer, where it leads by the rules, and the case that it belongs to already."""

    response: Response
    facts: Facts
    place: Place | None
    case_id: int | None
    grown: _Grown | None
    recovery: bool
    """It says whether that case was put right."""

    @property
    def said_more(self) -> bool:
        """Whether the person said something since it was routed; else its words were read, or read anew."""
        return self.response.revision > self.response.routed_revision

    @property
    def awaited(self) -> Place | None:
        """Its place, where somebody is owed something."""
        return self.place if self.place is not None and self.place.route.awaited else None

    @property
    def routes_its_case(self) -> bool:
        """Whether the rules decide about its case: it opened it, and no other case goes on for that one."""
        return self.grown is not None and self.grown.id == self.case_id and self.grown.origin == CaseOrigin.RESPONSE

    @property
    def needs_team(self) -> bool:
        """Whether a case is to be given to somebody, as far as can be seen before it is held."""
        if self.case_id is None:
            return True
        moves = self.grown is not None and self.place is not None and self.grown.queue_id != self.place.queue.id
        return moves and self.routes_its_case and self.grown is not None and self.grown.state == CaseState.OPEN


def _route_all(session: Session, responses: Sequence[Response], safety: SafetyWords, act: _Act) -> list[_Routed]:
    surveys = {key: survey.definition for key, survey in published_surveys(session).items()}
    facts = facts_of(session, responses, surveys, safety=safety, key=act.key, at=act.now)
    found = book(session)
    routes = {response.id: route(found.rules, facts[response.id]) for response in responses}
    routings = {response.id: surveys[response.survey_key].rules.routing for response in responses}
    own = own_queues(session, found, {routings[id_].team for id_, decided in routes.items() if decided is not None})
    grown = _grown_from(session, [response.id for response in responses])
    items = []
    for response in responses:
        decided, routing = routes[response.id], routings[response.id]
        place = place_of(decided, facts[response.id], found, own[routing.team], routing) if decided else None
        asked_about = case_asked_about(session, response.invitation)
        its = grown.get(response.id)
        case_id = asked_about or (its.id if its else None)
        standing = standing_for(session, case_id) if case_id is not None else None
        items.append(_Routed(response, facts[response.id], place, standing, its, recovery=asked_about is not None))
    return items


def _grown_from(session: Session, responses: Iterable[int]) -> Mapping[int, _Grown]:
    rows = session.execute(
        select(Case.response_id, Case.id, Case.origin_kind, Case.state, Case.queue_id).where(
            Case.response_id.in_(list(responses)), Case.origin_kind.in_([CaseOrigin.RESPONSE, CaseOrigin.MANUAL])
        )
    )
    return {
        row.response_id: _Grown(row.id, row.origin_kind, row.state, row.queue_id)
        for row in rows
        if row.response_id is not None
    }


def _open(session: Session, item: _Routed, place: Place, act: _Act) -> None:
    response = item.response
    facts = {"score": response.latest_score, **wish_of(response), **alert_facts(item.facts.alerts)}
    put_in_queue(session, answer_origin(response), place, facts, key=act.key, now=act.now, zone=act.zone)


def _bring(session: Session, case: Case, item: _Routed, held: set[int], act: _Act) -> None:
    """Take what an answer says to its case, which is held: a colleague may have been claiming or resolving it."""
    if not item.said_more:
        _read_anew(session, case, item, held, act)
    elif item.recovery:
        hear_recovery(session, case, item.response, item.awaited, item.facts.alerts, key=act.key, now=act.now)
        raise_case(case, item.facts.alerts, act.now)
    else:
        _tell(session, case, item, held, act)


def _tell(session: Session, case: Case, item: _Routed, held: set[int], act: _Act) -> None:
    """Say in the log that the answer changed. Only an unclaimed case gets a new place, never a later deadline.

    What cannot wait is raised in anybody's hands.
    """
    response = item.response
    facts: dict[str, object] = {
        "score": response.latest_score,
        "wants_contact": response.wants_contact,
        "revision": response.revision,
        **wish_of(response),
        **alert_facts(item.facts.alerts),
    }
    place = item.place if item.routes_its_case and case.state == CaseState.OPEN else None
    rerouted = reroute(session, case, place, may_move=place.queue.team_id in held, now=act.now) if place else None
    told = {**facts, **rerouted.facts} if rerouted else facts
    kind = EntryKind.ANSWER_CHANGED
    entry = write_entry(session, case.id, kind, actor_id=None, facts=told, key=act.key, now=act.now)
    if place is not None and rerouted is not None and rerouted.moved:
        hand_over(session, case, place, key=act.key, now=act.now, zone=act.zone)
    if case.state == CaseState.RESOLVED and item.awaited:  # they are still unhappy, and said more
        reopen(session, case.id, user_id=None, key=act.key, now=act.now, counted=False)
    raise_case(case, item.facts.alerts, act.now)
    customer_spoke(session, case, entry, key=act.key, now=act.now)


def _read_anew(session: Session, case: Case, item: _Routed, held: set[int], act: _Act) -> None:
    """The words were read since: an unclaimed case goes where its rule of now says, and the log tells what changed."""
    place = item.place
    if place is None or not item.routes_its_case or case.state != CaseState.OPEN:
        return
    rerouted = reroute(session, case, place, may_move=place.queue.team_id in held, now=act.now)
    if not rerouted.changed:
        return
    write_entry(session, case.id, EntryKind.REROUTED, actor_id=None, facts=rerouted.facts, key=act.key, now=act.now)
    if rerouted.moved:
        hand_over(session, case, place, key=act.key, now=act.now, zone=act.zone)
