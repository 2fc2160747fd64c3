"""Nobody waits for somebody who is not there."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.accounts.absences import AbsenceError, cancel_absence
from feedback_service.accounts.models import Absence, User
from feedback_service.cases.cover import cover_absences, enter_absence
from feedback_service.cases.models import Case, CaseState, EntryKind
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.verify_log import verify_logs
from tests.cases.deadlines.factories import (
    LISBON,
    around_the_clock,
    as_it_is,
    away,
    case_with,
    cover,
    entries,
    mailed,
    member,
    switched_off,
    told,
)
from tests.cases.factories import KEY, log_kinds, taken
from tests.cases.promises.factories import promised
from tests.responses.factories import at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 3, 23)


def at(day: date, hour: int = 9) -> datetime:
    """An hour of a day in Lisbon, which is on UTC until the 29th."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.fixture
def ana(session: Session, now: datetime) -> int:
    around_the_clock(session)
    return member(session, "Ana", now)


@pytest.fixture
def ben(session: Session, now: datetime) -> int:
    return member(session, "Ben", now)


# Away for some days


def test_what_somebody_has_not_begun_moves_on_the_first_day_and_what_they_have_stays(
    session: Session, ana: int, ben: int, now: datetime
) -> None:
    unstarted = case_with(session, now, owner=ana)
    begun = case_with(session, now, owner=ana, state=CaseState.IN_PROGRESS)
    away(session, ana, MONDAY, MONDAY + 4 * DAY)
    assert cover(session, at(MONDAY, 0) - timedelta(seconds=1)) == 0, "it is Sunday night"
    assert cover(session, at(MONDAY, 0)) == 1
    assert cover(session, at(MONDAY)) == 0
    moved = as_it_is(session, unstarted)
    assert (moved.owner_id, moved.state) == (ben, CaseState.OPEN)
    assert entries(session, unstarted, EntryKind.ASSIGNED)[-1]["by"] == "round robin, since its owner is away"
    assert as_it_is(session, begun).owner_id == ana
    assert (told(session, ben), mailed(session, ben)) == (["assigned"], []), "a notice; forty mails would help nobody"


def test_a_day_is_a_day_in_the_shop(session: Session, ana: int, ben: int, now: datetime) -> None:
    """In summer Lisbon's day begins an hour before UTC's."""
    case = case_with(session, now, owner=ana)
    first = date(2026, 7, 1)
    away(session, ana, first, first)
    assert cover(session, datetime(2026, 6, 30, 22, 59, tzinfo=UTC)) == 0
    assert cover(session, datetime(2026, 6, 30, 23, 0, tzinfo=UTC)) == 1
    assert as_it_is(session, case).owner_id == ben


def test_where_nobody_else_is_there_everybody_may_take_it(session: Session, ana: int, ben: int, now: datetime) -> None:
    case = case_with(session, now, owner=ana)
    for user_id in (ana, ben):
        away(session, user_id, MONDAY, MONDAY)
    assert cover(session, at(MONDAY)) == 1
    assert as_it_is(session, case).owner_id is None
    (facts,) = entries(session, case, EntryKind.UNASSIGNED)
    assert facts == {"from": ana, "reason": "its owner is away, and nobody else is there"}
    assert cover(session, at(MONDAY)) == 0


def test_a_case_that_rests_moves_too(session: Session, ana: int, ben: int, now: datetime) -> None:
    case = case_with(session, now, owner=ana)
    case.snoozed_until = now + 30 * DAY
    session.commit()
    away(session, ana, MONDAY, MONDAY)
    assert cover(session, at(MONDAY)) == 1
    case = as_it_is(session, case)
    assert (case.owner_id, case.snoozed_until) == (ben, now + 30 * DAY)


def test_an_absence_that_is_over_moves_nothing(session: Session, ana: int, now: datetime) -> None:
    case_with(session, now, owner=ana)
    away(session, ana, MONDAY, MONDAY)
    assert cover(session, at(MONDAY + DAY)) == 0


# Promises


@pytest.fixture
def promise(session: Session, ana: int, now: datetime) -> Promise:
    """Made by Ana on Friday at ten, for Tuesday at ten."""
    case = case_with(session, now)
    taken(session, case, ana, now)
    return promised(session, case, ana, now, due=4 * DAY)


def enter(session: Session, user_id: int, first: date, last: date, *, taker: int | None, now: datetime) -> Absence:
    return enter_absence(
        session,
        user_id=user_id,
        first_day=first,
        last_day=last,
        taker_id=taker,
        entered_by=user_id,
        now=now,
        zone=LISBON,
    )


def test_promises_that_fall_due_need_a_name(
    session: Session, ana: int, ben: int, promise: Promise, now: datetime
) -> None:
    with pytest.raises(AbsenceError, match="1 promise falls due by the last of these days"):
        enter(session, ana, MONDAY, MONDAY + 4 * DAY, taker=None, now=now)
    enter(session, ana, MONDAY - 2 * DAY, MONDAY - DAY, taker=None, now=now)
    assert enter(session, ana, MONDAY, MONDAY + 4 * DAY, taker=ben, now=now).taker_id == ben
    session.rollback()


