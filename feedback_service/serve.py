"""Serves: the shop with worker and scheduler in one process, or the demo with a mailbox beside them."""

import atexit
import gc
import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import waitress
from flask import Flask
from rich.console import Console

from feedback_service import clock
from feedback_service.app import create_app
from feedback_service.cases.mails.templates import take_in_replies
from feedback_service.cases.queues.read_file import read_routing
from feedback_service.cases.queues.take_in import take_in_routing
from feedback_service.config import Settings, SettingsError, read_settings
from feedback_service.database import db, session_factory
from feedback_service.delivery.settle import settle_from_receiver
from feedback_service.demo.doors import Door, doors
from feedback_service.demo.load import load_demo
from feedback_service.demo.mailbox import Mailbox
from feedback_service.demo.routes import MAILBOX
from feedback_service.home import DEMO_DOORS
from feedback_service.jobs import embedded, held, make_celery, nudge_after_commit
from feedback_service.migrations.run import upgrade
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.publish import take_in
from feedback_service.questionnaires.read_files import read_surveys
from feedback_service.readiness import check_ready

THREADS = 8  # pages wait for the database, not for the processor
DEMO_SECRETS = ("secret_key", "link_keys", "privacy_key")


def serve_embedded(app: Flask, settings: Settings, out: Console) -> None:
    """Serve until the process is told to stop. Raises SettingsError where that cannot be done with the settings."""
    _check_port(settings)
    prepare(app, settings)
    with working(app, settings):
        out.print(f"Serving on http://{settings.host}:{settings.port}", highlight=False)
        _serve(app, settings)


def prepare(app: Flask, settings: Settings) -> None:
    """What every way of serving does first: check the tables, and take in the survey files.

    Raises SettingsError where the tables are not up to date, SurveyFileError or RoutingFileError where a file is
    broken.
    """
    folder = settings.surveys_folder or SURVEYS
    surveys, routing = read_surveys(folder), read_routing(folder)
    with app.app_context():
        check_ready(db.engine)
        take_in(db.session, surveys, clock.now())
        take_in_replies(db.session, folder, clock.now())
        take_in_routing(db.session, routing, clock.now(), settings.zone, settings.shop_country)
        db.session.commit()


def _check_port(settings: Settings) -> None:
    """Find out before any work is done. Raises SettingsError where somebody else listens there."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            raise SettingsError(f"FEEDBACK_PORT: {where} cannot be used ({error.strerror}). Choose another.") from None


def _stop(_signal: int, _frame: object) -> None:
    """A service manager's way to say Ctrl+C: what is under way is finished."""
    raise SystemExit(0)


def _settle() -> None:
    """What is loaded by now stays: looking through it for garbage takes a tenth of a second in many a request."""
    gc.collect()
    gc.freeze()


def _serve(app: Flask, settings: Settings) -> None:
    _settle()
    signal.signal(signal.SIGTERM, _stop)
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

    Raises SecondProcessError where another process serves the same database with `memory://`, and what `prepare`
    raises.
    """
    prepare(app, settings)
    _settle()
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
    with held(folder / "demo.lock"), Mailbox(folder / "mailbox") as mailbox:
        settings = _demo_settings(folder, mailbox.start())
        _check_port(settings)
        app = create_app(settings)
        app.extensions[MAILBOX] = mailbox
        app.extensions[DEMO_DOORS] = _doors_of(settings)
        with app.app_context():
            upgrade(db.engine)
            prepare(app, settings)
            if "mail_url" not in _from_outside():
                _ask_mailbox(mailbox, settings)
            load_demo(settings, folder, out)
        with working(app, settings):
            _greet(app, settings, out)
            _serve(app, settings)


def _ask_mailbox(mailbox: Mailbox, settings: Settings) -> None:
    """Settle mails under way: the mailbox stopped when we did, so what it holds is the whole truth about them."""
    settle_from_receiver(
        db.session,
        mailbox.message_ids(),
        sender_domain=settings.mail_from.rpartition("@")[2],
        by="the demo's mailbox",
        now=clock.now(),
    )
    db.session.commit()


def _demo_settings(folder: Path, mailbox_port: int) -> Settings:
    """The demo's own settings. A shop's environment is not looked at, so that its database stays out of it: only
    the port, the surveys and, for whoever wants to see mail elsewhere, the mail server may come from outside."""
    ours: dict[str, object] = {
        **{name: field.default for name, field in Settings.model_fields.items()},
        **_demo_secrets(folder / "demo.env"),
        "database_url": f"sqlite:///{folder.resolve() / 'feedback.sqlite'}",
        "proof_folder": folder.resolve() / "proof",
        "mail_url": f"smtp://127.0.0.1:{mailbox_port}",
        "mail_from": "hello@ember-and-oak.example",
        "shop_name": "Ember & Oak",
        "shop_time_zone": "Europe/Lisbon",
        "shop_url": "https://ember-and-oak.example/",
        "review_links": "Trustpilot=https://trustpilot.example/ember-and-oak|Google=https://maps.example/ember-and-oak",
        "shop_postal_address": "Ember & Oak, 12 Harbour Street, 1100-001 Lisbon",
        "demo": True,
    }
    return read_settings(**{name: value for name, value in ours.items() if name not in _from_outside()})


def _from_outside() -> set[str]:
    names = {"port", "surveys_folder", "mail_url"}
    return {name for name in names if os.environ.get(f"FEEDBACK_{name.upper()}")}


def _demo_secrets(path: Path) -> dict[str, object]:
    """The demo's secrets, made on the first start and readable by nobody else."""
    if not path.exists():
        lines = [f"FEEDBACK_{name.upper()}={secrets.token_urlsafe(32)}" for name in DEMO_SECRETS]
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
        fresh.rename(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name.removeprefix("FEEDBACK_").lower(): value for name, _, value in (line.partition("=") for line in lines)}


def _doors_of(settings: Settings) -> Callable[[], list[Door]]:
    return lambda: doors(db.session, settings, clock.now())


def _greet(app: Flask, settings: Settings, out: Console) -> None:
    with app.app_context():
        found = doors(db.session, settings, clock.now())
    out.print(f"\n{settings.shop_name} is open on {settings.base_url}\n", highlight=False)
    for audience, theirs in groupby(found, itemgetter(0)):
        room = list(theirs)
        for _, title, _, url, _ in room:
            out.print(f"  {audience:<10} {title}: {settings.base_url}{url}", highlight=False, soft_wrap=True)
        if hint := room[0][4]:
            out.print(f"  {'':<10} {hint}", highlight=False, soft_wrap=True)
    out.print("\nStop with Ctrl+C; a second start keeps everything.", highlight=False)
