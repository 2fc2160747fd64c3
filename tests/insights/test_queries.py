"""Whatever periods are asked for, their numbers are those of the answers."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.queries import (
    PeriodOfScores,
    scores_by_month,
    scores_of_periods,
    scores_of_surveys,
)
from feedback_service.insights.rules.periods import Grain, Period, period_of, periods_between
from feedback_service.insights.segments.recount import recount_days
from feedback_service.insights.sum_months import sum_months
from feedback_service.responses.models import Channel, Response
from tests.insights.factories import corrected, counted, many, uncounted
from tests.responses.factories import CSAT, NPS


def _in(year: int, month: int) -> datetime:
    return datetime(year, month, 15, 12, 0, tzinfo=UTC)


def _month(year: int, month: int) -> Period:
    return period_of(Grain.MONTH, date(year, month, 1))


def test_no_answer_no_months(session: Session) -> None:
    assert scores_by_month(session, NPS) == []
    assert scores_by_month(session, "nobody_asks_this") == []


def test_months_between_are_there_and_empty(session: Session) -> None:
    many(session, _in(2025, 11), {9: 1})
    many(session, _in(2026, 2), {3: 2})
    assert scores_by_month(session, NPS) == [
        PeriodOfScores(_month(2025, 11), {9: 1}, 0),
        PeriodOfScores(_month(2025, 12), {}, 0),
        PeriodOfScores(_month(2026, 1), {}, 0),
        PeriodOfScores(_month(2026, 2), {3: 2}, 0),
    ]


def test_imported_answers_count_and_are_told_apart(session: Session) -> None:
    many(session, _in(2026, 1), {9: 2, 3: 1}, imported=True)
    many(session, _in(2026, 1), {9: 4})
    assert scores_by_month(session, NPS) == [PeriodOfScores(_month(2026, 1), {3: 1, 9: 6}, 3)]


def test_a_score_that_was_corrected_away_is_not_listed_with_zero(session: Session) -> None:
    corrected(session, counted(session, _in(2026, 1), 9), 2)
    session.commit()
    assert scores_by_month(session, NPS)[0].counts == {2: 1}


def test_other_surveys_do_not_stretch_the_months(session: Session) -> None:
    many(session, _in(2024, 1), {4: 1}, survey=CSAT)
    many(session, _in(2026, 1), {9: 1})
    assert [month.period for month in scores_by_month(session, NPS)] == [_month(2026, 1)]


def test_no_survey_and_no_period_are_no_error(session: Session) -> None:
    assert scores_of_surveys(session, [], [_month(2026, 1)]) == {}
    assert scores_of_periods(session, NPS, []) == []
    assert scores_of_periods(session, NPS, [], "language", "en") == []


def _by_hand(session: Session, survey: str, periods: list[Period], locale: str | None) -> list[PeriodOfScores]:
    """Every answer read and sorted into the periods."""
    told = []
    for period in periods:
        scores: Counter[int] = Counter()
        imported = 0
        for response in session.scalars(select(Response).where(Response.survey_key == survey)):
            if response.counted_on in period and locale in (None, response.locale):
                scores[response.score] += 1
                imported += response.channel == Channel.IMPORT and locale is None
        told.append(PeriodOfScores(period, dict(sorted(scores.items())), imported))
    return told


DAYS = st.integers(0, 60).map(lambda days: date(2026, 1, 1) + timedelta(days=days))
PERIODS = st.one_of(
    st.builds(periods_between, st.sampled_from(list(Grain)), DAYS, DAYS),
    st.lists(st.builds(period_of, st.just(Grain.WEEK), DAYS), unique=True, max_size=4),
    st.lists(st.builds(period_of, st.just(Grain.DAY), DAYS), unique=True, max_size=9),
)
ANSWERS = st.lists(st.tuples(DAYS, st.integers(1, 5), st.booleans(), st.booleans(), st.booleans()), max_size=12)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(answers=ANSWERS, periods=PERIODS, folded=st.integers(0, 12), counted_days=st.integers(0, 9))
def test_any_periods_are_those_of_the_answers(
    session: Session,
    now: datetime,
    answers: list[tuple[date, int, bool, bool, bool]],
    periods: list[Period],
    folded: int,
    counted_days: int,
) -> None:
    uncounted(session)
    for day, score, second, german, imported in answers:
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        response = counted(session, at, score, survey=CSAT if second else NPS, imported=imported)
        response.locale = "de" if german else "en"
    session.commit()
    if folded:
        fold_changes(session, now, folded)
        recount_days(session, now, counted_days, attributes=())
        sum_months(session, now + timedelta(days=60), 2)
    session.commit()
    by_hand = {key: _by_hand(session, key, periods, None) for key in (NPS, CSAT)}
    assert scores_of_surveys(session, [NPS, CSAT], periods) == by_hand
    for key in (NPS, CSAT):
        assert scores_of_periods(session, key, periods) == by_hand[key]
        german_ones = scores_of_periods(session, key, periods, "language", "de")
        assert german_ones == _by_hand(session, key, periods, "de")
    session.commit()
