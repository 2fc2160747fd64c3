"""Improvements, and closed cases that show why they are needed."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from feedback_service.cases.improvements.improve import Described, link, publish, start, take_effect
from feedback_service.cases.improvements.models import Improvement
from feedback_service.cases.models import Case
from feedback_service.customers.models import Customer
from tests.cases.factories import complained, resolved, taken
from tests.responses.factories import Asked

WORDS = "You told us that lamps arrive broken. They travel in double boxes now."


def improvement_for(
    session: Session, user_id: int, at: datetime, *cases: Case, cause: str | None = None, title: str = "Double boxes"
) -> Improvement:
    """An improvement with linked cases; committed."""
    new = Described(title, "", cause, user_id, date(2026, 5, 1))
    improvement = start(session, new, user_id=user_id, now=at)
    link(session, improvement.id, [case.id for case in cases], at)
    session.commit()
    return improvement


def published(session: Session, improvement: Improvement, at: datetime, words: str = WORDS) -> None:
    """It works, and customers read of it; committed."""
    take_effect(session, improvement.id, at.date(), today=at.date())
    publish(session, improvement.id, words, at)
    session.commit()


def closed(session: Session, user_id: int, at: datetime, *, locale: str = "en") -> tuple[Asked, Case]:
    """A case of somebody who was asked by mail, resolved; committed."""
    person, case = complained(session, at, locale=locale)
    assert case.customer_id is not None
    session.get_one(Customer, case.customer_id).email = f"buyer{case.id}@buyers.example"
    session.commit()
    taken(session, case, user_id, at)
    resolved(session, case, user_id, at)
    return person, case
