"""Serves: the shop with worker and scheduler in one process, or the demo with a mailbox beside them."""

import atexit
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import waitress
from flask import Flask
from rich.console import Console

from feedback_service import clock
from feedback_service.app import create_app
from feedback_service.config import Settings, SettingsError, read_settings
from feedback_service.database import db, session_factory
from feedback_service.delivery.settle import settle_from_receiver
from feedback_service.demo.doors import Door, doors
from feedback_service.demo.load import load_demo
from feedback_service.demo.mailbox import Mailbox
from feedback_service.demo.routes import MAILBOX
from feedback_service.home import DEMO_DOORS, is_ready
from feedback_service.jobs import embedded, make_celery, nudge_after_commit
from feedback_service.migrations.run import upgrade
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.publish import take_in
from feedback_service.questionnaires.read_files import read_surveys

THREADS = 8  # pages wait for the database, not for the processor
DEMO_SECRETS = ("FEEDBACK_SECRET_KEY", "FEEDBACK_LINK_KEYS", "FEEDBACK_PRIVACY_KEY")


def serve_embedded(app: Flask, settings: Settings) -> None:
    """Serve until the process is told to stop. Raises SettingsError where the tables are not up to date."""
    with app.app_context():
        state, code = is_ready()
    if code != 200:  # noqa: PLR2004 - HTTP's own word for ready
        said = ", ".join(f"{part} {how}" for part, how in state.items())
        raise SettingsError(f"The database is not ready ({said}). `feedback migrate` creates and updates the tables.")
    with working(app, settings):
        _serve(app, settings)


def _serve(app: Flask, settings: Settings) -> None:
    waitress.serve(
        app,
        host=settings.host,
        port=settings.port,
        threads=THREADS,
        ident="",
        clear_untrusted_proxy_headers=not settings.proxies,  # else ProxyFix never sees whom the proxy speaks for
        _quiet=True,
    )


@contextmanager
def working(app: Flask, settings: Settings) -> Iterator[None]:
    """Worker and scheduler in this process, nudged by every commit of the pages."""
    with app.app_context():
        engine, requests = db.engine, db.sessionmaker
    celery = make_celery(settings, session_factory(engine))
    nudge_after_commit(celery, requests)
    with embedded(celery, engine):
        yield


def attach_jobs(app: Flask, settings: Settings) -> None:
    """Under a WSGI server: nudge the shared broker, or, with `memory://`, work in this process.

    Raises SecondProcessError where another process serves the same database with `memory://`.
    """
    if settings.broker_url.get_secret_value().startswith("memory"):
        stack = ExitStack()
        stack.enter_context(working(app, settings))
        atexit.register(stack.close)
        return
    with app.app_context():
        nudge_after_commit(make_celery(settings, session_factory(db.engine)), db.sessionmaker)


def start_demo(folder: Path, out: Console) -> None:
    """Load the demo shop, or what an earlier start left, and serve it until the process is told to stop."""
    folder.mkdir(parents=True, exist_ok=True)
    _keep_secrets(folder / "demo.env")
    with Mailbox(folder / "mailbox") as mailbox:
        port = mailbox.start()
        settings = read_settings(**_demo_settings(folder, port))
        app = create_app(settings)
        app.extensions[MAILBOX] = mailbox
        app.extensions[DEMO_DOORS] = _doors_of(settings)
        with app.app_context():
            upgrade(db.engine)
            take_in(db.session, read_surveys(settings.surveys_folder or SURVEYS), clock.now())
            # The mailbox stopped when we did: what it holds is the whole truth about every mail under way.
            settle_from_receiver(
                db.session,
                mailbox.message_ids(),
                sender_domain=settings.mail_from.rpartition("@")[2],
                by="the demo's mailbox",
                now=clock.now(),
            )
            db.session.commit()
            load_demo(settings, folder, out)
        with working(app, settings):
            _greet(app, settings, out)
            _serve(app, settings)


def _demo_settings(folder: Path, mailbox_port: int) -> dict[str, object]:
    """What the demo sets where the environment does not say otherwise."""
    chosen = {
        "database_url": f"sqlite:///{folder.resolve() / 'feedback.sqlite'}",
        "mail_url": f"smtp://127.0.0.1:{mailbox_port}",
        "mail_from": "hello@ember-and-oak.example",
        "shop_name": "Ember & Oak",
        "shop_time_zone": "Europe/Lisbon",
        "shop_postal_address": "Ember & Oak, 12 Harbour Street, 1100-001 Lisbon",
    }
    free = {name: value for name, value in chosen.items() if f"FEEDBACK_{name.upper()}" not in os.environ}
    return {**free, "demo": True}


def _keep_secrets(path: Path) -> None:
    """Make the demo's secrets on the first start, readable by nobody else, and put them where settings are read."""
    if not path.exists():
        lines = [f"{name}={secrets.token_urlsafe(32)}" for name in DEMO_SECRETS]
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
        fresh.rename(path)
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)


def _doors_of(settings: Settings) -> Callable[[], list[Door]]:
    return lambda: doors(db.session, settings, clock.now())


def _greet(app: Flask, settings: Settings, out: Console) -> None:
    with app.app_context():
        found = doors(db.session, settings, clock.now())
    out.print(f"\n{settings.shop_name} is open on {settings.base_url}\n", highlight=False)
    for audience, title, _, url, hint in found:
        out.print(f"  {audience:<10} {title}: {settings.base_url}{url}", highlight=False, soft_wrap=True)
        if hint:
            out.print(f"  {'':<10} {hint}", highlight=False, soft_wrap=True)
    out.print("\nStop with Ctrl+C; a second start keeps everything.", highlight=False)
