"""kill -9 on the demo at any moment, then start it again: nothing is lost, nothing is mailed twice."""

import random
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from feedback_service.demo.mailbox import Mailbox
from tests.journeys.demo_process import Demo

SEED = 20260321


def rows(demo: Demo, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(demo.database)) as connection:
        return connection.execute(query).fetchall()


def test_killed_while_it_opens_and_while_it_works(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    demo = Demo(tmp_path / "demo")
    for _ in range(4):  # in the middle of imports, of mails, of cases
        demo.start()
        assert demo.process is not None
        try:
            demo.process.wait(dice.uniform(3, 12))
            raise AssertionError((demo.folder / "output.log").read_text())
        except subprocess.TimeoutExpired:
            demo.kill()
    demo.start()
    demo.wait_until_ready()
    demo.kill()
    demo.start()
    demo.wait_until_ready()
    demo.stop()

    mailed = Mailbox(demo.folder / "mailbox").log()
    assert mailed.total() > 50
    assert set(mailed.values()) == {1}, "a mail was sent twice"
    sent = [
        *rows(demo, "SELECT uid FROM messages WHERE state = 'sent'"),
        *rows(demo, "SELECT uid FROM staff_mails WHERE state IN ('sent', 'unknown')"),  # these are not asked after
    ]
    assert {f"<{uid}@ember-and-oak.example>" for (uid,) in sent} == set(mailed), "sent and received differ"
    assert rows(demo, "SELECT count(*) FROM messages WHERE state IN ('handing', 'unknown')") == [(0,)]
    invited = rows(demo, "SELECT count(*) FROM decisions WHERE state = 'invited'")
    first_mails = rows(demo, "SELECT count(*) FROM messages WHERE purpose = 'invitation'")
    assert invited == rows(demo, "SELECT count(*) FROM invitations") == first_mails
    assert rows(demo, "PRAGMA integrity_check") == [("ok",)]
    answers = rows(demo, "SELECT count(*) FROM responses")
    counted = rows(
        demo,
        "SELECT (SELECT coalesce(sum(count), 0) FROM daily_scores)"
        " + (SELECT coalesce(sum(delta), 0) FROM response_changes)",
    )
    assert answers == counted
    assert "The log holds" in demo.command("audit", "verify")
