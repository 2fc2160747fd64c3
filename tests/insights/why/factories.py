"""Answers by the hundred, told apart by anything, and the counts that are kept of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count

from sqlalchemy import insert
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.insights.rebuild import days_to_rebuild, rebuild_days
from feedback_service.insights.segments.recount import recount_days
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.responses.changes import business_day
from feedback_service.responses.models import Channel, Response
from tests.insights.factories import LISBON
from tests.responses.factories import NPS

_numbers = count(1)


def sold(session: Session, at: datetime, orders: Sequence[tuple[dict[str, str], int | None]]) -> list[int]:
    """An order of its own buyer for each pair of attributes and days late; their ids, in order. Not committed."""
    names = [f"W-{next(_numbers)}" for _ in orders]
    people = session.scalars(
        insert(Customer).returning(Customer.id, sort_by_parameter_order=True),
        [{"source": "shop", "external_id": name, "name": "", "created_at": at} for name in names],
    ).all()
    return list(
        session.scalars(
            insert(Order).returning(Order.id, sort_by_parameter_order=True),
            [
                {
                    "source": "shop", "external_id": name, "customer_id": person, "ordered_at": at, "created_at": at,
                    "updated_at": at, "status": OrderStatus.DELIVERED, "days_late": late, "attributes": attributes,
                }
                for name, person, (attributes, late) in zip(names, people, orders, strict=True)
            ],
        )
    )  # fmt: skip


def answered_all(session: Session, answers: Sequence[tuple[int | None, int, datetime]], survey: str = NPS) -> list[int]:
    """An answer for each order, score and moment, not counted yet; their ids. Not committed."""
    return list(
        session.scalars(
            insert(Response).returning(Response.id, sort_by_parameter_order=True),
            [
                {
                    "channel": Channel.MAIL, "survey_key": survey, "order_id": order, "locale": "en", "score": score,
                    "latest_score": score, "answered_at": at, "counted_on": business_day(at, LISBON),
                }
                for order, score, at in answers
            ],
        )
    )  # fmt: skip


def bought(
    session: Session, at: datetime, scores: Mapping[int, int], *, late: int | None = None, survey: str = NPS,
    **attributes: str,
) -> list[int]:  # fmt: skip
    """So many answers of each score about orders that are all alike; ids of the answers. Not committed, not counted."""
    given = [score for score, number in scores.items() for _ in range(number)]
    orders = sold(session, at, [(attributes, late)] * len(given))
    return answered_all(session, [(order, score, at) for order, score in zip(orders, given, strict=True)], survey)


def count_all(session: Session, now: datetime, attributes: Sequence[str] = ("region", "carrier")) -> None:
    """Count every day anew, as the pipeline would; committed."""
    rebuild_days(session, days_to_rebuild(session))
    while recount_days(session, now, 50, attributes=attributes):
        pass
    session.commit()
