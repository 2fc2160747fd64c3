"""People at their browsers: signed in by the sign-in page, one connection each."""

import re
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient

from .shop import PASSWORD, Person

PATIENCE = 60.0  # seconds for one page
IDLE = 1.0  # seconds; gunicorn keeps a connection for two
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class PageError(Exception):
    """A page that did not come as it must."""


@dataclass
class Guest:
    """Somebody at a server on this machine, whose browser keeps cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        self._connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self._asked_at = 0.0

    def get(self, path: str) -> tuple[str, float]:
        """The page, and what it took in milliseconds until its last byte. Raises PageError unless it came as asked."""
        if time.monotonic() - self._asked_at > IDLE:
            self._connection.close()  # the server has hung up by now; the next request makes a connection anew
        began = time.perf_counter()
        answer = self._ask("GET", path)
        page = answer.read()
        taken = 1000 * (time.perf_counter() - began)
        if answer.status != HTTPStatus.OK:
            raise PageError(f"{path}: {answer.status}")
        return page.decode(), taken

    def _ask(self, method: str, path: str, body: str = "") -> HTTPResponse:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body or None, headers)
        self._asked_at = time.monotonic()
        answer = self._connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer


@dataclass
class Visitor(Guest):
    """Somebody signed in."""

    person: Person

    def __post_init__(self) -> None:
        super().__post_init__()
        form = {"email": self.person.email, "password": PASSWORD, "csrf_token": _token(self.get("/sign-in")[0])}
        answer = self._ask("POST", "/sign-in", urlencode(form))
        answer.read()
        if answer.status != HTTPStatus.FOUND:
            raise PageError(f"{self.person.email} was not let in")


def signed_in(app: Flask, person: Person) -> FlaskClient:
    """Somebody at a browser within this process."""
    client = app.test_client()
    form = {"email": person.email, "password": PASSWORD, "csrf_token": _token(client.get("/sign-in").text)}
    if client.post("/sign-in", data=form).status_code != HTTPStatus.FOUND:
        raise PageError(f"{person.email} was not let in")
    return client


def _token(page: str) -> str:
    found = _TOKEN.search(page)
    if found is None:
        raise PageError("the sign-in page has no form")
    return found[1]
