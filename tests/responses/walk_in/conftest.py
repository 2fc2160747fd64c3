"""A real Chromium, the service on one port, and a shop's website on another, as foreign as a website can be."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from feedback_service import clock
from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.database import db
from feedback_service.responses.models import Channel, Collector
from tests.journeys.conftest import Camera, _playwright, chromium, screenshot
from tests.responses.walk_in.factories import opened

__all__ = ["Camera", "_playwright", "chromium", "screenshot"]

HEAD = """<!doctype html><html lang="en"><head><title>Shop</title><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head>"""
CONTENT = '<h1>Thank you for your order</h1><label>Search <input name="search"></label>'
STYLE = b"body { font: 16px sans-serif; margin: 2rem } div { display: none; color: red } button { background: lime }"
"""The website's own rules, which are none of the panel's business."""
Served = Callable[[Iterable[str]], str]


@contextmanager
def serving(app: object) -> Iterator[int]:
    """Answer on a free port until the block ends; the port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)  # type: ignore[arg-type]  # any WSGI callable
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


class Website:
    """A page of the shop's with as strict a policy as it can have, and the panel's script in it."""

    def __init__(self) -> None:
        self.script, self.service = "", ""

    def __call__(self, environ: dict[str, str], start_response: Callable[..., object]) -> list[bytes]:
        if environ["PATH_INFO"] == "/style.css":
            start_response("200 OK", [("Content-Type", "text/css")])
            return [STYLE]
        policy = "default-src 'none'; style-src 'self'; img-src data:"
        policy += f"; script-src {self.service}; frame-src {self.service}"
        start_response("200 OK", [("Content-Type", "text/html"), ("Content-Security-Policy", policy)])
        return [f"{HEAD}<body><main>{CONTENT}</main>{self.script}</body></html>".encode()]


class Place:
    """The service and the website, and what is open there."""

    def __init__(self, session: Session, port: int, website: Website, website_port: int) -> None:
        self.session, self.website = session, website
        self.service = website.service = f"http://127.0.0.1:{port}"
        self.shop = f"http://localhost:{website_port}"

    def way(self, channel: Channel, **wishes: str) -> Collector:
        """A way in that was opened just now."""
        return opened(self.session, clock.now(), channel, origins=(self.shop,), **wishes)

    def panel(self, attributes: str = 'data-after="0"') -> Collector:
        """A panel, and its script on the website."""
        way = self.way(Channel.EMBED)
        self.website.script = f'<script src="{self.service}/c/{way.token}/embed.js" {attributes} async></script>'
        return way


@pytest.fixture
def place(settings: Settings, session: Session) -> Iterator[Place]:
    """The service and a website, both answering."""
    website, waiting = Website(), Flask("waiting")
    with ExitStack() as stack:
        website_port = stack.enter_context(serving(website))
        server = make_server("127.0.0.1", 0, waiting, threaded=True)
        public = settings.model_copy(update={"public_url": f"http://127.0.0.1:{server.server_port}"})
        server.app = app = create_app(public)
        Thread(target=server.serve_forever, daemon=True).start()
        yield Place(session, server.server_port, website, website_port)
        server.shutdown()
        server.server_close()
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """Somebody's phone."""
    context = chromium.new_context(viewport={"width": 375, "height": 740})
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    """A page in which nothing may go wrong unseen: what the browser complains of fails the test."""
    page = visitor.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []
