"""A case rests until the customer answers or a day has come; its deadlines stay true and nothing gets lost."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.models import Case, CaseDeadline, CaseState, DeadlineKind, EntryKind
from feedback_service.cases.rest import LONGEST_SLEEP, resume, resume_if_waiting, snooze, wait, wake
from feedback_service.cases.status.say import add_to_case
from feedback_service.cases.work import CaseMovedError, reopen
from tests.cases.factories import KEY, colleague, complained, log_kinds, opened, resolved, taken
from tests.responses.factories import at_once

DAY = timedelta(days=1)


@pytest.fixture
def ana(session: Session, now: datetime) -> int:
    return colleague(session, "Ana", now)


@pytest.fixture
def case(session: Session, ana: int, now: datetime) -> Case:
    """A case in Ana's hands."""
    case = opened(session, now)
    taken(session, case, ana, now)
    return case


def _as_it_is(session: Session, case_id: int) -> Case:
    session.rollback()
    return session.get_one(Case, case_id, populate_existing=True)


def _due(session: Session, case_id: int) -> dict[DeadlineKind, datetime]:
    rows = session.execute(select(CaseDeadline.kind, CaseDeadline.due_at).where(CaseDeadline.case_id == case_id))
    return dict(rows.all())


def test_while_it_waits_the_deadline_stands_still(session: Session, case: Case, ana: int, now: datetime) -> None:
    before = _due(session, case.id)
    wait(session, case.id, "Which colour?", user_id=ana, key=KEY, now=now + timedelta(hours=1))
    session.commit()
    resume(session, case.id, user_id=ana, key=KEY, now=now + timedelta(hours=6))
    session.commit()
    after = _due(session, case.id)
    assert {kind: after[kind] - before[kind] for kind in before} == dict.fromkeys(before, timedelta(hours=5))
    assert _as_it_is(session, case.id).waiting_since is None
    assert log_kinds(session, case.id)[-2:] == [EntryKind.WAITING, EntryKind.RESUMED]


def test_a_second_press_is_nothing(session: Session, case: Case, ana: int, now: datetime) -> None:
    until = now + DAY
    for _ in range(2):
        wait(session, case.id, "", user_id=ana, key=KEY, now=now)
    for _ in range(2):
        resume(session, case.id, user_id=ana, key=KEY, now=now)
    for _ in range(2):
        snooze(session, case.id, until, "", user_id=ana, key=KEY, now=now)
    for _ in range(2):
        wake(session, case.id, user_id=ana, key=KEY, now=now)
    session.commit()
    kinds = [EntryKind.WAITING, EntryKind.RESUMED, EntryKind.SNOOZED, EntryKind.WOKEN]
    assert log_kinds(session, case.id)[-4:] == kinds


def test_asleep_it_is_out_of_sight_and_its_deadline_goes_on(
    session: Session, case: Case, ana: int, now: datetime
) -> None:
    before = _due(session, case.id)
    snooze(session, case.id, now + DAY, "They are away.", user_id=ana, key=KEY, now=now)
    session.commit()
    assert _due(session, case.id) == before
    assert _as_it_is(session, case.id).snoozed_until == now + DAY


@pytest.mark.parametrize("ahead", [timedelta(0), -DAY, LONGEST_SLEEP + DAY])
def test_nothing_sleeps_backwards_or_for_ever(
    session: Session, case: Case, ana: int, now: datetime, ahead: timedelta
) -> None:
    with pytest.raises(ValueError, match="at most"):
        snooze(session, case.id, now + ahead, "", user_id=ana, key=KEY, now=now)


def test_what_waits_is_not_put_to_sleep_as_well(session: Session, case: Case, ana: int, now: datetime) -> None:
    wait(session, case.id, "", user_id=ana, key=KEY, now=now)
    with pytest.raises(CaseMovedError, match="waits for the customer"):
        snooze(session, case.id, now + DAY, "", user_id=ana, key=KEY, now=now)


def test_only_whoever_has_it_may_let_it_rest(session: Session, case: Case, ana: int, now: datetime) -> None:
    ben = colleague(session, "Ben", now)
    for act in (
        partial(wait, session, case.id, ""),
        partial(resume, session, case.id),
        partial(snooze, session, case.id, now + DAY, ""),
        partial(wake, session, case.id),
    ):
        with pytest.raises(CaseMovedError, match="Ana has this case now"):
            act(user_id=ben, key=KEY, now=now)
    assert ana != ben


@pytest.mark.parametrize("asleep", [False, True])
def test_it_comes_back_when_the_customer_writes(session: Session, ana: int, now: datetime, asleep: bool) -> None:
    person, case = complained(session, now)
    taken(session, case, ana, now)
    if asleep:
        snooze(session, case.id, now + DAY, "", user_id=ana, key=KEY, now=now)
    else:
        wait(session, case.id, "", user_id=ana, key=KEY, now=now)
    session.commit()
    add_to_case(session, case.id, "Blue, please.", invitation_id=person.invitation_id, key=KEY, now=now + DAY / 2)
    session.commit()
    found = _as_it_is(session, case.id)
    assert (found.waiting_since, found.snoozed_until) == (None, None)
    back = EntryKind.WOKEN if asleep else EntryKind.RESUMED
    assert log_kinds(session, case.id)[-2:] == [EntryKind.CUSTOMER_WROTE, back]


def test_what_does_not_rest_or_is_closed_stays_as_it_is(session: Session, case: Case, ana: int, now: datetime) -> None:
    assert not resume_if_waiting(session, case.id, key=KEY, now=now)
    resolved(session, case, ana, now)
    assert not resume_if_waiting(session, case.id, key=KEY, now=now)


def test_a_case_that_is_closed_while_it_rests_does_not_rest_when_it_comes_back(
    session: Session, case: Case, ana: int, now: datetime
) -> None:
    snooze(session, case.id, now + 9 * DAY, "", user_id=ana, key=KEY, now=now)
    resolved(session, case, ana, now)
    reopen(session, case.id, user_id=ana, key=KEY, now=now + DAY)
    session.commit()
    found = _as_it_is(session, case.id)
    assert (found.state, found.snoozed_until, found.waiting_since) == (CaseState.IN_PROGRESS, None, None)


def test_of_two_presses_at_once_one_is_logged(
    sessions: sessionmaker[Session], session: Session, case: Case, ana: int, now: datetime
) -> None:
    def press() -> None:
        with sessions() as own:
            wait(own, case.id, "", user_id=ana, key=KEY, now=now)
            own.commit()

    case_id = case.id
    session.commit()
    at_once(press, press)
    assert log_kinds(session, case_id).count(EntryKind.WAITING) == 1
