"""A mail from the case's page leaves once, by whoever has the case, and nobody writes over unread news."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.mails.models import CaseMail
from feedback_service.cases.mails.reply import reply
from feedback_service.cases.mails.threads import case_of_message
from feedback_service.cases.mails.way import COMES_BACK, NO_ADDRESS, NOT_ASKED, TAKEN_BACK, why_no_mail
from feedback_service.cases.models import Case, CaseDeadline, DeadlineKind, EntryKind
from feedback_service.cases.queries import log_of
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import CaseMovedError, log_action
from feedback_service.cases.write_log import write_entry
from feedback_service.customers.models import Address, Customer, SuppressionReason
from feedback_service.delivery.models import Message, MessagePurpose
from tests.cases.factories import KEY, colleague, log_kinds, opened, taken
from tests.cases.mails.factories import outbox, reachable, write
from tests.responses.factories import at_once

WORDS = "Hello Ana,\n\nI have asked the carrier where it is."
HOUR = timedelta(hours=1)


@pytest.fixture
def ben(session: Session, now: datetime) -> int:
    return colleague(session, "Ben Silva", now)


def test_the_words_lie_in_the_log_and_the_mail_in_the_outbox(session: Session, now: datetime, ben: int) -> None:
    case = reachable(session, now, owner=ben, locale="de")
    mail = write(session, case, WORDS, ben, now + HOUR)
    entry, text, who = log_of(session, case.id)[0]
    assert (entry.kind, text, who) == (EntryKind.REPLIED, WORDS, "Ben Silva")
    assert (mail.purpose, mail.words, mail.signed, mail.locale) == (MessagePurpose.REPLY, WORDS, "Ben", "de")
    assert mail.subject_key == f"case:{case.id}:{entry.ordinal}"
    assert session.get_one(CaseMail, mail.id).entry == entry.ordinal
    assert case_of_message(session, mail.id) == case.id
    assert verify_logs(session, KEY).fault is None


def test_it_is_the_first_response_and_the_customer_was_spoken_to(session: Session, now: datetime, ben: int) -> None:
    case = reachable(session, now, owner=ben)
    write(session, case, WORDS, ben, now + HOUR)
    first = session.get(CaseDeadline, (case.id, 1, DeadlineKind.FIRST_RESPONSE))
    assert first is not None
    assert (first.done_at, first.met) == (now + HOUR, True)
    assert session.get_one(Customer, case.customer_id).spoken_to_at == now + HOUR


def test_a_double_press_is_one_mail_and_the_same_words_later_are_another(
    session: Session, sessions: sessionmaker[Session], now: datetime, ben: int
) -> None:
    case = reachable(session, now, owner=ben)
    case_id, seen = case.id, case.log_length
    session.commit()

    def press() -> None:
        with sessions() as own:
            reply(own, case_id, WORDS, seen=seen, user_id=ben, key=KEY, now=now)
            own.commit()

    at_once(press, press, press)
    assert len(outbox(session, case_id)) == 1
    assert log_kinds(session, case_id).count(EntryKind.REPLIED) == 1
    write(session, case, WORDS, ben, now + HOUR)
    assert len(outbox(session, case_id)) == 2


def test_whoever_waits_for_the_answer_lets_the_deadlines_stand(session: Session, now: datetime, ben: int) -> None:
    case = reachable(session, now, owner=ben)
    write(session, case, WORDS, ben, now, waits=True)
    assert log_kinds(session, case.id)[-2:] == [EntryKind.REPLIED, EntryKind.WAITING]
    assert session.get_one(Case, case.id, populate_existing=True).waiting_since == now


def test_news_must_be_read_before_one_writes(session: Session, now: datetime, ben: int) -> None:
    case = reachable(session, now, owner=ben)
    seen = case.log_length
    write_entry(session, case.id, EntryKind.CUSTOMER_WROTE, actor_id=None, text="It came!", key=KEY, now=now)
    session.commit()
    with pytest.raises(CaseMovedError, match="Nothing was changed"):
        reply(session, case.id, WORDS, seen=seen, user_id=ben, key=KEY, now=now)
    session.rollback()
    assert outbox(session, case.id) == []
    log_action(session, case.id, EntryKind.NOTED, "Own words are no news.", user_id=ben, key=KEY, now=now)
    reply(session, case.id, WORDS, seen=seen + 1, user_id=ben, key=KEY, now=now)


def test_only_whoever_has_the_case_writes(session: Session, now: datetime, ben: int) -> None:
    case, eva = reachable(session, now, owner=ben), colleague(session, "Eva", now)
    with pytest.raises(CaseMovedError, match="Ben Silva has this case now"):
        reply(session, case.id, WORDS, seen=case.log_length, user_id=eva, key=KEY, now=now)
    session.rollback()
    assert session.scalars(select(Message).where(Message.purpose == MessagePurpose.REPLY)).all() == []


def test_where_no_mail_can_go_the_reason_is_said(session: Session, now: datetime, ben: int) -> None:
    walk_in = opened(session, now)
    taken(session, walk_in, ben, now)
    assert why_no_mail(session, walk_in) == NOT_ASKED
    with pytest.raises(CaseMovedError, match="was not asked by mail"):
        reply(session, walk_in.id, WORDS, seen=99, user_id=ben, key=KEY, now=now)
    session.rollback()
    case = reachable(session, now, owner=ben)
    assert why_no_mail(session, case) == ""
    assert case.customer is not None
    assert case.response is not None
    address = session.get_one(Address, case.customer.address_hash)
    address.suppressed_at, address.suppressed_reason = now, SuppressionReason.HARD_BOUNCE
    assert why_no_mail(session, case) == COMES_BACK
    case.customer.email = None
    assert why_no_mail(session, case) == NO_ADDRESS
    case.response.withdrawn_at = now
    assert why_no_mail(session, case) == TAKEN_BACK


def test_card_numbers_leave_neither_by_log_nor_by_mail(session: Session, now: datetime, ben: int) -> None:
    case = reachable(session, now, owner=ben)
    mail = write(session, case, "We refund it to 4111 1111 1111 1111.", ben, now)
    assert "4111" not in (mail.words or "")
    assert "4111" not in log_of(session, case.id)[0][1]
