"""A score may be changed for a while, and then stands."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback_service.responses.rules.revisions import score_may_change

ANSWERED = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("after", "window", "expected", "why"),
    [
        (timedelta(0), DAY, True, "a slip of the finger"),
        (DAY - timedelta(microseconds=1), DAY, True, "the last moment"),
        (DAY, DAY, False, "ranges are half-open"),
        (timedelta(days=20), DAY, False, "long settled"),
        (timedelta(0), timedelta(0), False, "a survey may allow no correction at all"),
    ],
)
def test_score_may_change(after: timedelta, window: timedelta, expected: bool, why: str) -> None:
    assert score_may_change(ANSWERED, ANSWERED + after, window) is expected, why
