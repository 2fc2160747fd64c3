"""Two cases about the same become one: both logs stay, all news go to the one that goes on, and it can be undone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.cover import cover_absences
from feedback_service.cases.deadlines import keep
from feedback_service.cases.merge import NotMergeableError, merge, standing_for, unmerge
from feedback_service.cases.models import Case, CaseEntry, CaseState, EntryKind
from feedback_service.cases.notices.models import Notice
from feedback_service.cases.notices.shown import sentence
from feedback_service.cases.rest import resume, snooze, wait
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import CaseMovedError, log_action
from feedback_service.customers.models import Customer
from feedback_service.invitations.models import Invitation
from tests.cases.deadlines.factories import FIRST, RESOLUTION, around_the_clock, deadlines, entries, look
from tests.cases.factories import (
    KEY,
    colleague,
    complained,
    log_kinds,
    opened,
    resolved,
    status_path,
    taken,
)
from tests.responses.factories import Asked, at_once, press, read

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ana(session: Session, now: datetime) -> int:
    return colleague(session, "Ana", now)


def _cases(session: Session, now: datetime, count: int) -> list[tuple[Asked, Case]]:
    """Cases of one person, whom the shop knows several times by one address."""
    found = [complained(session, now + timedelta(minutes=number)) for number in range(count)]
    customers = [session.get_one(Customer, case.customer_id) for _, case in found]
    for customer in customers[1:]:
        customer.address_hash = customers[0].address_hash
    session.commit()
    return found


def _as_it_is(session: Session, case_id: int) -> Case:
    session.rollback()
    return session.get_one(Case, case_id, populate_existing=True)


def _facts(session: Session, case_id: int) -> dict[str, object]:
    """Those of the newest entry."""
    case = _as_it_is(session, case_id)
    return session.get_one(CaseEntry, (case_id, case.log_length)).facts


def test_merged_and_taken_apart_again(session: Session, ana: int, now: datetime) -> None:
    (_, double), (_, first) = _cases(session, now, 2)
    taken(session, double, ana, now)
    merge(session, double.id, first.id, user_id=ana, key=KEY, now=now)
    session.commit()
    merged = _as_it_is(session, double.id)
    assert (merged.state, merged.merged_into_id, merged.next_look_at) == (CaseState.MERGED, first.id, None)
    assert _facts(session, double.id) == {"into": first.id, "state": "in_progress"}
    assert _facts(session, first.id) == {"case": double.id}
    assert standing_for(session, double.id) == first.id
    unmerge(session, double.id, user_id=ana, key=KEY, now=now)
    session.commit()
    apart = _as_it_is(session, double.id)
    assert (apart.state, apart.owner_id, apart.merged_into_id) == (CaseState.IN_PROGRESS, ana, None)
    assert log_kinds(session, double.id)[-2:] == [EntryKind.MERGED, EntryKind.UNMERGED]
    assert log_kinds(session, first.id)[-2:] == [EntryKind.TOOK_IN, EntryKind.UNMERGED]
    assert standing_for(session, double.id) == double.id
    assert verify_logs(session, key=KEY).fault is None


def test_open_cases_of_the_customer_are_counted_anew(session: Session, ana: int, now: datetime) -> None:
    (_, double), (_, first) = _cases(session, now, 2)
    double.customer_id = first.customer_id
    session.commit()
    merge(session, double.id, first.id, user_id=ana, key=KEY, now=now)
    session.commit()
    customer = session.get_one(Customer, first.customer_id, populate_existing=True)
    assert customer.open_cases == 1
    unmerge(session, double.id, user_id=ana, key=KEY, now=now)
    session.commit()
    session.refresh(customer)
    assert customer.open_cases == 2


def test_a_chain_is_followed_to_its_end_and_closes_to_no_ring(session: Session, ana: int, now: datetime) -> None:
    (_, one), (_, two), (_, three) = _cases(session, now, 3)
    merge(session, one.id, two.id, user_id=ana, key=KEY, now=now)
    merge(session, two.id, three.id, user_id=ana, key=KEY, now=now)
    session.commit()
    assert standing_for(session, one.id) == three.id
    with pytest.raises(NotMergeableError, match=f"goes on in case {two.id}"):
        merge(session, three.id, one.id, user_id=ana, key=KEY, now=now)


def test_what_cannot_be_merged_is_said(session: Session, ana: int, now: datetime) -> None:
    (_, double), (_, first) = _cases(session, now, 2)
    _, stranger = complained(session, now)
    nobody = opened(session, now)
    for into, why in (
        (double.id, "for itself"),
        (999_999, "There is no case 999999"),
        (stranger.id, "another customer's"),
        (nobody.id, "another customer's"),
    ):
        with pytest.raises(NotMergeableError, match=why):
            merge(session, double.id, into, user_id=ana, key=KEY, now=now)
    session.rollback()
    taken(session, first, ana, now)
    resolved(session, first, ana, now)
    with pytest.raises(NotMergeableError, match="Open it again first"):
        merge(session, double.id, first.id, user_id=ana, key=KEY, now=now)


def test_a_colleague_s_case_is_not_merged_behind_their_back(session: Session, ana: int, now: datetime) -> None:
    (_, double), (_, first) = _cases(session, now, 2)
    taken(session, double, ana, now)
    with pytest.raises(CaseMovedError, match="Ana has this case now"):
        merge(session, double.id, first.id, user_id=colleague(session, "Ben", now), key=KEY, now=now)


def test_taking_apart_what_is_not_merged_says_how_it_is(session: Session, ana: int, now: datetime) -> None:
    case = opened(session, now)
    with pytest.raises(CaseMovedError, match="This case stands for itself already"):
        unmerge(session, case.id, user_id=ana, key=KEY, now=now)


def test_of_two_who_merge_crosswise_at_once_one_wins_and_nothing_rings(
    sessions: sessionmaker[Session], session: Session, ana: int, now: datetime
) -> None:
    (_, one), (_, two) = _cases(session, now, 2)
    ids = one.id, two.id
    session.commit()

    def cross(case_id: int, into_id: int) -> str:
        with sessions() as own:
            try:
                merge(own, case_id, into_id, user_id=ana, key=KEY, now=now)
            except (CaseMovedError, NotMergeableError) as no:
                own.rollback()
                return str(no)
            own.commit()
            return ""

    told = at_once(lambda: cross(ids[0], ids[1]), lambda: cross(ids[1], ids[0]))
    assert told.count("") == 1
    assert {standing_for(session, case_id) for case_id in ids} in ({ids[0]}, {ids[1]})
    session.rollback()
    assert verify_logs(session, key=KEY).fault is None


def test_a_second_press_is_nothing(session: Session, ana: int, now: datetime) -> None:
    (_, double), (_, first) = _cases(session, now, 2)
    for _ in range(2):
        merge(session, double.id, first.id, user_id=ana, key=KEY, now=now)
    session.commit()
    assert log_kinds(session, double.id).count(EntryKind.MERGED) == 1
    assert log_kinds(session, first.id).count(EntryKind.TOOK_IN) == 1


def test_the_customer_of_a_merged_case_reads_and_tells_what_goes_on(
    client: FlaskClient, session: Session, ana: int, now: datetime
) -> None:
    (person, double), (_, first) = _cases(session, now, 2)
    merge(session, double.id, first.id, user_id=ana, key=KEY, now=now)
    session.commit()
    page = status_path(session, person)
    press(client, page, words="It broke again.", act="add")
    assert log_kinds(session, first.id)[-1] == EntryKind.CUSTOMER_WROTE
    assert EntryKind.CUSTOMER_WROTE not in log_kinds(session, double.id)
    taken(session, first, ana, now)
    resolved(session, first, ana, now, told="A new lamp is on its way.")
    assert "A new lamp is on its way." in read(client.get(page)).text
    assert session.get_one(Invitation, person.invitation_id).customer_id != first.customer_id


# Deadlines: none is dodged by merging


def _pair(session: Session, ana: int, now: datetime) -> tuple[Case, Case]:
    """A case of Ana's, and one of the same person that was opened eight hours later and is Ana's as well."""
    around_the_clock(session)
    (_, early), (_, late) = _cases(session, now, 2)
    for case in (early, late):
        taken(session, case, ana, now)
    keep.put_off(session, late, now, now + 8 * HOUR)
    session.commit()
    assert early.due_at + 7 * HOUR < late.due_at
    return early, late


def _merged(session: Session, case: Case, into: Case, user_id: int, now: datetime) -> None:
    merge(session, case.id, into.id, user_id=user_id, key=KEY, now=now)
    session.commit()


def test_the_case_that_goes_on_is_due_when_the_first_of_both_is(session: Session, ana: int, now: datetime) -> None:
    early, late = _pair(session, ana, now)
    due, later_due = early.due_at, late.due_at
    _merged(session, early, late, ana, now)
    assert _as_it_is(session, late.id).due_at == due
    for hours in (1, 2):
        look(session, due + hours * HOUR)
    (said,) = entries(session, late, EntryKind.DEADLINE_MISSED)
    assert (said["case"], said["deadline"]) == (early.id, "first_response")
    assert deadlines(session, early)[1, FIRST].met is False
    assert deadlines(session, late)[1, FIRST].met is None
    unmerge(session, early.id, user_id=ana, key=KEY, now=due + 2 * HOUR)
    session.commit()
    assert _as_it_is(session, late.id).due_at == later_due
    assert _as_it_is(session, early.id).due_at == due


def test_what_reaches_the_customer_is_an_answer_for_both(session: Session, ana: int, now: datetime) -> None:
    early, late = _pair(session, ana, now)
    _merged(session, early, late, ana, now)
    log_action(session, late.id, EntryKind.CALLED, "Called.", user_id=ana, key=KEY, now=now + HOUR)
    session.commit()
    for case in (early, late):
        assert deadlines(session, case)[1, FIRST].met is True
    resolved(session, late, ana, now + 2 * HOUR)
    assert [deadlines(session, case)[1, RESOLUTION].met for case in (early, late)] == [True, True]
    assert [_as_it_is(session, case.id).next_look_at for case in (early, late)] == [None, None]


def test_a_merged_case_s_deadlines_follow_through_a_chain(session: Session, ana: int, now: datetime) -> None:
    early, late = _pair(session, ana, now)
    (_, last) = complained(session, now)
    last.customer_id = late.customer_id
    taken(session, last, ana, now)
    due = early.due_at
    _merged(session, early, late, ana, now)
    keep.put_off(session, last, now, now + DAY)
    _merged(session, late, last, ana, now)
    assert _as_it_is(session, last.id).due_at == due
    unmerge(session, early.id, user_id=ana, key=KEY, now=now)
    session.commit()
    assert _as_it_is(session, last.id).due_at > due


def test_merging_into_a_case_that_waits_stops_no_clock(session: Session, ana: int, now: datetime) -> None:
    early, late = _pair(session, ana, now)
    due = early.due_at
    wait(session, late.id, "", user_id=ana, key=KEY, now=now + HOUR)
    _merged(session, early, late, ana, now + 3 * HOUR)
    assert log_kinds(session, late.id)[-2:] == [EntryKind.TOOK_IN, EntryKind.RESUMED]
    goes_on = _as_it_is(session, late.id)
    assert (goes_on.waiting_since, goes_on.due_at) == (None, due)


def test_where_both_wait_they_go_on_waiting_as_one(session: Session, ana: int, now: datetime) -> None:
    early, late = _pair(session, ana, now)
    due = early.due_at
    wait(session, late.id, "", user_id=ana, key=KEY, now=now + HOUR)
    wait(session, early.id, "", user_id=ana, key=KEY, now=now + 2 * HOUR)
    _merged(session, early, late, ana, now + 5 * HOUR)
    assert _as_it_is(session, late.id).waiting_since == now + 5 * HOUR
    resume(session, late.id, user_id=ana, key=KEY, now=now + 6 * HOUR)
    session.commit()
    assert _as_it_is(session, late.id).due_at == due + 4 * HOUR


def test_what_stands_for_itself_again_stood_still_while_the_other_waited(
    session: Session, ana: int, now: datetime
) -> None:
    early, late = _pair(session, ana, now)
    due = early.due_at
    _merged(session, early, late, ana, now)
    wait(session, late.id, "", user_id=ana, key=KEY, now=now + HOUR)
    unmerge(session, early.id, user_id=ana, key=KEY, now=now + 3 * HOUR)
    session.commit()
    apart = _as_it_is(session, early.id)
    assert (apart.waiting_since, apart.due_at) == (None, due + 2 * HOUR)


def test_what_was_closed_with_the_other_one_has_new_deadlines_once_apart(
    session: Session, ana: int, now: datetime
) -> None:
    early, late = _pair(session, ana, now)
    _merged(session, early, late, ana, now)
    resolved(session, late, ana, now + HOUR)
    unmerge(session, early.id, user_id=ana, key=KEY, now=now + DAY)
    session.commit()
    apart = _as_it_is(session, early.id)
    assert (apart.state, apart.opening, apart.due_at) == (CaseState.IN_PROGRESS, 2, now + 2 * DAY)
    assert deadlines(session, early)[2, FIRST].met is None


# Who hears of it, and what rests


def test_the_owner_of_the_case_that_goes_on_hears_of_it(session: Session, ana: int, now: datetime) -> None:
    (_, double), (_, first) = _cases(session, now, 2)
    ben = colleague(session, "Ben", now)
    taken(session, first, ben, now)
    _merged(session, double, first, ana, now)
    (notice,) = session.scalars(select(Notice).where(Notice.case_id == first.id)).all()
    said = sentence(notice.kind, notice.case_id, notice.facts, {})
    assert (notice.user_id, said) == (ben, f"Case {first.id} waits for you: case {double.id} was merged into it.")


def test_a_merged_case_does_not_wake_up(session: Session, ana: int, now: datetime) -> None:
    (_, double), (_, first) = _cases(session, now, 2)
    taken(session, double, ana, now)
    snooze(session, double.id, now + DAY, "", user_id=ana, key=KEY, now=now)
    _merged(session, double, first, ana, now)
    cover_absences(session, now + 2 * DAY, 100, key=KEY, zone=ZoneInfo("UTC"))
    session.commit()
    assert log_kinds(session, double.id)[-1] == EntryKind.MERGED
    assert _as_it_is(session, double.id).snoozed_until is None
