"""Everybody whose case is linked is told once, in a mail; and whoever cannot be told is counted with the reason."""

from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.improvements.improve import ImprovementError, link
from feedback_service.cases.improvements.models import ImprovementCase
from feedback_service.cases.improvements.tell import (
    ASKED_TO_STOP,
    COMES_BACK,
    NO_ADDRESS,
    NO_LINK,
    TAKEN_BACK,
    audience,
    tell,
)
from feedback_service.cases.models import Case, EntryKind
from feedback_service.cases.verify_log import verify_logs
from feedback_service.customers.models import Address, Customer, SuppressionReason
from feedback_service.delivery.models import Message, MessagePurpose
from feedback_service.responses.models import Response
from tests.cases.factories import KEY, colleague, log_kinds, opened
from tests.cases.improvements.factories import WORDS, closed, improvement_for, published
from tests.responses.factories import at_once


@pytest.fixture
def ana(session: Session, now: datetime) -> int:
    return colleague(session, "Ana", now)


def _mails(session: Session) -> list[Message]:
    session.rollback()
    purpose = MessagePurpose.IMPROVEMENT
    mails = list(session.scalars(select(Message).where(Message.purpose == purpose).order_by(Message.id)))
    session.rollback()
    return mails


def _address(session: Session, case: Case) -> Address:
    assert case.customer_id is not None
    return session.get_one(Address, session.get_one(Customer, case.customer_id).address_hash)


def test_each_person_gets_one_mail_with_the_published_words(session: Session, ana: int, now: datetime) -> None:
    _, first = closed(session, ana, now)
    _, german = closed(session, ana, now, locale="de")
    improvement = improvement_for(session, ana, now, first, german)
    published(session, improvement, now)
    assert tell(session, improvement.id, user_id=ana, key=KEY, now=now) == 2
    session.commit()
    mails = _mails(session)
    assert [(mail.words, mail.locale, mail.subject_key) for mail in mails] == [
        (WORDS, "en", f"improvement:{improvement.id}:{first.id}"),
        (WORDS, "de", f"improvement:{improvement.id}:{german.id}"),
    ]
    assert log_kinds(session, first.id)[-1] == EntryKind.MAILED
    assert verify_logs(session, KEY).fault is None
    assert tell(session, improvement.id, user_id=ana, key=KEY, now=now) == 0
    assert audience(session, improvement.id).told == 2


def test_a_person_with_several_linked_cases_is_told_once(session: Session, ana: int, now: datetime) -> None:
    _, first = closed(session, ana, now)
    _, second = closed(session, ana, now)
    _, later = closed(session, ana, now)
    hash_of_first = _address(session, first).hash
    for case in (second, later):
        session.get_one(Customer, case.customer_id).address_hash = hash_of_first
    improvement = improvement_for(session, ana, now, first, second)
    published(session, improvement, now)
    assert tell(session, improvement.id, user_id=ana, key=KEY, now=now) == 1
    session.commit()
    assert set(session.scalars(select(ImprovementCase.told_at))) == {now}
    link(session, improvement.id, [later.id], now)
    assert tell(session, improvement.id, user_id=ana, key=KEY, now=now) == 0
    session.commit()
    assert len(_mails(session)) == 1


def test_whoever_cannot_be_told_is_counted_with_the_reason(session: Session, ana: int, now: datetime) -> None:
    cases = [closed(session, ana, now)[1] for _ in range(5)]
    fine, silent, gone, bounced, withdrawn = cases
    _address(session, silent).unsubscribed_at = now
    session.get_one(Customer, gone.customer_id).email = None
    address = _address(session, bounced)
    address.suppressed_at, address.suppressed_reason = now, SuppressionReason.HARD_BOUNCE
    assert withdrawn.response_id is not None
    session.get_one(Response, withdrawn.response_id).withdrawn_at = now
    walk_in = opened(session, now, 1)
    improvement = improvement_for(session, ana, now, *cases, walk_in)
    found = audience(session, improvement.id)
    assert [person.case_id for person in found.people] == [fine.id]
    assert found.others == {ASKED_TO_STOP: 1, NO_ADDRESS: 1, COMES_BACK: 1, TAKEN_BACK: 1, NO_LINK: 1}
    assert found.told == 0


def test_nobody_is_told_what_nobody_can_read(session: Session, ana: int, now: datetime) -> None:
    improvement = improvement_for(session, ana, now, closed(session, ana, now)[1])
    with pytest.raises(ImprovementError, match="Publish it first"):
        tell(session, improvement.id, user_id=ana, key=KEY, now=now)


def test_two_managers_who_press_at_once_send_one_mail_each(
    sessions: sessionmaker[Session], session: Session, ana: int, now: datetime
) -> None:
    improvement = improvement_for(session, ana, now, *(closed(session, ana, now)[1] for _ in range(3)))
    published(session, improvement, now)
    improvement_id = improvement.id

    def press() -> int:
        with sessions() as own:
            number = tell(own, improvement_id, user_id=ana, key=KEY, now=now)
            own.commit()
            return number

    assert sorted(at_once(partial(press), partial(press))) == [0, 3]
    assert len(_mails(session)) == 3
