"""A promise whose time is over is broken: once, for good, and somebody hears of it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.cases.deadlines.break_promises import break_promises
from feedback_service.cases.models import Case, CaseState, EntryKind
from feedback_service.cases.promises.promise import keep
from tests.cases.deadlines.factories import entries, mailed, member, switched_off, told
from tests.cases.factories import KEY
from tests.cases.promises.factories import promised, worked_on

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def look(session: Session, at: datetime) -> int:
    count = break_promises(session, at, 200, key=KEY)
    session.commit()
    return count


@pytest.fixture
def ana(session: Session, now: datetime) -> int:
    return member(session, "Ana", now)


def test_it_is_broken_when_its_time_is_over_and_once(session: Session, ana: int, now: datetime) -> None:
    case = worked_on(session, now, ana)
    promise = promised(session, case, ana, now)
    assert look(session, now + DAY - HOUR) == 0
    assert look(session, now + DAY + HOUR) == 1
    assert look(session, now + 9 * DAY) == 0
    assert promise.broken_at == now + DAY
    assert len(entries(session, case, EntryKind.PROMISE_BROKEN)) == 1
    assert told(session, ana) == ["promise_due"]
    assert mailed(session, ana) == [
        f"A promise in case {case.id} was not kept in time. Keep it now, or tell the customer why not."
    ]


def test_what_was_kept_is_not_broken(session: Session, ana: int, now: datetime) -> None:
    case = worked_on(session, now, ana)
    promise = promised(session, case, ana, now)
    keep(session, promise.id, user_id=ana, key=KEY, now=now + HOUR)
    session.commit()
    assert look(session, now + 9 * DAY) == 0
    assert (promise.broken_at, told(session, ana)) == (None, [])


def test_of_somebody_who_left_the_managers_hear(session: Session, ana: int, now: datetime) -> None:
    boss = member(session, "Mia", now, role=RoleName.MANAGER)
    promised(session, worked_on(session, now, ana), ana, now)
    switched_off(session, ana)
    assert look(session, now + 2 * DAY) == 1
    assert (told(session, ana), told(session, boss)) == ([], ["promise_due"])


def test_the_log_of_the_case_that_goes_on_says_so(session: Session, ana: int, now: datetime) -> None:
    case, other = worked_on(session, now, ana), worked_on(session, now, ana)
    promised(session, case, ana, now)
    merged = session.get_one(Case, case.id)
    merged.state, merged.merged_into_id = CaseState.MERGED, other.id
    session.commit()
    assert look(session, now + 2 * DAY) == 1
    assert entries(session, case, EntryKind.PROMISE_BROKEN) == []
    assert len(entries(session, other, EntryKind.PROMISE_BROKEN)) == 1
