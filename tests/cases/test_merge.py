"""Two cases about the same become one: both logs stay, all news go to the one that goes on, and it can be undone."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.merge import NotMergeableError, merge, standing_for, unmerge
from feedback_service.cases.models import Case, CaseEntry, CaseState, EntryKind
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import CaseMovedError
from feedback_service.customers.models import Customer
from feedback_service.invitations.models import Invitation
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
