"""What is shown of a segment is what was answered: at every moment, however the counting goes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.models import (
    DailyScore,
    DailySegment,
    MonthlyScore,
    MonthlySegment,
    StaleDay,
)
from feedback_service.insights.queries import scores_by_month
from feedback_service.insights.rebuild import days_to_rebuild, rebuild_days
from feedback_service.insights.segments.dimensions import Dimension, dimensions
from feedback_service.insights.segments.queries import scores_by_span, scores_by_value
from feedback_service.insights.segments.recount import recount_days
from feedback_service.insights.sum_months import sum_months
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order, Touchpoint, TouchpointKind
from feedback_service.responses.collect import confirm_score
from feedback_service.responses.models import Response, ResponseAnswer
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.models import Assessment, CommentTheme
from tests.insights.factories import LISBON, uncounted
from tests.insights.segments.factories import (
    Buyer,
    a_band,
    answer,
    by_hand,
    picked,
    read_as,
    rescored,
    withdrawn,
)  # fmt: skip
from tests.responses.factories import CSAT, NPS, asked, at_once

SUPPORT = "support_csat"
EVER = date(2000, 1, 1), date(2100, 1, 1)
A_LONG_TIME = timedelta(days=90)  # after which every month of a story has ended
ATTRIBUTES = ("carrier",)
ALL = dimensions(ATTRIBUTES)


def fold(session: Session, now: datetime, limit: int = 1000) -> int:
    done = fold_changes(session, now, limit)
    session.commit()
    return done


def recount(session: Session, now: datetime, limit: int = 1000) -> int:
    done = recount_days(session, now, limit, attributes=ATTRIBUTES)
    session.commit()
    return done


def shown(session: Session, dimension: str, survey: str = NPS) -> dict[str, dict[date, dict[int, int]]]:
    """What the queries say, by value and day; and that both ways of asking say the same."""
    by_value = scores_by_value(session, survey, dimension, *EVER)
    days = sorted(set(session.scalars(select(Response.counted_on))))
    by_day = scores_by_span(session, survey, dimension, [(day, day) for day in days]) if days else {}
    of_days = {value: {days[at]: scores for at, scores in places.items()} for value, places in by_day.items()}
    session.commit()
    assert sorted(of_days) == sorted(by_value)
    for value, days in of_days.items():
        summed = {score: sum(each.get(score, 0) for each in days.values()) for score in by_value[value]}
        assert summed == by_value[value]
    return of_days


def assert_exact(session: Session) -> None:
    for dimension in ALL:
        assert shown(session, dimension) == by_hand(session, dimension), dimension
        session.commit()


def test_each_dimension_before_and_after_it_is_counted(session: Session, now: datetime) -> None:
    a_band(session, now)
    late = answer(session, now, 2, Buyer("Slow", days_late=3, spent=90_000))
    answer(session, now, 9, Buyer("Swift", days_late=0, spent=100, locale="pt-BR"))
    answer(session, now - timedelta(days=1), 10, Buyer("", days_late=-2))
    picked(session, late, ["delivery"], now)
    read_as(session, late, SentimentLabel.NEGATIVE, ["late_delivery", "carrier"], now)
    session.commit()
    today = now.date()
    expected = {
        Dimension.TOUCHPOINT: {"order": {today: {2: 1, 9: 1}, today - timedelta(days=1): {10: 1}}},
        Dimension.TEAM: {},
        Dimension.LANGUAGE: {"en": {today: {2: 1}, today - timedelta(days=1): {10: 1}}, "pt-BR": {today: {9: 1}}},
        Dimension.VALUE_BAND: {
            "top_tenth": {today: {2: 1}},
            "others": {today: {9: 1}, today - timedelta(days=1): {10: 1}},
        },
        Dimension.DELIVERY: {
            "late": {today: {2: 1}},
            "on_time": {today: {9: 1}, today - timedelta(days=1): {10: 1}},
        },
        Dimension.SENTIMENT: {"negative": {today: {2: 1}}},
        Dimension.THEME: {"late_delivery": {today: {2: 1}}, "carrier": {today: {2: 1}}},
        Dimension.REASON: {"delivery": {today: {2: 1}}},
        "order.carrier": {"Slow": {today: {2: 1}}, "Swift": {today: {9: 1}}},
    }
    for stage in (lambda: 0, lambda: fold(session, now), lambda: recount(session, now)):
        stage()
        assert {dimension: shown(session, dimension) for dimension in ALL} == expected
    assert session.scalar(select(func.count()).select_from(StaleDay)) == 0
    assert session.scalar(select(func.sum(DailySegment.count)).where(DailySegment.dimension == "order.carrier")) == 2


def test_the_team_is_the_one_whose_service_was_asked_about(session: Session, now: datetime) -> None:
    for number, (team, score) in enumerate([("Care", 2), ("Care", 3), ("Repairs", 5), ("", 4)]):
        person = asked(session, now, survey=SUPPORT)
        invitation = session.get_one(Invitation, person.invitation_id)
        moment = Touchpoint(
            source="desk", kind=TouchpointKind.SUPPORT_CLOSED, external_id=str(number),
            customer_id=invitation.customer_id, happened_at=now, attributes={"team": team} if team else {},
            created_at=now, updated_at=now,
        )  # fmt: skip
        session.add(moment)
        session.flush()
        invitation.touchpoint_id = moment.id
        session.commit()
        confirm_score(session, invitation, score, window=timedelta(days=1), zone=LISBON, now=now)
        session.commit()
    today = now.date()
    for stage in (lambda: 0, lambda: fold(session, now), lambda: recount(session, now)):
        stage()
        assert shown(session, Dimension.TEAM, SUPPORT) == {"Care": {today: {2: 1, 3: 1}}, "Repairs": {today: {5: 1}}}


def test_a_window_ends_where_it_says(session: Session, now: datetime) -> None:
    for days in range(5):
        answer(session, now - timedelta(days=days), 9, Buyer())
    session.commit()
    first, last = now.date() - timedelta(days=3), now.date() - timedelta(days=1)
    for stage in (
        lambda: 0,
        lambda: fold(session, now),
        lambda: recount(session, now, 2),
        lambda: recount(session, now),
    ):
        stage()
        assert scores_by_value(session, NPS, "order.carrier", first, last) == {"Swift": {9: 3}}
        spans = [(first, first + timedelta(days=1)), (last, last)]
        assert scores_by_span(session, NPS, "order.carrier", spans) == {"Swift": {0: {9: 2}, 1: {9: 1}}}
        session.commit()


def test_what_is_no_dimension_is_an_error_and_what_nobody_has_is_empty(session: Session) -> None:
    with pytest.raises(ValueError, match="colour"):
        scores_by_value(session, NPS, "colour", *EVER)
    assert scores_by_value(session, NPS, "order.colour", *EVER) == {}
    assert scores_by_value(session, "no_survey", Dimension.REASON, *EVER) == {}


LABELS = (SentimentLabel.NEGATIVE, SentimentLabel.NEUTRAL, SentimentLabel.POSITIVE)
COUNTING: dict[str, Callable[[Session, datetime, int], object]] = {
    "fold": fold_changes,
    "recount": lambda session, now, number: recount_days(session, now, number, attributes=ATTRIBUTES),
    "rebuild": lambda session, _now, _number: rebuild_days(session, days_to_rebuild(session)),
    "sum up": lambda session, now, number: sum_months(session, now + A_LONG_TIME, number),
}
CHANGES: dict[str, Callable[[Session, Response, int, datetime], None]] = {
    "correct": lambda session, some, number, _now: rescored(session, some, number),
    "withdraw": lambda session, some, _number, now: withdrawn(session, some, now),
    "pick": lambda session, some, number, now: picked(session, some, ["delivery", "price"][:number], now),
    "read": lambda session, some, number, now: read_as(
        session, some, LABELS[number], ["carrier", "price"][:number], now
    ),
}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.integers(0, 10), st.integers(0, 5), st.sampled_from(["Swift", "Slow", ""])),
        st.tuples(st.just("correct"), st.integers(0, 10), st.integers(0, 30), st.just("")),
        st.tuples(st.just("withdraw"), st.just(0), st.integers(0, 30), st.just("")),
        st.tuples(st.just("pick"), st.integers(0, 2), st.integers(0, 30), st.just("")),
        st.tuples(st.just("read"), st.integers(0, 2), st.integers(0, 30), st.just("")),
        st.tuples(st.just("fold"), st.integers(1, 4), st.just(0), st.just("")),
        st.tuples(st.just("recount"), st.integers(1, 3), st.just(0), st.just("")),
        st.tuples(st.just("rebuild"), st.just(0), st.just(0), st.just("")),
        st.tuples(st.just("sum up"), st.integers(1, 2), st.just(0), st.just("")),
    ),
    max_size=14,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_after_any_answers_changes_and_countings_the_segments_are_those_of_the_answers(
    session: Session, now: datetime, steps: list[tuple[str, int, int, str]]
) -> None:
    uncounted(session, Assessment, CommentTheme, ResponseAnswer)
    session.execute(delete(Order))
    answers: list[Response] = []
    for act, number, where, carrier in steps:
        if act == "answer":
            buyer = Buyer(carrier, days_late=number - 5, locale="de" if number % 2 else "en")
            answers.append(answer(session, now - timedelta(days=where), number, buyer))
        elif act in COUNTING:
            COUNTING[act](session, now, number)
        elif standing := [each for each in answers if each.withdrawn_at is None]:
            CHANGES[act](session, standing[where % len(standing)], number, now)
        session.commit()
        assert_exact(session)
    months = {month.period.first: month.counts for month in scores_by_month(session, NPS) if month.counts}
    total = sum(sum(counts.values()) for counts in months.values())
    assert total == sum(each.withdrawn_at is None for each in answers)
    session.commit()


def test_counting_at_once_while_people_answer(sessions: sessionmaker[Session], now: datetime) -> None:
    def buyers(carrier: str) -> int:
        for score in range(6):
            with sessions() as own:
                response = answer(own, now - timedelta(days=score % 2), score, Buyer(carrier))
                own.commit()
                rescored(own, response, 10 - score)
                own.commit()
        return 0

    def counter() -> int:
        done = 0
        for _ in range(20):
            with sessions() as own:
                done += fold(own, now, 4) + recount(own, now, 1)
                sum_months(own, now + A_LONG_TIME, 1)
                own.commit()
        return done

    at_once(counter, counter, lambda: buyers("Swift"), lambda: buyers("Slow"))
    with sessions() as session:
        assert_exact(session)
        while fold(session, now) + recount(session, now):
            pass
        assert_exact(session)
        counted = select(func.sum(DailySegment.count)).where(DailySegment.dimension == "order.carrier")
        assert session.scalar(counted) == 12


def test_a_month_that_has_ended_is_read_whole_until_something_in_it_changes(session: Session, now: datetime) -> None:
    first = answer(session, now, 9, Buyer())
    answer(session, now - timedelta(days=4), 2, Buyer("Slow"))
    session.commit()
    month = now.date().replace(day=1), date(2026, 3, 31)
    assert fold(session, now) == 2
    assert sum_months(session, now + A_LONG_TIME, 9) == 0, "its days are not counted yet"
    assert recount(session, now) == 2
    assert sum_months(session, datetime(2026, 4, 1, 23, tzinfo=UTC), 9) == 0, "it still rests"
    assert sum_months(session, datetime(2026, 4, 3, 1, tzinfo=UTC), 9) == 1
    session.commit()
    assert_exact(session)

    session.execute(update(MonthlySegment).values(count=MonthlySegment.count + 40))
    session.execute(update(MonthlyScore).values(count=MonthlyScore.count + 40))
    assert scores_by_value(session, NPS, "order.carrier", *month) == {"Slow": {2: 41}, "Swift": {9: 41}}
    assert scores_by_month(session, NPS)[0].counts == {2: 41, 9: 41}, "so it is the month that is read"
    rescored(session, first, 10)
    session.commit()
    assert scores_by_value(session, NPS, "order.carrier", *month) == {"Slow": {2: 1}, "Swift": {10: 1}}
    fold(session, now)
    assert scores_by_month(session, NPS)[0].counts == {2: 1, 10: 1}
    recount(session, now)
    assert_exact(session)
    assert sum_months(session, now + A_LONG_TIME, 9) == 1
    assert_exact(session)


def test_a_rebuild_mends_counts_that_went_wrong(session: Session, now: datetime) -> None:
    for score in (9, 9, 2):
        answer(session, now, score, Buyer())
    answer(session, now, 5, Buyer(), survey=CSAT)
    session.commit()
    fold(session, now)
    recount(session, now)
    sum_months(session, now + A_LONG_TIME, 9)
    session.execute(update(DailyScore).values(count=77))
    session.execute(update(MonthlyScore).values(count=78))
    session.execute(delete(DailySegment))
    answer(session, now, 10, Buyer())  # not folded yet
    session.commit()
    rebuild_days(session, days_to_rebuild(session))
    session.commit()
    assert [month.counts for month in scores_by_month(session, NPS)] == [{2: 1, 9: 2, 10: 1}]
    assert_exact(session)
    recount(session, now)
    fold(session, now)
    assert [month.counts for month in scores_by_month(session, NPS)] == [{2: 1, 9: 2, 10: 1}]
    assert_exact(session)
