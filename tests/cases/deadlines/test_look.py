"""What the service does about a case by itself: it says what was missed, and climbs the ladder, each rung once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.accounts.models import RoleName
from feedback_service.cases.deadlines import keep
from feedback_service.cases.deadlines.look import look_at_due
from feedback_service.cases.models import Case, CaseState, EntryKind
from feedback_service.cases.notices.models import Notice
from feedback_service.cases.notices.shown import sentence
from feedback_service.cases.queues.change import mark, queue_said, save_queue
from feedback_service.cases.queues.models import OwnerRule, Queue
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import log_action, reopen
from tests.cases.deadlines.factories import (
    FIRST,
    LISBON,
    RESOLUTION,
    around_the_clock,
    as_it_is,
    away,
    case_with,
    deadlines,
    entries,
    escalations,
    look,
    mailed,
    member,
    rung,
    switched_off,
    told,
)
from tests.cases.factories import KEY, log_kinds, opened, resolved, taken
from tests.responses.factories import at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _always_at_work(session: Session) -> None:
    around_the_clock(session)


def missed(session: Session, case: Case) -> list[tuple[int, str]]:
    """Of which deadlines the log says that they were missed."""
    return [(facts["opening"], facts["deadline"]) for facts in entries(session, case, EntryKind.DEADLINE_MISSED)]


# What was missed


def test_a_deadline_that_passes_is_said_once(session: Session, now: datetime) -> None:
    case = case_with(session, now)
    assert look(session, case.due_at) == 0, "it is the last moment, and not past it"
    for hours in (1, 2, 3):
        look(session, case.due_at + hours * HOUR)
    assert missed(session, case) == [(1, "first_response")]
    assert deadlines(session, case)[1, FIRST].met is False
    look(session, case.due_at + 30 * DAY)
    assert missed(session, case) == [(1, "first_response"), (1, "resolution")]
    assert as_it_is(session, case).next_look_at is None
    assert look(session, case.due_at + 60 * DAY) == 0


def test_an_answer_that_came_late_between_two_looks_is_said_too(session: Session, now: datetime) -> None:
    ana = member(session, "Ana", now)
    case = case_with(session, now)
    late = case.due_at + HOUR
    taken(session, case, ana, now)
    resolved(session, case, ana, late)
    assert look(session, late) == 1
    assert missed(session, case) == [(1, "first_response")], "three days were not over yet"
    assert look(session, late + DAY) == 0
    assert as_it_is(session, case).state == CaseState.RESOLVED


def test_each_opening_misses_its_own(session: Session, now: datetime) -> None:
    ana = member(session, "Ana", now)
    case = case_with(session, now)
    look(session, now + 2 * DAY)
    taken(session, case, ana, now + 2 * DAY)
    resolved(session, case, ana, now + 2 * DAY)
    reopen(session, case.id, user_id=None, key=KEY, now=now + 3 * DAY)
    session.commit()
    look(session, now + 5 * DAY)
    assert missed(session, case) == [(1, "first_response"), (2, "first_response")]


def test_nothing_is_missed_while_the_customer_is_to_answer(session: Session, now: datetime) -> None:
    ana = member(session, "Ana", now)
    case = case_with(session, now, rung("remind", -60), owner=ana)
    keep.pause(session, case, now)
    session.commit()
    assert look(session, now + 30 * DAY) == 0
    assert (told(session, ana), missed(session, case)) == ([], [])


def test_a_merged_case_is_left_alone(session: Session, now: datetime) -> None:
    case, other = case_with(session, now, rung("remind", -60)), opened(session, now)
    case.state, case.merged_into_id = CaseState.MERGED, other.id
    case.next_look_at = now  # as whoever merges or parts them may leave it
    session.commit()
    assert look(session, now + 30 * DAY) == 2
    assert as_it_is(session, case).next_look_at is None
    assert escalations(session, case) == []


# The ladder


def test_the_owner_is_reminded_once_by_notice_and_mail(session: Session, now: datetime) -> None:
    ana = member(session, "Ana", now)
    case = case_with(session, now, rung("remind", -60), owner=ana)
    assert look(session, case.due_at - 2 * HOUR) == 0
    for minutes in (60, 30):
        look(session, case.due_at - timedelta(minutes=minutes))
    assert told(session, ana) == ["reminded"]
    assert mailed(session, ana) == [f"Case {case.id} waits for you: the first response is due in 1 h."]
    assert escalations(session, case) == [(1, 1, "the first response is due in 1 h")]
    (facts,) = entries(session, case, EntryKind.REMINDED)
    assert (facts["to"], facts["reason"]) == (ana, "the first response is due in 1 h")


def test_where_nobody_has_it_the_whole_team_is_reminded(session: Session, now: datetime) -> None:
    team = [member(session, name, now) for name in ("Ana", "Ben")]
    stranger = member(session, "Cleo", now, team="shop_floor")
    case = case_with(session, now, rung("remind", 0))
    look(session, case.due_at)
    for user_id in team:
        assert mailed(session, user_id) == [f"Nobody has taken case {case.id}: the first response is due."]
    assert told(session, stranger) == []


def test_a_case_that_is_late_goes_to_somebody_else(session: Session, now: datetime) -> None:
    ana, ben = member(session, "Ana", now), member(session, "Ben", now)
    case = case_with(session, now, rung("reassign", 120), owner=ana)
    taken(session, case, ana, now)
    look(session, case.due_at + 2 * HOUR)
    case = as_it_is(session, case)
    assert (case.owner_id, case.state) == (ben, CaseState.OPEN), "Ben has yet to begin"
    (facts,) = entries(session, case, EntryKind.ASSIGNED)[-1:]
    assert (facts["owner"], facts["from"]) == (ben, ana)
    assert facts["by"] == "round robin, since the first response is 2 h late"
    assert mailed(session, ben) == [f"Case {case.id} is yours now: the first response is 2 h late."]
    look(session, case.due_at + 9 * HOUR)
    assert as_it_is(session, case).owner_id == ben, "a rung is taken once"


def test_whoever_had_it_is_told_that_it_went_to_somebody_else(session: Session, now: datetime) -> None:
    ana, ben = member(session, "Ana", now), member(session, "Ben", now)
    case = case_with(session, now, rung("reassign", 120), owner=ana)
    taken(session, case, ana, now)
    look(session, case.due_at + 2 * HOUR)
    (notice,) = session.scalars(select(Notice).where(Notice.user_id == ana))
    said = sentence(notice.kind, notice.case_id, notice.facts, {ben: "Ben"})
    assert said == f"Case {case.id} is with Ben now: the first response is 2 h late."
    assert mailed(session, ana) == [], "it can wait until she looks"


def test_a_step_that_was_taken_is_not_taken_again_when_the_ladder_is_edited(session: Session, now: datetime) -> None:
    ana = member(session, "Ana", now)
    reminded, manager = rung("remind", -60), rung("manager", 240)
    case = case_with(session, now, reminded, manager, owner=ana)
    look(session, case.due_at - HOUR)
    queue = session.get_one(Queue, case.queue_id)
    said = queue_said(queue)
    save_queue(session, queue.id, replace(said, ladder=[rung("remind", -30), reminded, manager]), seen=mark(said))
    session.commit()
    look(session, case.due_at + timedelta(microseconds=1))
    assert [(number, reason) for _, number, reason in escalations(session, case)] == [
        (1, "the first response is due in 1 h"),
        (4, "the first response is late"),
    ], "the new step is taken, though it stands where the old one stood"
    assert told(session, ana) == ["reminded", "reminded"]


@pytest.mark.parametrize("rule", [OwnerRule.UNASSIGNED, OwnerRule.ROUND_ROBIN])
def test_where_nobody_else_is_there_it_stays_and_the_log_says_why(
    session: Session, now: datetime, rule: OwnerRule
) -> None:
    ana, ben = member(session, "Ana", now), member(session, "Ben", now)
    away(session, ben, now.date(), now.date() + 9 * DAY)
    case = case_with(session, now, rung("reassign", 0), owner=ana, owner_rule=rule)
    look(session, case.due_at)
    assert as_it_is(session, case).owner_id == ana
    (facts,) = entries(session, case, EntryKind.ESCALATED)
    assert facts["reason"] == "the first response is due, and nobody else is there to take it"


def test_the_managers_of_the_team_are_told_in_the_end(session: Session, now: datetime) -> None:
    ana = member(session, "Ana", now)
    boss = member(session, "Mia", now, role=RoleName.MANAGER)
    elsewhere = member(session, "Max", now, role=RoleName.MANAGER, team="shop_floor")
    case = case_with(session, now, rung("manager", 30, RESOLUTION), owner=ana)
    due = deadlines(session, case)[1, RESOLUTION].due_at
    look(session, due + HOUR)
    assert told(session, boss) == ["escalated"]
    assert mailed(session, boss) == [f"Case {case.id} needs you: the resolution is 1 h late."]
    assert told(session, elsewhere) == []
    (facts,) = entries(session, case, EntryKind.ESCALATED)
    assert facts["to"] == boss


def test_after_a_night_without_the_service_every_rung_is_taken_in_its_order(session: Session, now: datetime) -> None:
    ana, ben = member(session, "Ana", now), member(session, "Ben", now)
    boss = member(session, "Mia", now, role=RoleName.MANAGER)
    ladder = (rung("remind", -60), rung("reassign", 60), rung("remind", 120), rung("manager", 180))
    case = case_with(session, now, *ladder, owner=ana)
    look(session, case.due_at + 4 * HOUR)
    kinds = [EntryKind.REMINDED, EntryKind.ASSIGNED, EntryKind.REMINDED, EntryKind.ESCALATED]
    assert log_kinds(session, case.id)[-5:] == [EntryKind.DEADLINE_MISSED, *kinds]
    assert (told(session, ana), told(session, ben), told(session, boss)) == (
        ["reminded", "assigned"],
        ["assigned", "reminded"],
        ["escalated"],
    )
    assert [number for _, number, _ in escalations(session, case)] == [1, 2, 3, 4]
    assert verify_logs(session, KEY).fault is None


def test_nobody_is_pressed_for_what_is_done(session: Session, now: datetime) -> None:
    ana = member(session, "Ana", now)
    case = case_with(session, now, rung("remind", -60), rung("manager", 60, RESOLUTION), owner=ana)
    taken(session, case, ana, now)
    log_action(session, case.id, EntryKind.CALLED, "Called.", user_id=ana, key=KEY, now=now)
    session.commit()
    assert look(session, case.due_at - HOUR) == 0
    resolved(session, case, ana, now + HOUR)
    assert look(session, now + 30 * DAY) == 0
    assert escalations(session, case) == []


def test_a_case_that_comes_back_climbs_the_ladder_anew(session: Session, now: datetime) -> None:
    ana = member(session, "Ana", now)
    case = case_with(session, now, rung("remind", -60), owner=ana)
    look(session, case.due_at - HOUR)
    taken(session, case, ana, case.due_at - HOUR)
    resolved(session, case, ana, case.due_at - HOUR)
    reopen(session, case.id, user_id=None, key=KEY, now=now + 9 * DAY)
    session.commit()
    look(session, now + 10 * DAY - HOUR)
    assert [(opening, number) for opening, number, _ in escalations(session, case)] == [(1, 1), (2, 1)]
    assert told(session, ana) == ["reminded", "reminded"]


def test_an_owner_who_left_is_not_reminded_but_the_team_is(session: Session, now: datetime) -> None:
    ana, ben = member(session, "Ana", now), member(session, "Ben", now)
    case = case_with(session, now, rung("remind", 0), owner=ana)
    switched_off(session, ana)
    look(session, case.due_at)
    assert (told(session, ana), told(session, ben)) == ([], ["reminded"])


# Twice, and at once


def test_two_workers_at_once_take_each_rung_once(
    sessions: sessionmaker[Session], session: Session, now: datetime
) -> None:
    ana, ben = member(session, "Ana", now), member(session, "Ben", now)
    ladder = (rung("remind", -60), rung("reassign", 0))
    cases = [case_with(session, now, *ladder, owner=ana) for _ in range(4)]
    at = now + 2 * DAY

    def work() -> int:
        with sessions() as own:
            count = look_at_due(own, at, 200, key=KEY, zone=LISBON)
            own.commit()
            return count

    session.rollback()
    assert sum(at_once(*[work] * 3)) >= 4
    work()
    for case in cases:
        assert [number for _, number, _ in escalations(session, case)] == [1, 2]
        assert missed(session, case) == [(1, "first_response")]
        assert as_it_is(session, case).owner_id == ben
    assert sorted(told(session, ana)) == ["assigned"] * 4 + ["reminded"] * 4
    assert verify_logs(session, KEY).fault is None
