"""The demo's mail server keeps what it promised, whatever happens to it."""

import os
import signal
import smtplib
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedback_service.delivery.compose import compose, message_id_for
from feedback_service.delivery.mail_server import MailServer
from feedback_service.delivery.smtp import Conversation, MailRefused, OutcomeUnknown
from feedback_service.demo.mailbox import Mailbox

SHOP, ZOE = "feedback@shop.example", "zoe@example.com"
PATIENCE = 20.0  # seconds for anything that happens at once, on a busy machine


def survey(uid: str, subject: str = "Wie war’s? 😀") -> bytes:
    """A mail as the service sends it."""
    return compose(
        message_id=message_id_for(uid, "shop.example"),
        date=datetime(2025, 3, 3, 9, 30, tzinfo=UTC),
        sender_name="Corner Shop",
        sender_address=SHOP,
        recipient_name="Zoë Müller",
        recipient_address=ZOE,
        subject=subject,
        text="Très bien?\n",
        html="<p>Très bien?</p>\n",
        language="de",
        unsubscribe_url="https://shop.example/u/" + "k7" * 60,
    )


def nothing_to_commit() -> None:
    """For mails whose state nobody keeps."""


def send(port: int, *mails: bytes) -> None:
    with Conversation(MailServer("127.0.0.1", port), timeout=PATIENCE) as conversation:
        for mail in mails:
            conversation.send(SHOP, ZOE, mail, nothing_to_commit)


def test_a_mail_that_was_sent_can_be_listed_and_read(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    with Mailbox(tmp_path / "mails") as mailbox:
        send(mailbox.start(), survey("a1"))
        (listed,) = mailbox.mails()
        read = mailbox.read(listed.id)
    assert (listed.sender, listed.to, listed.subject) == (SHOP, ZOE, "Wie war’s? 😀")
    assert listed.message_id == "<a1@shop.example>"
    assert before <= listed.received_at <= datetime.now(UTC)
    assert read.text == "Très bien?\n"
    assert read.html == "<p>Très bien?</p>\n"
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in read.source
    assert survey("a1").partition(b"MIME-Version")[0].decode() in read.source, "as it was sent"
    assert (read.id, read.size) == (listed.id, listed.size)
    assert listed.size == len(read.source.encode())


def test_the_newest_mail_is_on_top_also_after_a_restart(tmp_path: Path) -> None:
    for run in range(3):
        with Mailbox(tmp_path) as mailbox:
            send(mailbox.start(), *(survey(f"{run}-{number}", f"Mail {run}-{number}") for number in range(3)))
    subjects = [mail.subject for mail in Mailbox(tmp_path).mails()]
    assert subjects == [f"Mail {run}-{number}" for run in (2, 1, 0) for number in (2, 1, 0)]


def test_a_clock_that_was_set_back_does_not_mix_up_the_order(tmp_path: Path) -> None:
    tomorrow = time.time_ns() + 86_400 * 10**9
    (tmp_path / f"{tomorrow:020d}.eml").write_bytes(survey("early", "Stored before the clock was set back"))
    with Mailbox(tmp_path) as mailbox:
        send(mailbox.start(), survey("late", "Stored after"))
        assert [mail.subject for mail in mailbox.mails()] == ["Stored after", "Stored before the clock was set back"]


def test_duplicates_are_counted(tmp_path: Path) -> None:
    with Mailbox(tmp_path) as mailbox:
        send(mailbox.start(), survey("a"), survey("b"), survey("a"))
        assert mailbox.message_ids() == {"<a@shop.example>", "<b@shop.example>"}
        assert mailbox.log() == {"<a@shop.example>": 2, "<b@shop.example>": 1}
        assert mailbox.log().total() == 3


def test_hundreds_of_mails_over_several_connections_are_all_kept(tmp_path: Path) -> None:
    with Mailbox(tmp_path) as mailbox:
        port = mailbox.start()
        batches = [[survey(f"{batch}-{number}") for number in range(75)] for batch in range(4)]
        with ThreadPoolExecutor(4) as senders:
            list(senders.map(lambda batch: send(port, *batch), batches))
        assert mailbox.log().total() == len(mailbox.message_ids()) == 300
        assert len({mail.id for mail in mailbox.mails()}) == 300


def test_a_long_list_does_not_open_old_mails_again(tmp_path: Path) -> None:
    with Mailbox(tmp_path) as mailbox:
        port = mailbox.start()
        send(port, survey("old", "As first listed"))
        (old,) = mailbox.mails()
        (tmp_path / f"{old.id}.eml").write_bytes(b"Subject: read again\r\n\r\n")
        send(port, survey("new"))
        assert [mail.subject for mail in mailbox.mails()] == ["Wie war’s? 😀", "As first listed"]
        (tmp_path / f"{old.id}.eml").unlink()
        assert len(mailbox.mails()) == 1, "what was cleared away is gone"


@pytest.mark.parametrize(
    "id",
    ["", "..", "../secret", "/etc/passwd", "0" * 19, "0" * 20, "0" * 21, "٠" * 20, "0" * 20 + "\n", "%2e%2e", "\x00"],
)
def test_an_id_that_is_unknown_or_unsafe_is_not_found(tmp_path: Path, id: str) -> None:
    (tmp_path / "secret.eml").write_text("Subject: secret\n")
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "secret.eml").write_text("Subject: secret\n")
    with pytest.raises(KeyError):
        Mailbox(folder).read(id)
    assert Mailbox(folder).mails() == []


