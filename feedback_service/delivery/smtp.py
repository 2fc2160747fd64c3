"""A conversation with a mail server that says exactly when a mail leaves our hands.

`smtplib.SMTP.sendmail` sends a mail's last line and its final dot as one; here the caller is called in
between, so that "it may be gone from now on" can be made durable first.
"""

import select
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from feedback_service.delivery.mail_server import MailServer, Security
from feedback_service.delivery.rules.addresses import address_problem
from feedback_service.delivery.rules.mime import without_addresses
from feedback_service.delivery.rules.rates import concerns_the_domain
from feedback_service.delivery.rules.refusals import Fault, Stage, whose_fault
from feedback_service.delivery.rules.wire import on_the_wire

REPLY_TIMEOUT = 30.0  # seconds for connecting, for each reply and for the body
FINAL_TIMEOUT = 60.0  # seconds; giving up here makes the outcome unknown, so it waits longer (RFC 5321 4.5.3.2.6)
QUIT_TIMEOUT = 2.0  # seconds; nothing depends on the good-bye
LONGEST_REPLY_SHOWN = 300  # characters of a server's words repeated to staff

_SERVICE_CLOSING = 421


_ASKED = {
    Stage.CONNECT: "the greeting",
    Stage.SENDER: "the sender's address",
    Stage.RECIPIENT: "the recipient's address",
    Stage.DATA: "the mail, before its end",
    Stage.FINAL: "the mail",
}
REFUSES_US = "The recipient is not at fault: check the mail server's settings and the sender."
"""How a sentence ends that an admin has to act upon; the alarm looks for it."""

_ADVICE = {
    Fault.PASSING: "It can be tried again.",
    Fault.SETTINGS: REFUSES_US,
    Fault.CONTENT: "Another attempt would not help: look at what the mail says.",
    Fault.ADDRESS: "This address takes no mail.",
}


class MailRefused(Exception):  # noqa: N818 - a refusal is an answer, named as one
    """The mail was certainly not taken. `str()` is a sentence for staff; `code` is None without a reply.

    `domain_defers` tells that other mails to the recipient's domain would hear the same now.
    """

    def __init__(
        self, sentence: str, *, stage: Stage, fault: Fault, code: int | None = None, domain_defers: bool = False
    ) -> None:
        super().__init__(sentence)
        self.stage = stage
        self.fault = fault
        self.code = code
        self.domain_defers = domain_defers

    @property
    def permanent(self) -> bool:
        """Whether trying this mail again is pointless."""
        return self.fault in {Fault.ADDRESS, Fault.CONTENT}

    @property
    def address_is_bad(self) -> bool:
        """Whether the recipient's address is to be suppressed."""
        return self.fault is Fault.ADDRESS

    @property
    def settings_are_bad(self) -> bool:
        """Whether an admin has to act before any mail can leave."""
        return self.fault is Fault.SETTINGS


class OutcomeUnknown(Exception):  # noqa: N818 - neither sent nor refused; calling it an error would take sides
    """The final dot may have gone out and no answer was understood: the mail was taken, or it was not."""


@dataclass(frozen=True)
class Accepted:
    """The server answered for the mail: it is delivered or will bounce."""

    code: int
    text: str


@dataclass(frozen=True)
class _Line:
    """A command, and the first digit of the answer that is wanted."""

    stage: Stage
    words: str
    wanted: int


