"""Buyers with a browser that runs no script: they open the mail's link, press, and write."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from http.client import HTTPConnection
from ipaddress import IPv4Address
from urllib.parse import urlencode, urlsplit

import waitress
from flask import Flask

from .files import Answer
from .sink import Received

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
"""Programs that say what they are count as machines, and their answers wait for a second sign."""
_TEST_NETWORK = IPv4Address("198.18.0.0")  # RFC 2544 keeps 131,072 addresses free for benchmarks


class Outcome(StrEnum):
    """What the pages made of a press."""

    KEPT = "kept"
    SCORE_STANDS = "score stands"
    EXPIRED = "expired"


class PageError(Exception):
    """A page answered what no page should."""


@contextmanager
def serving(app: Flask, listening_on: socket.socket) -> Iterator[None]:
    """Serve the app from a thread, as an installation does, until the block ends."""
    # Waitress would hide the header by which the app, told of one proxy, knows the buyers apart.
    server = waitress.create_server(
        app, sockets=[listening_on], threads=2, ident="", clear_untrusted_proxy_headers=False
    )
    thread = threading.Thread(target=server.run, name="web", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.close()
        thread.join(timeout=10)


@dataclass
class Buyers:
    """One connection, used by one buyer after another."""

    connection: HTTPConnection
    read: Callable[[], None]
    """Called between a page and its press: whoever presses in no time at all is taken for a machine."""
    requests: int = 0

    def answer(self, mail: Received, answer: Answer, number: int) -> Outcome:
        """Open the link of the score, press, and write the comment if there is one. `number` is the buyer's.

        Raises PageError where a page is not what it should be.
        """
        address = str(_TEST_NETWORK + number)
        link = mail.score_links[answer.score]
        status, page, _ = self._ask("GET", link, address)
        if status == 410:
            return Outcome.EXPIRED
        _expect(status, 200, link)
        form = _Form(page)
        if form.chosen != str(answer.score):
            raise PageError(f"{link} preselects {form.chosen}")
        self.read()
        status, _, more = self._ask("POST", link, address, {**form.hidden, "score": str(answer.score)})
        if status == 410:  # it ended while the page was read
            return Outcome.EXPIRED
        if status not in {200, 303}:
            raise PageError(f"pressing at {link} gave {status}")
        outcome = Outcome.SCORE_STANDS if status == 200 else Outcome.KEPT
        if answer.comment:
            self._write(more or f"{mail.answer_link}/more", answer.comment, address)
        return outcome

    def _write(self, link: str, comment: str, address: str) -> None:
        status, page, _ = self._ask("GET", link, address)
        _expect(status, 200, link)
        words = {**_Form(page).hidden, "comment": comment.replace("\n", "\r\n")}
        status, _, thanks = self._ask("POST", link, address, words)
        _expect(status, 303, link)
        status, _, _ = self._ask("GET", thanks, address)
        _expect(status, 200, thanks)

    def _ask(self, method: str, link: str, address: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, page, and where it sends one."""
        parts = urlsplit(link)
        headers = {"X-Forwarded-For": address, "User-Agent": AGENT}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        self.connection.request(method, target, urlencode(fields) if fields is not None else None, headers)
        response = self.connection.getresponse()
        self.requests += 1
        return response.status, response.read().decode(), response.headers.get("Location", "")


def _expect(status: int, wanted: int, link: str) -> None:
    if status != wanted:
        raise PageError(f"{link} gave {status}, not {wanted}")


class _Form(HTMLParser):
    """The hidden fields of a page's form, and the score it has chosen."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.chosen: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name, value = found.get("name"), found.get("value") or ""
        if tag != "input" or name is None:
            return
        if found.get("type") == "hidden":
            self.hidden[name] = value
        elif name == "score" and "checked" in found:
            self.chosen = value
