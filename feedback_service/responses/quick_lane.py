"""Spares the answering pages what extensions do for staff: sessions, sign-in, roles, headers worked out anew each time.

It costs more than the pages themselves. What protects buyers stays: the same headers, the same limit, a nonce in every
form; and whoever answers is nobody's user, so that there is no session to look at.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from typing import Any

from flask import Flask, Request, Response, abort, request
from flask.sessions import SecureCookieSessionInterface

EXTENSIONS = ("flask_wtf", "flask_limiter", "flask_talisman", "flask_principal", "flask_login", "flask_security")
"""Whose work before and after a request is spared."""
MINUTE = 60.0

Before = Callable[[], Any]
After = Callable[[Response], Response]


class LazySessions(SecureCookieSessionInterface):
    """Makes nothing ready for a browser that brings no cookie."""

    def open_session(self, app: Flask, request: Request) -> Any:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


class Allowance:
    """How many requests one address has left in this minute, counted by each process for itself.

    Asking a counter that all processes share would take longer than the page; a flood is stopped either way.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._minute = 0.0
        self._taken: Counter[tuple[str, str]] = Counter()

    def take(self, blueprint: str, address: str) -> bool:
        """Count one; whether it was still allowed. Two threads at once may count one, which is no harm."""
        minute = monotonic() // MINUTE
        if minute != self._minute:
            self._minute, self._taken = minute, Counter()
        taken = self._taken[blueprint, address] + 1
        self._taken[blueprint, address] = taken
        return taken <= self._per_minute


def spare(app: Flask, blueprints: frozenset[str], allowance: Allowance) -> None:
    """Set these blueprints' pages apart from everybody's extensions. Called when all of them are in place."""
    before = app.before_request_funcs[None]
    theirs, first = _extensions(before)
    one = _before(theirs, partial(_limit, allowance), blueprints)
    app.before_request_funcs[None] = _replaced(before, theirs, first, one)
    after = app.after_request_funcs[None]
    theirs, first = _extensions(after)
    app.after_request_funcs[None] = _replaced(after, theirs, first, _after(theirs, blueprints))
    app.session_interface = LazySessions()


def _limit(allowance: Allowance) -> None:
    if not allowance.take(str(request.blueprint), request.remote_addr or ""):
        abort(429)


def _module(hook: Any) -> str:
    return str(getattr(hook, "__module__", None) or getattr(getattr(hook, "func", None), "__module__", ""))


def _extensions(hooks: Sequence[Any]) -> tuple[list[Any], int]:
    """The hooks of extensions in their order, and where the first of them stands."""
    theirs = [hook for hook in hooks if _module(hook).startswith(EXTENSIONS)]
    return theirs, hooks.index(theirs[0])


def _replaced(hooks: Sequence[Any], theirs: Sequence[Any], first: int, one: Any) -> list[Any]:
    return [*hooks[:first], one, *(hook for hook in hooks[first:] if hook not in theirs)]


def _before(theirs: Sequence[Before], quick: Before, blueprints: frozenset[str]) -> Before:
    def before() -> Any:
        for hook in (quick,) if request.blueprint in blueprints else theirs:
            answer = hook()
            if answer is not None:
                return answer
        return None

    return before


def _after(theirs: Sequence[After], blueprints: frozenset[str]) -> After:
    headers: dict[bool, list[tuple[str, str]]] = {}

    def after(response: Response) -> Response:
        if request.blueprint not in blueprints:
            for hook in reversed(theirs):  # as Flask would
                response = hook(response)
            return response
        secure = request.is_secure
        if secure not in headers:
            headers[secure] = _headers(theirs)
        response.headers.extend(headers[secure])
        return response

    return after


def _headers(theirs: Sequence[After]) -> list[tuple[str, str]]:
    """What the extensions would add to any page."""
    blank = Response()
    before = set(blank.headers)
    for hook in theirs:
        blank = hook(blank)
    return [header for header in blank.headers if header not in before]
