"""The `feedback` command."""

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.accounts.models import RoleName
from feedback_service.accounts.people import AccountError, add_user
from feedback_service.app import configure_logs, create_app
from feedback_service.cases.verify_log import verify_logs
from feedback_service.config import Settings, SettingsError, read_settings
from feedback_service.csvfiles import CsvError, Row
from feedback_service.database import db, session_factory
from feedback_service.delivery.mail_server import MailServer
from feedback_service.importing import ERR, OUT, Given, line, read_given, take_in_file
from feedback_service.invitations.go_live import go_live_at, set_go_live
from feedback_service.jobs import SecondProcessError, make_celery
from feedback_service.migrations.run import upgrade
from feedback_service.orders import order_row
from feedback_service.orders.import_orders import ImportCounts, buyer, import_orders
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.publish import NothingToPublishError, SurveyChangedKindError, publish, take_in
from feedback_service.questionnaires.queries import survey_summaries
from feedback_service.questionnaires.read_files import SurveyFileError, read_common_words, read_surveys
from feedback_service.readiness import check_ready
from feedback_service.responses import import_answers as answers
from feedback_service.serve import serve_embedded, start_demo

KIND_ERRORS = (
    AccountError, CsvError, NothingToPublishError, SecondProcessError, SettingsError, SurveyChangedKindError,
    SurveyFileError,
)  # fmt: skip
"""What is said in a sentence instead of a traceback."""

LONGEST_SOURCE = 64


def main() -> None:
    """Run the command; what a person can mend is one sentence and exit code 2."""
    configure_logs()
    try:
        feedback()
    except KIND_ERRORS as error:
        ERR.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)


@click.group()
def feedback() -> None:
    """Ask every buyer, answer every unhappy one, and see whether it is getting better."""


@contextmanager
def _app(*, migrated: bool = True) -> Iterator[tuple[Flask, Settings, Session]]:
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


@feedback.command()
def new_keys() -> None:
    """Print fresh secrets for the environment."""
    for name in ("SECRET_KEY", "LINK_KEYS", "PRIVACY_KEY"):
        click.echo(f"FEEDBACK_{name}={secrets.token_urlsafe(32)}")


@feedback.command()
def migrate() -> None:
    """Create or update the tables, and take in the surveys."""
    with _app(migrated=False) as (_, settings, session):
        _make_folder(settings)
        try:
            upgrade(db.engine)
        except OperationalError as error:
            reason = str(error.orig).splitlines()[0]
            raise SettingsError(f"FEEDBACK_DATABASE_URL: the database does not answer: {reason}.") from None
        waiting = take_in(session, read_surveys(settings.surveys_folder or SURVEYS), clock.now())
        session.commit()
    line("The tables are up to date.")
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


@feedback.command()
def serve() -> None:
    """Serve the pages, with worker and scheduler in the same process."""
    with _app() as (app, settings, _session):
        serve_embedded(app, settings, OUT)


@feedback.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var"), help="Where the demo keeps its data.")
def demo(folder: Path) -> None:
    """Start the demo shop: everything in one process, and a mailbox that keeps all mail on this machine."""
    start_demo(folder, OUT)


@feedback.command()
def worker() -> None:
    """Run the loop's steps for pages served elsewhere; needs a shared broker."""
    with _app() as (_, settings, _session):
        _shared_broker(settings)
        make_celery(settings, session_factory(db.engine)).Worker(loglevel="WARNING", pool="threads").start()


@feedback.command()
def beat() -> None:
    """Ask for a sweep every few seconds; needs a shared broker."""
    with _app() as (_, settings, _session):
        _shared_broker(settings)
        make_celery(settings, session_factory(db.engine)).Beat(
            loglevel="WARNING", scheduler_cls="celery.beat:Scheduler"
        ).run()


def _shared_broker(settings: Settings) -> None:
    if settings.broker_url.get_secret_value().startswith("memory"):
        raise SettingsError("FEEDBACK_BROKER_URL must name a Redis or RabbitMQ that all processes share.")


@feedback.command("go-live")
@click.argument("first_day", required=False, type=click.DateTime(["%Y-%m-%d"]), metavar="[FIRST_DAY]")
def go_live(first_day: datetime | None) -> None:
    """Start sending: ask about orders placed from FIRST_DAY on. Without a day: say how it stands."""
    with _app() as (_, settings, session):
        if first_day is not None:
            if first_day.year not in order_row.YEARS:
                raise SettingsError(f"FIRST_DAY: choose a day between {order_row.YEARS[0]} and {order_row.YEARS[-1]}.")
            at = datetime.combine(first_day.date(), time.min, settings.zone)
            set_go_live(session, at, by="the command line", now=clock.now())
            session.commit()
        at_present = go_live_at(session)
    if at_present is None:
        line("Sending is paused: nobody is asked until a first day is set.")
    else:
        line(f"Orders placed from {at_present.astimezone(settings.zone):%Y-%m-%d %H:%M %Z} on are asked about.")