class Conversation:
    """One connection for many mails, opened by the first; not for use by two threads at once.

    A connection that was lost between two mails is opened again. Where each mail was taken, the next costs four
    commands: MAIL, RCPT, DATA and the mail. `timeout` and `final_timeout` are seconds; `tls` replaces the
    system's trust store.
    """

    def __init__(
        self,
        server: MailServer,
        *,
        timeout: float = REPLY_TIMEOUT,
        final_timeout: float = FINAL_TIMEOUT,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.server = server
        self._timeout = timeout
        self._final_timeout = final_timeout
        self._tls = tls
        self._smtp: smtplib.SMTP | None = None
        self._remains = False  # whether a mail that was refused may have left something behind

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say good-bye, if anybody is there to hear it. The conversation can be taken up again."""
        if self._smtp is not None:
            try:
                _socket(self._smtp).settimeout(QUIT_TIMEOUT)
                self._smtp.docmd("QUIT")
            except (smtplib.SMTPException, OSError):
                pass  # every mail before it has had its answer
            self._drop()

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as anybody knows without asking."""
        return self._smtp is not None

    def hang_up(self) -> None:
        """Close without a word, which takes back a mail whose end has not been sent. It can be taken up again."""
        self._drop()

    def open(self) -> None:
        """Connect, encrypt and sign in, which `send` does by itself; alone it is a test of the settings.

        Raises MailRefused with stage `connect`.
        """
        if self._smtp is None:
            self._smtp = self._dial()

    def send(self, sender: str, recipient: str, raw: bytes, before_final_dot: Callable[[], None]) -> Accepted:
        """Hand over one mail, with bare addresses as its envelope.

        `before_final_dot` is called when the server has the whole mail and only the dot that commits it is
        missing. Whatever it raises passes through, and the mail is then not sent.

        Raises MailRefused when the mail was certainly not taken, OutcomeUnknown when nobody can say.
        """
        self._check(sender, Stage.SENDER, Fault.SETTINGS)
        self._check(recipient, Stage.RECIPIENT, Fault.ADDRESS)
        smtp = self._begun(sender, recipient, ascii_only=raw.isascii())
        try:
            self._write(smtp, on_the_wire(raw))
            self._expect_silence(smtp)  # so that nobody commits "may be gone" for a mail that is not
            before_final_dot()
            self._expect_silence(smtp)  # a commit takes time, and a drop found now is still a safe retry
            code, text = self._final_dot(smtp)
        except BaseException:
            self._drop()  # within the body even QUIT is text: only hanging up takes the mail back
            raise
        return self._accepted(code, text)

    def _begun(self, sender: str, recipient: str, *, ascii_only: bool) -> smtplib.SMTP:
        """The connection, once the server wants the mail itself."""
        kept = self._clean()
        if kept is not None:
            try:
                self._announce(kept, sender, recipient, ascii_only)
            except MailRefused as refusal:
                if self._smtp is not None or refusal.stage is not Stage.SENDER:
                    raise  # an answer, and not a server that hung up on whoever was silent
            else:
                return kept
        self._smtp = self._dial()
        self._announce(self._smtp, sender, recipient, ascii_only)
        return self._smtp

    def _announce(self, smtp: smtplib.SMTP, sender: str, recipient: str, ascii_only: bool) -> None:
        eight_bit = " BODY=8BITMIME" if not ascii_only and smtp.has_extn("8bitmime") else ""
        lines = (
            _Line(Stage.SENDER, f"MAIL FROM:<{sender}>{eight_bit}", wanted=2),
            _Line(Stage.RECIPIENT, f"RCPT TO:<{recipient}>", wanted=2),
            _Line(Stage.DATA, "DATA", wanted=3),
        )
        self._remains = True
        if smtp.has_extn("pipelining"):
            self._ask_at_once(smtp, lines)
        else:
            for line in lines:
                self._ask_at_once(smtp, (line,))

    def _clean(self) -> smtplib.SMTP | None:
        """The open connection, free of an earlier mail's remains; None where there is none."""
        if self._smtp is not None and self._remains and not self._reset(self._smtp):
            self._drop()
        return self._smtp

    def _reset(self, smtp: smtplib.SMTP) -> bool:
        try:
            return smtp.docmd("RSET")[0] // 100 == 2  # noqa: PLR2004 - a reply's first digit
        except (smtplib.SMTPException, OSError):
            return False

    def _dial(self) -> smtplib.SMTP:
        smtp: smtplib.SMTP | None = None
        try:
            smtp = self._connection()
            # Without this the dot, a second small packet, waits for the first to be acknowledged: 40 ms a mail.
            _socket(smtp).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._introduce(smtp)
        except (smtplib.SMTPException, OSError) as error:
            if smtp is not None:
                smtp.close()
            raise self._lost(Stage.CONNECT, error) from error
        return smtp

    def _connection(self) -> smtplib.SMTP:
        host, port = self.server.host, self.server.port
        # On the loopback a look-up of our own full name would only cost time.
        name = "localhost" if host in {"127.0.0.1", "::1", "localhost"} else None
        if self.server.security is Security.TLS:
            return smtplib.SMTP_SSL(host, port, name, timeout=self._timeout, context=self._trust())
        return smtplib.SMTP(host, port, name, timeout=self._timeout)

    def _introduce(self, smtp: smtplib.SMTP) -> None:
        if self.server.security is Security.STARTTLS:
            smtp.starttls(context=self._trust())
        smtp.ehlo_or_helo_if_needed()
        if self.server.username:
            smtp.login(self.server.username, self.server.password)

    def _trust(self) -> ssl.SSLContext:
        return self._tls or ssl.create_default_context()

    def _ask_at_once(self, smtp: smtplib.SMTP, lines: Sequence["_Line"]) -> None:
        """Say the lines, then hear an answer to each (RFC 2920). The first that is not what is wanted is a refusal."""
        refusal: MailRefused | None = None
        stage = lines[0].stage
        try:
            smtp.send("".join(f"{line.words}\r\n" for line in lines))
            for line in lines:
                stage = line.stage
                code, words = smtp.getreply()
                if code // 100 != line.wanted:
                    refusal = refusal or self._refused(stage, code, _words(words))
                elif refusal and stage is Stage.DATA:  # it waits for a mail to nobody
                    self._drop()
                if self._smtp is not smtp:
                    break
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise refusal or self._lost(stage, error) from error
        if refusal:
            raise refusal

    def _write(self, smtp: smtplib.SMTP, wire: bytes) -> None:
        try:
            smtp.send(wire)
        except (smtplib.SMTPException, OSError) as error:
            raise self._lost(Stage.DATA, error) from error

    def _expect_silence(self, smtp: smtplib.SMTP) -> None:
        """Before the final dot a server has nothing to say, unless it hangs up or has had enough."""
        listening = select.poll()
        listening.register(_socket(smtp), select.POLLIN)
        if not listening.poll(0):
            return
        try:
            code, words = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise self._lost(Stage.DATA, error) from error
        raise self._refused(Stage.DATA, code, _words(words))

    def _final_dot(self, smtp: smtplib.SMTP) -> tuple[int, str]:
        try:
            _socket(smtp).settimeout(self._final_timeout)
            smtp.send(b".\r\n")
            code, words = smtp.getreply()
            _socket(smtp).settimeout(self._timeout)
        except (smtplib.SMTPException, OSError) as error:
            raise OutcomeUnknown(
                f"The mail server {self.server} had the whole mail, but its answer never came"
                f" ({_reason(error)}). The mail may or may not have been delivered."
            ) from error
        if code // 100 not in {2, 4, 5}:
            raise OutcomeUnknown(
                f"The mail server {self.server} had the whole mail, but what it answered is no reply."
                " The mail may or may not have been delivered."
            )
        return code, _words(words)

    def _accepted(self, code: int, text: str) -> Accepted:
        if code // 100 != 2:  # noqa: PLR2004 - a reply's first digit
            raise self._refused(Stage.FINAL, code, text)
        self._remains = False
        return Accepted(code, text)

    def _refused(self, stage: Stage, code: int, text: str) -> MailRefused:
        if code == _SERVICE_CLOSING or code < 0:
            self._drop()
        fault = whose_fault(stage, code, text)
        said = f"{code} {text}".strip() if code > 0 else "something that is no reply"
        sentence = f"The mail server {self.server} answered {_ASKED[stage]} with “{said}”. {_ADVICE[fault]}"
        return MailRefused(
            sentence,
            stage=stage,
            fault=fault,
            code=code if code > 0 else None,
            domain_defers=concerns_the_domain(stage, code, text),
        )

    def _lost(self, stage: Stage, error: Exception) -> MailRefused:
        """What smtplib raised, where no mail can have been taken yet."""
        if stage is Stage.CONNECT and isinstance(error, smtplib.SMTPResponseException):  # else it is smtplib's own
            return self._refused(stage, error.smtp_code, _words(error.smtp_error))
        ours = isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError) or type(error) is smtplib.SMTPException
        fault = Fault.SETTINGS if ours else Fault.PASSING
        problem = "could not be talked to" if stage is Stage.CONNECT else f"was lost at {_ASKED[stage]}"
        sentence = f"The mail server {self.server} {problem}: {_reason(error)}. {_ADVICE[fault]}"
        return MailRefused(sentence, stage=stage, fault=fault)

    def _check(self, address: str, stage: Stage, fault: Fault) -> None:
        """Refuse what must not or cannot stand in an SMTP command."""
        problem = address_problem(address)
        if problem:
            whose = "recipient's" if stage is Stage.RECIPIENT else "sender's"
            raise MailRefused(f"The {whose} address {problem}.", stage=stage, fault=fault)

    def _drop(self) -> None:
        """Hang up without a word."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None
        self._remains = False


def _words(reply: bytes | str) -> str:
    """A server's words as one short line of printable text, without anybody's address: staff read them for good."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    line = without_addresses(" ".join("".join(each if each.isprintable() else " " for each in text).split()))
    return line if len(line) <= LONGEST_REPLY_SHOWN else line[: LONGEST_REPLY_SHOWN - 1] + "…"


def _reason(error: Exception) -> str:
    strerror = getattr(error, "strerror", None)
    return _words(str(strerror or error)).rstrip(".") or type(error).__name__


def _socket(smtp: smtplib.SMTP) -> socket.socket:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("the connection is closed")
    return smtp.sock
