"""A colleague gets each mail once, or its row says why not."""

import socket
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import BinaryIO

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.accounts.models import User
from feedback_service.delivery.claim import LEASE
from feedback_service.delivery.compose import message_id_for
from feedback_service.delivery.mail_server import MailServer
from feedback_service.delivery.models import MessageState, StaffMail
from feedback_service.delivery.pool import ConnectionPool
from feedback_service.delivery.rules.backoff import GIVE_UP_AFTER
from feedback_service.delivery.staff_mail import queue_staff_mail, send_staff_mails
from tests.cases.factories import colleague
from tests.delivery.factories import DOMAIN, LETTERHEAD
from tests.delivery.test_smtp import Post, playing, serving, up_to_the_body, whole_mail
from tests.invitations.factories import NOW
from tests.responses.factories import at_once

Sessions = sessionmaker[Session]
PENDING, SENT, UNKNOWN = MessageState.PENDING, MessageState.SENT, MessageState.UNKNOWN
FAILED, CANCELLED = MessageState.FAILED, MessageState.CANCELLED
WORDS = "Case 12 waits for you: the first response is due in 1 h."


@pytest.fixture
def ana(session: Session) -> int:
    return colleague(session, "Ana", NOW)


def queued(session: Session, user_id: int, count: int = 1) -> None:
    """Mails to a colleague; committed."""
    for number in range(count):
        subject = "A reminder – case 12"
        assert queue_staff_mail(session, user_id, f"rung:12:{number}", subject, WORDS, "/cases/12", NOW)
    session.commit()


def send(sessions: Sessions, port: int, now: datetime = NOW, limit: int = 200) -> int:
    pool = ConnectionPool(MailServer("127.0.0.1", port))
    try:
        return send_staff_mails(sessions, now, limit, pool=pool, letterhead=LETTERHEAD)
    finally:
        pool.close()


def mails(session: Session) -> list[StaffMail]:
    found = session.scalars(select(StaffMail).order_by(StaffMail.id).execution_options(populate_existing=True)).all()
    session.commit()
    return list(found)


def states(session: Session) -> list[MessageState]:
    return [mail.state for mail in mails(session)]