@feedback.group("import")
def import_() -> None:
    """Take in orders and answers from CSV files."""


def _short(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if not 0 < len(value) <= LONGEST_SOURCE:
        raise click.BadParameter(f"use 1 to {LONGEST_SOURCE} characters")
    return value


def _import_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option("--source", default="shop", show_default=True, callback=_short, help="Whose ids these are."),
        click.option("--map", "renamed", multiple=True, metavar="COLUMN=HEADING", help="Another heading in the file."),
        click.option("--encoding", help="What the file is written in, such as cp1252. Default: find out."),
        click.option("--rejects", type=click.Path(path_type=Path), help="Where refused rows go. Default: beside FILE."),
        click.option("--dry-run", is_flag=True, help="Check everything, keep nothing; refused rows are still written."),
    ):
        command = option(command)
    return command


@import_.command("orders")
@_import_options
def import_orders_file(**options: Any) -> None:
    """Take in orders; the same file twice changes nothing."""
    given = Given(**options)
    with _app() as (_, settings, session):

        def take(rows: list[Row]) -> ImportCounts:
            return import_orders(
                session,
                rows,
                source=given.source,
                key=settings.privacy_secret,
                shop_zone=settings.zone,
                now=clock.now(),
            )

        table = read_given(given, order_row.REQUIRED, order_row.is_column)
        take_in_file(session, given, table, buyer, take)


@import_.command("answers")
@_import_options
def import_answers_file(**options: Any) -> None:
    """Take in answers given elsewhere: they count in the trend and mail nobody."""
    given = Given(**options)
    with _app() as (_, settings, session):

        def take(rows: list[Row]) -> ImportCounts:
            return answers.import_answers(
                session,
                rows,
                source=given.source,
                shop_zone=settings.zone,
                shop_locale=settings.shop_locale,
                now=clock.now(),
            )

        table = read_given(given, answers.REQUIRED, answers.is_column)
        take_in_file(session, given, table, answers.answer_key, take)


@feedback.group()
def surveys() -> None:
    """Look at the surveys, and put changed files into use."""


@surveys.command("check")
@click.argument("folder", required=False, envvar="FEEDBACK_SURVEYS_FOLDER", type=click.Path(path_type=Path))
def check(folder: Path | None) -> None:
    """Read the survey files and say what is wrong with them."""
    chosen = folder or SURVEYS
    definitions = read_surveys(chosen)
    read_common_words(chosen)
    for key, definition in definitions.items():
        line(f"{key}: fine, in {', '.join(definition.wordings)}")


@surveys.command("list")
def list_surveys() -> None:
    """Every survey, and whether a changed file waits."""
    with _app() as (_, _settings, session):
        for survey in survey_summaries(session):
            waits = "  (a changed file waits to be published)" if survey.draft_waits else ""
            line(f"{survey.key}: {survey.title}{waits}")


@surveys.command("publish")
@click.argument("key")
def publish_survey(key: str) -> None:
    """Ask with the words and rules of the changed file from now on."""
    with _app() as (_, settings, session):
        take_in(session, read_surveys(settings.surveys_folder or SURVEYS), clock.now())
        publish(session, key)
        session.commit()
    line(f"{key} is in use as its file says.")


@feedback.group()
def users() -> None:
    """Manage who signs in."""


@users.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in RoleName]), default=RoleName.STAFF.value)
@click.option("--team", default="care", show_default=True, help="The team's key.")
@click.password_option()
def add(email: str, name: str, role: str, team: str, password: str) -> None:
    """Make an account."""
    with _app() as (_, _settings, session):
        user = add_user(
            session,
            email=email,
            name=name,
            password=password,
            role=RoleName(role),
            team=team or None,
            now=clock.now(),
        )
        session.commit()
        line(f"{user.email} can sign in.")


@feedback.group()
def audit() -> None:
    """Check what cannot be rewritten."""


@audit.command("verify")
def verify() -> None:
    """Walk every case's action log and name the first entry that was edited, removed or moved."""
    with _app() as (_, settings, session):
        session.info["read_only"] = True  # the walk is long, and nobody shall wait for it to write
        found = verify_logs(session, settings.privacy_secret)
    if found.fault:
        raise click.ClickException(f"The log does not hold: {found.fault}.")
    line(f"The log holds: {_number(found.entries, 'entry', 'entries')} of {_number(found.cases, 'case', 'cases')}.")


def _number(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
