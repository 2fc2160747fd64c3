"""A whole conversation by real mail: out by SMTP, back by the inbound route, into the case's log, and again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.mails.came_back import bring_back
from feedback_service.cases.mails.models import CaseMail
from feedback_service.cases.models import Case, CaseState, EntryKind
from feedback_service.cases.notices.models import Notice, NoticeKind
from feedback_service.cases.queries import log_of
from feedback_service.cases.take_replies import take_replies
from feedback_service.cases.verify_log import verify_logs
from feedback_service.config import Settings
from feedback_service.delivery.models import BounceKind, Message, MessageState, Reply
from feedback_service.demo.mailbox import Mailbox
from tests.cases.factories import KEY, colleague, log_kinds, resolved
from tests.cases.mails.factories import JPEG, arrived, outbox, reachable, write, written_back
from tests.delivery import returned_mails

WORDS = "Hello Ana,\n\nI have asked the carrier where it is."
HOUR = timedelta(hours=1)
TOKEN = "a token for tests only"
Sessions = sessionmaker[Session]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A shop whose mail server hands in what comes back."""
    return settings.model_copy(update={"inbound_token": SecretStr(TOKEN)})


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path / "mailbox") as box:
        yield box


@pytest.fixture
def ben(session: Session, now: datetime) -> int:
    return colleague(session, "Ben Silva", now)


def hand_in(client: FlaskClient, raw: bytes) -> str:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return client.post("/inbound/mail", data=raw, content_type="message/rfc822", headers=headers).text


def bring(session: Session, at: datetime) -> None:
    take_replies(session, at, 100, key=KEY)
    bring_back(session, at, 100, key=KEY)
    session.commit()


def plus_address(mail: EmailMessage) -> str:
    return str(mail["Reply-To"].addresses[0].addr_spec)


def test_there_and_back_and_there_again(
    session: Session, sessions: Sessions, mailbox: Mailbox, client: FlaskClient, now: datetime, ben: int
) -> None:
    case, port = reachable(session, now, owner=ben), mailbox.start()
    first = write(session, case, WORDS, ben, now, waits=True)
    mail = arrived(sessions, mailbox, port, now)
    assert mail["To"].addresses[0].domain == "buyers.example"
    assert plus_address(mail) == f"hello+{first.uid}@corner-shop.example"
    assert mail["Auto-Submitted"] is None, "a person wrote it"
    # Ana's program writes anew to the address, and drops what it answers.
    back = written_back(plus_address(mail), "No, it is still not here.\n\nOn 20 Mar 2026, Corner Shop wrote:\n> Hello")
    back.add_attachment(JPEG, maintype="image", subtype="jpeg", filename="door.jpg")
    assert hand_in(client, back.as_bytes()) == "reply: kept\n"
    bring(session, now + HOUR)
    entry, text, _ = next(row for row in log_of(session, case.id) if row[0].kind == EntryKind.CUSTOMER_WROTE)
    assert (text, entry.at) == ("No, it is still not here.", now + HOUR)
    found = session.get_one(Case, case.id, populate_existing=True)
    assert (found.waiting_since, found.state) == (None, CaseState.IN_PROGRESS), "who wrote is not waited for"
    write(session, case, "I am sending another one today.", ben, now + 2 * HOUR)
    again = arrived(sessions, mailbox, port, now + 2 * HOUR)
    assert again["In-Reply-To"] == "<a1@buyers.example>"
    assert str(again["References"]).split() == [mail["Message-ID"], "<a1@buyers.example>"]
    assert verify_logs(session, KEY).fault is None


def test_a_mail_program_that_only_keeps_the_thread_is_understood_too(
    session: Session, sessions: Sessions, mailbox: Mailbox, client: FlaskClient, now: datetime, ben: int
) -> None:
    case = reachable(session, now, owner=ben)
    write(session, case, WORDS, ben, now)
    mail = arrived(sessions, mailbox, mailbox.start(), now)
    hand_in(client, written_back("hello@corner-shop.example", "Thanks!", answers=mail).as_bytes())
    bring(session, now + HOUR)
    assert EntryKind.CUSTOMER_WROTE in log_kinds(session, case.id)


