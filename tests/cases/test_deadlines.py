"""What runs, what was missed, when to look: decided from values alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.accounts.business_hours import BusinessHours, passed, read
from feedback_service.cases.rules.deadlines import (
    MOMENT,
    Deadline,
    Of,
    Rung,
    StepKind,
    done,
    first_deadlines,
    is_missed,
    next_look,
    numbered,
    put_off,
    read_ladder,
    rung_at,
    rungs_due,
    running,
)

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)  # a Friday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEKDAYS = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = read("Europe/Lisbon", WEEKDAYS, None, [])
FIRST = Deadline(Of.FIRST_RESPONSE, NOW + 4 * HOUR)
RESOLUTION = Deadline(Of.RESOLUTION, NOW + 72 * HOUR)
REMIND = Rung(1, StepKind.REMIND, Of.FIRST_RESPONSE, -60)
REASSIGN = Rung(2, StepKind.REASSIGN, Of.FIRST_RESPONSE, 0)
MANAGER = Rung(3, StepKind.MANAGER, Of.RESOLUTION, 30)
LADDER = (REMIND, REASSIGN, MANAGER)


def test_deadlines_count_the_teams_time_and_the_resolution_never_comes_first() -> None:
    first, resolution = first_deadlines(OFFICE, NOW, first_minutes=10 * 60, resolution_minutes=60)
    assert (first.of, first.due_at) == (Of.FIRST_RESPONSE, datetime(2026, 3, 23, 11, tzinfo=UTC))
    assert (resolution.of, resolution.due_at) == (Of.RESOLUTION, first.due_at)


@pytest.mark.parametrize(
    ("at", "waiting_since", "met", "why"),
    [
        (FIRST.due_at - HOUR, None, True, "in time"),
        (FIRST.due_at, None, True, "at the very last moment"),
        (FIRST.due_at + MOMENT, None, False, "just late"),
        (FIRST.due_at + DAY, FIRST.due_at - HOUR, True, "time stood still before it was over"),
        (FIRST.due_at + DAY, FIRST.due_at, True, "it stood still at the very last moment"),
        (FIRST.due_at + DAY, FIRST.due_at + HOUR, False, "it was over before time stood still"),
    ],
)
def test_whether_a_deadline_is_met(at: datetime, waiting_since: datetime | None, met: bool, why: str) -> None:
    assert done(FIRST, at, waiting_since).met is met, why
    assert is_missed(FIRST, at, waiting_since) is not met, why


def test_what_was_stored_stays() -> None:
    met = done(FIRST, NOW)
    assert done(met, NOW + DAY) == met
    missed = Deadline(Of.FIRST_RESPONSE, FIRST.due_at, met=False)
    late = done(missed, FIRST.due_at + DAY)
    assert (late.met, late.done_at) == (False, FIRST.due_at + DAY)
    assert not is_missed(missed, NOW + DAY, None), "it is known already"


def test_the_first_response_runs_until_somebody_responded() -> None:
    assert running([RESOLUTION, FIRST]) == FIRST
    assert running([RESOLUTION, Deadline(Of.FIRST_RESPONSE, FIRST.due_at, met=False)]) != RESOLUTION
    assert running([RESOLUTION, done(FIRST, NOW)]) == RESOLUTION
    assert running([done(RESOLUTION, NOW), done(FIRST, NOW)]) is None


# The ladder


def test_a_ladder_is_read_in_its_order() -> None:
    stored = [
        {"step": "remind", "of": "first_response", "minutes": -60},
        {"step": "reassign", "of": "first_response", "minutes": 0},
        {"step": "manager", "of": "resolution", "minutes": 30},
    ]
    assert read_ladder(stored) == LADDER
    with pytest.raises(ValueError, match="shout"):
        read_ladder([{"step": "shout", "of": "resolution", "minutes": 0}])


def _numbers(ladder: list[dict[str, object]]) -> list[object]:
    return [rung["number"] for rung in ladder]


def test_a_rung_that_stays_keeps_its_number_and_a_new_one_gets_one_that_none_ever_had() -> None:
    remind, reassign, manager, another = (
        {"step": step, "of": "first_response", "minutes": minutes}
        for step, minutes in (("remind", -60), ("reassign", 120), ("manager", 240), ("remind", 30))
    )
    first, highest = numbered([], [remind, reassign, manager], 0)
    assert (_numbers(first), highest) == ([1, 2, 3], 3)
    before, highest = numbered(first, [another, manager, remind], highest)
    assert (_numbers(before), highest) == ([4, 3, 1], 4), "one came in before those that stay, and one is gone"
    assert [rung.number for rung in read_ladder(before)] == [4, 3, 1]
    shorter, highest = numbered(before, [remind], highest)
    longer, highest = numbered(shorter, [remind, {**remind, "minutes": -45}, remind], highest)
    assert (_numbers(longer), highest) == ([1, 5, 6], 6), "what is gone is not numbered anew, and twice is two"
    unnumbered, highest = numbered([remind, reassign], [reassign, remind], 0)
    assert (_numbers(unnumbered), highest) == ([2, 1], 2), "without a number the place is one"


def test_a_rung_is_due_in_the_teams_time_from_its_deadline() -> None:
    late = Rung(1, StepKind.REMIND, Of.FIRST_RESPONSE, 5 * 60)
    assert rung_at(OFFICE, late, [FIRST]) == datetime(2026, 3, 23, 10, tzinfo=UTC), "4 h to Friday's end, 1 h on Monday"
    assert rung_at(None, REMIND, [FIRST]) == FIRST.due_at - HOUR
    assert rung_at(None, REMIND, [done(FIRST, NOW)]) is None, "nothing to press for"


@pytest.mark.parametrize(
    ("at", "taken", "numbers", "why"),
    [
        (NOW, (), [], "nothing yet"),
        (NOW + 3 * HOUR, (), [1], "an hour before"),
        (NOW + 4 * HOUR, (1,), [2], "when it is due; the reminder was taken"),
        (NOW + 4 * HOUR, (), [1, 2], "both at once, after a night without the service"),
        (NOW + 80 * HOUR, (1, 2), [3], "by the other deadline"),
        (NOW + 80 * HOUR, (1, 2, 3), [], "each once"),
    ],
)
def test_which_rungs_are_due(at: datetime, taken: tuple[int, ...], numbers: list[int], why: str) -> None:
    due = rungs_due(None, LADDER, [FIRST, RESOLUTION], taken=taken, now=at)
    assert [rung.number for rung in due] == numbers, why


@pytest.mark.parametrize(
    ("deadlines", "taken", "waiting_since", "at", "why"),
    [
        ([FIRST, RESOLUTION], (), None, NOW + 3 * HOUR, "the reminder comes first"),
        ([FIRST, RESOLUTION], (1,), None, NOW + 4 * HOUR, "then the next rung"),
        ([FIRST, RESOLUTION], (1, 2), None, NOW + 4 * HOUR + MOMENT, "then the deadline has passed"),
        ([done(FIRST, NOW), RESOLUTION], (), None, RESOLUTION.due_at + MOMENT, "it is answered: no rung of it counts"),
        ([done(FIRST, NOW), done(RESOLUTION, NOW)], (), None, None, "all is done"),
        ([FIRST, RESOLUTION], (), NOW, None, "it waits"),
        ([FIRST, RESOLUTION], (), FIRST.due_at + HOUR, FIRST.due_at + MOMENT, "it was missed before it waited"),
    ],
)
def test_when_to_look_again(
    deadlines: list[Deadline],
    taken: tuple[int, ...],
    waiting_since: datetime | None,
    at: datetime | None,
    why: str,
) -> None:
    assert next_look(None, LADDER, deadlines, taken=taken, waiting_since=waiting_since) == at, why


@given(
    due=st.integers(0, 20 * 24 * 60),
    waits=st.lists(st.tuples(st.integers(0, 5 * 24 * 60), st.integers(0, 5 * 24 * 60)), max_size=5),
    hours=st.sampled_from([None, OFFICE]),
)
def test_a_wait_gives_back_the_time_it_took_and_never_takes_any(
    due: int, waits: list[tuple[int, int]], hours: BusinessHours | None
) -> None:
    minute = timedelta(minutes=1)
    deadline, clock = Deadline(Of.RESOLUTION, NOW + due * minute), NOW
    for before, length in waits:
        since = clock + before * minute
        clock = since + length * minute
        left = passed(hours, since, deadline.due_at)
        moved = put_off(hours, deadline, waiting_since=since, now=clock)
        assert moved.due_at >= deadline.due_at
        if deadline.due_at < since:
            assert moved == deadline, "what was missed stays missed"
        else:
            assert passed(hours, clock, moved.due_at) == left, "as much is left as there was"
        deadline = moved
