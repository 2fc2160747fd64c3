"""Opens a case for every answer that needs a person; one answer opens one case, however often this runs.

An answer to "did we put it right?" belongs to the case it asks about, and opens none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session, selectinload

from feedback_service.cases.count_open import count_open_cases
from feedback_service.cases.hear_recovery import hear_recovery
from feedback_service.cases.models import Case, CaseOrigin, CaseState, EntryKind
from feedback_service.cases.new_case import Origin, put_in_queue, wish_of
from feedback_service.cases.recovery import case_asked_about
from feedback_service.cases.rules.routing import Answer, Route, route, sort_at
from feedback_service.cases.urgent import Alerts, alert_facts, alerts_of, raise_case
from feedback_service.cases.work import reopen
from feedback_service.cases.write_log import write_entry
from feedback_service.invitations.models import Invitation
from feedback_service.questionnaires.definition import Routing, SurveyDefinition
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.responses.models import TO_ROUTE, Remedy, Response
from feedback_service.sentiment.safety import SafetyWords, shipped_safety


def open_cases(session: Session, now: datetime, limit: int, *, key: bytes, safety: SafetyWords | None = None) -> int:
    """Route up to `limit` new or changed answers; returns how many were looked at.

    A suspected answer waits until a second sign clears it; one that was taken back, or that is anonymous, is nobody's.
    The words of `safety` (those that come with the service) are looked for here, so that they wait for no model.
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
    surveys = published_surveys(session)
    alerts = alerts_of(session, responses, safety or shipped_safety())
    routed = [
        _route_one(session, response, surveys[response.survey_key].definition, alerts[response.id], now)
        for response in responses
    ]
    # New cases first, team by team, then those that are there, in the order of their ids: so no two workers wait for
    # each other in a ring.
    for item in sorted(routed, key=lambda each: each.routing.team):
        if item.case_id is None and item.decided is not None:
            _open(session, item, item.decided, key, now)
    for item in sorted(routed, key=lambda each: each.case_id or 0):
        if item.case_id is not None:
            _bring(session, item, key, now)
    for response in responses:
        response.routed_revision, response.routed_assessed = response.revision, response.assessed_revision
    session.flush()
    count_open_cases(session, [response.customer_id for response in responses])
    return len(responses)


@dataclass(frozen=True)
class _Routed:
    """An answer, what it leads to by its survey's rules, and the case that it belongs to already."""

    response: Response
    routing: Routing
    decided: Route | None
    case_id: int | None
    recovery: bool
    """It says whether that case was put right."""
    alerts: Alerts


def _route_one(
    session: Session, response: Response, survey: SurveyDefinition, alerts: Alerts, now: datetime
) -> _Routed:
    routing = survey.rules.routing
    decided = route(
        Answer(
            score=response.latest_score,
            lowest=survey.structure.scale[0],
            wants_contact=response.wants_contact or response.remedy == Remedy.CONTACT,
            put_right=response.remedy == Remedy.PUT_RIGHT,
            alerts=alerts,
        ),
        detractor_max=survey.rules.thresholds.detractor_max,
        due=timedelta(hours=routing.due_hours),
        contact_due=timedelta(hours=routing.contact_due_hours),
        now=now,
    )
    asked_about = case_asked_about(session, response.invitation)
    own = select(Case.id).where(Case.origin_kind == CaseOrigin.RESPONSE, Case.origin_key == str(response.id))
    case_id = asked_about or session.scalar(own)
    return _Routed(response, routing, decided, case_id, recovery=asked_about is not None, alerts=alerts)


def _bring(session: Session, item: _Routed, key: bytes, now: datetime) -> None:
    """Take what an answer says to its case. A colleague may be claiming or resolving it at this moment."""
    case = session.scalars(
        select(Case)
        .where(Case.id == item.case_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    if item.recovery:
        raise_case(case, item.alerts)
        hear_recovery(session, case, item.response, item.decided, item.alerts, key=key, now=now)
    else:
        _tell(session, case, item, key, now)


def _open(session: Session, item: _Routed, decided: Route, key: bytes, now: datetime) -> None:
    response = item.response
    origin = Origin(
        kind=CaseOrigin.RESPONSE,
        key=str(response.id),
        response_id=response.id,
        reply_id=None,
        customer_id=response.customer_id,
        order_id=response.order_id,
    )
    facts = {"score": response.latest_score, **wish_of(response), **alert_facts(item.alerts)}
    put_in_queue(session, origin, decided, item.routing, facts, key=key, now=now)


def _tell(session: Session, case: Case, item: _Routed, key: bytes, now: datetime) -> None:
    """Say in the log that the answer changed. Only an unclaimed case gets a new place, never a later deadline.

    What cannot wait is raised in anybody's hands.
    """
    response, decided = item.response, item.decided
    facts: dict[str, object] = {
        "score": response.latest_score,
        "wants_contact": response.wants_contact,
        "revision": response.revision,
        **wish_of(response),
        **alert_facts(item.alerts),
    }
    raise_case(case, item.alerts)
    if case.state == CaseState.OPEN and decided is not None:
        case.reason, case.rule = decided.reason, decided.rule
        case.priority, case.priority_words = decided.priority, decided.priority_words
        case.due_at = min(case.due_at, decided.due_at)
        case.sort_at = sort_at(case.due_at, case.priority)
        facts |= {"rule": case.rule, "priority": case.priority, "due_at": case.due_at.isoformat()}
    write_entry(session, case.id, EntryKind.ANSWER_CHANGED, actor_id=None, facts=facts, key=key, now=now)
    if case.state == CaseState.RESOLVED and decided is not None:  # they are still unhappy, and said more
        reopen(session, case.id, user_id=None, key=key, now=now, counted=False)
