"""The `feedback` command."""

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path

import click
from flask import Flask
from rich.console import Console
from rich.progress import track
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.accounts.models import RoleName
from feedback_service.accounts.people import AccountError, add_user
from feedback_service.app import configure_logs, create_app
from feedback_service.cases.verify_log import verify_logs
from feedback_service.config import Settings, SettingsError, read_settings
from feedback_service.csvfiles import CsvError, RejectsFile, Row, read_table
from feedback_service.database import db, session_factory
from feedback_service.invitations.go_live import go_live_at, set_go_live
from feedback_service.jobs import SecondProcessError, make_celery
from feedback_service.migrations.run import upgrade
from feedback_service.orders import order_row
from feedback_service.orders.import_orders import ImportCounts, batches, import_orders
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.publish import NothingToPublishError, SurveyChangedKindError, publish, take_in
from feedback_service.questionnaires.queries import survey_summaries
from feedback_service.questionnaires.read_files import SurveyFileError, read_common_words, read_surveys
from feedback_service.responses import import_answers as answers
from feedback_service.serve import serve_embedded, start_demo

KIND_ERRORS = (
    AccountError, CsvError, NothingToPublishError, SecondProcessError, SettingsError, SurveyChangedKindError,
    SurveyFileError,
)  # fmt: skip
"""What is said in a sentence instead of a traceback."""

out = Console()
err = Console(stderr=True)


def main() -> None:
    """Run the command; what a person can mend is one sentence and exit code 2."""
    configure_logs()
    try:
        feedback()
    except KIND_ERRORS as error:
        err.print(str(error), style="red", markup=False, highlight=False)
        sys.exit(2)


@click.group()
def feedback() -> None:
    """Ask every buyer, answer every unhappy one, and see whether it is getting better."""


@contextmanager
def _app() -> Iterator[tuple[Flask, Settings, Session]]:
    """The app, its settings and a session that writes."""
    settings = read_settings()
    app = create_app(settings)
    with app.app_context():
        yield app, settings, db.session


@feedback.command()
def new_keys() -> None:
    """Print fresh secrets for the environment."""
    for name in ("SECRET_KEY", "LINK_KEYS", "PRIVACY_KEY"):
        click.echo(f"FEEDBACK_{name}={secrets.token_urlsafe(32)}")


@feedback.command()
def migrate() -> None:
    """Create or update the tables, and take in the surveys."""
    with _app() as (_, settings, session):
        upgrade(db.engine)
        waiting = take_in(session, read_surveys(settings.surveys_folder or SURVEYS), clock.now())
        session.commit()
    out.print("The tables are up to date.")
    for key in waiting:
        out.print(f"The file of {key} changed: `feedback surveys publish {key}` puts it into use.")


@feedback.command()
def serve() -> None:
    """Serve the pages, with worker and scheduler in the same process."""
    with _app() as (app, settings, session):
        take_in(session, read_surveys(settings.surveys_folder or SURVEYS), clock.now())
        session.commit()
        out.print(f"Serving on http://{settings.host}:{settings.port}")
        serve_embedded(app, settings)


@feedback.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var"), help="Where the demo keeps its data.")
def demo(folder: Path) -> None:
    """Start the demo shop: everything in one process, no mail leaves the machine."""
    start_demo(folder, out)


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
@click.argument("first_day", required=False, type=click.DateTime(["%Y-%m-%d"]))
def go_live(first_day: datetime | None) -> None:
    """Start sending: ask about orders placed from FIRST_DAY on. Without a day: say how it stands."""
    with _app() as (_, settings, session):
        if first_day is not None:
            at = datetime.combine(first_day.date(), time.min, settings.zone)
            set_go_live(session, at, by="the command line", now=clock.now())
            session.commit()
        at_present = go_live_at(session)
    if at_present is None:
        out.print("Sending is paused: nobody is asked until a first day is set.")
    else:
        out.print(f"Orders placed from {at_present.astimezone(settings.zone):%Y-%m-%d %H:%M %Z} on are asked about.")


@feedback.group("import")
def import_() -> None:
    """Take in orders and answers from CSV files."""


def _import_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option("--source", default="shop", show_default=True, help="Whose ids these are."),
        click.option("--map", "renamed", multiple=True, metavar="COLUMN=HEADING", help="Another heading in the file."),
        click.option("--rejects", type=click.Path(path_type=Path), help="Where refused rows go. Default: beside FILE."),
        click.option("--dry-run", is_flag=True, help="Check everything, keep nothing."),
    ):
        command = option(command)
    return command


