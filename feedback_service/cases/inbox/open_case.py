"""Opens a case from any answer; where one goes on for it already, it is that one."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.count_open import count_open_cases
from feedback_service.cases.inbox.praise import praise
from feedback_service.cases.inbox.seen import unread_again
from feedback_service.cases.merge import standing_for
from feedback_service.cases.models import Case
from feedback_service.cases.new_case import answer_origin, put_in_queue, wish_of
from feedback_service.cases.queues.choose_owner import UTC_ZONE
from feedback_service.cases.queues.facts import facts_of
from feedback_service.cases.queues.place import Place, place_by_hand
from feedback_service.cases.recovery import case_asked_about
from feedback_service.cases.rules.routing import FOLLOW_UP, CaseReason, Rule, routed
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.responses.models import Response
from feedback_service.sentiment.safety import SafetyWords, shipped_safety

RULE = Rule("Opened from the answers")
"""Stands on the case where a rule's name would; no answer is routed by it."""


class NoSuchAnswerError(Exception):
    """The answer is not there, in confidence, or was taken back."""


def case_for_answer(session: Session, response: Response) -> int | None:
    """The case that goes on for an answer: its own or the one whose recovery it tells of, wherever that was merged."""
    own = select(Case.id).where(Case.response_id == response.id).order_by(Case.id).limit(1)
    found = case_asked_about(session, response.invitation) or session.scalar(own)
    return standing_for(session, found) if found is not None else None


def open_for_answer(
    session: Session,
    response_id: int,
    *,
    user_id: int,
    key: bytes,
    now: datetime,
    safety: SafetyWords | None = None,
    zone: ZoneInfo = UTC_ZONE,
) -> int:
    """The id of the case that goes on for an answer, which is opened where there is none.

    zone: the shop's. Raises NoSuchAnswerError where the answer is nobody's, or was taken back.
    """
    # Held before its case, as where answers are routed: else one of us would hold the case and want the answer.
    response = session.get(Response, response_id, with_for_update={"key_share": True}, populate_existing=True)
    if response is None or response.id < 0 or response.suspected or response.withdrawn_at:
        raise NoSuchAnswerError
    found = case_for_answer(session, response)
    if found is not None:
        return found
    made = put_in_queue(
        session,
        answer_origin(response),
        _place(session, response, key, safety or shipped_safety(), now),
        {"score": response.latest_score, "opened_by": user_id, **wish_of(response)},
        key=key,
        now=now,
        zone=zone,
        by=user_id,
    )
    count_open_cases(session, [response.customer_id])
    if made is not None:  # what was said until now is in the case: only what comes later is news to it
        response.routed_revision, response.routed_assessed = response.revision, response.assessed_revision
        praise(session, [response], now)
        unread_again(session, [response])
    if made is None:  # somebody was faster
        made = case_for_answer(session, response)
    if made is None:
        raise NoSuchAnswerError
    return made


def _place(session: Session, response: Response, key: bytes, safety: SafetyWords, now: datetime) -> Place:
    """Where the survey's own cases go, as urgent as its arithmetic says."""
    surveys = {name: survey.definition for name, survey in published_surveys(session).items()}
    facts = facts_of(session, [response], surveys, safety=safety, key=key, at=now)[response.id]
    decided = replace(routed(RULE, FOLLOW_UP, facts), reason=CaseReason.BY_HAND)
    return place_by_hand(session, decided, facts, surveys[response.survey_key].rules.routing)
