"""A mail server on the loopback that misbehaves as planned and keeps its own log of what it did."""

import asyncio
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import TextIO, cast

from .faults import Fault
from .people import number_of

KEPT = "kept"
_PATH = re.compile(rb"<([^>]*)>")
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
_END = b"\r\n.\r\n"


@dataclass(frozen=True)
class Mail:
    """One mail as it came over the line."""

    recipient: str
    raw: bytes


@dataclass
class Sink:
    """What the server is to do wrong, what it did, and what it took."""

    faults: dict[int, Fault]
    log: TextIO
    arrived: SimpleQueue[Mail] = field(default_factory=SimpleQueue)
    url: str = ""
    kept: int = 0
    did: int = 0
    """Lines of the log: what has happened at all."""
    open: int = 0
    most_open: int = 0
    """Connections at once."""

    def next_fault(self, recipient: str) -> Fault | None:
        """What befalls this attempt; a fault that passes befalls only the first."""
        number = number_of(recipient)
        fault = self.faults.get(number)
        if fault is not None and fault is not Fault.NO_SUCH_USER:
            del self.faults[number]
        return fault

    def note(self, did: str, recipient: str, raw: bytes = b"") -> None:
        """Write a line of the log."""
        found = _MESSAGE_ID.search(raw)
        line = {"did": did, "recipient": recipient, "message_id": found[1].decode() if found else ""}
        self.log.write(json.dumps(line) + "\n")
        self.did += 1

    def keep(self, recipient: str, raw: bytes) -> None:
        """Answer for a mail."""
        self.note(KEPT, recipient, raw)
        self.kept += 1
        self.arrived.put(Mail(recipient, raw))


class _Conversation(asyncio.Protocol):
    """The server's side of one connection."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._buffer = bytearray()
        self._recipient = ""
        self._fault: Fault | None = None
        self._in_body = False
        self._silent = False
        self._line: asyncio.Transport  # from the moment on at which somebody connects

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._line = cast("asyncio.Transport", transport)
        self._sink.open += 1
        self._sink.most_open = max(self._sink.most_open, self._sink.open)
        self._say("220 localhost ready")

    def connection_lost(self, exc: Exception | None) -> None:
        self._sink.open -= 1

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while not self._silent and not self._line.is_closing() and self._take():
            pass

    def _take(self) -> bool:
        """Deal with one line, or with a whole body; whether there was one."""
        if self._in_body:
            return self._body()
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        self._command(line)
        return True

    def _command(self, line: bytes) -> None:
        match line[:4].upper():
            case b"EHLO":
                self._say("250-localhost", "250-PIPELINING", "250 8BITMIME")
            case b"RCPT":
                self._rcpt(line)
            case b"DATA":
                self._in_body = bool(self._recipient)
                self._say("354 go on" if self._in_body else "503 5.5.1 to whom?")
            case b"QUIT":
                self._say("221 2.0.0 good-bye")
                self._line.close()
            case _:
                self._recipient = ""
                self._say("250 2.0.0 fine")

    def _rcpt(self, line: bytes) -> None:
        found = _PATH.search(line)
        recipient = found[1].decode() if found else ""
        fault = self._sink.next_fault(recipient)
        if fault in {Fault.CLOSING, Fault.GREYLISTED, Fault.NO_SUCH_USER, Fault.SILENT_AT_RCPT}:
            self._sink.note(fault, recipient)
            self._refuse(fault)
            return
        self._recipient, self._fault = recipient, fault
        self._say("250 2.1.5 fine")

    def _refuse(self, fault: Fault) -> None:
        match fault:
            case Fault.CLOSING:
                self._say("421 4.3.2 closing down")
                self._line.close()
            case Fault.GREYLISTED:
                self._say("451 4.7.1 try again later")
            case Fault.NO_SUCH_USER:
                self._say("550 5.1.1 no such user")
            case _:
                self._silent = True

    def _body(self) -> bool:
        if self._fault is Fault.DROPPED_BEFORE_THE_DOT and self._buffer:
            self._sink.note(self._fault, self._recipient)
            self._line.abort()
            return False
        end = self._buffer.find(_END)
        if end < 0:
            return False
        raw = bytes(self._buffer[: end + 2])
        del self._buffer[: end + len(_END)]
        recipient, fault = self._recipient, self._fault
        self._recipient, self._fault, self._in_body = "", None, False
        self._whole(recipient, raw, fault)
        return True

    def _whole(self, recipient: str, raw: bytes, fault: Fault | None) -> None:
        """The final dot has come."""
        if fault is not None:
            self._sink.note(fault, recipient, raw)
        if fault in {None, Fault.TAKEN_THEN_DROPPED, Fault.TAKEN_THEN_SILENT}:
            self._sink.keep(recipient, raw)
        match fault:
            case None:
                self._say("250 2.0.0 kept")
            case Fault.BUSY_AFTER_THE_DOT:
                self._say("451 4.3.0 not now")
            case Fault.TAKEN_THEN_DROPPED | Fault.DROPPED_UNTAKEN:
                self._line.abort()
            case _:
                self._silent = True

    def _say(self, *lines: str) -> None:
        self._line.write("".join(f"{line}\r\n" for line in lines).encode())


@contextmanager
def listening(faults: dict[int, Fault], log: Path) -> Iterator[Sink]:
    """Take mail on a free port until the block ends; afterwards `log` holds every line."""
    loop = asyncio.new_event_loop()
    # Named as TCP, or asyncio leaves Nagle's algorithm on, and answers wait 40 ms.
    line = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    line.bind(("127.0.0.1", 0))
    with log.open("w") as file:
        sink = Sink(dict(faults), file, url=f"smtp://127.0.0.1:{line.getsockname()[1]}")
        server = loop.run_until_complete(loop.create_server(lambda: _Conversation(sink), sock=line))
        thread = threading.Thread(target=loop.run_forever, name="sink", daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            server.close()
            loop.close()