@import_.command("orders")
@_import_options
def import_orders_file(file: Path, source: str, renamed: tuple[str, ...], rejects: Path | None, dry_run: bool) -> None:
    """Take in orders; the same file twice changes nothing."""
    with _app() as (_, settings, session):

        def take(rows: list[Row]) -> ImportCounts:
            return import_orders(
                session,
                rows,
                source=source,
                key=settings.privacy_secret,
                shop_zone=settings.zone,
                now=clock.now(),
            )

        _import(session, file, order_row.REQUIRED, renamed, rejects, dry_run, take)


@import_.command("answers")
@_import_options
def import_answers_file(file: Path, source: str, renamed: tuple[str, ...], rejects: Path | None, dry_run: bool) -> None:
    """Take in answers given elsewhere: they count in the trend and mail nobody."""
    with _app() as (_, settings, session):

        def take(rows: list[Row]) -> ImportCounts:
            return answers.import_answers(
                session,
                rows,
                source=source,
                shop_zone=settings.zone,
                shop_locale=settings.shop_locale,
                now=clock.now(),
            )

        _import(session, file, answers.REQUIRED, renamed, rejects, dry_run, take)


def _import(
    session: Session,
    file: Path,
    required: tuple[str, ...],
    renamed: tuple[str, ...],
    rejects: Path | None,
    dry_run: bool,
    take: Callable[[list[Row]], ImportCounts],
) -> None:
    table = read_table(file, required, _renamed(renamed))
    refused = RejectsFile(rejects or file.with_name(f"{file.stem}.rejects.csv"), table.heading)
    total = ImportCounts()
    portions = list(batches(table.rows))
    for portion in track(portions, description=file.name, console=err, disable=not err.is_terminal):
        counts = take(portion)
        if dry_run:
            session.rollback()
        else:
            session.commit()
        total.add(counts)
    for row, reason in total.refused:
        refused.add(row, reason)
    refused.close()
    _say(total, refused, dry_run)


def _renamed(pairs: tuple[str, ...]) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            raise CsvError(f'--map {pair}: write COLUMN=HEADING, such as --map order_id="Order number".')
    return dict(pair.split("=", 1) for pair in pairs)


def _say(total: ImportCounts, refused: RejectsFile, dry_run: bool) -> None:
    sums = (
        f"{total.added:,} added, {total.updated:,} updated, {total.unchanged:,} unchanged, {refused.count:,} refused."
    )
    out.print(f"Dry run, nothing kept: {sums}" if dry_run else sums, highlight=False)
    for row, reason in total.refused[:5]:
        out.print(f"  line {row.line}: {reason}", markup=False, highlight=False)
    if refused.count:
        out.print(f"Refused rows with their reasons: {refused.path}", markup=False, highlight=False)


@feedback.group()
def surveys() -> None:
    """Look at the surveys, and put changed files into use."""


@surveys.command("check")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def check(folder: Path | None) -> None:
    """Read the survey files and say what is wrong with them."""
    chosen = folder or SURVEYS
    definitions = read_surveys(chosen)
    read_common_words(chosen)
    for key, definition in definitions.items():
        out.print(f"{key}: fine, in {', '.join(definition.wordings)}", highlight=False)


@surveys.command("list")
def list_surveys() -> None:
    """Every survey, and whether a changed file waits."""
    with _app() as (_, _settings, session):
        for survey in survey_summaries(session):
            waits = "  (a changed file waits to be published)" if survey.draft_waits else ""
            out.print(f"{survey.key}: {survey.title}{waits}", highlight=False)


@surveys.command("publish")
@click.argument("key")
def publish_survey(key: str) -> None:
    """Ask with the words and rules of the changed file from now on."""
    with _app() as (_, settings, session):
        take_in(session, read_surveys(settings.surveys_folder or SURVEYS), clock.now())
        publish(session, key)
        session.commit()
    out.print(f"{key} is in use as its file says.")


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
        add_user(
            session,
            email=email.strip().lower(),
            name=name,
            password=password,
            role=RoleName(role),
            team=team or None,
            now=clock.now(),
        )
        session.commit()
    out.print(f"{email} can sign in.")


@feedback.group()
def audit() -> None:
    """Check what cannot be rewritten."""


@audit.command("verify")
def verify() -> None:
    """Walk every case's action log and name the first entry that was edited, removed or moved."""
    with _app() as (_, settings, session):
        found = verify_logs(session, settings.privacy_secret)
    if found.fault:
        raise click.ClickException(f"The log does not hold: {found.fault}.")
    out.print(f"{found.entries:,} entries of {found.cases:,} cases hold.", highlight=False)
