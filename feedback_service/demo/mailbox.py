"""The demo's mail server: it keeps every mail it accepts in a folder and delivers none."""

import email.policy
import ipaddress
import os
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

WRITERS = 8  # threads; the disk makes several waiting mails durable in one go
HEADERS_WITHIN = 64 * 1024  # bytes; a listing reads no further into a mail

_ID = re.compile(r"[0-9]{20}")  # nanoseconds since 1970: sorting by name is sorting by arrival
_SUFFIX = ".eml"
_HALF_WRITTEN = ".part"
_PARSER = BytesParser(policy=email.policy.default)
# Headers as plain text: what is wrong within a Message-ID is shown, and not parsed.
_HEADER_PARSER = BytesHeaderParser(
    policy=email.policy.EmailPolicy(header_factory=HeaderRegistry(use_default_map=False))
)


@dataclass(frozen=True)
class StoredMail:
    """One mail as a list shows it. `sender` and `to` are the envelope's; `size` is in bytes."""

    id: str
    received_at: datetime
    sent_at: datetime
    """By its Date header: in the demo's played weeks, long before it was received."""
    sender: str
    to: str
    subject: str
    message_id: str
    size: int


@dataclass(frozen=True)
class OpenedMail(StoredMail):
    """One mail with its content; `html` and `text` are empty when it has no such part."""

    html: str
    text: str
    source: str


