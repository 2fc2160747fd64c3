"""Did we put it right? Asked once per case; a bad answer opens that case again, a good one stands in its log."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.models import Case, CaseState, EntryKind
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.queries import log_of
from feedback_service.cases.recovery import recovery_answer
from feedback_service.cases.rest import wait
from feedback_service.cases.search.find import EVERY_CASE, matching
from feedback_service.cases.take_replies import take_replies
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import log_action, reopen
from feedback_service.customers.models import Customer
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Touchpoint, TouchpointKind
from feedback_service.responses.collect import add_words, confirm_score
from feedback_service.responses.models import Response
from tests.cases.deadlines.factories import told
from tests.cases.factories import KEY, colleague, complained, opened, resolved, taken, wrote_back
from tests.responses.factories import Asked, answered, asked, at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RECOVERY = "recovery_csat"


def _touchpoints(session: Session) -> list[Touchpoint]:
    session.rollback()
    return list(session.scalars(select(Touchpoint).execution_options(populate_existing=True)))


def _closed(session: Session, now: datetime) -> tuple[Case, int]:
    """A case that Ben has resolved, and Ben."""
    _, case = complained(session, now, comment="It came broken.")
    ben = colleague(session, "Ben", now)
    taken(session, case, ben, now)
    resolved(session, case, ben, now + HOUR)
    return case, ben


def _asked_about(session: Session, case: Case, now: datetime) -> Asked:
    """The same person, asked whether it was put right; committed."""
    person = asked(session, now, survey=RECOVERY)
    invitation = session.get_one(Invitation, person.invitation_id)
    invitation.touchpoint_id = session.scalars(select(Touchpoint.id)).one()
    invitation.order_id = None
    assert case.customer_id is not None
    invitation.customer_id = case.customer_id
    session.commit()
    return person


def _answers(session: Session, person: Asked, score: int, at: datetime, comment: str = "") -> Response:
    """They answer, and the answer is routed; committed."""
    invitation = session.get_one(Invitation, person.invitation_id)
    response = confirm_score(session, invitation, score, window=DAY, zone=ZoneInfo("UTC"), now=at).response
    if comment:
        add_words(session, invitation, comment=comment, wants_contact=False, window=DAY, now=at)
    session.commit()
    open_cases(session, at, 10, key=KEY)
    session.commit()
    return response


def _only_case(session: Session) -> Case:
    session.rollback()
    return session.scalars(select(Case).execution_options(populate_existing=True)).one()


def _log(session: Session, case: Case) -> list[tuple[EntryKind, str]]:
    return [(entry.kind, text) for entry, text, _ in reversed(log_of(session, case.id))]


# What a closed case leaves behind


def test_a_closed_case_leaves_one_touchpoint_however_often_it_is_closed(session: Session, now: datetime) -> None:
    case, ben = _closed(session, now)
    (left,) = _touchpoints(session)
    assert (left.source, left.kind, left.external_id) == ("feedback", TouchpointKind.CASE_RESOLVED, str(case.id))
    assert (left.customer_id, left.happened_at) == (case.customer_id, now + HOUR)
    assert left.attributes == {"root_cause": "damaged", "outcome": "satisfied", "team": "Care"}
    planned = left.revision
    reopen(session, case.id, user_id=ben, key=KEY, now=now + 2 * HOUR)
    session.commit()
    (left,) = _touchpoints(session)
    assert left.happened_at == now + 26 * HOUR  # not before it can be closed again
    assert left.revision > planned
    resolved(session, case, ben, now + 5 * HOUR)
    (left,) = _touchpoints(session)
    assert left.happened_at == now + 5 * HOUR


def test_nobody_is_asked_who_is_not_known(session: Session, now: datetime) -> None:
    case, ben = opened(session, now), colleague(session, "Ben", now)
    taken(session, case, ben, now)
    resolved(session, case, ben, now)
    assert _touchpoints(session) == []


def test_nobody_is_asked_who_took_the_answer_back(session: Session, now: datetime) -> None:
    _, case = complained(session, now)
    ben = colleague(session, "Ben", now)
    taken(session, case, ben, now)
    session.scalars(select(Response)).one().withdrawn_at = now
    session.commit()
    resolved(session, case, ben, now)
    assert _touchpoints(session) == []


# What becomes of the answer


@pytest.mark.parametrize(("score", "opens"), [(1, True), (2, True), (3, False), (5, False)])
def test_a_bad_answer_opens_that_case_and_a_good_one_stands_in_its_log(
    session: Session, now: datetime, score: int, opens: bool
) -> None:
    case, ben = _closed(session, now)
    at = now + 4 * DAY
    _answers(session, _asked_about(session, case, at), score, at, "Well.")
    case = _only_case(session)  # and no other was opened
    assert case.state == (CaseState.IN_PROGRESS if opens else CaseState.RESOLVED)
    assert case.owner_id == ben
    expected = [(EntryKind.RECOVERY_ANSWERED, "Well.")] + ([(EntryKind.REOPENED, "")] if opens else [])
    assert _log(session, case)[-len(expected) :] == expected
    assert told(session, ben) == ["customer_wrote"]
    assert matching(session, "well", allowed=EVERY_CASE, limit=9).ids == [case.id]
    if opens:
        assert case.due_at == at + 8 * HOUR  # the recovery survey's own deadline, which comes before the usual one
    assert session.scalars(select(Customer.open_cases).where(Customer.id == case.customer_id)).one() == int(opens)
    assert verify_logs(session, KEY).fault is None


def test_a_case_that_waits_for_the_customer_goes_on_once_they_answer(session: Session, now: datetime) -> None:
    case, ben = _closed(session, now)
    person = _asked_about(session, case, now + DAY)
    reopen(session, case.id, user_id=ben, key=KEY, now=now + DAY)
    wait(session, case.id, "Which colour?", user_id=ben, key=KEY, now=now + DAY)
    session.commit()
    _answers(session, person, 1, now + 2 * DAY)
    assert _only_case(session).waiting_since is None
    assert told(session, ben) == ["customer_wrote"]


def test_a_bare_good_score_is_no_news_to_anybody(session: Session, now: datetime) -> None:
    case, ben = _closed(session, now)
    _answers(session, _asked_about(session, case, now + DAY), 5, now + DAY)
    assert told(session, ben) == []


def test_a_wish_to_be_contacted_opens_it_whatever_the_score(session: Session, now: datetime) -> None:
    case, _ = _closed(session, now)
    at = now + 4 * DAY
    person = _asked_about(session, case, at)
    response = _answers(session, person, 5, at)
    response.wants_contact, response.revision = True, response.revision + 1
    session.commit()
    open_cases(session, at, 10, key=KEY)
    session.commit()
    assert _only_case(session).state == CaseState.IN_PROGRESS


def test_what_is_said_bit_by_bit_stands_there_once(session: Session, now: datetime) -> None:
    case, _ = _closed(session, now)
    at = now + 4 * DAY
    person = _asked_about(session, case, at)
    _answers(session, person, 1, at)
    _answers(session, person, 1, at + HOUR, "It broke again.")
    _answers(session, person, 2, at + 2 * HOUR)
    log = _log(session, _only_case(session))
    assert [entry for entry in log if entry[0] == EntryKind.RECOVERY_ANSWERED] == [
        (EntryKind.RECOVERY_ANSWERED, ""),
        (EntryKind.RECOVERY_ANSWERED, "It broke again."),
        (EntryKind.RECOVERY_ANSWERED, ""),
    ]
    assert [kind for kind, _ in log].count(EntryKind.REOPENED) == 1


def test_a_mail_written_back_to_the_question_belongs_to_that_case_too(session: Session, now: datetime) -> None:
    case, _ = _closed(session, now)
    person = _asked_about(session, case, now + 4 * DAY)
    at = now + 4 * DAY
    wrote_back(session, at, "No.", invitation_id=person.invitation_id, customer_id=case.customer_id)
    take_replies(session, at, 10, key=KEY)
    session.commit()
    case = _only_case(session)
    assert case.state == CaseState.IN_PROGRESS
    assert (EntryKind.CUSTOMER_WROTE, "No.") in _log(session, case)


def test_the_case_page_finds_the_answer_that_counts(session: Session, now: datetime) -> None:
    case, _ = _closed(session, now)
    at = now + 4 * DAY
    assert recovery_answer(session, case) is None
    answer = _answers(session, _asked_about(session, case, at), 4, at)
    found = recovery_answer(session, case)
    assert found is not None
    assert found.id == answer.id
    answer.withdrawn_at = at
    session.commit()
    assert recovery_answer(session, case) is None


def test_a_bad_answer_and_a_colleague_at_work_never_fork_the_log(
    sessions: sessionmaker[Session], session: Session, now: datetime
) -> None:
    case, ben = _closed(session, now)
    case_id, at = case.id, now + 4 * DAY
    person = _asked_about(session, case, at)
    invitation = session.get_one(Invitation, person.invitation_id)
    confirm_score(session, invitation, 1, window=DAY, zone=ZoneInfo("UTC"), now=at)
    session.commit()

    def worker() -> None:
        with sessions() as own:
            open_cases(own, at, 10, key=KEY)
            own.commit()

    def colleague_at_work() -> None:
        with sessions() as own:
            try:
                reopen(own, case_id, user_id=ben, key=KEY, now=at)
                log_action(own, case_id, EntryKind.CALLED, "Called.", user_id=ben, key=KEY, now=at)
                own.commit()
            except Exception:  # the worker was faster: the case is open, and Ben reads that
                own.rollback()

    at_once(worker, colleague_at_work, worker)
    kinds = [kind for kind, _ in _log(session, _only_case(session))]
    assert kinds.count(EntryKind.RECOVERY_ANSWERED) == 1
    assert kinds.count(EntryKind.REOPENED) == 1
    assert verify_logs(session, KEY).fault is None


def test_two_workers_with_both_answers_about_one_case_never_wait_for_each_other_in_a_ring(
    sessions: sessionmaker[Session], session: Session, now: datetime
) -> None:
    case, _ = _closed(session, now)
    case_id, at = case.id, now + 4 * DAY
    person = _asked_about(session, case, at)
    first = session.get_one(Response, case.response_id)
    for number in range(6):
        answered(session, at, 0)  # somebody else's, so that each worker opens cases besides
        first.latest_score, first.revision = number % 2, first.revision + 1
        invitation = session.get_one(Invitation, person.invitation_id)
        confirm_score(session, invitation, 1 + number % 2, window=DAY, zone=ZoneInfo("UTC"), now=at)
        answered(session, at, 0)
        session.commit()

        def worker() -> None:
            with sessions() as own:
                while open_cases(own, at, 2, key=KEY):
                    own.commit()
                own.commit()

        at_once(worker, worker)
        session.expire_all()
    kinds = [entry.kind for entry, _, _ in log_of(session, case_id)]
    assert kinds.count(EntryKind.RECOVERY_ANSWERED) == kinds.count(EntryKind.ANSWER_CHANGED) == 6
    assert len(session.scalars(select(Case.id)).all()) == 1 + 12
    assert verify_logs(session, KEY).fault is None
