"""Months without an answer are months too."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from feedback_service.insights.queries import MonthOfScores, scores_by_month
from tests.insights.factories import corrected, counted, many
from tests.responses.factories import CSAT, NPS


def _in(year: int, month: int) -> datetime:
    return datetime(year, month, 15, 12, 0, tzinfo=UTC)


def test_no_answer_no_months(session: Session) -> None:
    assert scores_by_month(session, NPS) == []
    assert scores_by_month(session, "nobody_asks_this") == []


def test_months_between_are_there_and_empty(session: Session) -> None:
    many(session, _in(2025, 11), {9: 1})
    many(session, _in(2026, 2), {3: 2})
    assert scores_by_month(session, NPS) == [
        MonthOfScores(date(2025, 11, 1), {9: 1}, 0),
        MonthOfScores(date(2025, 12, 1), {}, 0),
        MonthOfScores(date(2026, 1, 1), {}, 0),
        MonthOfScores(date(2026, 2, 1), {3: 2}, 0),
    ]


def test_imported_answers_count_and_are_told_apart(session: Session) -> None:
    many(session, _in(2026, 1), {9: 2, 3: 1}, imported=True)
    many(session, _in(2026, 1), {9: 4})
    assert scores_by_month(session, NPS) == [MonthOfScores(date(2026, 1, 1), {3: 1, 9: 6}, 3)]


def test_a_score_that_was_corrected_away_is_not_listed_with_zero(session: Session) -> None:
    corrected(session, counted(session, _in(2026, 1), 9), 2)
    session.commit()
    assert scores_by_month(session, NPS)[0].counts == {2: 1}


def test_other_surveys_do_not_stretch_the_months(session: Session) -> None:
    many(session, _in(2024, 1), {4: 1}, survey=CSAT)
    many(session, _in(2026, 1), {9: 1})
    assert [month.first_day for month in scores_by_month(session, NPS)] == [date(2026, 1, 1)]
