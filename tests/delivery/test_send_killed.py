"""A sender that is killed, at any moment and more than once: nothing is lost, nothing is mailed twice."""

import os
import random
import signal
import socket
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.config import Settings
from feedback_service.delivery.claim import LEASE, release_expired
from feedback_service.delivery.compose import message_id_for
from feedback_service.delivery.models import MessageState
from feedback_service.delivery.queries import messages_in_state
from feedback_service.delivery.settle import settle_from_receiver
from feedback_service.demo.mailbox import Mailbox
from tests.delivery.factories import DOMAIN, messages, outbox, send
from tests.delivery.test_smtp import playing, up_to_the_body, whole_mail
from tests.invitations.factories import NOW

MAILS = 250
KILLS = 4
PATIENCE = 60.0  # seconds for what takes a few, on a busy machine
SENDER = """
import sys
from datetime import datetime, timedelta
from sqlalchemy import create_engine
from feedback_service.config import read_settings
from feedback_service.database import prepare_engine, session_factory
from feedback_service.pipeline import run_step, steps

settings = read_settings()
sessions = session_factory(prepare_engine(create_engine(settings.database_url)))
(sending,) = [step for step in steps(settings) if step.name == "send mails"]
print("ready", flush=True)
sys.stdin.readline()
run_step(sending, sessions, lambda: datetime.fromisoformat(sys.argv[1]))
"""

LATER = LEASE + timedelta(minutes=5)  # a lease is renewed before the dot, so it ends a little after LEASE


class Sender:
    """A process of its own that sends what is due at a given time, and ends."""

    def __init__(self, settings: Settings, port: int, now: str, *, connections: int | None = None) -> None:
        environment = {
            "FEEDBACK_DATABASE_URL": settings.database_url,
            "FEEDBACK_SECRET_KEY": settings.secret_key.get_secret_value(),
            "FEEDBACK_LINK_KEYS": settings.link_keys.get_secret_value(),
            "FEEDBACK_PRIVACY_KEY": settings.privacy_key.get_secret_value(),
            "FEEDBACK_MAIL_FROM": settings.mail_from,
            "FEEDBACK_MAIL_URL": f"smtp://127.0.0.1:{port}",
            "FEEDBACK_MAIL_CONNECTIONS": str(connections or settings.mail_connections),
            "FEEDBACK_SHOP_TIME_ZONE": settings.shop_time_zone,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", SENDER, now],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self) -> None:
        """Let it send, once it is ready."""
        assert self.process.stdout is not None
        assert self.process.stdin is not None
        assert self.process.stdout.readline() == "ready\n"
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def killed_after(self, seconds: float) -> bool:
        """Kill it after a while; whether it was still at work."""
        try:
            self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate(timeout=PATIENCE)
        return self.process.returncode == -signal.SIGKILL

    def finished(self) -> bool:
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode == 0


def test_kills_at_random_moments_lose_nothing_and_repeat_nothing(
    settings: Settings, session: Session, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    dice = random.Random(20260320)
    queued = {message_id_for(message.uid, DOMAIN) for message in outbox(session, MAILS)}
    with Mailbox(tmp_path / "mailbox") as mailbox:
        port = mailbox.start()
        kills = 0
        # By the time the next one takes over, whatever this one held is free.
        *senders, last = [Sender(settings, port, (NOW + LATER * turn).isoformat()) for turn in range(KILLS + 1)]
        for sender in senders:
            sender.begin()
            kills += sender.killed_after(dice.uniform(0.05, 0.4))
        assert kills >= 2, "it was killed at work"
        last.begin()
        assert last.finished()
        now = NOW + LATER * KILLS
        release_expired(session, now + LATER)
        session.commit()

        by_state = Counter(message.state for message in messages(session))
        unknown = {line.id for line in messages_in_state(session, MessageState.UNKNOWN)}
        session.commit()
        assert set(by_state) <= {MessageState.SENT, MessageState.UNKNOWN}, "every mail came to an end"
        most = kills * settings.mail_connections
        assert len(unknown) == by_state[MessageState.UNKNOWN] <= most, "one per connection and kill, and each is listed"
        arrived = mailbox.log()
        assert set(arrived.values()) == {1}, "no mail arrived twice"
        sent = {message_id_for(m.uid, DOMAIN) for m in messages(session) if m.state == MessageState.SENT}
        assert sent <= set(arrived) <= queued

        settle_from_receiver(session, mailbox.message_ids(), sender_domain=DOMAIN, by="the mailbox", now=now)
        session.commit()
        send(sessions, port, now, quiet_hours=False)
        assert mailbox.log() == dict.fromkeys(queued, 1), "with the receiver's word, each arrived exactly once"
    assert {message.state for message in messages(session)} == {MessageState.SENT}


@pytest.mark.parametrize(("killed_at", "fate"), [("the body", MessageState.PENDING), ("the dot", MessageState.UNKNOWN)])
def test_where_in_the_conversation_it_is_killed_decides_what_is_known(
    settings: Settings, session: Session, killed_at: str, fate: MessageState
) -> None:
    outbox(session, 3)

    def scene(stream: BinaryIO, _: socket.socket) -> None:
        if killed_at == "the dot":
            up_to_the_body(stream)
            whole_mail(stream)
        else:
            stream.write(b"220 ready\r\n")
            for reply in (b"250 hello", b"250 ok", b"250 ok"):
                stream.readline()
                stream.write(reply + b"\r\n")
            stream.readline()  # DATA
        sender.process.kill()
        sender.process.wait(PATIENCE)

    with playing(scene) as port:
        sender = Sender(settings, port, NOW.isoformat(), connections=1)
        sender.begin()
        assert sender.killed_after(PATIENCE)
    release_expired(session, NOW + LATER)
    session.commit()
    first, *others = messages(session)
    assert first.state == fate
    assert {message.state for message in others} == {MessageState.PENDING}
