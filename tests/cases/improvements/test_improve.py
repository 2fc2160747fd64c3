"""An improvement from its first line to the day on which it works."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.improvements.improve import (
    ImprovementError,
    change,
    described,
    drop,
    link,
    mark_of,
    publish,
    take_effect,
    take_up,
    unlink,
    withhold,
)
from feedback_service.cases.improvements.models import ImprovementCase
from feedback_service.cases.improvements.queries import (
    View,
    count_by_view,
    improvements_for_causes,
    improvements_in,
    published_improvements,
)
from tests.cases.factories import colleague, opened
from tests.cases.improvements.factories import WORDS, closed, improvement_for, published

DAY = timedelta(days=1)
TODAY = date(2026, 3, 20)


@pytest.fixture
def ana(session: Session, now: datetime) -> int:
    return colleague(session, "Ana", now)


def _linked(session: Session) -> set[int]:
    return set(session.scalars(select(ImprovementCase.case_id)))


def test_what_a_cause_led_to_lately_is_linked_from_the_start(session: Session, ana: int, now: datetime) -> None:
    _, recent = closed(session, ana, now - 3 * DAY)
    closed(session, ana, now - 120 * DAY)
    opened(session, now, 1)  # not closed, so nobody knows the cause yet
    improvement_for(session, ana, now, cause="damaged")
    assert _linked(session) == {recent.id}
    improvement_for(session, ana, now, cause="price", title="Another")
    assert improvements_for_causes(session, TODAY).keys() == {"damaged", "price"}


def test_cases_are_linked_once_by_their_numbers(session: Session, ana: int, now: datetime) -> None:
    case = opened(session, now)
    improvement = improvement_for(session, ana, now, case)
    assert link(session, improvement.id, [case.id, 999, 10**18 * 9], now) == [999]
    assert _linked(session) == {case.id}
    unlink(session, improvement.id, case.id)
    unlink(session, improvement.id, case.id)  # a second press
    assert _linked(session) == set()


def test_whoever_was_told_stays_linked(session: Session, ana: int, now: datetime) -> None:
    case = opened(session, now)
    improvement = improvement_for(session, ana, now, case)
    session.scalars(select(ImprovementCase)).one().told_at = now
    with pytest.raises(ImprovementError, match="was told"):
        unlink(session, improvement.id, case.id)


def test_two_who_describe_it_at_once_do_not_overwrite_each_other(session: Session, ana: int, now: datetime) -> None:
    improvement = improvement_for(session, ana, now)
    seen, stands = mark_of(improvement), described(improvement)
    cheaper = replace(stands, cost_minor=5_000, currency="EUR")
    change(session, improvement.id, cheaper, seen=seen)
    change(session, improvement.id, cheaper, seen=seen)  # a second press
    with pytest.raises(ImprovementError, match="A colleague changed this"):
        change(session, improvement.id, replace(stands, title="Triple boxes"), seen=seen)
    assert described(improvement) == cheaper


def test_what_is_not_done_is_no_news(session: Session, ana: int, now: datetime) -> None:
    improvement = improvement_for(session, ana, now)
    with pytest.raises(ImprovementError, match="Say since which day"):
        publish(session, improvement.id, WORDS, now)
    with pytest.raises(ImprovementError, match="still to come"):
        take_effect(session, improvement.id, TODAY + DAY, today=TODAY)
    published(session, improvement, now)
    assert published_improvements(session) == [(WORDS, TODAY)]
    withhold(session, improvement.id)
    assert published_improvements(session) == []
    publish(session, improvement.id, WORDS, now)
    take_effect(session, improvement.id, None, today=TODAY)
    assert published_improvements(session) == []


def test_a_dropped_one_is_read_by_nobody_and_can_be_taken_up(session: Session, ana: int, now: datetime) -> None:
    improvement = improvement_for(session, ana, now, cause="price")
    published(session, improvement, now)
    drop(session, improvement.id, now)
    assert (published_improvements(session), improvements_for_causes(session, TODAY)) == ([], {})
    assert count_by_view(session) == {View.OPEN: 0, View.EFFECTIVE: 0, View.DROPPED: 1}
    with pytest.raises(ImprovementError, match="Take it up again"):
        take_effect(session, improvement.id, TODAY, today=TODAY)
    take_up(session, improvement.id)
    assert [line.improvement.id for line in improvements_in(session, View.EFFECTIVE)] == [improvement.id]


def test_open_ones_stand_by_their_day(session: Session, ana: int, now: datetime) -> None:
    later, sooner = improvement_for(session, ana, now), improvement_for(session, ana, now, title="Sooner")
    sooner.due_on = later.due_on - DAY
    case = opened(session, now)
    link(session, later.id, [case.id], now)
    assert [(line.improvement.title, line.owner, line.linked) for line in improvements_in(session, View.OPEN)] == [
        ("Sooner", "Ana", 0),
        ("Double boxes", "Ana", 1),
    ]
