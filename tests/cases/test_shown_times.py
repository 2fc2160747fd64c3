"""How a case stands in time, in words that a busy person reads once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feedback_service.cases.models import Case, CaseDeadline, CaseState, DeadlineKind
from feedback_service.cases.shown_times import times_of

NOW = datetime(2026, 3, 20, 10, tzinfo=UTC)
LISBON = ZoneInfo("Europe/Lisbon")
HOUR = timedelta(hours=1)


def _case(**changed: object) -> Case:
    return Case(**{"opening": 1, "state": CaseState.IN_PROGRESS, "due_at": NOW + 3 * HOUR} | changed)


def _deadline(kind: DeadlineKind, due: datetime, **changed: object) -> CaseDeadline:
    return CaseDeadline(**{"case_id": 1, "opening": 1, "kind": kind, "due_at": due} | changed)


FIRST = _deadline(DeadlineKind.FIRST_RESPONSE, NOW + 3 * HOUR)
WHOLE = _deadline(DeadlineKind.RESOLUTION, NOW + 30 * HOUR)


def test_the_deadline_that_runs_is_named() -> None:
    times = times_of(_case(), [WHOLE, FIRST], NOW, LISBON)
    assert (times.left, times.late, times.rest) == ("First response: 3 h left", False, "")
    assert times.deadlines == [("First response", "By 20 Mar 2026, 13:00"), ("Resolution", "By 21 Mar 2026, 16:00")]
    answered = _deadline(DeadlineKind.FIRST_RESPONSE, NOW + 3 * HOUR, done_at=NOW - HOUR, met=True)
    over = _deadline(DeadlineKind.RESOLUTION, NOW - HOUR)
    times = times_of(_case(due_at=NOW - HOUR), [answered, over], NOW, LISBON)
    assert (times.left, times.late) == ("Resolution: late by 1 h", True)
    assert times.deadlines[0][1] == "In time, 20 Mar 2026, 09:00 (due 20 Mar 2026, 13:00)"


def test_a_merged_case_that_is_due_before_is_named() -> None:
    times = times_of(_case(due_at=NOW + HOUR), [FIRST, WHOLE], NOW, LISBON)
    assert times.left == "Of a merged case: 1 h left"
    assert times.deadlines[2] == ("Of a merged case", "By 20 Mar 2026, 11:00")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"done_at": NOW, "met": False}, "Late, 20 Mar 2026, 10:00 (due 20 Mar 2026, 13:00)"),
        ({"met": False}, "Missed, was due 20 Mar 2026, 13:00"),
        ({"due_at": NOW}, "Missed, was due 20 Mar 2026, 10:00"),
    ],
)
def test_what_was_missed(changed: dict[str, object], words: str) -> None:
    first = _deadline(DeadlineKind.FIRST_RESPONSE, NOW + 3 * HOUR)
    for name, value in changed.items():
        setattr(first, name, value)
    assert times_of(_case(), [first], NOW, LISBON).deadlines == [("First response", words)]


def test_what_rests_says_so() -> None:
    waiting = times_of(_case(waiting_since=NOW - 5 * HOUR), [FIRST], NOW, LISBON)
    assert waiting.rest == "Waits for the customer since 5 h; the deadline stands still"
    assert (waiting.waiting, waiting.late, waiting.left) == (True, False, "")
    asleep = times_of(_case(snoozed_until=NOW + 72 * HOUR), [FIRST], NOW, LISBON)
    assert (asleep.rest, asleep.left) == ("Asleep until 23 Mar 2026, 10:00", "First response: 3 h left")


@pytest.mark.parametrize("state", [CaseState.RESOLVED, CaseState.MERGED])
def test_what_is_over_has_no_time_left(state: CaseState) -> None:
    over = times_of(_case(state=state, due_at=NOW - HOUR, waiting_since=NOW), [FIRST], NOW, LISBON)
    assert (over.rest, over.left, over.late, over.waiting) == ("", "", False, False)


def test_only_the_present_opening_counts_and_earlier_ones_are_counted() -> None:
    second = _deadline(DeadlineKind.RESOLUTION, NOW + HOUR, opening=2)
    times = times_of(_case(opening=2), [FIRST, second], NOW, LISBON)
    assert [name for name, _ in times.deadlines] == ["Resolution"]
    assert times.opened_again == "Once"
    assert times_of(_case(opening=4), [], NOW, LISBON).opened_again == "3 times"
