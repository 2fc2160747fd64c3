"""What is in the outbox leaves once, or stays with its reason."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SMTPSession
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.customers.forbid import suppress, unsubscribe
from feedback_service.customers.models import Address, Customer, SuppressionReason
from feedback_service.delivery.claim import LEASE, release_expired
from feedback_service.delivery.compose import message_id_for
from feedback_service.delivery.models import Message, MessageState
from feedback_service.delivery.queries import messages_by_state, messages_in_state
from feedback_service.delivery.rules.backoff import FIRST_WAIT, GIVE_UP_AFTER
from feedback_service.delivery.rules.rates import FIRST_REST
from feedback_service.delivery.throttle import Throttle
from feedback_service.demo.mailbox import Mailbox
from feedback_service.invitations.go_live import set_paused
from feedback_service.invitations.models import Invitation
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.invitations.rules.sending_hours import Deferral
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.questionnaires.models import SurveyVersion
from tests.delivery.factories import DOMAIN, messages, outbox, recipient, send
from tests.delivery.test_smtp import PATIENCE, Post, playing, serving, up_to_the_body, whole_mail
from tests.invitations.factories import DAY, NOW, decide, numbered, order, outcome, plan

PENDING, SENT, UNKNOWN = MessageState.PENDING, MessageState.SENT, MessageState.UNKNOWN
FAILED, CANCELLED = MessageState.FAILED, MessageState.CANCELLED
Sessions = sessionmaker[Session]


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path / "mailbox") as box:
        yield box


# --- the usual case -------------------------------------------------------------------------------------------------


def test_every_mail_leaves_once(session: Session, sessions: Sessions, mailbox: Mailbox) -> None:
    queued = outbox(session, 5)
    port = mailbox.start()
    assert send(sessions, port) == 5
    assert send(sessions, port) == 0
    assert mailbox.log() == {message_id_for(message.uid, DOMAIN): 1 for message in queued}
    assert {mail.to for mail in mailbox.mails()} == {recipient(message) for message in queued}
    for message in messages(session):
        assert (message.state, message.attempts, message.sent_at) == (SENT, 1, NOW)
        assert message.detail == "The mail server accepted it (250)."
        assert (message.leased_until, message.lease_key) == (None, None)


def test_a_limit_is_kept_and_what_is_not_due_waits(session: Session, sessions: Sessions, mailbox: Mailbox) -> None:
    first, *_ = outbox(session, 4)
    session.execute(update(Message).where(Message.id == first.id).values(next_attempt_at=NOW + timedelta(seconds=1)))
    session.commit()
    port = mailbox.start()
    assert send(sessions, port, limit=2) == 2
    assert send(sessions, port) == 1
    assert messages(session)[0].state == PENDING
    assert send(sessions, port, NOW + timedelta(seconds=1)) == 1


# --- what happened between the decision and the mail ----------------------------------------------------------------


def _refund(session: Session, message: Message) -> None:
    session.execute(update(Order).values(status=OrderStatus.REFUNDED))


def _cancel(session: Session, message: Message) -> None:
    session.execute(update(Order).values(status=OrderStatus.CANCELLED))


def _unsubscribe(session: Session, message: Message) -> None:
    unsubscribe(session, message.invitation.customer.address_hash or "", NOW)


def _bounce(session: Session, message: Message) -> None:
    suppress(session, message.invitation.customer.address_hash or "", SuppressionReason.BAD_ADDRESS, NOW)


def _answer(session: Session, message: Message) -> None:
    session.execute(update(Invitation).values(answered_at=NOW))


def _forget_address(session: Session, message: Message) -> None:
    session.execute(update(Customer).values(email=None, address_hash=None))


def _expire(session: Session, message: Message) -> None:
    session.execute(update(Invitation).values(expires_at=NOW))


def _take_back(session: Session, message: Message) -> None:
    session.execute(update(Invitation).values(cancelled_at=NOW, cancelled_by="Ana: wrong list"))


def _pause_person(session: Session, message: Message) -> None:
    session.execute(update(Address).values(paused_until=NOW + DAY))


def _complain(session: Session, message: Message) -> None:
    """Under another name, with the same address."""
    order(session, "B1", email=recipient(message), customer_id="the same person")
    session.execute(update(Customer).where(Customer.external_id == "the same person").values(open_cases=1))


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (_refund, SkipReason.ORDER_REFUNDED.words),
        (_cancel, SkipReason.ORDER_CANCELLED.words),
        (_unsubscribe, SkipReason.UNSUBSCRIBED.words),
        (_bounce, SkipReason.SUPPRESSED.words),
        (_forget_address, SkipReason.NO_ADDRESS.words),
        (_answer, "the person has answered already"),
        (_expire, "its link had stopped working before the mail could leave"),
        (_take_back, "the invitation was taken back (Ana: wrong list)"),
        (_pause_person, SkipReason.PAUSED.words),
        (_complain, SkipReason.OPEN_CASE.words),
    ],
)
def test_a_mail_is_stopped_by_what_happened_since_the_decision(
    session: Session,
    sessions: Sessions,
    mailbox: Mailbox,
    happens: Callable[[Session, Message], None],
    reason: str,
) -> None:
    (message,) = outbox(session, 1)
    happens(session, message)
    session.commit()
    port = mailbox.start()
    assert send(sessions, port) == 1
    assert send(sessions, port, NOW + DAY) == 0
    (stopped,) = messages(session)
    assert (stopped.state, stopped.detail) == (CANCELLED, f"Not sent: {reason}.")
    assert mailbox.mails() == []


@pytest.mark.parametrize("happens", [_refund, _unsubscribe, _bounce, _complain])
def test_a_mail_is_stopped_when_only_its_final_dot_is_missing(
    session: Session, sessions: Sessions, happens: Callable[[Session, Message], None]
) -> None:
    (message,) = outbox(session, 1)
    taken: list[bytes] = []

    def scene(stream: BinaryIO, _: socket.socket) -> None:
        stream.write(b"220 ready\r\n")
        for reply in (b"250 hello", b"250 ok", b"250 ok"):
            stream.readline()
            stream.write(reply + b"\r\n")
        stream.readline()
        with sessions() as meanwhile:
            happens(meanwhile, message)
            meanwhile.commit()
        stream.write(b"354 go on\r\n")
        taken.append(stream.read())

    with playing(scene) as port:
        assert send(sessions, port) == 1
    assert b"\r\n.\r\n" not in taken[0], "no final dot, no mail"
    (stopped,) = messages(session)
    assert (stopped.state, stopped.attempts) == (CANCELLED, 0)
    assert stopped.detail.startswith("Not sent: ")


def test_whoever_gets_a_new_address_at_the_last_moment_is_written_to_there(
    session: Session, sessions: Sessions, mailbox: Mailbox
) -> None:
    (message,) = outbox(session, 1)

    def scene(stream: BinaryIO, _: socket.socket) -> None:
        stream.write(b"220 ready\r\n")
        for reply in (b"250 hello", b"250 ok", b"250 ok"):
            stream.readline()
            stream.write(reply + b"\r\n")
        stream.readline()
        with sessions() as meanwhile:
            assert message.invitation.order is not None
            order(meanwhile, message.invitation.order.external_id, email="new@example.com")
            meanwhile.commit()
        stream.write(b"354 go on\r\n")
        stream.read()

    with playing(scene) as port:
        send(sessions, port)
    assert messages(session)[0].state == PENDING
    send(sessions, mailbox.start(), NOW + timedelta(minutes=1))
    assert [mail.to for mail in mailbox.mails()] == ["new@example.com"]


def test_at_night_a_mail_waits_for_the_morning(session: Session, sessions: Sessions, mailbox: Mailbox) -> None:
    outbox(session, 2)
    port, night = mailbox.start(), NOW.replace(hour=23)
    assert send(sessions, port, night) == 2
    morning = NOW.replace(hour=8) + DAY
    for waiting in messages(session):
        assert (waiting.state, waiting.attempts, waiting.next_attempt_at) == (PENDING, 0, morning)
        assert waiting.detail == f"Put off: {Deferral.HOURS.words}."
    assert send(sessions, port, morning - timedelta(seconds=1)) == 0
    assert send(sessions, port, morning) == 2


def test_while_sending_is_paused_nothing_leaves(session: Session, sessions: Sessions, mailbox: Mailbox) -> None:
    outbox(session, 2)
    set_paused(session, True, now=NOW)
    session.commit()
    port = mailbox.start()
    assert send(sessions, port) == 0
    set_paused(session, False, now=NOW)
    session.commit()
    assert send(sessions, port) == 2


def test_a_pause_stops_what_is_under_way(session: Session, sessions: Sessions) -> None:
    outbox(session, 2)

    def scene(stream: BinaryIO, _: socket.socket) -> None:
        up_to_the_body(stream)
        whole_mail(stream)
        with sessions() as meanwhile:
            set_paused(meanwhile, True, now=NOW)
            meanwhile.commit()
        stream.write(b"250 taken\r\n")
        for reply in (b"250 ok", b"250 ok", b"354 go on"):
            stream.readline()
            stream.write(reply + b"\r\n")
        assert b"\r\n.\r\n" not in stream.read()

    with playing(scene) as port:
        send(sessions, port)
    assert [message.state for message in messages(session)] == [SENT, PENDING]


def test_a_mail_that_cannot_be_written_is_set_aside_with_the_reason(
    session: Session, sessions: Sessions, mailbox: Mailbox
) -> None:
    outbox(session, 2)
    session.execute(
        update(Order).where(Order.external_id == numbered(0)).values(external_id="A1\r\nBcc: eve@x.example")
    )
    session.commit()
    assert send(sessions, mailbox.start()) == 2
    broken, fine = messages(session)
    assert (broken.state, fine.state) == (FAILED, SENT)
    assert broken.detail == "Subject: holds a line break or another control character"


def test_a_survey_that_cannot_be_read_holds_up_its_own_mails_only(
    session: Session, sessions: Sessions, mailbox: Mailbox
) -> None:
    first, _ = outbox(session, 2)
    other = session.scalars(select(SurveyVersion).where(SurveyVersion.survey_key == "ease_ces")).one()
    session.execute(update(Invitation).where(Invitation.id == first.invitation_id).values(version_id=other.id))
    session.execute(update(SurveyVersion).where(SurveyVersion.id == other.id).values(structure="{}"))
    session.commit()
    assert send(sessions, mailbox.start()) == 2
    broken, fine = messages(session)
    assert (broken.state, fine.state) == (PENDING, SENT)
    assert broken.detail == "The mail could not be written: its survey cannot be read."


def test_a_fault_of_ours_holds_up_one_mail_for_a_while_and_no_other(
    session: Session, sessions: Sessions, mailbox: Mailbox
) -> None:
    """A language whose wording is gone, as a template would be that somebody is editing."""
    first, _ = outbox(session, 2)
    session.execute(update(Invitation).where(Invitation.id == first.invitation_id).values(locale="it"))
    session.commit()
    port = mailbox.start()
    assert send(sessions, port) == 2
    broken, fine = messages(session)
    assert (broken.state, fine.state) == (PENDING, SENT)
    assert broken.detail.startswith("The mail could not be written: KeyError.")
    assert broken.next_attempt_at > NOW
    session.execute(update(Invitation).values(locale="en"))
    session.commit()
    assert send(sessions, port, NOW + DAY) == 1
    assert mailbox.log().total() == 2


# --- several connections, few commits -------------------------------------------------------------------------------


class Crowd(Post):
    """Takes no mail before so many connections are open."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self.gathered = asyncio.Event()

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: SMTPSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await super().handle_MAIL(server, session, envelope, address, options)
        if len(self.connections) >= self.size:
            self.gathered.set()
        await asyncio.wait_for(self.gathered.wait(), PATIENCE)
        return answer


