"""What is told of a quarter is written down once, and nothing that happens afterwards changes it."""

from datetime import date, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.models import DailyScore
from feedback_service.insights.staff.models import ToldQuarter
from feedback_service.insights.staff.tell import tell_quarters
from feedback_service.questionnaires.models import Survey
from feedback_service.responses.models import Response
from tests.insights.factories import LISBON
from tests.insights.staff.factories import JULY, OCTOBER, PULSE, asked_for, said, standings, tell, told
from tests.responses.factories import at_once, later, press

TOLD, KEPT_BACK, NO_ANSWERS, NOT_YET = "told", "kept_back", "no_answers", "not_yet"


def written(session: Session) -> dict[date, object]:
    """What stands in the database, by the first day of each quarter."""
    found = {row.quarter: row.release for row in session.scalars(select(ToldQuarter).order_by(ToldQuarter.quarter))}
    session.rollback()
    return dict(found)


def somebody_late(client: FlaskClient, session: Session, now: datetime, day: date, score: int) -> None:
    """A manager lets people be asked, and answer, for half a year, and one more does."""
    survey = session.get_one(Survey, PULSE)
    survey.rules = {
        **survey.rules,
        "trigger": {**survey.rules["trigger"], "max_age_days": 365},
        "asking": {**survey.rules["asking"], "link_days": 180},
    }
    with later(now, days=-1) as asked_at:
        person = asked_for(session, day, asked_at)
    before = _answers(session)
    press(client, person.path, score=str(score))
    assert _answers(session) == before + 1


def _answers(session: Session) -> int:
    number = session.scalar(select(func.count()).where(Response.survey_key == PULSE))
    session.rollback()
    return number or 0


def test_five_that_were_told_never_become_six(client: FlaskClient, session: Session, now: datetime) -> None:
    """Whoever sees that would know the sixth."""
    said(session, OCTOBER, {9: 5})
    assert tell(session, now) == 1
    before = told(session, now)
    assert before[0].quarter.scores == {9: 5}
    somebody_late(client, session, now, OCTOBER, 2)
    assert told(session, now) == before, "not while the link is open, and not with its answer"
    for moment in (now, now + timedelta(days=400)):
        tell(session, moment)
        assert told(session, now)[0] == before[0]


def test_what_was_kept_back_stays_so_and_its_numbers_stand_nowhere(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    said(session, OCTOBER, {9: 4})
    tell(session, now)
    kept_back = {"standing": KEPT_BACK, "scores": {}}
    assert written(session) == {OCTOBER: {"quarter": kept_back, "months": [kept_back] * 3}}
    somebody_late(client, session, now, OCTOBER, 9)
    tell(session, now + timedelta(days=400))
    assert written(session)[OCTOBER] == {"quarter": kept_back, "months": [kept_back] * 3}
    assert standings(session, now)["Q4 2025"] == KEPT_BACK


def test_a_month_that_is_kept_back_stands_nowhere_either(session: Session, now: datetime) -> None:
    said(session, OCTOBER, {9: 7})
    said(session, date(2025, 11, 1), {2: 3})
    tell(session, now)
    kept_back = {"standing": KEPT_BACK, "scores": {}}
    quarter = {"standing": TOLD, "scores": {"2": 3, "9": 7}}
    assert written(session) == {OCTOBER: {"quarter": quarter, "months": [kept_back] * 3}}


def test_answers_that_go_are_told_all_the_same(session: Session, now: datetime) -> None:
    said(session, OCTOBER, {9: 6})
    fold_changes(session, now, 100)
    tell(session, now)
    before = told(session, now)
    session.execute(delete(DailyScore))
    tell(session, now)
    assert told(session, now) == before


def test_nothing_is_told_before_nobody_can_answer(client: FlaskClient, session: Session, now: datetime) -> None:
    said(session, OCTOBER, {9: 5})
    eve = datetime(2025, 12, 31, 23, 59, tzinfo=LISBON)
    assert tell(session, eve) == 0
    assert set(standings(session, eve).values()) == {NOT_YET}
    with later(now, days=-5) as asked_at:
        person = asked_for(session, OCTOBER, asked_at)
    assert tell(session, now) == 0, "a link is open"
    assert standings(session, now)["Q4 2025"] == NOT_YET
    press(client, person.path, score="2")
    assert standings(session, now)["Q4 2025"] == NOT_YET, "until it is written down"
    assert tell(session, now) == 1
    assert told(session, now)[0].quarter.scores == {2: 1, 9: 5}


def test_quarters_are_told_in_order_so_that_none_that_was_empty_is_told_later(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    with later(now, days=-5) as asked_at:
        person = asked_for(session, JULY, asked_at)
    said(session, JULY, {9: 5})
    said(session, OCTOBER, {7: 5})
    assert tell(session, now) == 0, "one of the earlier quarter can still answer"
    press(client, person.path, score="0")
    assert tell(session, now) == 2
    april = date(2025, 4, 1)
    somebody_late(client, session, now, april, 3)
    tell(session, now + timedelta(days=400))
    found = standings(session, now, april)
    assert (found["Q2 2025"], found["Q3 2025"], found["Q4 2025"]) == (NO_ANSWERS, TOLD, TOLD)


def test_an_empty_quarter_between_is_told_as_empty(session: Session, now: datetime) -> None:
    said(session, JULY, {9: 5})
    assert tell(session, now) == 2
    assert standings(session, now)["Q4 2025"] == NO_ANSWERS
    assert tell(session, now) == 0


def test_workers_at_the_same_time_write_a_quarter_once(
    sessions: sessionmaker[Session], session: Session, now: datetime
) -> None:
    said(session, JULY, {9: 5})
    said(session, OCTOBER, {9: 6})

    def work() -> int:
        with sessions() as own:
            count = tell_quarters(own, now, 200, zone=LISBON)
            own.commit()
            return count

    assert sum(at_once(work, work, work)) == 2
    assert list(written(session)) == [JULY, OCTOBER]


def test_a_portion_at_a_time(session: Session, now: datetime) -> None:
    said(session, date(2025, 1, 1), {9: 5})
    assert [tell_quarters(session, now, 3, zone=LISBON) for _ in range(3)] == [3, 1, 0]
