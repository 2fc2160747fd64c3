"""One clock for the process, which a replay may set."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback_service import clock


def test_the_time_is_now_and_in_utc() -> None:
    assert clock.now().tzinfo == UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_another_clock_runs_until_the_block_ends() -> None:
    then = datetime(2016, 9, 4, tzinfo=UTC)
    with clock.running_on(lambda: then):
        assert clock.now() == then
    assert clock.now() > then


def test_the_clock_is_put_back_after_a_failure() -> None:
    then = datetime(2016, 9, 4, tzinfo=UTC)
    with pytest.raises(ZeroDivisionError), clock.running_on(lambda: then):
        _ = 1 / 0
    assert clock.now() > then