class Mailbox:
    """A folder of accepted mails, and the server that fills it.

    Several may look into one folder, one serves it. Reading needs no running server.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cache: dict[str, StoredMail] = {}  # by id; a stored mail never changes
        self._cache_lock = threading.Lock()
        self._controller: Controller | None = None
        self._writers: ThreadPoolExecutor | None = None
        self._last_id = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen in a thread of its own and return the port; 0 takes a free one.

        Raises ValueError for an address that other machines can reach, RuntimeError when it already listens,
        OSError when the port is taken.
        """
        if self._controller is not None:
            raise RuntimeError("The mailbox is already listening.")
        if not _is_loopback(host):
            raise ValueError("The mailbox takes mail from anybody, so it listens on loopback addresses only.")
        self._prepare()
        listening = _socket(host, port)
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="mailbox")
        self._controller = _Listener(_Keeper(self, self._writers), listening)
        self._controller.start()
        bound: int = listening.getsockname()[1]
        return bound

    def stop(self) -> None:
        """Hang up and wait until what is being written is written. Does nothing when not listening."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None
        if self._writers is not None:
            self._writers.shutdown()
            self._writers = None

    def mails(self) -> list[StoredMail]:
        """Every stored mail, newest first. Only mails that were not listed before are opened."""
        with self._cache_lock:
            ids = set(self._ids())
            for gone in self._cache.keys() - ids:
                del self._cache[gone]
            for fresh in ids - self._cache.keys():
                self._cache[fresh] = self._summary(fresh)
            return [self._cache[id] for id in sorted(ids, reverse=True)]

    def read(self, id: str) -> OpenedMail:
        """One mail with its content. Raises KeyError for an id that is unknown or none at all."""
        if not _ID.fullmatch(id):  # nothing else ever becomes part of a path
            raise KeyError(id)
        try:
            raw = self._path(id).read_bytes()
        except FileNotFoundError:
            raise KeyError(id) from None
        message = _PARSER.parsebytes(raw)
        return OpenedMail(
            **vars(_described(id, raw, len(raw))),
            html=_body(message, "html"),
            text=_body(message, "plain"),
            source=raw.decode("utf-8", "replace"),
        )

    def message_ids(self) -> set[str]:
        """The Message-IDs of all stored mails."""
        return set(self.log())

    def log(self) -> Counter[str]:
        """How often each Message-ID was accepted; twice is a duplicate, and `total()` counts all mails."""
        return Counter(mail.message_id for mail in self.mails())

    def keep(self, id: str, content: bytes) -> None:
        """Store one mail under a fresh id; when this returns, it survives a power cut. Raises OSError."""
        half = self.folder / f".{id}{_HALF_WRITTEN}"
        try:
            with half.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            half.rename(self._path(id))
        except OSError:
            half.unlink(missing_ok=True)
            raise
        self._sync_folder()  # without it the file would be durable and its name not

    def next_id(self) -> str:
        """An id later than every other, also when the clock was set back."""
        self._last_id = max(self._last_id + 1, time.time_ns())
        return f"{self._last_id:020d}"

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for half in self.folder.glob(f".*{_HALF_WRITTEN}"):
            half.unlink()  # nobody was told that it arrived
        self._last_id = int(max(self._ids(), default="0"))

    def _ids(self) -> Iterable[str]:
        try:
            names = os.listdir(self.folder)  # noqa: PTH208 - names only, ten thousand times a second
        except FileNotFoundError:
            return []
        ids = (name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))
        return [id for id in ids if _ID.fullmatch(id)]

    def _path(self, id: str) -> Path:
        return self.folder / f"{id}{_SUFFIX}"

    def _summary(self, id: str) -> StoredMail:
        with self._path(id).open("rb") as file:
            head = file.read(HEADERS_WITHIN)
            size = os.fstat(file.fileno()).st_size
        return _described(id, head, size)

    def _sync_folder(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class _Keeper:
    """What aiosmtpd asks about every mail."""

    def __init__(self, mailbox: Mailbox, writers: ThreadPoolExecutor) -> None:
        self._mailbox = mailbox
        self._writers = writers

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        id = self._mailbox.next_id()
        content = _envelope_headers(envelope) + bytes(envelope.original_content or b"")
        try:
            await server.loop.run_in_executor(self._writers, self._mailbox.keep, id, content)
        except OSError as error:
            return f"451 4.3.0 The mail could not be stored: {error.strerror}"
        return f"250 2.0.0 Kept as {id}"


class _Listener(Controller):
    """A controller on a socket that is bound already, so that its port is known and cannot be lost."""

    def __init__(self, handler: _Keeper, listening: socket.socket) -> None:
        host, port = listening.getsockname()[:2]
        super().__init__(handler, host, port, server_hostname="localhost", ready_timeout=30)
        self._listening = listening

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)


def _envelope_headers(envelope: Envelope) -> bytes:
    """Above the sender's own headers, so that these are the ones found first."""
    recipients = ", ".join(envelope.rcpt_tos)
    pairs = (("X-Envelope-From", envelope.mail_from or ""), ("X-Envelope-To", recipients))
    return "".join(f"{name}: {_printable(value)}\r\n" for name, value in pairs).encode("ascii", "replace")


def _printable(value: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in value)


def _described(id: str, head: bytes, size: int) -> StoredMail:
    message = _HEADER_PARSER.parsebytes(head)
    return StoredMail(
        id=id,
        received_at=datetime.fromtimestamp(int(id) / 1e9, UTC),
        sent_at=_sent_at(message, int(id) / 1e9),
        sender=str(message["X-Envelope-From"] or ""),
        to=str(message["X-Envelope-To"] or ""),
        subject=str(message["Subject"] or ""),
        message_id=str(message["Message-ID"] or "").strip(),
        size=size,
    )


def _sent_at(message: Message, received: float) -> datetime:
    try:
        return parsedate_to_datetime(str(message["Date"])).astimezone(UTC)
    except ValueError:  # none, or none that makes sense
        return datetime.fromtimestamp(received, UTC)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, ValueError):  # an unknown charset or transfer encoding: show what is there
        payload = part.get_payload(decode=True)
        return payload.decode("latin-1") if isinstance(payload, bytes) else str(payload)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _socket(host: str, port: int) -> socket.socket:
    """A bound socket. It names TCP, by which asyncio knows to send small replies at once and not 40 ms later."""
    family = _family(host)
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