def test_several_connections_send_at_once_and_each_mail_leaves_once(session: Session, sessions: Sessions) -> None:
    queued = outbox(session, 40)
    post = Crowd(4)
    with serving(post) as port:
        assert send(sessions, port, connections=4) == 40
    assert len(post.connections) == 4
    assert sorted(to for (to,), _ in post.kept) == sorted(map(recipient, queued))
    assert {message.state for message in messages(session)} == {SENT}


def test_one_commit_says_sent_of_a_mail_and_handing_of_the_next(session: Session, sessions: Sessions) -> None:
    outbox(session, 10)
    commits: list[Session] = []
    event.listen(sessions, "after_commit", commits.append)
    with serving(Post()) as port:
        assert send(sessions, port) == 10
    around = 2  # to claim them, and to say `sent` of the last
    assert len(commits) == 10 + around


def test_at_each_dot_one_mail_is_being_handed_over_and_those_before_it_are_sent(
    session: Session, sessions: Sessions
) -> None:
    outbox(session, 3)
    seen: list[list[MessageState]] = []

    def scene(stream: BinaryIO, _: socket.socket) -> None:
        stream.write(b"220 ready\r\n")
        stream.readline()
        stream.write(b"250 hello\r\n")
        for _mail in range(3):
            for reply in (b"250 ok", b"250 ok", b"354 go on"):
                stream.readline()
                stream.write(reply + b"\r\n")
            whole_mail(stream)
            with sessions() as meanwhile:
                meanwhile.info["read_only"] = True
                seen.append(list(meanwhile.scalars(select(Message.state).order_by(Message.id))))
            stream.write(b"250 taken\r\n")
        stream.readline()

    with playing(scene) as port:
        assert send(sessions, port) == 3
    handing, leased = MessageState.HANDING, MessageState.LEASED
    assert seen == [[handing, leased, leased], [SENT, handing, leased], [SENT, SENT, handing]]


