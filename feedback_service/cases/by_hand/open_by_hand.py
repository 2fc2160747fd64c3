"""Opens a case that a colleague writes down, with the score that a customer told them where there is one."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.count_open import count_open_cases
from feedback_service.cases.merge import standing_for
from feedback_service.cases.models import Case, CaseOrigin
from feedback_service.cases.new_case import Origin, put_in_queue
from feedback_service.cases.queues.models import OwnerRule
from feedback_service.cases.queues.place import Place, place_by_hand, routing_of
from feedback_service.cases.rules.conditions import Facts
from feedback_service.cases.rules.routing import FOLLOW_UP, CaseReason, Route, Rule, by_hand_priority
from feedback_service.cases.spoken import spoke_with
from feedback_service.cases.work import claim
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.responses.by_phone import Told, record_by_phone

RULE = Rule("Opened by hand")
URGENCY_WORDS = ("nothing urgent, says who opened it", "to be done soon", "pressing", "cannot wait")
"""By points, from 0."""


@dataclass(frozen=True)
class Score:
    """What the customer answered to a survey."""

    survey_key: str
    score: int
    comment: str
    """In the customer's own words; may be empty."""


@dataclass(frozen=True)
class Written:
    """What a colleague wrote down."""

    customer_id: int
    order_id: int | None
    happened: str
    points: int
    """0 to 3: how far above low."""
    mine: bool
    """They see to it themselves."""
    score: Score | None
    uid: str
    """Made by the form: two presses are one case."""


def open_by_hand(
    session: Session, written: Written, *, user_id: int, locale: str, key: bytes, zone: ZoneInfo, now: datetime
) -> int:
    """The id of the case, which one uid opens once. locale: in which the customer was asked, as far as anybody knows.

    Raises AnsweredBeforeError where the order has an answer to that survey.
    """
    there = _opened(session, written.uid)
    if there is not None:
        return there
    response_id = _record(session, written, locale, zone, now) if written.score else None
    case_id = put_in_queue(
        session,
        Origin(
            kind=CaseOrigin.MANUAL,
            key=written.uid,
            response_id=response_id,
            reply_id=None,
            customer_id=written.customer_id,
            order_id=written.order_id,
        ),
        _place(session, written),
        {"score": written.score.score} if written.score else {},
        key=key,
        now=now,
        zone=zone,
        by=user_id,
        text=written.happened,
    )
    if case_id is None:  # the same form, a moment ago
        return _opened(session, written.uid) or 0
    if written.mine:
        claim(session, case_id, user_id=user_id, key=key, now=now)
    if written.score:
        spoke_with(session, case_id, now)
    count_open_cases(session, [written.customer_id])
    return case_id


def _opened(session: Session, uid: str) -> int | None:
    found = session.scalar(select(Case.id).where(Case.origin_kind == CaseOrigin.MANUAL, Case.origin_key == uid))
    return standing_for(session, found) if found is not None else None


def _record(session: Session, written: Written, locale: str, zone: ZoneInfo, now: datetime) -> int:
    """The answer's id. This very case is what comes of it, so the rules need not open another one."""
    score = written.score
    assert score is not None  # noqa: S101 - the caller looked
    told = Told(written.customer_id, written.order_id, score.score, score.comment, locale, written.uid)
    response = record_by_phone(session, told, published_surveys(session)[score.survey_key], zone=zone, now=now)
    response.routed_revision = response.revision
    return response.id


def _place(session: Session, written: Written) -> Place:
    """The queue of the team that sees to the survey's cases, else that of the first survey."""
    urgency = by_hand_priority(written.points, URGENCY_WORDS[written.points])
    route = Route(RULE, FOLLOW_UP, CaseReason.BY_HAND, *urgency)
    routing = routing_of(session, written.score.survey_key if written.score else None)
    place = place_by_hand(session, route, Facts(contact=True), routing)
    return replace(place, owner_rule=OwnerRule.UNASSIGNED) if written.mine else place
