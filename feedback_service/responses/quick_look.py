"""Answers the first look at a mail's link before Flask gets up: the one request that all the others wait behind.

Only the plain case: the link works, nobody has answered, the page has been drawn before, and it is asked for as the
mail prints it. Whatever differs goes through the app as ever, which also draws the page the first time and says which
headers it has. So there is nothing here that the app does not do; there is only less around it.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from feedback_service import clock
from feedback_service.config import SETTINGS, Settings
from feedback_service.database import db
from feedback_service.invitations.links import token_hash
from feedback_service.invitations.models import LinkScope
from feedback_service.invitations.record_visits import noted
from feedback_service.invitations.visit_book import VISIT_BOOK
from feedback_service.questionnaires.recall import Content
from feedback_service.responses.nonce import make_nonce, network_of
from feedback_service.responses.queries import asked_behind
from feedback_service.responses.quick_lane import Allowance
from feedback_service.responses.stencils import STENCILS, Look, Own

BLUEPRINT = "responses"
PLAIN = re.compile(r"/r/([A-Za-z0-9_-]{16,64})")
TAPPED = re.compile(r"(?:score=([0-9]{1,2}))?")
OF_ONE_PAGE = frozenset({"content-length", "date"})
"""Headers that differ from page to page."""

Start = Callable[..., Any]
Environ = dict[str, Any]


class QuickLook:
    """A WSGI application around another. It asks `allowance` as the app does, and leaves all refusals to it."""

    def __init__(self, app: Flask, allowance: Allowance) -> None:
        self._app, self._inner, self._allowance = app, app.wsgi_app, allowance
        self._headers: dict[str, list[tuple[str, str]]] = {}

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            return self._inner(environ, start)
        path = PLAIN.fullmatch(environ.get("PATH_INFO", ""))
        tapped = TAPPED.fullmatch(environ.get("QUERY_STRING", ""))
        if path is None or tapped is None:
            return self._inner(environ, start)
        scheme = environ["wsgi.url_scheme"]
        page = self._page(environ, path[1], tapped[1]) if scheme in self._headers else None
        if page is None:
            return self._inner(environ, self._watched(scheme, start))
        start("200 OK", [*self._headers[scheme], ("Content-Length", str(len(page)))])
        return [page]

    def _watched(self, scheme: str, start: Start) -> Start:
        """Remember which headers the app gives such a page."""

        def watched(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if status == "200 OK" and not any(name.lower() == "set-cookie" for name, _ in headers):
                self._headers[scheme] = [header for header in headers if header[0].lower() not in OF_ONE_PAGE]
            return start(status, headers, *more)

        return watched

    def _page(self, environ: Environ, secret: str, tapped: str | None) -> bytes | None:
        """The page; None where the app should say what there is to say, whatever it is."""
        address = environ.get("REMOTE_ADDR", "")
        link, now = token_hash(secret), clock.now()
        try:
            with self._app.app_context(), db.looking.connect() as connection:
                row = asked_behind(connection, link)
        except Exception:  # the app meets it too, and has words for it
            return None
        if row is None or row.response_id or row.spent_at or row.cancelled_at or now >= row.expires_at:
            return None
        own = Own(secret, row.uid, row.link_generation, row.customer_name, row.order_number or "")
        look = Look(
            Content(row.survey_key, row.metric, row.content_hash, row.rules),
            row.asked_in,
            int(tapped) if tapped and tapped == str(int(tapped)) else None,
            environ.get("SCRIPT_NAME", ""),
            bool(own.name),
            bool(own.order),
        )
        stencils = self._app.extensions[STENCILS]
        if not stencils.has(look) or not self._allowance.take(BLUEPRINT, address):
            return None
        settings: Settings = self._app.extensions[SETTINGS]
        key = settings.secret_key.get_secret_value().encode()
        nonce = make_nonce(key, link, network_of(key, link, address), now)
        page: str | None = stencils.fill(look, own.values(nonce, settings.link_key_ring))
        agent = environ.get("HTTP_USER_AGENT", "")
        seen = noted(row.invitation_id, LinkScope.ANSWER, method="GET", agent=agent, now=now)
        self._app.extensions[VISIT_BOOK].note(seen)
        return None if page is None else page.encode()
