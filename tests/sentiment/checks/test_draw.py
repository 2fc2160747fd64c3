"""Every week a random sample of scored comments is drawn, once, whoever draws."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.sentiment.assess import assess_comments
from feedback_service.sentiment.checks.draw import draw_weekly_sample, in_order, last_week
from feedback_service.sentiment.models import WEEKLY_CHECKS, BlindCheck, CheckWeek
from tests.responses.factories import answered, at_once, say_more
from tests.sentiment.factories import COMPLAINT, PRAISE, WEEK, read_comment, read_many

LISBON = ZoneInfo("Europe/Lisbon")
MONDAY = date(2026, 3, 16)
"""Of the week in which the tests' clock stands."""


def _draw(session: Session, now: datetime) -> int:
    count = draw_weekly_sample(session, now, 100, zone=LISBON)
    session.commit()
    return count


def _checks(session: Session) -> list[BlindCheck]:
    return list(session.scalars(select(BlindCheck).order_by(BlindCheck.week, BlindCheck.place)))


def test_a_full_week_gives_a_sample_and_only_one(session: Session, now: datetime) -> None:
    ids = read_many(session, now, WEEKLY_CHECKS + 10)
    assert _draw(session, now) == 0, "the week is not over"
    later = now + WEEK
    assert _draw(session, later) == WEEKLY_CHECKS
    assert _draw(session, later + timedelta(hours=1)) == 0
    checks = _checks(session)
    assert [check.place for check in checks] == list(range(1, WEEKLY_CHECKS + 1))
    assert [check.response_id for check in checks] == in_order(MONDAY, ids)
    assert {check.week for check in checks} == {MONDAY}
    assert session.get_one(CheckWeek, MONDAY).scored == WEEKLY_CHECKS + 10


def test_the_order_is_that_of_no_id_and_every_time_the_same() -> None:
    ids = list(range(1, 200))
    drawn = in_order(MONDAY, ids)
    assert drawn == in_order(MONDAY, reversed(ids))
    assert drawn != sorted(drawn)
    assert drawn != in_order(MONDAY + WEEK, ids)
    assert len(set(drawn)) == WEEKLY_CHECKS


def test_two_workers_at_once_draw_one_sample(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        read_many(session, now, WEEKLY_CHECKS + 10)

    def worker() -> int:
        with sessions() as own:
            return _draw(own, now + WEEK)

    at_once(worker, worker)
    with sessions() as session:
        assert len(_checks(session)) == WEEKLY_CHECKS


def test_what_cannot_be_right_or_wrong_is_not_drawn(session: Session, now: datetime) -> None:
    scored, _ = read_comment(session, now, 9, PRAISE)
    read_comment(session, now, 9, "12345 ?!")
    silent = answered(session, now, 9)
    colleague = answered(session, now, 9, comment=PRAISE)
    session.delete(colleague)
    session.commit()
    assess_comments(session, now, 100)
    assert _draw(session, now + WEEK) == 1
    assert [check.response_id for check in _checks(session)] == [scored.id]
    assert silent.id not in {check.response_id for check in _checks(session)}


def test_nobody_is_drawn_twice(session: Session, now: datetime) -> None:
    first, _ = read_comment(session, now, 9, PRAISE)
    assert _draw(session, now + WEEK) == 1
    say_more(session, first, comment=COMPLAINT)
    second, _ = read_comment(session, now + WEEK, 1, COMPLAINT)
    assert _draw(session, now + 2 * WEEK) == 1
    assert [check.response_id for check in _checks(session)] == [first.id, second.id]


def test_a_comment_that_is_rewritten_before_the_check_is_checked_as_it_is(session: Session, now: datetime) -> None:
    response, _ = read_comment(session, now, 9, PRAISE)
    _draw(session, now + WEEK)
    say_more(session, response, comment=COMPLAINT)
    assess_comments(session, now + WEEK, 10)
    session.commit()
    assert [check.model_label for check in _checks(session)] == ["negative"]
    say_more(session, response, comment="")
    assess_comments(session, now + WEEK, 10)
    session.commit()
    assert _checks(session) == []


def test_a_week_without_comments_is_over_too(session: Session, now: datetime) -> None:
    assert _draw(session, now) == 0
    assert session.get_one(CheckWeek, MONDAY - WEEK).scored == 0


def test_a_week_ends_where_the_shop_is() -> None:
    sunday_night = datetime(2026, 3, 22, 23, 30, tzinfo=UTC)
    assert last_week(sunday_night, LISBON) == MONDAY - WEEK
    assert last_week(sunday_night, ZoneInfo("Europe/Berlin")) == MONDAY
