"""A mail server hands over what came back through a pipe, and learns by the exit code what to do with it."""

import io
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.customers.models import SuppressionReason
from feedback_service.delivery.inbound.take_mail import AS_MUCH_AS_IS_READ
from feedback_service.delivery.models import Reply
from tests.cli.conftest import Run, Said
from tests.delivery import returned_mails as mails
from tests.delivery.factories import recipient
from tests.delivery.inbound.factories import address_now, sent
from tests.delivery.returned_mails import mail


class Pipe:
    """Standard input that a mail server writes to."""

    def __init__(self, raw: bytes) -> None:
        self.buffer = io.BytesIO(raw)


def hand_over(run: Run, monkeypatch: pytest.MonkeyPatch, raw: bytes) -> tuple[Said, Pipe]:
    pipe = Pipe(raw)
    monkeypatch.setattr("sys.stdin", pipe)
    return run("bounce"), pipe


def test_a_bounce_is_taken(run: Run, monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    message = sent(session)
    said, _ = hand_over(run, monkeypatch, mail(mails.POSTFIX, uid=message.uid, recipient=recipient(message)))
    assert (said.code, said.out) == (0, "bounce: counted\n")
    assert address_now(session).suppressed_reason == SuppressionReason.HARD_BOUNCE


def test_a_long_reply_is_read_to_its_end_so_that_the_pipe_does_not_break(
    run: Run, monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    raw = mail(mails.REPLY) + b"x" * (2 * AS_MUCH_AS_IS_READ)
    said, pipe = hand_over(run, monkeypatch, raw)
    assert (said.code, said.out) == (0, "reply: kept\n")
    assert pipe.buffer.tell() == len(raw)
    assert session.scalars(select(Reply.words)).one()


def test_what_is_no_mail_is_never_tried_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    said, _ = hand_over(run, monkeypatch, b"hello")
    assert (said.code, said.out) == (65, "This is no mail: it has neither a From nor a Received header.\n")


@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:///{tmp}/none/at/all.sqlite", "mysql://x/y"]
)
def test_while_something_is_wrong_here_the_mail_stays_with_the_server(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str
) -> None:
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", url.format(tmp=tmp_path))
    said, _ = hand_over(run, monkeypatch, mail(mails.REPLY))
    assert said.code == 75
    assert said.out.startswith("Not taken now: ")
    assert said.out.count("\n") == 1
