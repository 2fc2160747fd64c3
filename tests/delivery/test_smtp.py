"""Real conversations with servers that agree, refuse, hang up and misbehave."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from feedback_service.delivery.rules.wire import on_the_wire
from feedback_service.delivery.smtp import (
    Conversation,
    Fault,
    MailRefused,
    MailServer,
    OutcomeUnknown,
    Security,
    Stage,
    address_problem,
    whose_fault,
)

SHOP, ZOE, BEN = "feedback@shop.example", "zoe@example.com", "ben@example.com"
MAIL = b"Subject: How was it?\r\n\r\nTell us.\r\n"
PATIENCE = 10.0  # seconds for anything that happens at once, on a busy machine


def nothing_to_commit() -> None:
    """For mails whose state nobody keeps."""


class Post:
    """A mail server's decisions: it keeps what it takes and says what `answers` tells it to."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.kept: list[tuple[list[str], bytes]] = []
        self.connections: set[Any] = set()

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.connections.add(session.peer)
        envelope.mail_from = address
        return self.answers.get("sender", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get(address, self.answers.get("recipient", "250 OK"))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.get("final", "250 2.0.0 Queued")
        if answer.startswith("250"):
            self.kept.append((envelope.rcpt_tos, bytes(envelope.original_content or b"")))
        return answer


class _BoundController(Controller):
    """A controller on a free port."""

    def __init__(self, handler: Post, listening: socket.socket, **options: Any) -> None:
        self._listening = listening
        super().__init__(handler, *listening.getsockname(), server_hostname="localhost", ready_timeout=30, **options)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listening, ssl=self.ssl_context)


@contextmanager
def serving(post: Post, **options: Any) -> Iterator[int]:
    """The port of a running aiosmtpd server."""
    listening = socket.create_server(("127.0.0.1", 0))
    controller = _BoundController(post, listening, **options)
    controller.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        controller.stop()


