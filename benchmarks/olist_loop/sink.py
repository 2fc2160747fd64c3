"""A real SMTP server on the loopback that keeps its own log of what it accepted."""

import email.policy
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.parser import BytesParser
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_ORDER = re.compile(r"\b[0-9a-f]{32}\b")
_SCORE_LINK = re.compile(r"(https?://\S+/r/\S+)\?score=(\d+)")


@dataclass(frozen=True)
class Received:
    """One accepted mail, as its reader sees it: whom it reached, what it is about, and a link for each score."""

    message_id: str
    date: datetime
    recipient: str
    order_id: str
    score_links: dict[int, str]
    answer_link: str


@dataclass
class Sink:
    """The log, and where the server listens."""

    url: str = ""
    log: list[Received] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.log.append(_read(bytes(envelope.original_content or b""), envelope.rcpt_tos[0]))
        return "250 2.0.0 Kept"


@contextmanager
def listening() -> Iterator[Sink]:
    """Take mail on a free port until the block ends."""
    sink = Sink()
    # Named as TCP, or asyncio leaves Nagle's algorithm on, and every greeting waits 40 ms for its second line.
    line = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    line.bind(("127.0.0.1", 0))
    controller = _Listener(sink, line)
    sink.url = f"smtp://127.0.0.1:{controller.port}"
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


class _Listener(Controller):
    """A controller on a socket that is bound already, so that its port is known."""

    def __init__(self, sink: Sink, listening_on: socket.socket) -> None:
        host, port = listening_on.getsockname()
        super().__init__(sink, host, port, server_hostname="localhost", ready_timeout=30)
        self._listening_on = listening_on

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listening_on)


def _read(raw: bytes, recipient: str) -> Received:
    message = BytesParser(policy=email.policy.default).parsebytes(raw)
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body else ""
    links = {int(score): f"{link}?score={score}" for link, score in _SCORE_LINK.findall(text)}
    order = _ORDER.search(text)
    return Received(
        message_id=str(message["Message-ID"]),
        date=message["Date"].datetime,
        recipient=recipient,
        order_id=order.group() if order else "",
        score_links=links,
        answer_link=next(iter(links.values())).partition("?")[0] if links else "",
    )