def test_what_was_half_written_is_never_shown_and_cleared_away_at_the_start(tmp_path: Path) -> None:
    half = tmp_path / f".{7:020d}.part"
    half.write_bytes(survey("half")[:200])
    mailbox = Mailbox(tmp_path)
    assert mailbox.mails() == []
    assert half.exists(), "a reader does not touch what a server may be writing"
    with mailbox:
        send(mailbox.start(), survey("whole"))
        assert mailbox.message_ids() == {"<whole@shop.example>"}
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".eml"]


def test_a_mail_that_cannot_be_stored_is_not_accepted(tmp_path: Path) -> None:
    with Mailbox(tmp_path / "mails") as mailbox:
        port = mailbox.start()
        (tmp_path / "mails").rmdir()
        with pytest.raises(MailRefused) as refused:
            send(port, survey("lost"))
        assert (refused.value.code, refused.value.permanent) == (451, False)
        assert mailbox.mails() == []


def test_nobody_else_can_reach_it(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "", "::", "192.0.2.1", "mail.example.com"):
        with pytest.raises(ValueError, match="loopback"):
            Mailbox(tmp_path).start(host)


def test_it_starts_on_a_given_port_once_and_stops_more_often(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    port = mailbox.start()
    with pytest.raises(RuntimeError, match="already"):
        mailbox.start()
    with pytest.raises(OSError, match="in use"):
        Mailbox(tmp_path / "other").start(port=port)
    mailbox.stop()
    mailbox.stop()
    assert mailbox.start(port=port) == port
    mailbox.stop()


@pytest.mark.parametrize(
    ("raw", "text", "html"),
    [
        (b"no headers at all", "no headers at all\n", ""),
        (b"Subject: plain\r\n\r\nhello\r\n", "hello\n", ""),
        (b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>hi</p>\r\n", "", "<p>hi</p>\n"),
        (b"Content-Type: text/plain; charset=klingon\r\n\r\nhi\r\n", "hi\r\n", ""),
        (b"Subject: =?klingon?q?x?=\r\nMessage-ID: <<>\r\nContent-Type: multipart/mixed\r\n\r\n--", "", ""),
        (b"X-Envelope-To: somebody@else.example\r\n\r\n", "", ""),
        (bytes(range(256)) * 3, None, None),
    ],
)
def test_odd_mails_are_listed_and_shown_too(tmp_path: Path, raw: bytes, text: str | None, html: str | None) -> None:
    with Mailbox(tmp_path) as mailbox, smtplib.SMTP("127.0.0.1", mailbox.start(), timeout=PATIENCE) as smtp:
        smtp.sendmail(SHOP, [ZOE, "ben@example.com"], raw)
        (listed,) = mailbox.mails()
        read = mailbox.read(listed.id)
    assert listed.to == read.to == "zoe@example.com, ben@example.com", "the envelope's, whatever the mail says"
    if text is not None:
        assert (read.text, read.html) == (text, html)


SERVE = """
import sys, threading
from pathlib import Path
from feedback_service.demo.mailbox import Mailbox
print(Mailbox(Path(sys.argv[1])).start(), flush=True)
threading.Event().wait()
"""


class Traffic:
    """Four senders that send until the server is gone, and remember what they were told."""

    def __init__(self, port: int, name: str) -> None:
        self.server = MailServer("127.0.0.1", port)
        self.name = name
        self.accepted: list[str] = []
        self.refused: list[str] = []
        self.unknown: list[str] = []
        self.enough = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(4)]

    def run(self, sender: int) -> None:
        with Conversation(self.server, timeout=PATIENCE, final_timeout=PATIENCE) as conversation:
            for number in range(100_000):
                uid = f"{self.name}-{sender}-{number}"
                message_id = message_id_for(uid, "shop.example")
                try:
                    conversation.send(SHOP, ZOE, survey(uid), nothing_to_commit)
                except OutcomeUnknown:
                    self.unknown.append(message_id)
                except MailRefused:
                    self.refused.append(message_id)
                    return
                else:
                    self.accepted.append(message_id)
                    if len(self.accepted) >= 80:
                        self.enough.set()


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_server_killed_in_mid_traffic_has_every_mail_it_accepted(tmp_path: Path) -> None:
    accepted: set[str] = set()
    refused: set[str] = set()
    for life in ("first", "second", "third"):
        child = subprocess.Popen([sys.executable, "-c", SERVE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        with child:
            try:
                assert child.stdout is not None
                traffic = Traffic(int(child.stdout.readline()), life)
                for thread in traffic.threads:
                    thread.start()
                assert traffic.enough.wait(60)
            finally:
                os.kill(child.pid, signal.SIGKILL)
            for thread in traffic.threads:
                thread.join(60)
                assert not thread.is_alive()
        accepted |= set(traffic.accepted)
        refused |= set(traffic.refused)
    with Mailbox(tmp_path) as mailbox:
        send(mailbox.start(), survey("afterwards"))
        kept = mailbox.log()
    assert len(accepted) >= 240
    assert accepted <= kept.keys(), "a 250 was a promise"
    assert not refused & kept.keys(), "what was certainly not taken is not there"
    assert set(kept.values()) == {1}
    assert "<afterwards@shop.example>" in kept
    assert {path.suffix for path in tmp_path.iterdir()} == {".eml"}
