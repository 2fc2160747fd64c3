"""What a demo buyer writes back comes in as any mail does, and the case goes on."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.cases.mails.templates import take_in_replies
from feedback_service.cases.models import Case, EntryKind
from feedback_service.cases.take_replies import take_replies
from feedback_service.delivery.models import Message, MessageState, Reply, ReplyAttachment
from feedback_service.delivery.rules.files import File, checked
from feedback_service.demo.conversations import answered_cases, ask_by_mail, buyers_write_back
from feedback_service.demo.photo import cracked_cup
from feedback_service.paths import SURVEYS
from tests.cases.factories import KEY, colleague, log_kinds
from tests.cases.mails.factories import reachable

HALF_A_DAY = timedelta(hours=12)
MUCH_LATER = timedelta(days=30)


@pytest.fixture
def asked_by_mail(session: Session, now: datetime) -> list[int]:
    """Ten cases of customers who have a mail from Ana, which has left."""
    ana = colleague(session, "Ana", now)
    take_in_replies(session, SURVEYS, now)
    cases = [reachable(session, now, owner=ana, locale="pt-BR" if number % 2 else "en") for number in range(10)]
    for case in cases:
        assert ask_by_mail(session, case, user_id=ana, key=KEY, now=now, shop="Ember & Oak")
    session.execute(update(Message).values(state=MessageState.SENT, sent_at=now))
    session.commit()
    return [case.id for case in cases]


def test_most_answer_and_their_cases_go_on(session: Session, asked_by_mail: list[int], now: datetime) -> None:
    for _ in range(2):  # a second half day brings no second answer
        buyers_write_back(session, KEY, now + HALF_A_DAY, now + MUCH_LATER)
        take_replies(session, now + HALF_A_DAY, 100, key=KEY)
    session.commit()
    answered = [case.id for case in answered_cases(session)]
    assert 0 < len(answered) < len(asked_by_mail)
    assert all(log_kinds(session, case_id).count(EntryKind.CUSTOMER_WROTE) == 1 for case_id in answered)
    assert all("Ana" in reply.words or "{" not in reply.words for reply in session.scalars(select(Reply)))
    assert session.scalar(select(ReplyAttachment.media_type).limit(1)) == "image/png"


def test_before_the_visit_some_wait_for_their_customer(
    session: Session, asked_by_mail: list[int], now: datetime
) -> None:
    buyers_write_back(session, KEY, now + HALF_A_DAY, now + HALF_A_DAY)
    assert session.scalar(select(Reply.id)) is None
    waiting = session.scalars(select(Case.id).where(Case.waiting_since.is_not(None)))
    assert set(waiting) == set(asked_by_mail)


def test_whoever_cannot_be_written_to_is_not(session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now)
    take_in_replies(session, SURVEYS, now)
    case = reachable(session, now, owner=ana)
    assert case.customer is not None
    case.customer.email = None
    assert not ask_by_mail(session, case, user_id=ana, key=KEY, now=now, shop="Ember & Oak")


def test_the_photo_is_one_that_would_be_kept() -> None:
    kept = checked(File("photo.png", cracked_cup()))
    assert getattr(kept, "media_type", kept) == "image/png"
