"""An anonymous answer is kept under a day that everybody of its round shares."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from feedback_service.responses.rules.rounds import round_day

ASKED = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("event_key", "zone", "day", "why"),
    [
        ("pulse:shop:e7:2026-03-01", "UTC", date(2026, 3, 1), "the pulse's own day"),
        ("pulse:a:b:c:2026-01-01", "UTC", date(2026, 1, 1), "whatever stands before it"),
        ("order:shop:O-1", "UTC", date(2026, 3, 1), "no day: the month in which they were asked"),
        ("order:shop:O-1", "Europe/Lisbon", date(2026, 4, 1), "by the shop's calendar"),
        ("", "UTC", date(2026, 3, 1), "no key at all"),
    ],
)
def test_the_day_of_the_round(event_key: str, zone: str, day: date, why: str) -> None:
    assert round_day(event_key, ASKED, ZoneInfo(zone)) == day, why
