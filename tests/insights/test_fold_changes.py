"""What is shown is what was answered: at every moment, however the folding goes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.models import DailyScore, StaleDay
from feedback_service.insights.queries import scores_by_month
from feedback_service.insights.sum_months import sum_months
from feedback_service.responses.models import Response, ResponseChange
from tests.insights.factories import by_hand, corrected, counted, uncounted
from tests.responses.factories import CSAT, NPS, at_once


def _shown(session: Session, survey: str = NPS) -> dict[date, tuple[dict[int, int], int]]:
    """What the queries say, without the empty months between."""
    months = scores_by_month(session, survey)
    session.commit()
    return {month.period.first: (month.counts, month.imported) for month in months if month.counts}


def _fold(session: Session, now: datetime, limit: int = 1000) -> int:
    count = fold_changes(session, now, limit)
    session.commit()
    return count


def test_folding_moves_the_counts_and_changes_none(session: Session, now: datetime) -> None:
    for score in (9, 9, 3):
        counted(session, now, score)
    session.commit()
    before = _shown(session)
    assert before == {date(2026, 3, 1): ({3: 1, 9: 2}, 0)}
    assert _fold(session, now) == 3
    assert _shown(session) == before == by_hand(session)
    assert session.scalar(select(func.count()).select_from(ResponseChange)) == 0
    assert _fold(session, now) == 0


def test_a_correction_before_or_after_folding_leaves_one_answer(session: Session, now: datetime) -> None:
    response = counted(session, now, 9)
    session.commit()
    _fold(session, now)
    corrected(session, response, 2)
    session.commit()
    assert _shown(session) == {date(2026, 3, 1): ({2: 1}, 0)}
    _fold(session, now)
    corrected(session, response, 9)
    session.commit()
    _fold(session, now, limit=1)  # half of a correction folded is nothing anybody sees
    assert _shown(session) == {date(2026, 3, 1): ({9: 1}, 0)} == by_hand(session)


def test_a_limit_is_kept(session: Session, now: datetime) -> None:
    for _ in range(5):
        counted(session, now, 7)
    session.commit()
    assert [_fold(session, now, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_surveys_are_counted_apart(session: Session, now: datetime) -> None:
    counted(session, now, 5, survey=NPS)
    counted(session, now, 5, survey=CSAT)
    session.commit()
    _fold(session, now)
    assert _shown(session, NPS) == _shown(session, CSAT) == {date(2026, 3, 1): ({5: 1}, 0)}


def test_folders_at_once_while_people_answer_count_everybody_once(
    sessions: sessionmaker[Session], now: datetime
) -> None:
    def buyers(scores: list[int]) -> Callable[[], int]:
        def answer() -> int:
            for score in scores:
                with sessions() as own:
                    response = counted(own, now + timedelta(days=score), score)
                    own.commit()
                    corrected(own, response, 10 - score)
                    own.commit()
            return 0

        return answer

    def folder() -> int:
        done = 0
        for _ in range(25):
            with sessions() as own:
                done += _fold(own, now, limit=4)
        return done

    folded = sum(at_once(folder, folder, buyers([0, 3, 6, 9]), buyers([1, 4, 7, 10]))[:2])
    with sessions() as session:
        assert _shown(session) == by_hand(session)
        folded += _fold(session, now)
        assert folded == 8 * 3
        assert _shown(session) == by_hand(session)
        assert session.scalar(select(func.sum(DailyScore.count))) == 8


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.integers(0, 10), st.integers(0, 24 * 100), st.booleans()),
        st.tuples(st.just("correct"), st.integers(0, 10), st.integers(0, 30), st.just(False)),
        st.tuples(st.just("fold"), st.integers(1, 5), st.just(0), st.just(False)),
        st.tuples(st.just("sum up"), st.integers(1, 3), st.just(0), st.just(False)),
    ),
    max_size=30,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_after_any_answers_corrections_and_foldings_the_counts_are_those_of_the_answers(
    session: Session, now: datetime, steps: list[tuple[str, int, int, bool]]
) -> None:
    uncounted(session)
    answers: list[Response] = []
    for act, number, where, imported in steps:
        if act == "answer":
            answers.append(counted(session, now - timedelta(hours=where), number, imported=imported))
        elif act == "correct" and answers:
            corrected(session, answers[where % len(answers)], number)
        elif act == "fold":
            fold_changes(session, now, number)
        elif act == "sum up":
            session.execute(delete(StaleDay))  # segments are another story
            sum_months(session, now, number)
        session.commit()
        assert _shown(session) == by_hand(session)
    session.commit()


@pytest.mark.parametrize(
    ("answered_at", "month", "why"),
    [
        ("2026-07-31T22:59:59+00:00", date(2026, 7, 1), "the last second of July in Lisbon"),
        ("2026-07-31T23:30:00+00:00", date(2026, 8, 1), "August has begun in Lisbon's summer time"),
        ("2026-01-31T23:30:00+00:00", date(2026, 1, 1), "in winter Lisbon keeps UTC"),
    ],
)
def test_the_shop_s_calendar_decides_the_month(session: Session, answered_at: str, month: date, why: str) -> None:
    counted(session, datetime.fromisoformat(answered_at), 9)
    session.commit()
    assert list(_shown(session)) == [month], why
    _fold(session, datetime.fromisoformat(answered_at))
    assert list(_shown(session)) == [month], why
