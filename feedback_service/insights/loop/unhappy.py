"""Reads what came after for buyers who were unhappy: whether somebody spoke to them, what they said next and bought."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, and_, func, or_, select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseDeadline, DeadlineKind, Outcome
from feedback_service.insights.rules.contacted import Unhappy
from feedback_service.insights.segments.live import COUNTED
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.responses.models import Channel, Response

MOST_BUYERS = 5_000  # the latest unhappy answers of the days; their buyers' later answers and orders are read


def unhappy_buyers(
    session: Session, survey_key: str, detractor_max: int, opened: tuple[datetime, datetime]
) -> list[Unhappy]:
    """Buyers whose answer to a survey in a span was unhappy, each with the first such answer; the latest of them."""
    latest = _latest(survey_key, detractor_max, opened)
    answers, orders = _later(session, survey_key, latest)
    return [
        Unhappy(row.answered_at, row.score, row.contacted_at, answers[row.customer_id], orders[row.customer_id])
        for row in _first_answers(session, latest)
    ]


def _latest(survey_key: str, detractor_max: int, opened: tuple[datetime, datetime]) -> Subquery:
    """Unhappy answers. Imported ones were given before anybody here could make contact."""
    return (
        select(Response.id, Response.customer_id, Response.answered_at, Response.score)
        .where(
            Response.survey_key == survey_key,
            Response.answered_at >= opened[0],
            Response.answered_at < opened[1],
            Response.score <= detractor_max,
            Response.customer_id.is_not(None),
            Response.channel != Channel.IMPORT,
            COUNTED,
        )
        .order_by(Response.answered_at.desc(), Response.id.desc())
        .limit(MOST_BUYERS)
        .subquery()
    )


def _first_answers(session: Session, latest: Subquery) -> Sequence[Any]:
    """Rows of customer, answer and contact."""
    reached = or_(Case.outcome.is_(None), Case.outcome != Outcome.NOT_REACHED)
    rows = session.execute(
        select(latest.c.customer_id, latest.c.answered_at, latest.c.score, CaseDeadline.done_at.label("contacted_at"))
        .outerjoin(Case, and_(Case.response_id == latest.c.id, Case.reached.is_not(False), reached))
        .outerjoin(
            CaseDeadline,
            and_(
                CaseDeadline.case_id == Case.id,
                CaseDeadline.opening == 1,
                CaseDeadline.kind == DeadlineKind.FIRST_RESPONSE,
            ),
        )
        .order_by(latest.c.answered_at, latest.c.id, CaseDeadline.done_at.is_(None), CaseDeadline.done_at)
    )
    first: dict[int, Any] = {}
    for row in rows:
        first.setdefault(row.customer_id, row)
    return list(first.values())


def _later(
    session: Session, survey_key: str, latest: Subquery
) -> tuple[Mapping[int, list[tuple[datetime, int]]], Mapping[int, list[datetime]]]:
    """What came after each customer's first unhappy answer, in order of time: answers to the survey, and orders that
    were not undone."""
    first = select(latest.c.customer_id, func.min(latest.c.answered_at).label("at")).group_by("customer_id").subquery()
    # As an expression, so that no database begins with all that the survey was ever answered.
    same_survey = func.coalesce(Response.survey_key, "") == survey_key
    said = (
        select(first.c.customer_id, Response.answered_at, Response.score)
        .join(first, first.c.customer_id == Response.customer_id)
        .where(Response.answered_at > first.c.at, same_survey, COUNTED)
        .order_by(Response.answered_at)
    )
    answers: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for customer, at, score in session.execute(said):
        answers[customer].append((at, score))
    bought = (
        select(Order.customer_id, Order.ordered_at)
        .join(first, first.c.customer_id == Order.customer_id)
        .where(Order.ordered_at > first.c.at, Order.status.not_in((OrderStatus.CANCELLED, OrderStatus.REFUNDED)))
        .order_by(Order.ordered_at)
    )
    orders: dict[int, list[datetime]] = defaultdict(list)
    for customer, at in session.execute(bought):
        orders[customer].append(at)
    return answers, orders
