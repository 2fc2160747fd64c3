"""The demo's stores have a queue, hours and rules of their own; whatever else comes stays with care."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.cases.queues.models import Queue, RoutingRule
from feedback_service.cases.queues.queries import book
from feedback_service.cases.rules.conditions import Facts
from feedback_service.cases.rules.routing import route
from feedback_service.config import Settings
from feedback_service.demo.teams import RULES, STORES, found_stores
from tests.demo.factories import hired


def where(session: Session, **facts: object) -> str | None:
    """The name of the rule that decides."""
    decided = route(book(session).rules, Facts(unhappy=True, band="detractor", score=2, **facts))
    return decided.rule.name if decided else None


def test_what_is_said_in_a_store_or_about_one_goes_to_the_stores(
    session: Session, settings: Settings, now: datetime
) -> None:
    hired(session, now)
    found_stores(session, settings, now)
    screen, bought = [name for name, _ in RULES]
    assert where(session, channel="kiosk") == screen
    assert where(session, channel="mail", attributes={"store": "Porto Baixa"}) == bought
    assert where(session, channel="mail", attributes={"store": "Online"}) == "Detractors"
    queue = session.scalars(select(Queue).where(Queue.key == STORES)).one()
    assert queue.team.calendar is not None
    assert "sat" in queue.team.calendar.hours


def test_a_second_start_founds_nothing(session: Session, settings: Settings, now: datetime) -> None:
    hired(session, now)
    found_stores(session, settings, now)
    rules = session.scalar(select(func.count()).select_from(RoutingRule))
    found_stores(session, settings, now)
    assert session.scalar(select(func.count()).select_from(RoutingRule)) == rules
