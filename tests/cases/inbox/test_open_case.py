"""A case can be opened from any answer, once; where one goes on for it already, that is the one."""

from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.inbox.open_case import NoSuchAnswerError, open_for_answer
from feedback_service.cases.models import Case, CaseKind, CaseOrigin, EntryKind
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.queries import log_of
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.cases.verify_log import verify_logs
from feedback_service.customers.models import Customer
from feedback_service.invitations.models import Invitation
from feedback_service.responses.models import Response
from tests.cases.factories import KEY, colleague, log_kinds, opened
from tests.responses.factories import answered, answered_by, at_once, say_more


def test_a_promoters_answer_becomes_a_case_with_deadlines_and_a_log(session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now)
    person = answered_by(session, now, 9)
    response = session.scalars(select(Response).where(Response.invitation_id == person.invitation_id)).one()
    case = session.get_one(Case, open_for_answer(session, response.id, user_id=ana, key=KEY, now=now))
    session.commit()
    assert (case.origin_kind, case.origin_key, case.reason) == (
        CaseOrigin.RESPONSE,
        str(response.id),
        CaseReason.BY_HAND,
    )
    assert (case.kind, case.response_id, case.rule) == (CaseKind.FOLLOW_UP, response.id, "Opened from the answers")
    assert case.due_at > now
    log = [(entry.kind, who) for entry, _, who in reversed(log_of(session, case.id))]
    assert log[0] == (EntryKind.OPENED, "Ana")
    customer = session.get_one(Invitation, person.invitation_id).customer_id
    assert session.get_one(Customer, customer).open_cases == 1
    assert verify_logs(session, KEY).fault is None


def test_where_there_is_a_case_it_is_that_one(session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now)
    case = opened(session, now)
    assert case.response_id
    for _ in range(2):
        assert open_for_answer(session, case.response_id, user_id=ana, key=KEY, now=now) == case.id


def test_the_service_opens_no_second_one_afterwards(session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now)
    answer = answered(session, now, 1)
    case = open_for_answer(session, answer.id, user_id=ana, key=KEY, now=now)
    session.commit()
    open_cases(session, now, 100, key=KEY)
    session.commit()
    assert session.scalars(select(Case.id)).all() == [case]
    assert log_kinds(session, case) == [EntryKind.OPENED], "nothing was added to what the case was opened with"
    assert verify_logs(session, KEY).fault is None


def test_what_they_add_later_is_told(session: Session, now: datetime) -> None:
    answer = answered(session, now, 1)
    case = open_for_answer(session, answer.id, user_id=colleague(session, "Ana", now), key=KEY, now=now)
    session.commit()
    say_more(session, answer, comment="It never came.")
    open_cases(session, now, 100, key=KEY)
    session.commit()
    assert log_kinds(session, case) == [EntryKind.OPENED, EntryKind.ANSWER_CHANGED]


@pytest.mark.parametrize("answer", ["gone", "in confidence", "unknown"])
def test_of_what_is_nobodys_no_case_is_opened(session: Session, now: datetime, answer: str) -> None:
    ana = colleague(session, "Ana", now)
    response = answered(session, now, 1)
    if answer == "gone":
        response.withdrawn_at = now
        session.commit()
    ids = {"gone": response.id, "in confidence": -3, "unknown": 999}
    with pytest.raises(NoSuchAnswerError):
        open_for_answer(session, ids[answer], user_id=ana, key=KEY, now=now)


def test_three_who_press_at_once_open_one(sessions: sessionmaker[Session], session: Session, now: datetime) -> None:
    people = [colleague(session, name, now) for name in ("Ana", "Ben", "Cleo")]
    answer = answered(session, now, 8).id

    def press(user_id: int) -> int:
        with sessions() as own:
            case = open_for_answer(own, answer, user_id=user_id, key=KEY, now=now)
            own.commit()
            return case

    assert len(set(at_once(*(partial(press, user_id) for user_id in people)))) == 1
    assert session.scalar(select(func.count()).select_from(Case)) == 1
