"""A case's deadlines from its opening to its end: what moves them, what is stored, and what nobody can change."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from feedback_service.accounts.business_hours import later
from feedback_service.accounts.calendars import hours_of
from feedback_service.cases.deadlines import keep
from feedback_service.cases.models import Case, CaseDeadline, CaseState, EntryKind, Outcome
from feedback_service.cases.note import write_down
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.rules.deadlines import MOMENT
from feedback_service.cases.rules.routing import HOURS_AHEAD
from feedback_service.cases.work import claim, log_action, reopen, resolve
from tests.cases.deadlines.factories import (
    FIRST,
    RESOLUTION,
    around_the_clock,
    as_it_is,
    case_with,
    deadlines,
    member,
    office_hours,
    rung,
)
from tests.cases.factories import KEY, colleague, opened, resolved, taken

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EXAMPLES = settings(
    max_examples=20,
    deadline=None,
    # One database serves all examples: each works on a case of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def met(session: Session, case: Case, opening: int = 1) -> tuple[bool | None, bool | None]:
    """Whether the first response and the resolution were in time."""
    rows = deadlines(session, case)
    return rows[opening, FIRST].met, rows[opening, RESOLUTION].met


def test_a_new_case_has_two_deadlines_in_the_teams_time(session: Session, now: datetime) -> None:
    office_hours(session)
    case = opened(session, now)  # a Friday at ten; the survey gives 24 hours of work
    rows = deadlines(session, case)
    assert rows[1, FIRST].due_at == datetime(2026, 3, 24, 16, 0, tzinfo=UTC), "8 h on Friday, 9 on Monday, 7 on Tuesday"
    assert rows[1, RESOLUTION].due_at > rows[1, FIRST].due_at
    assert case.due_at == rows[1, FIRST].due_at
    assert case.sort_at == case.due_at - timedelta(hours=HOURS_AHEAD[case.priority])
    assert case.next_look_at is not None
    assert met(session, case) == (None, None)


def test_a_team_without_a_calendar_works_around_the_clock(session: Session, now: datetime) -> None:
    around_the_clock(session)
    case = opened(session, now)
    assert case.due_at == now + 24 * HOUR


@pytest.mark.parametrize(
    ("kind", "responds"),
    [
        (EntryKind.CALLED, True),
        (EntryKind.MAILED, True),
        (EntryKind.REFUNDED, True),
        (EntryKind.REPLACED, True),
        (EntryKind.APOLOGISED, True),
        (EntryKind.NOTED, False),
        (EntryKind.FIXED_CAUSE, False),
    ],
)
def test_taking_a_case_is_no_response_but_reaching_the_customer_is(
    session: Session, now: datetime, kind: EntryKind, responds: bool
) -> None:
    ana, case = colleague(session, "Ana", now), opened(session, now)
    taken(session, case, ana, now + HOUR)
    assert met(session, case) == (None, None)
    log_action(session, case.id, kind, "Done.", user_id=ana, key=KEY, now=now + 2 * HOUR)
    session.commit()
    assert met(session, case) == (True if responds else None, None)
    due = deadlines(session, case)
    assert as_it_is(session, case).due_at == due[1, RESOLUTION if responds else FIRST].due_at


def test_a_call_that_nobody_answered_is_no_response(session: Session, now: datetime) -> None:
    ana, case = colleague(session, "Ana", now), opened(session, now)
    taken(session, case, ana, now)
    due = case.due_at
    for reached, expected in ((False, None), (True, True)):
        write_down(
            session, case.id, EntryKind.CALLED, f"{reached}.", reached=reached, user_id=ana, key=KEY, now=now + HOUR
        )
        session.commit()
        assert met(session, case)[0] is expected
    assert as_it_is(session, case).due_at > due


def test_closing_ends_both_even_where_nobody_was_reached(session: Session, now: datetime) -> None:
    """Somebody decides that no more is tried, and the log says that the customer was not reached."""
    ana, case = colleague(session, "Ana", now), opened(session, now)
    taken(session, case, ana, now)
    known = {"root_cause": "damaged", "outcome": Outcome.NOT_REACHED, "text": "Called three times.", "reached": False}
    resolve(session, case.id, **known, user_id=ana, key=KEY, now=now + HOUR)
    session.commit()
    assert met(session, case) == (True, True)


def test_only_the_first_response_counts(session: Session, now: datetime) -> None:
    ana, case = colleague(session, "Ana", now), opened(session, now)
    taken(session, case, ana, now)
    for hours in (1, 2):
        at = now + hours * HOUR
        log_action(session, case.id, EntryKind.CALLED, f"Call {hours}.", user_id=ana, key=KEY, now=at)
    session.commit()
    assert deadlines(session, case)[1, FIRST].done_at == now + HOUR


def test_closing_a_case_is_a_response_and_its_end(session: Session, now: datetime) -> None:
    ana, case = colleague(session, "Ana", now), opened(session, now)
    taken(session, case, ana, now)
    resolved(session, case, ana, now + HOUR)
    assert met(session, case) == (True, True)
    assert as_it_is(session, case).next_look_at is None


def test_what_comes_late_is_late_for_good(session: Session, now: datetime) -> None:
    ana, case = colleague(session, "Ana", now), opened(session, now)
    taken(session, case, ana, now)
    late = case.due_at + HOUR
    log_action(session, case.id, EntryKind.CALLED, "At last.", user_id=ana, key=KEY, now=late)
    session.commit()
    row = deadlines(session, case)[1, FIRST]
    assert (row.met, row.done_at) == (False, late)
    assert as_it_is(session, case).next_look_at == row.due_at, "the log has yet to say so"


def test_opening_a_case_again_begins_new_deadlines_beside_the_old(session: Session, now: datetime) -> None:
    around_the_clock(session)
    ana, case = colleague(session, "Ana", now), opened(session, now)
    taken(session, case, ana, now)
    resolved(session, case, ana, now + HOUR)
    again = now + 5 * DAY
    reopen(session, case.id, user_id=None, key=KEY, now=again)
    session.commit()
    case = as_it_is(session, case)
    assert (case.opening, case.due_at) == (2, again + DAY)
    assert met(session, case, 1) == (True, True)
    assert met(session, case, 2) == (None, None)
    assert deadlines(session, case)[2, RESOLUTION].due_at == again + 3 * DAY, "as the queue gives it"


def test_a_customer_who_is_owed_more_brings_the_new_deadline_forward(session: Session, now: datetime) -> None:
    around_the_clock(session)
    ana, case = colleague(session, "Ana", now), opened(session, now)
    taken(session, case, ana, now)
    resolved(session, case, ana, now + HOUR)
    reopen(session, case.id, user_id=None, key=KEY, now=now + DAY, due_at=now + DAY + 8 * HOUR)
    session.commit()
    assert as_it_is(session, case).due_at == now + DAY + 8 * HOUR


# Waiting


def test_waiting_for_the_customer_stops_the_clock(session: Session, now: datetime) -> None:
    around_the_clock(session)
    case = opened(session, now)
    due = {key: row.due_at for key, row in deadlines(session, case).items()}
    keep.pause(session, case, now + HOUR)
    session.commit()
    assert as_it_is(session, case).next_look_at is None, "nothing can be missed meanwhile"
    keep.resume(session, case, now + 31 * HOUR)
    session.commit()
    assert {key: row.due_at for key, row in deadlines(session, case).items()} == {
        key: at + 30 * HOUR for key, at in due.items()
    }
    case = as_it_is(session, case)
    assert (case.waiting_since, case.due_at) == (None, due[1, FIRST] + 30 * HOUR)
    assert case.sort_at < case.due_at


def test_a_night_that_is_waited_through_gives_no_time_back(session: Session, now: datetime) -> None:
    office_hours(session)
    case = opened(session, now)
    before = case.due_at
    keep.pause(session, case, datetime(2026, 3, 20, 18, 0, tzinfo=UTC))
    keep.resume(session, case, datetime(2026, 3, 23, 9, 0, tzinfo=UTC))
    session.commit()
    assert as_it_is(session, case).due_at == before, "the team did not work either"


def test_what_was_missed_before_the_wait_is_not_put_off(session: Session, now: datetime) -> None:
    around_the_clock(session)
    case = opened(session, now)
    due = deadlines(session, case)[1, FIRST].due_at
    keep.pause(session, case, due + HOUR)
    assert case.next_look_at == due + MOMENT, "it is still to be said"
    keep.resume(session, case, due + 9 * HOUR)
    keep.responded(session, case, due + 10 * HOUR)
    session.commit()
    row = deadlines(session, case)[1, FIRST]
    assert (row.due_at, row.met) == (due, False)


def test_an_answer_during_the_wait_is_in_time(session: Session, now: datetime) -> None:
    around_the_clock(session)
    case = opened(session, now)
    keep.pause(session, case, case.due_at - HOUR)
    keep.responded(session, case, case.due_at + DAY)
    session.commit()
    assert met(session, case) == (True, None)


def test_closing_a_case_that_waits_counts_the_wait(session: Session, now: datetime) -> None:
    around_the_clock(session)
    ana, case = colleague(session, "Ana", now), opened(session, now)
    taken(session, case, ana, now)
    keep.pause(session, case, now + HOUR)
    session.commit()
    resolved(session, case, ana, now + 30 * DAY)
    assert met(session, case) == (True, True)
    assert as_it_is(session, case).waiting_since is None


def test_a_second_press_neither_stops_nor_starts_the_clock_twice(session: Session, now: datetime) -> None:
    around_the_clock(session)
    case = opened(session, now)
    due = case.due_at
    keep.pause(session, case, now)
    keep.pause(session, case, now + HOUR)
    assert case.waiting_since == now
    for _ in range(2):
        keep.resume(session, case, now + 2 * HOUR)
    session.commit()
    assert as_it_is(session, case).due_at == due + 2 * HOUR


@EXAMPLES
@given(steps=st.lists(st.tuples(st.sampled_from(["pause", "resume", "respond"]), st.integers(0, 3000)), max_size=8))
def test_no_deadline_ever_comes_nearer(session: Session, now: datetime, steps: list[tuple[str, int]]) -> None:
    case, clock = opened(session, now), now
    acts = {"pause": keep.pause, "resume": keep.resume, "respond": keep.responded}
    seen = [{key: (row.due_at, row.met) for key, row in deadlines(session, case).items()}]
    for name, minutes in steps:
        clock += timedelta(minutes=minutes)
        acts[name](session, case, clock)
        keep.store_missed(session, case, clock)
        session.commit()
        seen.append({key: (row.due_at, row.met) for key, row in deadlines(session, case).items()})
    for before, after in pairwise(seen):
        for key, (due_at, was_met) in before.items():
            assert after[key][0] >= due_at
            assert was_met is None or after[key] == (due_at, was_met), "what was stored stays"


# Before anybody claimed it


def test_another_rule_may_only_bring_a_deadline_forward(session: Session, now: datetime) -> None:
    around_the_clock(session)
    case = opened(session, now)
    rows = deadlines(session, case)
    keep.tighten(session, case, first_minutes=60, resolution_minutes=10**5, now=now + HOUR)
    session.commit()
    tightened = deadlines(session, case)
    assert tightened[1, FIRST].due_at == now + 2 * HOUR == as_it_is(session, case).due_at
    assert tightened[1, RESOLUTION].due_at == rows[1, RESOLUTION].due_at
    keep.tighten(session, case, first_minutes=10**4, resolution_minutes=10**5, now=now + HOUR)
    session.commit()
    assert deadlines(session, case)[1, FIRST].due_at == now + 2 * HOUR


# What the queue is told


def test_the_next_look_is_the_first_rung_or_the_deadline(session: Session, now: datetime) -> None:
    around_the_clock(session)
    ana = member(session, "Ana", now)
    case = case_with(session, now, rung("remind", -60), owner=ana)
    assert case.next_look_at == case.due_at - HOUR
    queue = session.get_one(Queue, case.queue_id)
    queue.ladder = []
    keep.look_again(session, case)
    session.commit()
    assert case.next_look_at == case.due_at + MOMENT


def test_a_case_of_old_without_deadlines_can_be_worked_on(session: Session, now: datetime) -> None:
    ana, case = colleague(session, "Ana", now), opened(session, now)
    session.execute(delete(CaseDeadline))
    session.commit()
    due = case.due_at
    taken(session, case, ana, now)
    log_action(session, case.id, EntryKind.CALLED, "Called.", user_id=ana, key=KEY, now=now)
    keep.pause(session, case, now)
    keep.resume(session, case, now + DAY)
    session.commit()
    assert as_it_is(session, case).due_at == due
    resolved(session, case, ana, now)
    reopen(session, case.id, user_id=ana, key=KEY, now=now)
    session.commit()
    assert set(deadlines(session, case)) == {(2, FIRST), (2, RESOLUTION)}


def test_a_calendar_that_changes_moves_no_deadline(session: Session, now: datetime) -> None:
    around_the_clock(session)
    case = opened(session, now)
    due = case.due_at
    office_hours(session)
    claim(session, case.id, user_id=colleague(session, "Ana", now), key=KEY, now=now)
    session.commit()
    case = as_it_is(session, case)
    assert (case.state, case.due_at) == (CaseState.IN_PROGRESS, due)
    team = session.get_one(Queue, case.queue_id).team_id
    assert later(hours_of(session, team), now, 24 * 60) > due
    session.rollback()
