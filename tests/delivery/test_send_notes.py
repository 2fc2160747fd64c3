"""Notes by a real mail server: nothing that ends asking ends an answer to what the person did."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.customers.erasure import Erasure
from feedback_service.customers.models import Address, Customer
from feedback_service.delivery.cancel_mails import cancel_with_mails
from feedback_service.delivery.erase import erase_mails
from feedback_service.delivery.funnel import funnels
from feedback_service.delivery.models import (
    WITHDRAWAL_LASTS,
    BounceKind,
    Message,
    MessagePurpose,
    MessageState,
)
from feedback_service.delivery.queries import messages_in_state
from feedback_service.delivery.queue_note import queue_note
from feedback_service.delivery.rules.cohorts import Span, cohorts
from feedback_service.demo.mailbox import Mailbox
from feedback_service.invitations.go_live import set_paused
from feedback_service.invitations.links import link
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.orders.models import Order, OrderStatus
from tests.delivery.factories import LETTERHEAD, messages, outbox, recipient, send
from tests.delivery.test_send import (
    _answer,
    _bounce,
    _complain,
    _expire,
    _forget_address,
    _pause_person,
    _take_back,
    _unsubscribe,
)
from tests.delivery.test_smtp import playing
from tests.invitations.factories import CSAT, DAY, LINK_KEYS, LISBON, NOW

OUTCOME, WITHDRAWAL, REPLY = MessagePurpose.OUTCOME, MessagePurpose.WITHDRAWAL, MessagePurpose.REPLY
CANCELLED, PENDING, SENT = MessageState.CANCELLED, MessageState.PENDING, MessageState.SENT
WORDS = "We sent a new one.\nIt arrives on Thursday."
Sessions = sessionmaker[Session]
Happening = Callable[[Session, Message], None]


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path / "mailbox") as box:
        yield box


@pytest.fixture
def question(session: Session) -> Message:
    """The mail that asked, sent a while ago."""
    outbox(session, 1)
    session.execute(update(Message).values(state=SENT, sent_at=NOW - DAY))
    session.commit()
    return messages(session)[0]


def queue(session: Session, question: Message, purpose: MessagePurpose) -> None:
    words = WORDS if purpose is OUTCOME else None
    queue_note(session, question.invitation_id, purpose, words=words, subject_key="case:7:1", now=NOW)
    session.commit()


def newest(session: Session) -> Message:
    return messages(session)[-1]


def _cancel_order(session: Session, message: Message) -> None:
    session.execute(update(Order).values(status=OrderStatus.CANCELLED))


def _purchases_only(session: Session, message: Message) -> None:
    session.execute(update(Address).values(purchases_only=True))


def _take_back_with_mails(session: Session, message: Message) -> None:
    cancel_with_mails(session, message.invitation_id, by="Ana", reason="wrong list", now=NOW)


@pytest.mark.parametrize("purpose", [OUTCOME, WITHDRAWAL])
@pytest.mark.parametrize(
    "happens",
    [
        _unsubscribe,
        _pause_person,
        _purchases_only,
        _complain,
        _answer,
        _expire,
        _take_back,
        _take_back_with_mails,
        _cancel_order,
    ],
)
def test_what_ends_asking_does_not_stop_a_note(
    session: Session,
    sessions: Sessions,
    mailbox: Mailbox,
    question: Message,
    purpose: MessagePurpose,
    happens: Happening,
) -> None:
    queue(session, question, purpose)
    happens(session, question)
    session.commit()
    assert send(sessions, mailbox.start()) == 1
    assert newest(session).state == SENT
    (mail,) = mailbox.mails()
    opened = mailbox.read(mail.id)
    assert mail.to == recipient(question)
    assert "List-Unsubscribe" not in opened.source
    scope = LinkScope.STATUS if purpose is OUTCOME else LinkScope.WITHDRAW
    printed = link(LETTERHEAD.base_url, LINK_KEYS, question.invitation, scope)
    assert printed in opened.text
    assert printed in opened.html
    assert (WORDS in opened.text) == (purpose is OUTCOME)


@pytest.mark.parametrize("purpose", [OUTCOME, WITHDRAWAL])
@pytest.mark.parametrize(
    ("happens", "reason"),
    [(_bounce, SkipReason.SUPPRESSED.words), (_forget_address, SkipReason.NO_ADDRESS.words)],
)
def test_an_address_that_takes_no_mail_stops_a_note(
    session: Session,
    sessions: Sessions,
    mailbox: Mailbox,
    question: Message,
    purpose: MessagePurpose,
    happens: Happening,
    reason: str,
) -> None:
    queue(session, question, purpose)
    happens(session, question)
    session.commit()
    send(sessions, mailbox.start())
    assert (newest(session).state, newest(session).detail) == (CANCELLED, f"Not sent: {reason}.")
    assert mailbox.mails() == []


def test_a_link_that_has_had_its_time_is_not_mailed(
    session: Session, sessions: Sessions, mailbox: Mailbox, question: Message
) -> None:
    queue(session, question, WITHDRAWAL)
    port = mailbox.start()
    send(sessions, port, NOW + WITHDRAWAL_LASTS)
    assert newest(session).detail == "Not sent: its link had stopped working before the mail could leave."


def test_whoever_asks_at_night_is_answered_at_night_and_other_news_wait(
    session: Session, sessions: Sessions, mailbox: Mailbox, question: Message
) -> None:
    night = NOW.replace(hour=23)
    queue(session, question, WITHDRAWAL)
    queue(session, question, OUTCOME)
    port = mailbox.start()
    assert send(sessions, port, night) == 2
    states = {message.purpose: message.state for message in messages(session)}
    assert (states[WITHDRAWAL], states[OUTCOME]) == (SENT, PENDING)
    assert send(sessions, port, NOW.replace(hour=8) + DAY) == 1
    assert newest(session).state == SENT


def test_a_mail_by_a_person_leaves_at_any_hour_and_never_without_words(
    session: Session, sessions: Sessions, mailbox: Mailbox, question: Message
) -> None:
    for key, words in (("case:7:2", WORDS), ("case:7:3", None)):
        queue_note(session, question.invitation_id, REPLY, words=words, signed="Ben", subject_key=key, now=NOW)
    session.commit()
    send(sessions, mailbox.start(), NOW.replace(hour=23))
    said, empty = messages(session)[-2:]
    assert (said.state, empty.state) == (SENT, CANCELLED)
    assert empty.detail == "Not sent: what it was to say has been erased."
    assert f"{WORDS}\n\nBen\n" in mailbox.read(mailbox.mails()[0].id).text.replace("\r\n", "\n")


def test_while_sending_is_paused_no_note_leaves_either(
    session: Session, sessions: Sessions, mailbox: Mailbox, question: Message
) -> None:
    queue(session, question, OUTCOME)
    set_paused(session, True, now=NOW)
    session.commit()
    assert send(sessions, mailbox.start()) == 0


def _erase(session: Session, message: Message) -> None:
    erase_mails(session, Erasure((), (message.invitation_id,), at=NOW, by="the customer", key=b""))


@pytest.mark.parametrize("happens", [_erase, _bounce])
def test_a_note_is_stopped_when_only_its_final_dot_is_missing(
    session: Session, sessions: Sessions, question: Message, happens: Happening
) -> None:
    queue(session, question, OUTCOME)
    taken: list[bytes] = []

    def scene(stream: BinaryIO, _: socket.socket) -> None:
        stream.write(b"220 ready\r\n")
        for reply in (b"250 hello", b"250 ok", b"250 ok"):
            stream.readline()
            stream.write(reply + b"\r\n")
        stream.readline()
        with sessions() as meanwhile:
            happens(meanwhile, question)
            meanwhile.commit()
        stream.write(b"354 go on\r\n")
        taken.append(stream.read())

    with playing(scene) as port:
        assert send(sessions, port) == 1
    assert b"\r\n.\r\n" not in taken[0], "no final dot, no mail"
    assert newest(session).state == CANCELLED


def test_what_is_erased_while_it_waits_is_not_sent(
    session: Session, sessions: Sessions, mailbox: Mailbox, question: Message
) -> None:
    for purpose in (OUTCOME, WITHDRAWAL):
        queue(session, question, purpose)
    _erase(session, question)
    session.commit()
    assert send(sessions, mailbox.start()) == 0
    assert {message.detail for message in messages(session)[1:]} == {"Not sent: the answer was taken back."}
    assert session.scalars(select(Message.words)).all() == [None, None, None]


# --- what is counted and shown --------------------------------------------------------------------------------------


def test_a_note_is_no_question_in_any_count(session: Session, question: Message) -> None:
    spans = cohorts(Span.WEEK, NOW, LISBON)
    before = funnels(session, spans, NOW, CSAT)[-1]
    asked_at = session.scalars(select(Address.last_asked_at)).one()
    queue(session, question, OUTCOME)
    reported = {"bounced_at": NOW, "bounce": BounceKind.HARD, "complained_at": NOW, "delivered_at": NOW}
    note = newest(session)
    session.execute(
        update(Message).where(Message.id == note.id).values(state=SENT, sent_at=NOW + timedelta(hours=1), **reported)
    )
    session.commit()
    assert funnels(session, spans, NOW + DAY, CSAT)[-1] == before
    assert session.scalars(select(Address.last_asked_at)).one() == asked_at


def test_the_mail_page_says_what_kind_of_mail_waits(session: Session, question: Message) -> None:
    queue(session, question, OUTCOME)
    session.execute(update(Message).where(Message.purpose == OUTCOME).values(state=MessageState.UNKNOWN))
    session.commit()
    (line,) = messages_in_state(session, MessageState.UNKNOWN)
    assert line.purpose.words == "What became of it"
    assert line.recipient == session.scalars(select(Customer.email)).one()


def test_an_invitation_knows_nothing_of_a_note(session: Session, sessions: Sessions, mailbox: Mailbox) -> None:
    (message,) = outbox(session, 1)
    before = message.invitation.remind_at
    queue(session, message, OUTCOME)
    send(sessions, mailbox.start())
    assert session.scalars(select(Invitation.remind_at)).one() == before
