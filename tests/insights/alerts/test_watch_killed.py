"""Workers that are killed between deciding and mailing, and two at once after them: one alert, one mail."""

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.config import Settings
from feedback_service.delivery.claim import LEASE
from feedback_service.delivery.models import StaffMail
from feedback_service.demo.mailbox import Mailbox
from feedback_service.insights.alerts.models import Alert
from tests.cases.factories import hire
from tests.conftest import NOW
from tests.insights.alerts.factories import BAD, steady

PATIENCE = 120.0  # seconds for what takes a few, on a busy machine
WORKER = """
import os
import signal
import sys
from datetime import datetime
from sqlalchemy import create_engine, event
from feedback_service.config import read_settings
from feedback_service.database import prepare_engine, session_factory
from feedback_service.pipeline import run_step, steps

now, last_moment = datetime.fromisoformat(sys.argv[1]), sys.argv[2]
settings = read_settings()
engine = prepare_engine(create_engine(settings.database_url))

@event.listens_for(engine, "before_cursor_execute")
def look(_connection, _cursor, sql, *_):
    if last_moment and sql.startswith(last_moment):
        os.kill(os.getpid(), signal.SIGKILL)

named = {step.name: step for step in steps(settings)}
for name in ("watch", "send mails to staff"):
    run_step(named[name], session_factory(engine), lambda: now)
"""
DECIDED = "INSERT INTO staff_mail_files"
"""Just before the end of the transaction that writes the alert and queues its mail."""
QUEUED = "UPDATE staff_mails SET state="
"""The mail is in the outbox; nobody has spoken to the mail server yet."""
HANDED_OVER = "DELETE FROM staff_mail_files"
"""The mail server has taken the mail, and nobody has written that down yet."""


def worker(settings: Settings, port: int, now: datetime, last_moment: str = "") -> "subprocess.Popen[bytes]":
    """A process that watches and then mails; it is killed just before it says `last_moment` to its database."""
    ours = {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "LINK_KEYS": settings.link_keys.get_secret_value(),
        "PRIVACY_KEY": settings.privacy_key.get_secret_value(),
        "MAIL_FROM": settings.mail_from,
        "MAIL_URL": f"smtp://127.0.0.1:{port}",
        "SHOP_TIME_ZONE": settings.shop_time_zone,
    }
    environment = {**os.environ, **{f"FEEDBACK_{name}": value for name, value in ours.items()}}
    return subprocess.Popen([sys.executable, "-c", WORKER, now.isoformat(), last_moment], env=environment)


def test_whenever_a_worker_is_killed_one_mail_arrives(
    app: Flask, settings: Settings, session: Session, tmp_path: Path
) -> None:
    hire(app, session, "Maria", NOW, role=RoleName.MANAGER, team=None)
    steady(session, but={0: BAD})
    with Mailbox(tmp_path / "mailbox") as mailbox:
        port = mailbox.start()
        there = []
        for turn, moment in enumerate((DECIDED, QUEUED, HANDED_OVER)):
            killed = worker(settings, port, NOW + 2 * turn * LEASE, moment)
            assert killed.wait(PATIENCE) == -signal.SIGKILL, f"it was to die at {moment}"
            there.append((counted(session, Alert), counted(session, StaffMail), len(mailbox.log())))
        assert there == [(0, 0, 0), (1, 1, 0), (1, 1, 1)]
        both = [worker(settings, port, NOW + 8 * LEASE) for _ in range(2)]
        assert [each.wait(PATIENCE) for each in both] == [0, 0]
        assert (counted(session, Alert), counted(session, StaffMail)) == (1, 1)
        assert list(mailbox.log().values()) == [1]


def counted(session: Session, table: type[Alert] | type[StaffMail]) -> int:
    """How many rows it has now."""
    number = session.scalar(select(func.count()).select_from(table)) or 0
    session.commit()
    return number
