"""The app as every command meets it, and the commands that set it up and keep it running."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.app import create_app
from feedback_service.cases.mails.templates import take_in_replies
from feedback_service.cases.queues.read_file import read_routing
from feedback_service.cases.queues.take_in import take_in_routing
from feedback_service.config import Settings, SettingsError, read_settings
from feedback_service.database import db, session_factory
from feedback_service.delivery.mail_server import MailServer
from feedback_service.importing import OUT, line
from feedback_service.jobs import make_celery
from feedback_service.migrations.run import upgrade
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.publish import take_in
from feedback_service.questionnaires.read_files import read_surveys
from feedback_service.readiness import check_ready
from feedback_service.serve import serve_embedded, start_demo


@contextmanager
def running_app(*, migrated: bool = True) -> Iterator[tuple[Flask, Settings, Session]]:
    """The app, its settings and a session that writes.

    Raises SettingsError where a setting is bad, or the tables, which should be `migrated`, are not up to date.
    """
    settings = read_settings()
    try:
        MailServer.from_url(settings.mail_url.get_secret_value())
    except ValueError as error:
        raise SettingsError(f"FEEDBACK_MAIL_URL: {error}") from None
    app = create_app(settings)
    with app.app_context():
        try:
            if migrated:
                check_ready(db.engine)
            yield app, settings, db.session
        finally:
            db.session.close()
            db.engine.dispose()  # the last one out folds SQLite's write-ahead log into its file


@click.command()
def new_keys() -> None:
    """Print fresh secrets for the environment."""
    for name in ("SECRET_KEY", "LINK_KEYS", "PRIVACY_KEY"):
        click.echo(f"FEEDBACK_{name}={secrets.token_urlsafe(32)}")


@click.command()
def migrate() -> None:
    """Create or update the tables, and take in the surveys."""
    with running_app(migrated=False) as (_, settings, session):
        _make_folder(settings)
        try:
            upgrade(db.engine)
        except OperationalError as error:
            reason = str(error.orig).splitlines()[0]
            raise SettingsError(f"FEEDBACK_DATABASE_URL: the database does not answer: {reason}.") from None
        folder = settings.surveys_folder or SURVEYS
        waiting = take_in(session, read_surveys(folder), clock.now())
        take_in_replies(session, folder, clock.now())
        others = take_in_routing(session, read_routing(folder), clock.now(), settings.zone, settings.shop_country)
        session.commit()
    line("The tables are up to date.")
    if others:
        line("routing.toml says other things than the database: `feedback routing check` tells which.")
    for key in waiting:
        line(f"The file of {key} changed: `feedback surveys publish {key}` puts it into use.")


def _make_folder(settings: Settings) -> None:
    """SQLite makes its file, but not the folder around it. Raises SettingsError where there can be none."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        try:
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"FEEDBACK_DATABASE_URL: {url.database}: {error.strerror}.") from None


@click.command()
def serve() -> None:
    """Serve the pages, with worker and scheduler in the same process."""
    with running_app() as (app, settings, _session):
        serve_embedded(app, settings, OUT)


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var"), help="Where the demo keeps its data.")
def demo(folder: Path) -> None:
    """Start the demo shop: everything in one process, and a mailbox that keeps all mail on this machine."""
    start_demo(folder, OUT)


@click.command()
def worker() -> None:
    """Run the loop's steps for pages served elsewhere; needs a shared broker."""
    with running_app() as (_, settings, _session):
        _shared_broker(settings)
        make_celery(settings, session_factory(db.engine)).Worker(loglevel="WARNING", pool="threads").start()


@click.command()
def beat() -> None:
    """Ask for a sweep every few seconds; needs a shared broker."""
    with running_app() as (_, settings, _session):
        _shared_broker(settings)
        make_celery(settings, session_factory(db.engine)).Beat(
            loglevel="WARNING", scheduler_cls="celery.beat:Scheduler"
        ).run()


def _shared_broker(settings: Settings) -> None:
    if settings.broker_url.get_secret_value().startswith("memory"):
        raise SettingsError("FEEDBACK_BROKER_URL must name a Redis or RabbitMQ that all processes share.")