# --- rates ----------------------------------------------------------------------------------------------------------


def test_the_overall_rate_leaves_the_rest_in_the_outbox(session: Session, sessions: Sessions, mailbox: Mailbox) -> None:
    outbox(session, 3)
    throttle, port = Throttle(0.01, clock=lambda: 0.0), mailbox.start()
    assert send(sessions, port, throttle=throttle) == 1
    assert send(sessions, port, throttle=throttle) == 0
    assert {(message.attempts, message.next_attempt_at) for message in messages(session)[1:]} == {(0, NOW)}


def test_a_domains_rate_gives_each_mail_its_time_and_holds_up_no_other_domain(
    session: Session, sessions: Sessions, mailbox: Mailbox
) -> None:
    outbox(session, 14)
    session.execute(
        update(Customer).where(Customer.external_id == f"buyer of {numbered(13)}").values(email="zoe@elsewhere.example")
    )
    session.commit()
    throttle = Throttle(per_domain=60, clock=lambda: 0.0)
    assert send(sessions, mailbox.start(), throttle=throttle) == 14
    states = [message.state for message in messages(session)]
    assert states == [SENT] * 10 + [PENDING] * 3 + [SENT], "ten seconds' worth at once"
    waiting = [message for message in messages(session) if message.state == PENDING]
    waits = [message.next_attempt_at - NOW for message in waiting]
    assert [round(wait.total_seconds()) for wait in waits] == [1, 2, 3]
    assert {message.attempts for message in waiting} == {0}