def test_a_promise_that_is_overdue_and_still_owed_needs_a_name_too_and_goes_with_the_others(
    session: Session, ana: int, ben: int, promise: Promise
) -> None:
    away_from, later_on = MONDAY + 7 * DAY, at(MONDAY + 3 * DAY)  # it was due on Tuesday
    with pytest.raises(AbsenceError, match="1 promise falls due by the last of these days"):
        enter(session, ana, away_from, away_from + DAY, taker=None, now=later_on)
    enter(session, ana, away_from, away_from + DAY, taker=ben, now=later_on)
    session.commit()
    assert cover(session, at(away_from)) == 1
    session.refresh(promise)
    assert promise.owner_id == ben


def test_whoever_was_named_gets_the_promises_and_is_told(
    session: Session, ana: int, ben: int, promise: Promise, now: datetime
) -> None:
    case = session.get_one(Case, promise.case_id)
    later_one = promised(session, case, ana, now, words="And a call in April.", due=20 * DAY)
    enter(session, ana, MONDAY, MONDAY + 4 * DAY, taker=ben, now=now)
    session.commit()
    assert cover(session, now) == 0, "she is still here"
    assert cover(session, at(MONDAY)) == 1
    assert cover(session, at(MONDAY)) == 0
    assert (promise.owner_id, later_one.owner_id) == (ben, ana)
    (facts,) = entries(session, case, EntryKind.PROMISE_HANDED_ON)
    assert facts == {"promise": promise.id, "from": ana, "to": ben}
    assert mailed(session, ben) == [f"A promise in case {case.id} falls to you while Ana is away."]
    assert as_it_is(session, case).owner_id == ana, "the case is begun, and stays hers"


@pytest.mark.parametrize(
    ("first", "last", "who", "said"),
    [
        (MONDAY + DAY, MONDAY, "ben", "before the first"),
        (date(2026, 3, 2), date(2026, 3, 4), "ben", "are over"),
        (MONDAY, MONDAY, "ana", "cannot stand in for themselves"),
        (MONDAY, MONDAY, "gone", "switched on"),
        (MONDAY, MONDAY, "away", "Cleo is away on some of these days, too"),
    ],
)
def test_an_absence_that_cannot_be_says_why(
    session: Session, ana: int, ben: int, now: datetime, first: date, last: date, who: str, said: str
) -> None:
    gone, cleo = member(session, "Gus", now), member(session, "Cleo", now)
    switched_off(session, gone)
    away(session, cleo, MONDAY - DAY, MONDAY)
    people = {"ana": ana, "ben": ben, "gone": gone, "away": cleo}
    with pytest.raises(AbsenceError, match=said):
        enter(session, ana, first, last, taker=people[who], now=now)
    session.rollback()


def test_the_same_days_are_entered_once_and_can_be_taken_back(session: Session, ana: int, now: datetime) -> None:
    entered = enter(session, ana, MONDAY, MONDAY + DAY, taker=None, now=now)
    session.commit()
    with pytest.raises(AbsenceError, match="entered already"):
        enter(session, ana, MONDAY + DAY, MONDAY + 2 * DAY, taker=None, now=now)
    assert cancel_absence(session, entered.id)
    assert not cancel_absence(session, entered.id)
    enter(session, ana, MONDAY + DAY, MONDAY + 2 * DAY, taker=None, now=now)
    session.rollback()


# Gone for good


def test_of_somebody_who_left_nothing_is_left_lying(session: Session, ana: int, ben: int, now: datetime) -> None:
    unstarted = case_with(session, now, owner=ana)
    begun = case_with(session, now, owner=ana, state=CaseState.IN_PROGRESS)
    switched_off(session, ana)
    assert cover(session, now) == 2
    assert cover(session, now) == 0
    assert as_it_is(session, unstarted).owner_id == ben
    case = as_it_is(session, begun)
    assert (case.owner_id, case.state) == (None, CaseState.OPEN)
    (facts,) = entries(session, begun, EntryKind.UNASSIGNED)
    assert facts == {"from": ana, "reason": "its owner's account is switched off"}
    taken(session, begun, ben, now)


# Snoozed


def test_a_case_wakes_on_its_day_and_its_owner_hears_of_it(session: Session, ana: int, now: datetime) -> None:
    case = case_with(session, now, owner=ana, state=CaseState.IN_PROGRESS)
    case.snoozed_until = now + DAY
    session.commit()
    assert cover(session, now + DAY - timedelta(seconds=1)) == 0
    assert cover(session, now + DAY) == 1
    assert cover(session, now + DAY) == 0
    assert as_it_is(session, case).snoozed_until is None
    assert log_kinds(session, case.id)[-1] == EntryKind.WOKEN
    assert (told(session, ana), mailed(session, ana)) == (["reminded"], [])


def test_workers_at_once_move_each_case_once(
    sessions: sessionmaker[Session], session: Session, ana: int, ben: int, now: datetime
) -> None:
    cases = [case_with(session, now, owner=ana) for _ in range(5)]
    session.execute(update(User).where(User.id == ana).values(active=False))
    session.commit()

    def work() -> int:
        with sessions() as own:
            count = cover_absences(own, now, 200, key=KEY, zone=LISBON)
            own.commit()
            return count

    assert sum(at_once(*[work] * 3)) + work() == 5
    for case in cases:
        assert as_it_is(session, case).owner_id == ben
        assert log_kinds(session, case.id).count(EntryKind.ASSIGNED) == 2, "at its opening, and now"
    assert verify_logs(session, KEY).fault is None
