"""Opens a case for every answer that needs a person; one answer opens one case, however often this runs."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.count_open import count_open_cases
from feedback_service.cases.models import Case, CaseOrigin, CaseState, EntryKind
from feedback_service.cases.new_case import Origin, put_in_queue
from feedback_service.cases.rules.routing import Answer, Route, route, sort_at
from feedback_service.cases.work import reopen
from feedback_service.cases.write_log import write_entry
from feedback_service.questionnaires.definition import Routing, SurveyDefinition
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.responses.models import Response


def open_cases(session: Session, now: datetime, limit: int, *, key: bytes) -> int:
    """Route up to `limit` new or changed answers; returns how many were looked at."""
    responses = session.scalars(
        select(Response)
        .where(Response.routed_revision < Response.revision)
        .order_by(Response.id)
        .limit(limit)
        # Not locked against mere references: a colleague at work on its case would wait for us, and we for them.
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    if not responses:
        return 0
    surveys = published_surveys(session)
    # Team by team: workers that lock teams in one order never wait for each other in a ring.
    for response in sorted(responses, key=lambda answer: surveys[answer.survey_key].definition.rules.routing.team):
        _route_one(session, response, surveys[response.survey_key].definition, key, now)
        response.routed_revision = response.revision
    session.flush()
    count_open_cases(session, [response.customer_id for response in responses])
    return len(responses)


def _route_one(session: Session, response: Response, survey: SurveyDefinition, key: bytes, now: datetime) -> None:
    routing = survey.rules.routing
    decided = route(
        Answer(
            score=response.latest_score,
            lowest=survey.structure.scale[0],
            wants_contact=response.wants_contact,
        ),
        detractor_max=survey.rules.thresholds.detractor_max,
        due=timedelta(hours=routing.due_hours),
        contact_due=timedelta(hours=routing.contact_due_hours),
        now=now,
    )
    case = session.scalar(
        select(Case)
        .where(Case.origin_kind == CaseOrigin.RESPONSE, Case.origin_key == str(response.id))
        .with_for_update(key_share=True)  # a colleague may be claiming or resolving it at this moment
    )
    if case is not None:
        _tell(session, case, response, decided, key, now)
    elif decided is not None:
        _open(session, response, decided, routing, key, now)


def _open(session: Session, response: Response, decided: Route, routing: Routing, key: bytes, now: datetime) -> None:
    origin = Origin(
        kind=CaseOrigin.RESPONSE,
        key=str(response.id),
        response_id=response.id,
        reply_id=None,
        customer_id=response.customer_id,
        order_id=response.order_id,
    )
    put_in_queue(session, origin, decided, routing, {"score": response.latest_score}, key=key, now=now)


def _tell(session: Session, case: Case, response: Response, decided: Route | None, key: bytes, now: datetime) -> None:
    """Say in the log that the answer changed. Only an unclaimed case gets a new place, never a later deadline."""
    facts: dict[str, object] = {
        "score": response.latest_score,
        "wants_contact": response.wants_contact,
        "revision": response.revision,
    }
    if case.state == CaseState.OPEN and decided is not None:
        case.reason, case.rule = decided.reason, decided.rule
        case.priority, case.priority_words = decided.priority, decided.priority_words
        case.due_at = min(case.due_at, decided.due_at)
        case.sort_at = sort_at(case.due_at, case.priority)
        facts |= {"rule": case.rule, "priority": case.priority, "due_at": case.due_at.isoformat()}
    write_entry(session, case.id, EntryKind.ANSWER_CHANGED, actor_id=None, facts=facts, key=key, now=now)
    if case.state == CaseState.RESOLVED and decided is not None:  # they are still unhappy, and said more
        reopen(session, case.id, user_id=None, key=key, now=now, counted=False)