def test_a_domain_that_puts_us_off_is_left_alone_and_no_other(session: Session, sessions: Sessions) -> None:
    outbox(session, 6)
    session.execute(
        update(Customer).where(Customer.external_id == f"buyer of {numbered(5)}").values(email="zoe@elsewhere.example")
    )
    session.commit()
    post = Post(recipient="451 4.3.2 Too busy", **{"zoe@elsewhere.example": "250 OK"})
    with serving(post) as port:
        assert send(sessions, port, throttle=Throttle(clock=lambda: 0.0)) == 6
    found = messages(session)
    assert [(message.state, message.attempts) for message in found] == [(PENDING, 1)] * 3 + [(PENDING, 0)] * 2 + [
        (SENT, 1)
    ]
    for spared in found[3:5]:
        assert round((spared.next_attempt_at - NOW).total_seconds()) == FIRST_REST


# --- servers that refuse --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["sender", "recipient", "final"])
@pytest.mark.parametrize("answer", ["421 4.3.2 Going down", "451 4.7.1 Greylisted", "452 4.3.1 Disk full"])
def test_whoever_is_busy_is_asked_again_later(session: Session, sessions: Sessions, stage: str, answer: str) -> None:
    (message,) = outbox(session, 1)
    post = Post(**{stage: answer})
    with serving(post) as port:
        assert send(sessions, port) == 1
        assert send(sessions, port) == 0, "not at once"
        (waiting,) = messages(session)
        assert (waiting.state, waiting.attempts, waiting.first_attempt_at) == (PENDING, 1, NOW)
        assert FIRST_WAIT * 0.9 <= waiting.next_attempt_at - NOW <= FIRST_WAIT * 1.1
        assert answer in waiting.detail
        post.answers.clear()
        assert send(sessions, port, NOW + DAY) == 1
    (sent,) = messages(session)
    assert (sent.state, sent.attempts) == (SENT, 2)
    assert [to for to, _ in post.kept] == [[recipient(message)]]


def test_after_three_days_of_being_busy_nobody_asks_again(session: Session, sessions: Sessions) -> None:
    outbox(session, 1)
    now, attempts = NOW, 0
    with serving(Post(recipient="450 4.2.1 Mailbox busy")) as port:
        while (message := messages(session)[0]).state == PENDING:
            now = message.next_attempt_at
            assert send(sessions, port, now, quiet_hours=False) == 1
            attempts += 1
    assert message.state == FAILED
    assert now - NOW == GIVE_UP_AFTER
    assert message.attempts == attempts < 40
    assert "450 4.2.1 Mailbox busy" in message.detail