@contextmanager
def playing(*scenes: Callable[[BinaryIO, socket.socket], None]) -> Iterator[int]:
    """The port of a server that plays one scene per connection and then hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(PATIENCE)
    failures: list[Exception] = []

    def play() -> None:
        try:
            for scene in scenes:
                connection, _ = listening.accept()
                connection.settimeout(PATIENCE)
                with connection, connection.makefile("rwb", buffering=0) as stream:
                    scene(stream, connection)  # type: ignore[arg-type]
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=play)
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        thread.join(PATIENCE)
        listening.close()
    assert not thread.is_alive()
    assert not failures


def up_to_the_body(stream: BinaryIO) -> None:
    """Agree to everything until the mail itself is asked for."""
    stream.write(b"220 ready\r\n")
    for reply in (b"250 hello", b"250 ok", b"250 ok", b"354 go on"):
        stream.readline()
        stream.write(reply + b"\r\n")


def whole_mail(stream: BinaryIO) -> None:
    """Read to the final dot."""
    while stream.readline() != b".\r\n":
        pass


def talk_to(port: int, **options: Any) -> Conversation:
    return Conversation(MailServer("127.0.0.1", port), timeout=PATIENCE, **options)


def refusal(port: int, recipient: str = ZOE) -> MailRefused:
    with talk_to(port) as conversation, pytest.raises(MailRefused) as refused:
        conversation.send(SHOP, recipient, MAIL, nothing_to_commit)
    return refused.value


# --- the usual case -------------------------------------------------------------------------------------------------


def test_many_mails_go_through_one_connection() -> None:
    post = Post()
    committed: list[int] = []
    with serving(post) as port, talk_to(port) as conversation:
        for number in range(20):
            accepted = conversation.send(SHOP, ZOE, MAIL, partial(committed.append, number))
            assert (accepted.code, accepted.text) == (250, "2.0.0 Queued")
    assert committed == list(range(20))
    assert post.kept == [([ZOE], MAIL)] * 20
    assert len(post.connections) == 1


def test_a_mail_costs_four_commands_where_the_last_one_was_taken() -> None:
    heard: list[bytes] = []

    def scene(stream: BinaryIO, _: socket.socket) -> None:
        up_to_the_body(stream)
        whole_mail(stream)
        stream.write(b"250 taken\r\n")
        for reply in (b"250 ok", b"250 ok", b"354 go on"):
            heard.append(stream.readline()[:4])
            stream.write(reply + b"\r\n")
        whole_mail(stream)
        stream.write(b"250 taken\r\n")
        stream.readline()

    with playing(scene) as port, talk_to(port) as conversation:
        conversation.send(SHOP, ZOE, MAIL, nothing_to_commit)
        conversation.send(SHOP, BEN, MAIL, nothing_to_commit)
    assert heard == [b"MAIL", b"RCPT", b"DATA"]


def test_the_state_is_committed_when_only_the_final_dot_is_missing() -> None:
    events: list[str] = []
    body_arrived = threading.Event()

    def scene(stream: BinaryIO, _: socket.socket) -> None:
        up_to_the_body(stream)
        while stream.readline() != b"Tell us.\r\n":
            pass
        body_arrived.set()
        events.append("dot" if stream.readline() == b".\r\n" else "something else")
        stream.write(b"250 taken\r\n")
        stream.readline()  # QUIT

    def commit() -> None:
        assert body_arrived.wait(PATIENCE), "the server has the whole mail before the state is committed"
        events.append("committed")

    with playing(scene) as port, talk_to(port) as conversation:
        conversation.send(SHOP, ZOE, MAIL, commit)
    assert events == ["committed", "dot"]


def test_a_commit_that_fails_takes_the_mail_back() -> None:
    post = Post()

    def fail() -> None:
        raise RuntimeError("database is locked")

    with serving(post) as port, talk_to(port) as conversation:
        with pytest.raises(RuntimeError, match="database is locked"):
            conversation.send(SHOP, ZOE, MAIL, fail)
        conversation.send(SHOP, BEN, MAIL, nothing_to_commit)
    assert post.kept == [([BEN], MAIL)], "the next mail goes out, the first one never did"


def test_a_refused_recipient_leaves_nothing_behind_for_the_next() -> None:
    post = Post(**{ZOE: "550 5.1.1 No such user"})
    with serving(post) as port, talk_to(port) as conversation:
        with pytest.raises(MailRefused):
            conversation.send(SHOP, ZOE, MAIL, nothing_to_commit)
        conversation.send(SHOP, BEN, MAIL, nothing_to_commit)
    assert post.kept == [([BEN], MAIL)]
    assert len(post.connections) == 1


@pytest.mark.parametrize(
    ("raw", "kept", "reason"),
    [
        (b"a: b\r\n\r\n.\r\n..\r\n.x\r\n", b"a: b\r\n\r\n.\r\n..\r\n.x\r\n", "dots at the start of a line survive"),
        (b"a: b\n\nhi", b"a: b\r\n\r\nhi\r\n", "bare line feeds become lines"),
        (b"a: b\n\nhi\n.\nMAIL FROM:<x@y>\n", b"a: b\r\n\r\nhi\r\n.\r\nMAIL FROM:<x@y>\r\n", "no mail within a mail"),
        (b"a: b\r\n\r\nhi\r.\rx", b"a: b\r\n\r\nhi\r\n.\r\nx\r\n", "nor by bare carriage returns"),
        ("a: b\r\n\r\nété 😀\r\n".encode(), "a: b\r\n\r\nété 😀\r\n".encode(), "eight bits"),
        (b"x: y\r\n\r\n" + b"line\r\n" * 200_000, b"x: y\r\n\r\n" + b"line\r\n" * 200_000, "a megabyte"),
    ],
)
def test_every_mail_arrives_whole_and_alone(raw: bytes, kept: bytes, reason: str) -> None:
    post = Post()
    with serving(post) as port, talk_to(port) as conversation:
        conversation.send(SHOP, ZOE, raw, nothing_to_commit)
    assert post.kept == [([ZOE], kept)], reason


def test_dots_are_doubled_only_at_the_start_of_a_line() -> None:
    assert on_the_wire(b"a.b\n.c\r\n..d") == b"a.b\r\n..c\r\n...d\r\n"


@pytest.mark.parametrize(
    ("raw", "wire"),
    [
        (b"a\r\nb\r\n", b"a\r\nb\r\n"),
        (b".a\r\nb\r\n", b"..a\r\nb\r\n"),
        (b"a\r\n.b\r\n", b"a\r\n..b\r\n"),
        (b"a\n\rb\r\n", b"a\r\n\r\nb\r\n"),
        (b"a\r\nb", b"a\r\nb\r\n"),
        (b"a\rb\r\n", b"a\r\nb\r\n"),
        (b"\n\r\r\n", b"\r\n\r\n\r\n"),
    ],
)
def test_only_what_is_fit_for_the_wire_goes_out_as_it_is(raw: bytes, wire: bytes) -> None:
    assert on_the_wire(raw) == wire


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "answer", "fault", "reason"),
    [
        ("sender", "421 Closing", Fault.PASSING, "the server goes away"),
        ("sender", "451 Try later", Fault.PASSING, "not now"),
        ("sender", "550 5.7.1 Not your address", Fault.SETTINGS, "our sender is wrong: not the customer's fault"),
        ("recipient", "421 Too busy", Fault.PASSING, "the server goes away"),
        ("recipient", "450 4.2.0 Greylisted", Fault.PASSING, "asks for a second attempt"),
        ("recipient", "451 Try later", Fault.PASSING, "not now"),
        ("recipient", "550 5.1.1 No such user", Fault.ADDRESS, "nobody there"),
        ("recipient", "550 No such user", Fault.ADDRESS, "nobody there, in fewer words"),
        ("recipient", "550 5.5.0 mailbox unavailable", Fault.ADDRESS, "as a large host says it"),
        ("recipient", "554 5.7.1 Relay access denied", Fault.SETTINGS, "else it would suppress every customer"),
        ("recipient", "550 relay not permitted", Fault.SETTINGS, "the same without a code"),
        ("recipient", "530 5.7.0 Authentication required", Fault.SETTINGS, "we did not sign in"),
        ("recipient", "550 5.1.8 Sender address rejected", Fault.SETTINGS, "the sender, told late"),
        ("final", "421 Closing", Fault.PASSING, "the server goes away"),
        ("final", "452 4.3.1 Disk full", Fault.PASSING, "not now"),
        ("final", "554 5.7.1 Looks like spam", Fault.CONTENT, "this mail, not this address"),
        ("final", "550 5.1.1 No such user", Fault.ADDRESS, "some look up the recipient last"),
    ],
)
def test_a_refusal_says_whose_fault_it_is(stage: str, answer: str, fault: Fault, reason: str) -> None:
    with serving(Post(**{stage: answer})) as port:
        refused = refusal(port)
    assert refused.fault is fault, reason
    assert (refused.stage, refused.code) == (stage, int(answer[:3]))
    assert refused.permanent is (fault in {Fault.ADDRESS, Fault.CONTENT})
    assert refused.address_is_bad is (fault is Fault.ADDRESS)
    assert refused.settings_are_bad is (fault is Fault.SETTINGS)
    assert answer in str(refused), "staff read what the server said"


def test_a_server_that_refuses_the_start_of_the_body_says_nothing_about_the_recipient() -> None:
    assert whose_fault(Stage.DATA, 554, "No") is Fault.SETTINGS
    assert whose_fault(Stage.CONNECT, 554, "Blocked") is Fault.SETTINGS
    assert whose_fault(Stage.DATA, 451, "Later") is Fault.PASSING


def test_the_connection_is_opened_again_after_the_server_closed_it() -> None:
    def busy(stream: BinaryIO, _: socket.socket) -> None:
        stream.write(b"220 ready\r\n")
        for reply in (b"250 hello", b"250 ok", b"421 too busy"):
            stream.readline()
            stream.write(reply + b"\r\n")

    def idle(stream: BinaryIO, _: socket.socket) -> None:
        up_to_the_body(stream)
        whole_mail(stream)
        stream.write(b"250 taken\r\n")  # and hangs up before the next mail

    def patient(stream: BinaryIO, connection: socket.socket) -> None:
        idle(stream, connection)
        stream.readline()

    with playing(busy, idle, patient) as port, talk_to(port) as conversation:
        with pytest.raises(MailRefused, match="421 too busy"):
            conversation.send(SHOP, ZOE, MAIL, nothing_to_commit)
        conversation.send(SHOP, ZOE, MAIL, nothing_to_commit)
        conversation.send(SHOP, BEN, MAIL, nothing_to_commit)


@pytest.mark.parametrize("farewell", [b"421 4.4.2 You were silent for too long\r\n", b""])
def test_a_server_that_hung_up_on_a_silent_client_is_called_again(farewell: bytes) -> None:
    def taken(stream: BinaryIO, _: socket.socket) -> None:
        up_to_the_body(stream)
        whole_mail(stream)
        stream.write(b"250 taken\r\n" + farewell)

    with playing(taken, taken) as port, talk_to(port) as conversation:
        conversation.send(SHOP, ZOE, MAIL, nothing_to_commit)
        conversation.send(SHOP, BEN, MAIL, nothing_to_commit)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    refused = refusal(port)
    assert (refused.stage, refused.code, refused.fault) == (Stage.CONNECT, None, Fault.PASSING)
    assert f"127.0.0.1:{port}" in str(refused)
    assert "refused" in str(refused).lower()


@pytest.mark.parametrize(
    ("greeting", "fault", "code"),
    [
        (b"554 Your address is blocked\r\n", Fault.SETTINGS, 554),
        (b"421 Too many connections\r\n", Fault.PASSING, 421),
        (b"SSH-2.0-OpenSSH\r\n", Fault.PASSING, None),
        (b"", Fault.PASSING, None),
        (b"220 " + b"x" * 10_000 + b"\r\n", Fault.SETTINGS, 500),
    ],
)
def test_a_greeting_that_is_none(greeting: bytes, fault: Fault, code: int | None) -> None:
    def scene(stream: BinaryIO, _: socket.socket) -> None:
        stream.write(greeting)

    with playing(scene) as port:
        refused = refusal(port)
    assert (refused.stage, refused.fault, refused.code) == (Stage.CONNECT, fault, code)
    assert not refused.permanent


def test_an_endless_reply_does_not_condemn_the_recipient() -> None:
    def scene(stream: BinaryIO, _: socket.socket) -> None:
        stream.write(b"220 ready\r\n")
        for reply in (b"250 hello", b"250 ok", b"550 " + b"x" * 10_000):
            stream.readline()
            stream.write(reply + b"\r\n")

    with playing(scene) as port:
        refused = refusal(port)
    assert (refused.stage, refused.fault) == (Stage.RECIPIENT, Fault.PASSING)


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = MailServer("127.0.0.1", silent.getsockname()[1])
        with Conversation(server, timeout=0.2) as conversation, pytest.raises(MailRefused) as refused:
            conversation.send(SHOP, ZOE, MAIL, nothing_to_commit)
    assert (refused.value.stage, refused.value.fault) == (Stage.CONNECT, Fault.PASSING)


# --- servers that take several commands at once ---------------------------------------------------------------------


def _pipelining(*answers: bytes) -> Callable[[BinaryIO, socket.socket], None]:
    """Answers the three commands before a mail only when it has heard them all."""

    def scene(stream: BinaryIO, _: socket.socket) -> None:
        stream.write(b"220 ready\r\n")
        stream.readline()
        stream.write(b"250-hello\r\n250 PIPELINING\r\n")
        said = [stream.readline()[:4] for _answer in answers]
        assert said == [b"MAIL", b"RCPT", b"DATA"]
        stream.write(b"".join(answer + b"\r\n" for answer in answers))
        if answers[-1].startswith(b"354") and all(answer.startswith(b"250") for answer in answers[:-1]):
            whole_mail(stream)
            stream.write(b"250 taken\r\n")
        assert stream.readline() in {b"", b"QUIT\r\n", b"RSET\r\n"}

    return scene


def test_where_a_server_can_hear_the_whole_envelope_at_once_it_does() -> None:
    with playing(_pipelining(b"250 ok", b"250 ok", b"354 go on")) as port, talk_to(port) as conversation:
        assert conversation.send(SHOP, ZOE, MAIL, nothing_to_commit).code == 250


@pytest.mark.parametrize(
    ("answers", "stage", "code", "is_open"),
    [
        ((b"550 no", b"503 what?", b"503 what?"), Stage.SENDER, 550, True),
        ((b"250 ok", b"550 5.1.1 nobody", b"554 no recipients"), Stage.RECIPIENT, 550, True),
        ((b"250 ok", b"550 5.1.1 nobody", b"354 go on"), Stage.RECIPIENT, 550, False),
        ((b"250 ok", b"250 ok", b"451 not now"), Stage.DATA, 451, True),
        ((b"250 ok", b"421 closing", b""), Stage.RECIPIENT, 421, False),
    ],
)
def test_the_first_refusal_of_an_envelope_counts_and_no_mail_goes_to_nobody(
    answers: tuple[bytes, ...], stage: Stage, code: int, is_open: bool
) -> None:
    committed: list[str] = []
    with playing(_pipelining(*answers)) as port, talk_to(port) as conversation:
        with pytest.raises(MailRefused) as refused:
            conversation.send(SHOP, ZOE, MAIL, lambda: committed.append("handing"))
        assert conversation.is_open is is_open
    assert (refused.value.stage, refused.value.code, committed) == (stage, code, [])


def test_a_line_that_drops_within_the_envelope_is_a_safe_retry() -> None:
    def scene(stream: BinaryIO, _: socket.socket) -> None:
        stream.write(b"220 ready\r\n")
        stream.readline()
        stream.write(b"250-hello\r\n250 PIPELINING\r\n")
        stream.readline()
        stream.write(b"250 ok\r\n")

    with playing(scene) as port:
        refused = refusal(port)
    assert (refused.stage, refused.fault, refused.code) == (Stage.RECIPIENT, Fault.PASSING, None)


# --- lines that drop ------------------------------------------------------------------------------------------------


def test_a_line_that_drops_in_the_middle_of_a_mail_is_a_safe_retry() -> None:
    def scene(stream: BinaryIO, _: socket.socket) -> None:
        up_to_the_body(stream)
        stream.readline()

    committed: list[str] = []
    with playing(scene) as port, talk_to(port) as conversation, pytest.raises(MailRefused) as refused:
        conversation.send(SHOP, ZOE, MAIL + b"line\r\n" * 3_000_000, lambda: committed.append("handing"))
    assert (refused.value.stage, refused.value.fault, refused.value.code) == (Stage.DATA, Fault.PASSING, None)
    assert committed == [], "nobody is told that the mail may be gone"


def test_a_line_that_drops_during_the_commit_is_a_safe_retry() -> None:
    seen: list[bytes] = []
    committing, hung_up = threading.Event(), threading.Event()

    def scene(stream: BinaryIO, connection: socket.socket) -> None:
        up_to_the_body(stream)
        while seen[-1:] != [b"Tell us.\r\n"]:
            seen.append(stream.readline())
        assert committing.wait(PATIENCE)
        connection.shutdown(socket.SHUT_RDWR)
        hung_up.set()

    def commit() -> None:
        committing.set()
        assert hung_up.wait(PATIENCE)

    with playing(scene) as port, talk_to(port) as conversation, pytest.raises(MailRefused) as refused:
        conversation.send(SHOP, ZOE, MAIL, commit)
    assert committing.is_set()
    assert (refused.value.stage, refused.value.permanent) == (Stage.DATA, False)
    assert b".\r\n" not in seen


def test_a_server_that_has_had_enough_before_the_dot_is_heard() -> None:
    spoken = threading.Event()

    def scene(stream: BinaryIO, _: socket.socket) -> None:
        up_to_the_body(stream)
        while stream.readline() != b"Tell us.\r\n":
            pass
        stream.write(b"421 4.3.2 Shutting down\r\n")
        spoken.set()

    def commit() -> None:
        assert spoken.wait(PATIENCE)

    with playing(scene) as port, talk_to(port) as conversation, pytest.raises(MailRefused) as refused:
        conversation.send(SHOP, ZOE, MAIL, commit)
    assert (refused.value.stage, refused.value.code, refused.value.permanent) == (Stage.DATA, 421, False)


@pytest.mark.parametrize("answer", [b"", b"25", b"what?\r\n", b"354 more\r\n", b"250 " + b"x" * 10_000 + b"\r\n"])
def test_no_answer_to_the_final_dot_leaves_the_outcome_unknown(answer: bytes) -> None:
    def scene(stream: BinaryIO, _: socket.socket) -> None:
        up_to_the_body(stream)
        whole_mail(stream)
        stream.write(answer)

    committed: list[str] = []
    with playing(scene) as port, talk_to(port) as conversation, pytest.raises(OutcomeUnknown) as unknown:
        conversation.send(SHOP, ZOE, MAIL, lambda: committed.append("handing"))
    assert committed == ["handing"]
    assert "may or may not" in str(unknown.value)
    assert not isinstance(unknown.value, MailRefused), "handled as a refusal it would be sent twice"


def test_a_server_that_thinks_for_too_long_leaves_the_outcome_unknown() -> None:
    def scene(stream: BinaryIO, _: socket.socket) -> None:
        up_to_the_body(stream)
        whole_mail(stream)
        assert stream.readline() == b"", "the client hung up"

    with playing(scene) as port, talk_to(port, final_timeout=0.2) as conversation, pytest.raises(OutcomeUnknown):
        conversation.send(SHOP, ZOE, MAIL, nothing_to_commit)


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("zoe@example.com\r\nRCPT TO:<x@y.example>", "line break"),
        ("zoe@example.com\n", "line break"),
        ("zoë@example.com", "ASCII"),
        ("zoe@exämple.com", "ASCII"),
        ("zoe", "no name or no domain"),
        ("@example.com", "no name or no domain"),
        ("", "no name or no domain"),
        ("<zoe@example.com>", "cannot stand there"),
        ("zoe@example.com>SIZE=1<a@b", "cannot stand there"),
        ("zoe @example.com", "cannot stand there"),
        ("zoe@example.com,ben@example.com", "cannot stand there"),
        ("zoe\x00@example.com", "cannot stand there"),
        ("z" * 250 + "@example.com", "longer than 254"),
    ],
)
def test_an_address_that_cannot_be_asked_for_is_refused_kindly_and_without_a_server(address: str, problem: str) -> None:
    nowhere = MailServer("127.0.0.1", 1)
    with Conversation(nowhere) as conversation:
        with pytest.raises(MailRefused, match=problem) as refused:
            conversation.send(SHOP, address, MAIL, nothing_to_commit)
        assert (refused.value.stage, refused.value.address_is_bad) == (Stage.RECIPIENT, True)
        with pytest.raises(MailRefused, match=problem) as refused:
            conversation.send(address, ZOE, MAIL, nothing_to_commit)
        assert (refused.value.stage, refused.value.fault) == (Stage.SENDER, Fault.SETTINGS)


@pytest.mark.parametrize("address", [ZOE, "o'neil+shop@sub.example.co.uk", "a.b_c-d!#$%&*/=?^`{|}~@x.example"])
def test_unusual_addresses_are_fine(address: str) -> None:
    assert address_problem(address) is None


# --- signing in and encryption --------------------------------------------------------------------------------------


def only_the_shop(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, credentials: LoginPassword
) -> AuthResult:
    return AuthResult(success=credentials == LoginPassword(b"shop", b"s3cret/?#@:"), handled=False)


def test_a_wrong_password_is_the_shops_fault_and_is_not_repeated_to_anybody() -> None:
    post = Post()
    with serving(post, authenticator=only_the_shop, auth_require_tls=False) as port:
        with Conversation(MailServer.from_url(f"smtp://shop:s3cret%2F%3F%23%40%3A@127.0.0.1:{port}")) as conversation:
            conversation.send(SHOP, ZOE, MAIL, nothing_to_commit)
        wrong = MailServer.from_url(f"smtp://shop:wr0ng@127.0.0.1:{port}")
        with Conversation(wrong) as conversation, pytest.raises(MailRefused) as refused:
            conversation.open()
    assert len(post.kept) == 1
    assert (refused.value.stage, refused.value.code, refused.value.fault) == (Stage.CONNECT, 535, Fault.SETTINGS)
    assert "wr0ng" not in str(refused.value)


def test_a_server_that_knows_no_sign_in_is_a_matter_of_settings() -> None:
    with serving(Post(), auth_exclude_mechanism=["LOGIN", "PLAIN"]) as port:
        server = MailServer.from_url(f"smtp://shop:s3cret@127.0.0.1:{port}")
        with Conversation(server) as conversation, pytest.raises(MailRefused) as refused:
            conversation.open()
    assert refused.value.settings_are_bad


def test_a_server_without_encryption_is_never_spoken_to_in_clear_instead() -> None:
    post = Post()
    with serving(post) as port:
        server = MailServer("127.0.0.1", port, Security.STARTTLS)
        with Conversation(server) as conversation, pytest.raises(MailRefused) as refused:
            conversation.send(SHOP, ZOE, MAIL, nothing_to_commit)
    assert refused.value.settings_are_bad
    assert not post.kept


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh key and certificate for localhost, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command to make a certificate")
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    new = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subprocess.run(
        [*new, *subject, "-keyout", str(path), "-out", str(path.with_suffix(".crt"))],
        check=True,
        capture_output=True,
        timeout=60,
    )
    path.write_bytes(path.read_bytes() + path.with_suffix(".crt").read_bytes())
    return path


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_mail_and_password_travel_encrypted_to_a_server_that_is_known(certificate: Path, security: Security) -> None:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate)
    ours = ssl.create_default_context(cafile=certificate.with_suffix(".crt"))
    where = "ssl_context" if security is Security.TLS else "tls_context"
    post = Post()
    sign_in: dict[str, Any] = {"authenticator": only_the_shop, "auth_require_tls": security is Security.STARTTLS}
    with serving(post, **{where: theirs}, **sign_in) as port:
        server = MailServer.from_url(f"{security}://shop:s3cret%2F%3F%23%40%3A@127.0.0.1:{port}")
        with Conversation(server, tls=ours, timeout=PATIENCE) as conversation:
            for _ in range(5):
                conversation.send(SHOP, ZOE, MAIL, nothing_to_commit)
        with Conversation(server, timeout=PATIENCE) as conversation, pytest.raises(MailRefused) as refused:
            conversation.open()
    assert post.kept == [([ZOE], MAIL)] * 5
    assert refused.value.settings_are_bad, "a certificate that nobody vouches for"


# --- the server's URL -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:1025", MailServer("127.0.0.1", 1025)),
        ("smtp://mail.example.com", MailServer("mail.example.com", 25)),
        ("smtps://u:p@mail.example.com", MailServer("mail.example.com", 465, Security.TLS, "u", "p")),
        ("smtp+starttls://u:p@mail.example.com/", MailServer("mail.example.com", 587, Security.STARTTLS, "u", "p")),
        ("smtp://me%40shop:a%2Fb%3A%25@h:26", MailServer("h", 26, Security.NONE, "me@shop", "a/b:%")),
        ("smtp://[::1]:1025", MailServer("::1", 1025)),
    ],
)
def test_a_server_is_named_by_a_url(url: str, server: MailServer) -> None:
    assert MailServer.from_url(url) == server


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "begins with smtp://"),
        ("https://u:s3cret@host", "begins with smtp://"),
        ("u:s3cret@host", "begins with smtp://"),
        ("smtp://u:s3cret@host\n:25", "one line"),
        ("smtp://u:s3cret@[host", "one line"),
        ("smtp://u:s3cret@", "names no host"),
        ("smtp://u:s3cret@host:0", "port"),
        ("smtp://u:s3cret@host:65536", "port"),
        ("smtp://u:s3cret@host:mail", "port"),
        ("smtp://u:s3cret/x@host", "%2F"),
        ("smtp://u:s3cret#x@host", "%23"),
        ("smtp://u:s3cret?x@host", "%3F"),
        ("smtp://host:s3cret", "port"),
        ("smtp://host/path", "port"),
        ("smtp://:s3cret@host", "both a user and a password"),
        ("smtp://u@host", "both a user and a password"),
        ("smtp://u:s3cr%C3%A9t@host", "plain ASCII"),
        ("smtp://u:s3cret%0D%0A@host", "plain ASCII"),
    ],
)
def test_a_wrong_url_is_explained_without_its_password(url: str, problem: str) -> None:
    with pytest.raises(ValueError, match="mail server's") as wrong:
        MailServer.from_url(url)
    assert problem in str(wrong.value)
    assert "s3c" not in str(wrong.value)
    assert wrong.value.__context__ is None, "nor in what a traceback shows above"


def test_a_server_never_shows_its_password() -> None:
    server = MailServer.from_url("smtps://u:s3cret@mail.example.com")
    assert str(server) == "mail.example.com:465"
    assert "s3cret" not in repr(server)


def test_what_a_server_says_is_kept_without_anybody_s_address() -> None:
    long = f"550 5.1.1 {'<zoe@example.com> ' * 20}: no such user"
    with serving(Post(recipient=long)) as port:
        said = str(refusal(port))
    assert "<address>" in said
    assert "zoe" not in said
