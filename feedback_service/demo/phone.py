"""Buyers of the demo who ring: their parcel is overdue, and a colleague writes down what they say."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback_service.cases.by_hand.open_by_hand import Score, Written, open_by_hand
from feedback_service.customers.models import Customer
from feedback_service.demo.doors import SECOND_STAFF, STAFF
from feedback_service.demo.facts import NPS, chance
from feedback_service.demo.teams import id_of
from feedback_service.orders.models import Order, OrderStatus

PATIENCE, STILL_RING = timedelta(days=1), timedelta(days=5)  # after the promised day
RING = 0.9  # share of those who wait
SAY_A_SCORE = 0.35
_SAID = (
    "Rang: the parcel was promised for {promised}, and {carrier}'s page says “on its way” since days.",
    "Rang twice while we were closed. Wants to know where the order is, or the money back.",
    "Asked whether the parcel will come before the weekend; {carrier} told them to ask us.",
    "A neighbour was to take the parcel, promised for {promised}; nobody has seen it.",
)
_ANSWERS = ((3, "I have to ring you to learn anything."), (5, "Good coffee, if it ever comes."), (2, ""))


def customers_ring(session: Session, key: bytes, moment: datetime, zone: ZoneInfo) -> None:
    """Each at most once, however often this day is played."""
    today = moment.astimezone(zone).date()
    waiting = session.scalars(
        select(Order)
        .where(
            Order.promised_on.between(today - STILL_RING, today - PATIENCE),
            or_(Order.delivered_at.is_(None), Order.delivered_at > moment),
            Order.status != OrderStatus.CANCELLED,
        )
        .order_by(Order.external_id)
    ).all()
    for order in waiting:
        dice = random.Random(f"demo ring {order.external_id}")  # noqa: S311 - the same on every start, nothing secret
        if chance(dice, RING):
            who = dice.choice((STAFF, SECOND_STAFF))[0]
            at = moment + timedelta(minutes=dice.randint(20, 200))
            locale = session.get_one(Customer, order.customer_id).locale or "en"
            open_by_hand(
                session, _written(order, dice), user_id=id_of(session, who), locale=locale, key=key, zone=zone, now=at
            )


def _written(order: Order, dice: random.Random) -> Written:
    promised = f"{order.promised_on:%-d %B}" if order.promised_on else ""
    words = dice.choice(_SAID).format(promised=promised, carrier=order.attributes.get("carrier", "the carrier"))
    score, comment = dice.choice(_ANSWERS)
    told = chance(dice, SAY_A_SCORE) and order.delivered_at is None  # who still waits was not asked by mail yet
    return Written(
        customer_id=order.customer_id,
        order_id=order.id,
        happened=words,
        points=dice.choice((0, 1, 1, 2)),
        mine=False,
        score=Score(NPS, score, comment) if told else None,
        uid=f"demo-ring-{order.external_id}",
    )