def test_an_automatic_answer_never_comes_to_a_case(
    session: Session, sessions: Sessions, mailbox: Mailbox, client: FlaskClient, now: datetime, ben: int
) -> None:
    case = reachable(session, now, owner=ben)
    write(session, case, WORDS, ben, now, waits=True)
    mail = arrived(sessions, mailbox, mailbox.start(), now)
    away = written_back(plus_address(mail), "I am away until Monday.", answers=mail)
    away["Auto-Submitted"] = "auto-replied"
    assert hand_in(client, away.as_bytes()).startswith("automatic reply")
    bring(session, now + HOUR)
    assert session.scalars(select(Reply)).all() == []
    assert log_kinds(session, case.id)[-1] == EntryKind.WAITING


def test_a_bounce_comes_back_to_the_case_and_its_owner_once(
    session: Session, sessions: Sessions, mailbox: Mailbox, client: FlaskClient, now: datetime, ben: int
) -> None:
    case = reachable(session, now, owner=ben)
    sent = write(session, case, WORDS, ben, now, waits=True)
    to = arrived(sessions, mailbox, mailbox.start(), now)["To"].addresses[0].addr_spec
    report = returned_mails.mail(returned_mails.POSTFIX, uid=sent.uid, recipient=to)
    assert hand_in(client, report) == "bounce: counted\n"
    for _ in range(2):
        bring(session, now + HOUR)
    assert log_kinds(session, case.id)[-2:] == [EntryKind.MAIL_CAME_BACK, EntryKind.RESUMED]
    back = next(row for row in log_of(session, case.id) if row[0].kind == EntryKind.MAIL_CAME_BACK)
    assert back[1].startswith("The address takes no mail")
    (notice,) = session.scalars(select(Notice))
    assert (notice.user_id, notice.kind, notice.case_id) == (ben, NoticeKind.MAIL_CAME_BACK, case.id)
    assert session.get_one(CaseMail, sent.id).came_back_at == now + HOUR


def test_what_became_of_it_may_come_back_too(session: Session, now: datetime, ben: int) -> None:
    case = reachable(session, now, owner=ben)
    resolved(session, case, ben, now, told="We sent another one.")
    (told,) = outbox(session, case.id)
    told.bounced_at, told.bounce = now, BounceKind.SOFT
    session.commit()
    bring(session, now + HOUR)
    assert log_kinds(session, case.id)[-1] == EntryKind.MAIL_CAME_BACK
    assert session.get_one(Case, case.id, populate_existing=True).state == CaseState.RESOLVED


def test_a_mail_that_could_not_leave_is_told_and_one_that_was_erased_is_not(
    session: Session, now: datetime, ben: int
) -> None:
    case = reachable(session, now, owner=ben)
    failed = write(session, case, WORDS, ben, now)
    erased = write(session, case, "Other words.", ben, now)
    failed.state, failed.detail = MessageState.FAILED, "The mail server refused it."
    erased.state, erased.detail, erased.words = MessageState.CANCELLED, "Not sent: the answer was taken back.", None
    session.commit()
    bring(session, now + HOUR)
    said = [text for entry, text, _ in log_of(session, case.id) if entry.kind == EntryKind.MAIL_CAME_BACK]
    assert said == ["The mail server refused it."]
    assert session.scalars(select(Message.id).where(Message.return_heard_at.is_(None))).all() == []


def test_a_case_that_somebody_has_in_hand_is_told_on_the_next_run(
    session: Session, sessions: Sessions, now: datetime, ben: int
) -> None:
    case = reachable(session, now, owner=ben)
    mail = write(session, case, WORDS, ben, now)
    mail.state, mail.detail = MessageState.FAILED, "The mail server refused it."
    session.commit()
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer, so nobody has anything in hand
        with sessions() as other:
            other.scalars(select(Case).where(Case.id == case.id).with_for_update()).one()
            assert bring_back(session, now, 100, key=KEY) == 0
            session.commit()
    assert bring_back(session, now, 100, key=KEY) == 1
    session.commit()
