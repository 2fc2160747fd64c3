"""Colleagues who answered, and what is told of them."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from feedback_service.insights.rules.anonymity import Release
from feedback_service.insights.rules.periods import today_in
from feedback_service.insights.staff.queries import quarters, releases
from feedback_service.insights.staff.tell import tell_quarters
from feedback_service.invitations.models import Invitation
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.responses.anonymous import write_anonymous
from feedback_service.responses.first_press import Press
from tests.insights.factories import LISBON
from tests.responses.factories import Asked, asked

PULSE = "employee_pulse"
JULY, OCTOBER = date(2025, 7, 1), date(2025, 10, 1)


def said(session: Session, day: date, scores: Mapping[int, int]) -> None:
    """Answers of the round of that day; committed."""
    version_id = published_surveys(session)[PULSE].version_id
    for score, times in scores.items():
        for _ in range(times):
            write_anonymous(session, Press(PULSE, version_id, "en", score), {}, day=day, zone=LISBON)
    session.commit()


def asked_for(session: Session, day: date, at: datetime) -> Asked:
    """A colleague asked at a moment for the round of that day; committed."""
    person = asked(session, at, survey=PULSE)
    invitation = session.get_one(Invitation, person.invitation_id)
    invitation.event_key, invitation.order_id = f"pulse:shop:{person.uid}:{day}", None
    session.commit()
    return person


def tell(session: Session, now: datetime) -> int:
    """The loop's step; how many quarters it wrote down; committed."""
    count = tell_quarters(session, now, 200, zone=LISBON)
    session.commit()
    return count


def told(session: Session, now: datetime, first: date = OCTOBER) -> list[Release]:
    """What is told of each quarter since that day."""
    found = releases(session, PULSE, quarters(first, today_in(LISBON, now)))
    session.rollback()  # a session that reads holds SQLite's lock
    return found


def standings(session: Session, now: datetime, first: date = OCTOBER) -> dict[str, str]:
    """Of each quarter and month since that day, whether it is told."""
    return {
        cell.period.label: cell.standing.value
        for each in told(session, now, first)
        for cell in (each.quarter, *each.months)
    }
