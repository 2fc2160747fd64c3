"""Reads what came after for buyers who were unhappy: whether somebody spoke to them, what they said next and bought."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseDeadline, DeadlineKind, Outcome
from feedback_service.insights.rules.contacted import Unhappy
from feedback_service.insights.segments.live import COUNTED
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.responses.models import Channel, Response

MOST_BUYERS = 5_000  # the latest unhappy answers of the days; their buyers' later answers and orders are read
AT_ONCE = 500  # customers in one statement


def unhappy_buyers(
    session: Session, survey_key: str, detractor_max: int, opened: tuple[datetime, datetime]
) -> list[Unhappy]:
    """Buyers whose answer to a survey in a span was unhappy, each with the first such answer; the latest of them."""
    found = _first_answers(session, survey_key, detractor_max, opened)
    answers, orders = _later(session, survey_key, [row.customer_id for row in found])
    return [
        Unhappy(
            row.answered_at,
            row.score,
            row.contacted_at,
            [each for each in answers[row.customer_id] if each[0] > row.answered_at],
            [at for at in orders[row.customer_id] if at > row.answered_at],
        )
        for row in found
    ]


def _first_answers(
    session: Session, survey_key: str, detractor_max: int, opened: tuple[datetime, datetime]
) -> Sequence[Any]:
    """Rows of customer, answer and contact. Imported answers were given before anybody here could make contact."""
    latest = (
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
        .order_by(Response.answered_at.desc())
        .limit(MOST_BUYERS)
        .subquery()
    )
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
    session: Session, survey_key: str, customers: Sequence[int]
) -> tuple[Mapping[int, list[tuple[datetime, int]]], Mapping[int, list[datetime]]]:
    """All answers to the survey, and all orders that were not undone, by customer and in order of time."""
    answers: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    orders: dict[int, list[datetime]] = defaultdict(list)
    for begin in range(0, len(customers), AT_ONCE):
        some = customers[begin : begin + AT_ONCE]
        said = select(Response.customer_id, Response.answered_at, Response.score).where(
            Response.customer_id.in_(some), Response.survey_key == survey_key, COUNTED
        )
        for row in session.execute(said.order_by(Response.answered_at)):
            if row.customer_id is not None:
                answers[row.customer_id].append((row.answered_at, row.score))
        bought = select(Order.customer_id, Order.ordered_at).where(
            Order.customer_id.in_(some), Order.status.not_in((OrderStatus.CANCELLED, OrderStatus.REFUNDED))
        )
        for customer, at in session.execute(bought.order_by(Order.ordered_at)):
            orders[customer].append(at)
    return answers, orders
