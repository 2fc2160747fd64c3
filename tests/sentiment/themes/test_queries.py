"""What rises in a shop's week, among the answers that count."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from feedback_service.responses.models import Response
from feedback_service.sentiment.assess import assess_comments
from feedback_service.sentiment.themes.queries import rising_in_week
from tests.responses.factories import CSAT, answered, say_more

MONDAY = date(2026, 3, 16)
ORDINARY = "Quick delivery", "Nice chair", "The box was big", "Good price", "Friendly people"


def _said(session: Session, day: date, comment: str, **more: str) -> Response:
    return answered(session, datetime(day.year, day.month, day.day, 12, tzinfo=UTC), 5, comment=comment, **more)


def zippers_jam(session: Session, now: datetime) -> list[Response]:
    """Eight ordinary weeks, and a week in which zippers jam; everything read."""
    for place in range(120):
        _said(session, MONDAY - timedelta(days=1 + place % 50), ORDINARY[place % 5])
    for place in range(12):
        _said(session, MONDAY + timedelta(days=place % 7), ORDINARY[place % 5])
    jammed = [_said(session, MONDAY + timedelta(days=day), "Zipper jammed again") for day in range(6)]
    assess_comments(session, now, 1_000)
    session.commit()
    return jammed


def test_the_new_problem_of_the_week_is_seen(session: Session, now: datetime) -> None:
    jammed = zippers_jam(session, now)
    found = rising_in_week(session, MONDAY)
    assert {one.phrase for one in found["en"]} == {"zipper jammed", "jammed again"}
    assert {(one.now, one.before) for one in found["en"]} == {(6, 0)}
    assert rising_in_week(session, MONDAY + timedelta(weeks=1)) == {}
    assert rising_in_week(session, MONDAY, survey_key=CSAT) == {}
    for response in jammed[:4]:
        say_more(session, response, withdrawn_at=now)
    assert rising_in_week(session, MONDAY) == {}, "two are left: no trend"