def test_an_address_that_is_none_is_never_written_to_again(session: Session, sessions: Sessions) -> None:
    bad, good = outbox(session, 2)
    post = Post(**{recipient(bad): "550 5.1.1 No such user"})
    with serving(post) as port:
        assert send(sessions, port) == 2
    assert [message.state for message in messages(session)] == [FAILED, SENT]
    address = session.get_one(Address, bad.invitation.customer.address_hash)
    assert (address.suppressed_at, address.suppressed_reason) == (NOW, SuppressionReason.BAD_ADDRESS)
    assert session.get_one(Address, good.invitation.customer.address_hash).suppressed_at is None
    session.commit()
    later = {"ordered_at": NOW + 20 * DAY, "delivered_at": NOW + 29 * DAY}
    again = order(session, numbered(2), email=recipient(bad).upper(), customer_id="another id", **later)
    plan(session)
    decide(session, NOW + 31 * DAY)
    assert outcome(session, again) == SkipReason.SUPPRESSED
    (line,) = messages_in_state(session, FAILED)
    assert line.recipient == recipient(bad)
    assert "550 5.1.1 No such user" in line.detail


@pytest.mark.parametrize(
    "answers",
    [
        {"recipient": "554 5.7.1 Relay access denied"},
        {"recipient": "550 relaying not permitted"},
        {"sender": "550 5.7.1 Sender not allowed"},
    ],
)
def test_a_wrong_setting_of_ours_condemns_no_customer(
    session: Session, sessions: Sessions, answers: dict[str, str]
) -> None:
    outbox(session, 3)
    post = Post(**answers)
    with serving(post) as port:
        assert send(sessions, port) == 1, "one try says it all; the others are given back"
        tried, *untried = messages(session)
        assert (tried.state, tried.attempts) == (PENDING, 1)
        assert {(message.state, message.attempts, message.lease_key) for message in untried} == {(PENDING, 0, None)}
        assert set(session.scalars(select(Address.suppressed_at))) == {None}
        session.commit()
        post.answers.clear()
        assert send(sessions, port, NOW + DAY) == 3
    assert len(post.kept) == 3


def test_a_mail_that_looks_like_spam_does_not_condemn_its_recipient(session: Session, sessions: Sessions) -> None:
    outbox(session, 1)
    with serving(Post(final="554 5.7.1 Looks like spam")) as port:
        send(sessions, port)
    (message,) = messages(session)
    assert message.state == FAILED
    assert session.scalars(select(Address.suppressed_at)).one() is None


def test_when_nobody_listens_every_mail_waits(session: Session, sessions: Sessions) -> None:
    outbox(session, 3)
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    assert send(sessions, port) == 1
    assert [(message.state, message.attempts) for message in messages(session)] == [
        (PENDING, 1),
        (PENDING, 0),
        (PENDING, 0),
    ]


# --- servers that hang up -------------------------------------------------------------------------------------------


def _answers(stream: BinaryIO, _: socket.socket) -> None:
    up_to_the_body(stream)
    whole_mail(stream)
    stream.write(b"250 taken\r\n")
    stream.readline()


def test_hanging_up_before_the_final_dot_costs_nothing_but_time(
    session: Session, sessions: Sessions, mailbox: Mailbox
) -> None:
    outbox(session, 1)
    reached, hung_up = threading.Event(), threading.Event()

    def in_the_body(stream: BinaryIO, connection: socket.socket) -> None:
        reached.set()
        up_to_the_body(stream)
        stream.readline()
        connection.shutdown(socket.SHUT_RDWR)
        hung_up.set()

    # The commit before the dot takes until the server is gone: had it hung up a moment after it, nobody could know.
    event.listen(sessions, "after_commit", lambda _: reached.is_set() and hung_up.wait(10))
    with playing(in_the_body) as port:
        send(sessions, port)
    (message,) = messages(session)
    assert (message.state, message.attempts) == (PENDING, 1)
    assert send(sessions, mailbox.start(), NOW + DAY) == 1
    assert mailbox.log().total() == 1


