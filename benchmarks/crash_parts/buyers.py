"""Buyers who answer what they are mailed, and press again until a page says that it was kept."""

import email
import re
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from queue import Empty
from time import monotonic
from urllib.parse import urlencode, urlsplit

from .people import Buyer, number_of
from .sink import Mail, Sink

THREADS = 6
REQUEST_SECONDS = 20.0
PAUSE_SECONDS = 0.1  # between two tries
READING_SECONDS = 1.0  # from a page to its press: whoever presses in no time at all is taken for a machine
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
"""Programs that say what they are count as machines, and their answers wait for a second sign."""
_LINK = re.compile(r"(https?://\S+/r/[^\s?]+)\?score=\d+")
_HIDDEN = re.compile(r'<input(?=[^>]*type="hidden")(?=[^>]*name="([^"]+)")(?=[^>]*value="([^"]*)")[^>]*>')


class NotKeptError(Exception):
    """A page did not say that it kept what was sent."""


@dataclass
class Told:
    """What the pages acknowledged: from then on it must be there, whatever dies."""

    scores: dict[int, int] = field(default_factory=dict)
    comments: dict[int, str] = field(default_factory=dict)


Form = dict[str, str]
"""The hidden fields of a page."""


@dataclass(frozen=True)
class _Reading:
    """A buyer with the page of the score before them, until they have read it."""

    buyer: Buyer
    link: str
    form: Form
    until: float


@dataclass
class Buyers:
    """As many as are to answer, on `THREADS` connections to one port."""

    sink: Sink
    port: int
    wanted: int
    told: Told = field(default_factory=Told)
    answered: int = 0
    """Who is through with it."""
    refusals: Counter[str] = field(default_factory=Counter)
    """Why a press had to be repeated."""
    requests: int = 0
    _taken: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin to read mail; once."""
        if self._threads:
            return
        self._threads = [threading.Thread(target=self._live, name="buyer", daemon=True) for _ in range(THREADS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let nobody press any more."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _live(self) -> None:
        """Open what arrives, and press where the page was read meanwhile: reading keeps nobody else waiting."""
        browser, readers = _Browser(self.port, self._count), deque[_Reading]()
        while not self._over.is_set():
            if readers and readers[0].until <= monotonic():
                self._answer(browser, readers.popleft())
                continue
            try:
                mail = self.sink.arrived.get(timeout=PAUSE_SECONDS)
            except Empty:
                continue
            buyer = Buyer(number_of(mail.recipient))
            if self._takes(buyer) and (reading := self._open(browser, buyer, _link_in(mail))):
                readers.append(reading)

    def _count(self) -> None:
        with self._lock:
            self.requests += 1

    def _takes(self, buyer: Buyer) -> bool:
        """Whether this buyer is one of those who answer, and has not begun yet."""
        with self._lock:
            if buyer.number in self._taken or len(self._taken) >= self.wanted:
                return False
            self._taken.add(buyer.number)
            return True

    def _open(self, browser: "_Browser", buyer: Buyer, link: str) -> _Reading | None:
        """The page of the score; None where all is over before it comes."""
        forms: list[Form] = []

        def look() -> None:
            forms.append(browser.open(f"{link}?score={buyer.score}", buyer))

        if not self._until_kept(browser, look):
            return None
        return _Reading(buyer, link, forms[-1], monotonic() + READING_SECONDS)

    def _answer(self, browser: "_Browser", reading: _Reading) -> None:
        buyer, link, form = reading.buyer, reading.link, dict(reading.form)

        def press() -> None:
            try:
                browser.send(link, buyer, form, score=str(buyer.score))
            except NotKeptError:  # as where the clock went so far ahead that the page is too old
                form.update(browser.open(f"{link}?score={buyer.score}", buyer))
                self._over.wait(READING_SECONDS)
                raise

        def write() -> None:
            browser.send(f"{link}/more", buyer, browser.open(f"{link}/more", buyer), comment=buyer.comment)

        if self._until_kept(browser, press):
            self.told.scores[buyer.number] = buyer.score
            if not buyer.comment or self._until_kept(browser, write):
                self.told.comments[buyer.number] = buyer.comment
                with self._lock:
                    self.answered += 1

    def _until_kept(self, browser: "_Browser", act: Callable[[], None]) -> bool:
        """Repeat until a page says that it was kept; whether it ever did."""
        while not self._over.is_set():
            try:
                act()
            except (OSError, HTTPException, NotKeptError) as problem:
                reason = str(problem) if isinstance(problem, NotKeptError) else type(problem).__name__
                with self._lock:
                    self.refusals[reason] += 1
                browser.hang_up()
                self._over.wait(PAUSE_SECONDS)
            else:
                return True
        return False


class _Browser:
    """One connection that runs no script."""

    def __init__(self, port: int, count: Callable[[], None]) -> None:
        self._line = HTTPConnection("127.0.0.1", port, timeout=REQUEST_SECONDS)
        self._count = count

    def hang_up(self) -> None:
        self._line.close()

    def open(self, link: str, buyer: Buyer) -> Form:
        """The form of a page. Raises NotKeptError, OSError and HTTPException."""
        status, page = self._ask("GET", link, buyer)
        if status != 200:
            raise NotKeptError(f"GET gave {status}")
        return dict(_HIDDEN.findall(page))

    def send(self, link: str, buyer: Buyer, form: Form, **fields: str) -> None:
        """Send a page's form. Raises NotKeptError, OSError and HTTPException."""
        status, _ = self._ask("POST", link, buyer, urlencode({**form, **fields}))
        if status != 303:
            raise NotKeptError(f"POST gave {status}")

    def _ask(self, method: str, link: str, buyer: Buyer, body: str | None = None) -> tuple[int, str]:
        parts = urlsplit(link)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {
            "X-Forwarded-For": buyer.client,
            "User-Agent": AGENT,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._line.request(method, target, body, headers)
        response = self._line.getresponse()
        page = response.read().decode()
        self._count()
        return response.status, page


def _link_in(mail: Mail) -> str:
    """The address of the answering page, out of the mail's plain text."""
    for part in email.message_from_bytes(mail.raw).walk():
        if part.get_content_type() == "text/plain":
            found = _LINK.search(bytes(part.get_payload(decode=True)).decode())
            if found:
                return found[1]
    raise NotKeptError(f"the mail to {mail.recipient} has no link")
