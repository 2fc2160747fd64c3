"""A mail that could not be handed over comes back later and later, and not for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.delivery.rules.backoff import (
    FIRST_WAIT,
    GIVE_UP_AFTER,
    LONGEST_WAIT,
    SPREAD,
    next_attempt,
    usual_wait,
)

MONDAY = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "wait", "reason"),
    [
        (1, timedelta(minutes=1), "the first wait"),
        (2, timedelta(minutes=2), "then it doubles"),
        (5, timedelta(minutes=16), "and doubles"),
        (8, timedelta(minutes=128), "and doubles"),
        (9, timedelta(hours=4), "256 minutes are more than the longest wait"),
        (10_000, timedelta(hours=4), "no number of attempts overflows"),
    ],
)
def test_waits_double_up_to_four_hours(attempts: int, wait: timedelta, reason: str) -> None:
    assert usual_wait(attempts) == wait, reason


@settings(deadline=None)  # a busy machine is no failure
@given(
    attempts=st.integers(1, 500),
    age=st.timedeltas(timedelta(0), GIVE_UP_AFTER - timedelta(seconds=1)),
    uid=st.text(),
)
def test_every_attempt_lies_ahead_near_its_usual_wait_and_within_three_days(
    attempts: int, age: timedelta, uid: str
) -> None:
    now = MONDAY + age
    at = next_attempt(attempts, MONDAY, now, spread_by=uid)
    assert at is not None
    assert now < at <= MONDAY + GIVE_UP_AFTER
    assert at - now <= usual_wait(attempts) * (1 + SPREAD)
    assert at - now >= usual_wait(attempts) * (1 - SPREAD) or at == MONDAY + GIVE_UP_AFTER
    assert at == next_attempt(attempts, MONDAY, now, spread_by=uid), "a step that is run twice decides the same"


def test_a_thousand_mails_that_failed_together_do_not_come_back_together() -> None:
    times = [next_attempt(5, MONDAY, MONDAY, spread_by=f"mail {number}") for number in range(1000)]
    minutes = [(at - MONDAY) / timedelta(minutes=1) for at in times if at is not None]
    assert len(set(minutes)) == 1000
    assert 14.4 <= min(minutes) < 14.6
    assert 17.4 < max(minutes) <= 17.6
    assert sum(minutes) / 1000 == pytest.approx(16, rel=0.01)


def test_a_server_that_stays_down_is_tried_for_three_days_and_then_no_more() -> None:
    now, attempts = MONDAY, 1
    while (following := next_attempt(attempts, MONDAY, now)) is not None:
        now, attempts = following, attempts + 1
    assert now == MONDAY + GIVE_UP_AFTER, "the last attempt is made at the very end"
    assert 20 <= attempts <= 30, "often enough to be lucky, seldom enough not to be a nuisance"


def test_a_worker_that_slept_past_the_end_gives_up() -> None:
    assert next_attempt(1, MONDAY, MONDAY + GIVE_UP_AFTER) is None
    assert next_attempt(1, MONDAY, MONDAY + timedelta(days=30)) is None


def test_arguments_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="before the first attempt"):
        next_attempt(0, MONDAY, MONDAY)
    with pytest.raises(ValueError, match="time zone"):
        next_attempt(1, MONDAY.replace(tzinfo=None), MONDAY)
    with pytest.raises(ValueError, match="time zone"):
        next_attempt(1, MONDAY, MONDAY.replace(tzinfo=None))
    assert FIRST_WAIT < LONGEST_WAIT < GIVE_UP_AFTER