def test_hanging_up_after_the_final_dot_leaves_a_mail_of_which_nobody_knows(
    session: Session, sessions: Sessions, mailbox: Mailbox
) -> None:
    lost, _ = outbox(session, 2)

    def after_the_dot(stream: BinaryIO, _: socket.socket) -> None:
        up_to_the_body(stream)
        whole_mail(stream)

    with playing(after_the_dot, _answers) as port:
        assert send(sessions, port) == 2, "the next mail goes out all the same"
    assert [message.state for message in messages(session)] == [UNKNOWN, SENT]
    assert send(sessions, mailbox.start(), NOW + 30 * DAY) == 0, "never again by itself"
    assert mailbox.mails() == []
    (line,) = messages_in_state(session, UNKNOWN)
    assert (line.id, line.recipient) == (lost.id, recipient(lost))
    assert line.detail


# --- leases ---------------------------------------------------------------------------------------------------------


def _held(session: Session, state: MessageState) -> None:
    session.execute(update(Message).values(state=state, leased_until=NOW + LEASE, lease_key="k" * 32))
    session.commit()


def test_what_a_crashed_worker_held_before_the_dot_is_sent_by_the_next(
    session: Session, sessions: Sessions, mailbox: Mailbox
) -> None:
    outbox(session, 2)
    _held(session, MessageState.LEASED)
    port = mailbox.start()
    assert send(sessions, port, NOW + LEASE - timedelta(seconds=1)) == 0, "it may still be at work"
    assert send(sessions, port, NOW + LEASE) == 2
    assert mailbox.log().total() == 2


def test_what_a_crashed_worker_held_after_the_dot_is_listed_and_left(
    session: Session, sessions: Sessions, mailbox: Mailbox
) -> None:
    outbox(session, 2)
    _held(session, MessageState.HANDING)
    port = mailbox.start()
    assert send(sessions, port, NOW + LEASE - timedelta(seconds=1)) == 0
    assert messages_by_state(session)[MessageState.HANDING] == 2
    session.commit()
    assert send(sessions, port, NOW + LEASE) == 0
    assert messages_by_state(session)[UNKNOWN] == 2
    assert all("may or may not have left" in line.detail for line in messages_in_state(session, UNKNOWN))
    assert mailbox.mails() == []


def _lease_runs_out(sessions: Sessions) -> None:
    with sessions() as sweep:
        release_expired(sweep, NOW + LEASE + timedelta(minutes=1))  # the lease was renewed before the dot
        sweep.commit()


def _at_the_dot(sessions: Sessions, reply: bytes) -> Callable[[BinaryIO, socket.socket], None]:
    def slow(stream: BinaryIO, _: socket.socket) -> None:
        up_to_the_body(stream)
        whole_mail(stream)
        _lease_runs_out(sessions)
        stream.write(reply + b"\r\n")

    return slow


def test_a_server_that_says_yes_after_the_lease_is_believed(session: Session, sessions: Sessions) -> None:
    outbox(session, 1)
    with playing(_at_the_dot(sessions, b"250 taken")) as port:
        send(sessions, port)
    (message,) = messages(session)
    assert (message.state, message.sent_at) == (SENT, NOW)
    assert "late answer" in message.detail


def test_a_server_that_says_no_after_the_lease_leaves_the_mail_to_a_person(
    session: Session, sessions: Sessions
) -> None:
    outbox(session, 1)
    with playing(_at_the_dot(sessions, b"451 try later")) as port:
        assert send(sessions, port) == 1
    assert messages(session)[0].state == UNKNOWN


def test_a_worker_that_lost_its_lease_before_the_dot_takes_the_mail_back(
    session: Session, sessions: Sessions, mailbox: Mailbox
) -> None:
    outbox(session, 1)
    taken: list[bytes] = []

    def slow(stream: BinaryIO, _: socket.socket) -> None:
        stream.write(b"220 ready\r\n")
        for reply in (b"250 hello", b"250 ok", b"250 ok"):
            stream.readline()
            stream.write(reply + b"\r\n")
        stream.readline()
        _lease_runs_out(sessions)
        stream.write(b"354 go on\r\n")
        taken.append(stream.read())

    with playing(slow) as port:
        assert send(sessions, port) == 1
    assert b"\r\n.\r\n" not in taken[0], "no final dot, no mail"
    assert messages(session)[0].state == PENDING
    assert send(sessions, mailbox.start(), NOW + LEASE) == 1
    assert mailbox.log().total() == 1


def test_the_invitation_decides_where_the_mail_goes_at_the_last_moment(
    session: Session, sessions: Sessions, mailbox: Mailbox
) -> None:
    (message,) = outbox(session, 1)
    order(session, message.invitation.order.external_id, email="new@example.com")
    session.commit()
    send(sessions, mailbox.start())
    assert [mail.to for mail in mailbox.mails()] == ["new@example.com"]
