"""Rules, queues and people of a shop that has its own way of answering."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Absence, TeamMember
from feedback_service.accounts.teams import team_id
from feedback_service.cases.queues.found import queue_of_team
from feedback_service.cases.queues.models import Queue, RoutingRule
from feedback_service.customers.models import Customer
from feedback_service.orders.models import Order, OrderStatus, ValueBand
from feedback_service.responses.models import Response


def rules_are(session: Session, now: datetime, *rules: dict[str, Any]) -> list[RoutingRule]:
    """Let these rules hold and no others, in this order; committed."""
    session.execute(delete(RoutingRule))
    rows = [
        RoutingRule(**{"position": place, "kind": "follow_up", "changed_at": now, "conditions": {}, **rule})
        for place, rule in enumerate(rules, start=1)
    ]
    session.add_all(rows)
    session.commit()
    return rows


def team_queue(session: Session, key: str, *members: int, **columns: object) -> Queue:
    """A team's own queue, with these members; committed."""
    team = team_id(session, key)
    queue = session.get_one(Queue, queue_of_team(session, team))
    for name, value in columns.items():
        setattr(queue, name, value)
    known = set(session.scalars(select(TeamMember.user_id).where(TeamMember.team_id == team)))
    session.add_all(TeamMember(team_id=team, user_id=user) for user in members if user not in known)
    session.commit()
    return queue


def away(session: Session, user_id: int, first: date, last: date, now: datetime) -> None:
    """Somebody is away; committed."""
    session.add(Absence(user_id=user_id, first_day=first, last_day=last, entered_by=user_id, entered_at=now))
    session.commit()


def bought(
    session: Session,
    response: Response,
    now: datetime,
    *,
    minor: int = 5_000,
    attributes: dict[str, str] | None = None,
    lifetime: int | None = None,
    customer: int | None = None,
) -> Order:
    """An order behind an answer, of a new customer unless one is named; committed."""
    if customer is None:
        row = Customer(
            source="shop",
            external_id=f"b{response.id}",
            created_at=now,
            lifetime_minor=lifetime,
            lifetime_currency="EUR" if lifetime is not None else None,
        )
        session.add(row)
        session.flush()
        customer = row.id
    order = Order(
        source="shop",
        external_id=f"B-{response.id}",
        customer_id=customer,
        ordered_at=now,
        amount_minor=minor,
        currency="EUR",
        status=OrderStatus.DELIVERED,
        attributes=attributes or {},
        created_at=now,
        updated_at=now,
    )
    session.add(order)
    session.flush()
    response.customer_id, response.order_id = customer, order.id
    session.commit()
    return order


def top_tenth_from(session: Session, minor: int, now: datetime) -> None:
    """From this lifetime value on a customer is among the best; committed."""
    session.add(ValueBand(currency="EUR", top_tenth_minor=minor, customers=100, computed_at=now))
    session.commit()


def names_of(rules: Sequence[RoutingRule]) -> list[str]:
    """By which they are told apart."""
    return [rule.name for rule in rules]
