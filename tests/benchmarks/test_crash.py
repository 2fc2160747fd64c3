"""The crash benchmark runs on both databases, finds nothing wrong, and would notice if something were."""

import json
import random
import smtplib
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from benchmarks.crash_parts.audit import Log, audit_answers, audit_mails, integrity, read_log
from benchmarks.crash_parts.buyers import Told
from benchmarks.crash_parts.faults import Fault, planned
from benchmarks.crash_parts.launch import SharedClock
from benchmarks.crash_parts.people import Buyer, number_of
from benchmarks.crash_parts.sink import KEPT, listening
from benchmarks.crash_parts.turmoil import LATEST, plan_blows
from feedback_service.customers.models import Customer
from feedback_service.delivery.models import Message, MessageState
from tests.delivery.factories import messages, outbox
from tests.invitations.factories import NOW

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_kills_and_faults_lose_nothing_and_repeat_nothing(database: str) -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "crash.py", "--small", "--database", database],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["kills"] >= 3
    assert found["connections"] <= 8
    assert (found["sends_lost"], found["sends_twice"]) == (0, 0)
    assert (found["answers_lost"], found["answers_twice"]) == (0, 0)
    assert found["unknown_by_kill"] <= found["kills"] * found["connections"]
    assert found["unknown_listed"] == found["unknown"]
    assert found["sends"] + found["unknown"] >= 1_000
    assert found["answers"] == 1_000
    assert found["integrity"] == "ok"
    assert found["restarts"] == (1 if database == "postgresql" else 0)


# --- the mail server ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "answer", "kept"),
    [
        (None, 250, 1),
        (Fault.CLOSING, 421, 0),
        (Fault.GREYLISTED, 451, 0),
        (Fault.NO_SUCH_USER, 550, 0),
        (Fault.DROPPED_BEFORE_THE_DOT, None, 0),
        (Fault.BUSY_AFTER_THE_DOT, 451, 0),
        (Fault.TAKEN_THEN_DROPPED, None, 1),
        (Fault.DROPPED_UNTAKEN, None, 0),
    ],
)
def test_the_mail_server_misbehaves_as_planned_and_says_so_in_its_log(
    fault: Fault | None, answer: int | None, kept: int, tmp_path: Path
) -> None:
    log = tmp_path / "sink.log"
    with listening({7: fault} if fault else {}, log) as sink:
        assert said(sink.url, Buyer(7)) == answer
        assert said(sink.url, Buyer(8)) == 250, "nobody else is concerned"
        second = said(sink.url, Buyer(7))
    assert second == (550 if fault is Fault.NO_SUCH_USER else 250), "the others befall the first attempt only"

    found = read_log(log)
    assert found.kept[7] == kept + (second == 250)
    assert found.befell[7] - {KEPT} == ({fault} if fault else set())
    assert set(found.message_ids) <= {"<7@shop.example>", "<8@shop.example>"}


def said(url: str, buyer: Buyer) -> int | None:
    """What the server answers to the mail in the end; None where it hangs up."""
    mail = f"Message-ID: <{buyer.number}@shop.example>\r\n\r\nHello\r\n"
    port = int(url.rpartition(":")[2])
    try:
        with smtplib.SMTP("127.0.0.1", port, "localhost", timeout=10) as line:
            line.sendmail("shop@example.com", buyer.address, mail)
    except smtplib.SMTPRecipientsRefused as refused:
        return int(refused.recipients[buyer.address][0])
    except smtplib.SMTPResponseException as refused:
        return refused.smtp_code
    except (smtplib.SMTPServerDisconnected, ConnectionError):
        return None
    return 250


# --- the plan -------------------------------------------------------------------------------------------------------


def test_the_seed_decides_everything() -> None:
    targets = (("worker 1",), ("worker 1", "web"))
    first, again = (plan_blows(targets, 24, 2, 10_000, random.Random(3)) for _ in range(2))
    assert first == again
    assert sum(bool(blow.names) for blow in first) == 24
    assert sum(not blow.names for blow in first) == 2
    assert all(blow.after < 10_000 * LATEST for blow in first)
    assert planned(500, random.Random(3), small=True) == planned(500, random.Random(3), small=True)


def test_every_fault_befalls_somebody_in_a_whole_run() -> None:
    assert set(planned(10_400, random.Random(1), small=False).values()) == set(Fault)


def test_the_clock_goes_forward_for_all_and_never_back(tmp_path: Path) -> None:
    one, other = SharedClock(tmp_path / "clock"), SharedClock(tmp_path / "clock")
    later = datetime.now(UTC) + timedelta(hours=1)
    one.forward_to(later)
    assert other.now() >= later
    one.forward_to(later - timedelta(hours=2))
    assert other.now() >= later


# --- the count ------------------------------------------------------------------------------------------------------


@pytest.fixture
def mailed(session: Session) -> list[Message]:
    """Three mails to buyers 0, 1 and 2, all sent."""
    outbox(session, 3)
    for number, customer in enumerate(session.scalars(select(Customer).order_by(Customer.id))):
        customer.email = Buyer(number).address
    found = messages(session)
    for message in found:
        message.state, message.sent_at = MessageState.SENT, NOW
    session.commit()
    return sorted(found, key=lambda message: number_of(message.invitation.customer.email or ""))


def a_log(kept: dict[int, int], befell: dict[int, set[str]] | None = None) -> Log:
    return Log(Counter(kept), Counter(), befell or {})


def test_what_the_log_bears_out_is_sent(engine: Engine, mailed: list[Message]) -> None:
    found = audit_mails(engine, 3, a_log({0: 1, 1: 1, 2: 1}))
    assert (found.sent, found.lost, found.twice, found.unknown) == (3, [], [], [])


def test_a_mail_that_counts_as_sent_and_never_came_is_lost(engine: Engine, mailed: list[Message]) -> None:
    assert audit_mails(engine, 3, a_log({0: 1, 2: 1})).lost == [1]


def test_an_order_without_a_mail_is_lost(engine: Engine, mailed: list[Message]) -> None:
    assert audit_mails(engine, 4, a_log({0: 1, 1: 1, 2: 1})).lost == [3]


def test_a_mail_that_came_twice_is_found(engine: Engine, mailed: list[Message]) -> None:
    assert audit_mails(engine, 3, a_log({0: 1, 1: 2, 2: 1})).twice == [1]


def test_an_end_without_its_reason_is_lost(engine: Engine, session: Session, mailed: list[Message]) -> None:
    for message in mailed[:2]:
        message.state, message.sent_at, message.detail = MessageState.FAILED, None, "550"
    session.commit()
    found = audit_mails(engine, 3, a_log({2: 1}, {0: {Fault.NO_SUCH_USER}}))
    assert (found.refused, found.lost) == (1, [1])


def test_who_is_to_blame_for_an_unknown_mail(engine: Engine, session: Session, mailed: list[Message]) -> None:
    for message in mailed[:2]:
        message.state, message.sent_at = MessageState.UNKNOWN, None
    session.commit()
    found = audit_mails(engine, 3, a_log({0: 1, 2: 1}, {0: {Fault.TAKEN_THEN_DROPPED}}))
    assert (found.unknown, found.unknown_by_fault, found.unknown_by_kill, found.unknown_taken) == ([0, 1], 1, 1, 1)


def test_an_answer_that_a_page_acknowledged_and_nobody_kept_is_lost(engine: Engine) -> None:
    found = audit_answers(engine, Told(scores={4: 9}), 6)
    assert (found.lost, found.kept) == ([4], 0)


def test_a_sound_database_says_so(engine: Engine) -> None:
    assert integrity(engine) == "ok"
