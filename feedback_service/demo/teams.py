"""Who works in the demo shop: care, whose queue the shipped routing founds, and the stores, with hours of their own."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName, User
from feedback_service.accounts.people import add_user
from feedback_service.cases.queues.change import (
    CalendarSaid,
    RuleSaid,
    found_queue,
    mark,
    move_rule,
    queue_said,
    save_calendar,
    save_queue,
    save_rule,
)
from feedback_service.cases.queues.models import Queue, RoutingRule
from feedback_service.cases.rules.routing import FOLLOW_UP, THANKS
from feedback_service.config import Settings
from feedback_service.demo.catalogue import REGIONS
from feedback_service.demo.doors import MANAGER, PASSWORD, PEOPLE, STORE_STAFF

CARE, STORES = "care", "stores"
SHOP_HOURS = CalendarSaid(
    name="Shop hours",
    zone="Europe/Lisbon",
    hours={day: [["10:00", "19:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat")},
    country="PT",
    holidays=[],
)
LADDER = [
    {"step": "remind", "of": "first_response", "minutes": -60},
    {"step": "manager", "of": "first_response", "minutes": 240},
]
"""Without a colleague to hand a case to: one person looks after the stores."""
BEFORE = "Detractors"
"""The stores' rules come before this one of the shipped ones, which would take their cases to care."""
RULES = (
    ("Said at a store's screen", {"channels": ["kiosk"], "unhappy": True}),
    (
        "Bought in a store",
        {
            "unhappy": True,
            "attributes": {
                "store": sorted({store for region in REGIONS for store, _ in region.stores if store != "Online"})
            },
        },
    ),
)


THANKED: tuple[str, dict[str, object]] = (
    "Has bought a lot, and is glad of it",
    {"bands": ["promoter"], "lifetime_value_min": {"EUR": "300"}},
)
"""Drawn by no chance: what a sample holds is another in every installation, and the demo is to be the same."""


def hire(session: Session, now: datetime) -> None:
    """Let everybody in who cannot sign in yet; commits after each."""
    for email, name, role in PEOPLE:
        if session.scalar(select(User.id).where(User.email == email)) is None:
            team = (STORES if email == STORE_STAFF[0] else CARE) if role == RoleName.STAFF else None
            add_user(session, email=email, name=name, password=PASSWORD, role=RoleName(role), team=team, now=now)
            session.commit()


def found_stores(session: Session, settings: Settings, now: datetime) -> None:
    """The stores' queue, hours and rules, as a manager makes them in the browser; once, and the caller commits."""
    if session.scalar(select(Queue.id).where(Queue.key == STORES)) is not None:
        return
    by = id_of(session, MANAGER[0])
    calendar = save_calendar(session, None, replace(SHOP_HOURS, zone=settings.zone.key), seen="")
    queue = found_queue(session, "Stores", STORES, STORES)
    as_founded = queue_said(queue)
    wanted = replace(as_founded, calendar_id=calendar.id, resolution_minutes=27 * 60, ladder=LADDER)
    save_queue(session, queue.id, wanted, seen=mark(as_founded))
    for name, conditions in RULES:
        rule = save_rule(session, None, _rule(name, conditions, queue.id), seen="", by=by, now=now)
        _before(session, rule, by, now)
    save_rule(session, None, _rule(*THANKED, None, kind=THANKS), seen="", by=by, now=now)


def id_of(session: Session, email: str) -> int:
    """Who signs in with this address."""
    return session.scalars(select(User.id).where(User.email == email)).one()


def _rule(name: str, conditions: dict[str, object], queue_id: int | None, *, kind: str = FOLLOW_UP) -> RuleSaid:
    return RuleSaid(
        name=name,
        active=True,
        conditions=conditions,
        kind=kind,
        queue_id=queue_id,
        owner_rule=None,
        points=0,
        tells_managers=False,
        first_response_minutes=None,
        resolution_minutes=None,
    )


def _before(session: Session, rule: RoutingRule, by: int, now: datetime) -> None:
    while True:
        there = session.scalar(select(RoutingRule.position).where(RoutingRule.name == BEFORE))
        if there is None or rule.position < there:
            return
        move_rule(session, rule.id, up=True, by=by, now=now)
