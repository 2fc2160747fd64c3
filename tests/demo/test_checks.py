"""The demo's managers see how often the model is right, from comments that were checked blind."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.demo.checks import A_MORNING, check_blind
from feedback_service.sentiment.checks.draw import draw_weekly_sample
from feedback_service.sentiment.checks.queries import checks_by_version, count_to_check
from tests.cases.factories import colleague
from tests.sentiment.factories import WEEK, read_many


def test_a_few_are_read_each_morning_and_agree_in_the_main(session: Session, now: datetime) -> None:
    read_many(session, now, 20)
    draw_weekly_sample(session, now + WEEK, 100, zone=ZoneInfo("UTC"))
    reader = colleague(session, "Marta", now)
    email = session.scalar(select(User.email).where(User.id == reader))
    waiting = count_to_check(session)
    check_blind(session, email or "", now + WEEK)
    assert count_to_check(session) == waiting - A_MORNING
    (checks,) = checks_by_version(session)
    assert checks.agreement.right >= A_MORNING - 1


def test_nobody_checks_where_nobody_signs_in(session: Session, now: datetime) -> None:
    read_many(session, now, 4)
    draw_weekly_sample(session, now + WEEK, 100, zone=ZoneInfo("UTC"))
    waiting = count_to_check(session)
    check_blind(session, "nobody@example.org", now + WEEK)
    assert count_to_check(session) == waiting