def test_a_mail_leaves_once_with_a_link_and_no_way_to_unsubscribe(
    session: Session, sessions: Sessions, ana: int
) -> None:
    queued(session, ana)
    post = Post()
    with serving(post) as port:
        assert send(sessions, port) == 1
        assert send(sessions, port) == 0
    (mail,) = mails(session)
    assert (mail.state, mail.sent_at, mail.attempts, mail.leased_until) == (SENT, NOW, 1, None)
    assert mail.detail == "The mail server accepted it (250)."
    ((recipients, raw),) = post.kept
    address = session.get_one(User, ana).email
    session.commit()
    assert recipients == [address]
    written = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    assert written["To"] == f"Ana <{address}>"
    assert written["Subject"] == "A reminder – case 12"
    assert written["Message-ID"] == message_id_for(mail.uid, DOMAIN)
    assert written["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in written
    text, html = (part.get_content() for part in written.iter_parts())
    assert text.splitlines()[:3] == [WORDS, "", f"{LETTERHEAD.base_url}/cases/12"]
    assert f'<a href="{LETTERHEAD.base_url}/cases/12">' in html


def test_one_key_is_one_mail(session: Session, ana: int) -> None:
    queued(session, ana)
    assert not queue_staff_mail(session, ana, "rung:12:0", "Again", WORDS, "/cases/12", NOW)
    session.commit()
    assert len(mails(session)) == 1


def test_words_are_no_markup(session: Session, sessions: Sessions, ana: int) -> None:
    queue_staff_mail(session, ana, "1", "Tom & <b>", "One & <i>two</i>.\nThree.", "", NOW)
    session.commit()
    post = Post()
    with serving(post) as port:
        send(sessions, port)
    written = message_from_bytes(post.kept[0][1], _class=EmailMessage, policy=policy.default)
    _, html = (part.get_content() for part in written.iter_parts())
    assert '<p dir="auto">One &amp; &lt;i&gt;two&lt;/i&gt;.</p><p dir="auto">Three.</p>' in html
    assert "href" not in html


def test_a_subject_that_cannot_be_written_ends_its_mail_and_holds_up_no_other(
    session: Session, sessions: Sessions, ana: int
) -> None:
    queue_staff_mail(session, ana, "bad", "Two\nlines", WORDS, "", NOW)
    queued(session, ana)
    with serving(Post()) as port:
        assert send(sessions, port) == 2
    bad, good = mails(session)
    assert (bad.state, good.state) == (FAILED, SENT)
    assert "Subject" in bad.detail


def test_whoever_left_gets_no_mail(session: Session, sessions: Sessions, ana: int) -> None:
    queued(session, ana)
    session.execute(update(User).where(User.id == ana).values(active=False))
    session.commit()
    post = Post()
    with serving(post) as port:
        assert send(sessions, port) == 1
    (mail,) = mails(session)
    assert (mail.state, mail.detail) == (CANCELLED, "Not sent: this account is switched off.")
    assert post.kept == []


@pytest.mark.parametrize("stage", ["sender", "recipient", "final"])
def test_a_server_that_is_busy_is_asked_again_and_in_the_end_no_more(
    session: Session, sessions: Sessions, ana: int, stage: str
) -> None:
    queued(session, ana)
    with serving(Post(**{stage: "451 4.7.1 Later"})) as port:
        assert send(sessions, port) == 1
        (mail,) = mails(session)
        assert (mail.state, mail.attempts) == (PENDING, 1)
        assert NOW < mail.next_attempt_at < NOW + timedelta(minutes=2)
        assert send(sessions, port) == 0, "not at once"
        send(sessions, port, NOW + GIVE_UP_AFTER)
    (mail,) = mails(session)
    assert (mail.state, mail.attempts) == (FAILED, 2)
    assert "451" in mail.detail


def test_an_address_that_takes_no_mail_ends_it(session: Session, sessions: Sessions, ana: int) -> None:
    queued(session, ana)
    with serving(Post(recipient="550 5.1.1 No such user")) as port:
        send(sessions, port)
    (mail,) = mails(session)
    assert (mail.state, mail.leased_until) == (FAILED, None)
    assert "550" in mail.detail


def test_a_server_that_is_away_costs_one_attempt_and_the_others_wait(
    session: Session, sessions: Sessions, ana: int
) -> None:
    queued(session, ana, 3)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    assert send(sessions, port) == 1
    assert states(session) == [PENDING] * 3
    assert [mail.attempts for mail in mails(session)] == [1, 0, 0]
    assert {mail.lease_key for mail in mails(session)} == {None}
    with serving(Post()) as port:
        assert send(sessions, port, NOW + timedelta(minutes=5)) == 3
    assert states(session) == [SENT] * 3


def test_an_answer_that_never_comes_is_unknown_and_not_sent_again(
    session: Session, sessions: Sessions, ana: int
) -> None:
    queued(session, ana)

    def scene(stream: BinaryIO, _: socket.socket) -> None:
        up_to_the_body(stream)
        whole_mail(stream)

    with playing(scene) as port:
        assert send(sessions, port) == 1
    assert states(session) == [UNKNOWN]
    with serving(Post()) as port:
        assert send(sessions, port, NOW + GIVE_UP_AFTER) == 0


def test_at_the_dot_the_mail_is_being_handed_over(session: Session, sessions: Sessions, ana: int) -> None:
    queued(session, ana)
    seen: list[MessageState] = []

    def scene(stream: BinaryIO, _: socket.socket) -> None:
        up_to_the_body(stream)
        whole_mail(stream)
        with sessions() as meanwhile:
            meanwhile.info["read_only"] = True
            seen.extend(meanwhile.scalars(select(StaffMail.state)))
        stream.write(b"250 taken\r\n")
        stream.readline()

    with playing(scene) as port:
        send(sessions, port)
    assert seen == [MessageState.HANDING]
    assert states(session) == [SENT]


@pytest.mark.parametrize(
    ("held", "then"), [(MessageState.LEASED, SENT), (MessageState.HANDING, UNKNOWN)], ids=["before the dot", "after it"]
)
def test_what_a_crash_left_is_sent_or_unknown(
    session: Session, sessions: Sessions, ana: int, held: MessageState, then: MessageState
) -> None:
    queued(session, ana)
    session.execute(update(StaffMail).values(state=held, lease_key="gone", leased_until=NOW + LEASE))
    session.commit()
    post = Post()
    with serving(post) as port:
        assert send(sessions, port, NOW + LEASE - timedelta(seconds=1)) == 0, "the lease still runs"
        send(sessions, port, NOW + LEASE)
    assert states(session) == [then]
    assert len(post.kept) == (then == SENT)


def test_two_workers_at_once_send_each_mail_once(session: Session, sessions: Sessions, ana: int) -> None:
    queued(session, ana, 20)
    post = Post()
    with serving(post) as port:
        counts = at_once(*[lambda: send(sessions, port, limit=10)] * 3)
        send(sessions, port)
    assert sum(counts) <= 20
    assert len(post.kept) == 20
    assert set(states(session)) == {SENT}


def test_a_lease_that_another_worker_took_keeps_the_mail_back(session: Session, sessions: Sessions, ana: int) -> None:
    queued(session, ana)

    def scene(stream: BinaryIO, _: socket.socket) -> None:
        stream.write(b"220 ready\r\n")
        for reply in (b"250 hello", b"250 ok", b"250 ok"):
            stream.readline()
            stream.write(reply + b"\r\n")
        stream.readline()
        with sessions() as other:
            other.execute(update(StaffMail).values(lease_key="another worker's"))
            other.commit()
        stream.write(b"354 go on\r\n")
        while stream.readline():  # the body comes, and no dot after it
            pass

    with playing(scene) as port:
        assert send(sessions, port) == 1
    (mail,) = mails(session)
    assert (mail.state, mail.lease_key) == (MessageState.LEASED, "another worker's")
