"""`feedback import`: orders, touchpoints, employees, opt-outs and answers from CSV files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from feedback_service import clock
from feedback_service.cli.running import running_app
from feedback_service.config import Settings
from feedback_service.csvfiles import ImportCounts, Row
from feedback_service.customers import import_employees as employees
from feedback_service.customers import import_opt_outs as opt_outs
from feedback_service.importing import Given, read_given, take_in_file
from feedback_service.orders import import_touchpoints as touchpoints
from feedback_service.orders import order_row
from feedback_service.orders.import_orders import buyer, import_orders
from feedback_service.responses import import_answers as answers

LONGEST_SOURCE = 64


@click.group("import")
def import_() -> None:
    """Take in orders, touchpoints, employees, opt-outs and answers from CSV files."""


def _short(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if not 0 < len(value) <= LONGEST_SOURCE:
        raise click.BadParameter(f"use 1 to {LONGEST_SOURCE} characters")
    return value


def _import_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option("--map", "renamed", multiple=True, metavar="COLUMN=HEADING", help="Another heading in the file."),
        click.option("--encoding", help="What the file is written in, such as cp1252. Default: find out."),
        click.option("--rejects", type=click.Path(path_type=Path), help="Where refused rows go. Default: beside FILE."),
        click.option("--dry-run", is_flag=True, help="Check everything, keep nothing; refused rows are still written."),
    ):
        command = option(command)
    return command


def _source_option(default: str = "shop") -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option("--source", default=default, show_default=True, callback=_short, help="Whose ids these are.")


@import_.command("orders")
@_import_options
@_source_option()
def import_orders_file(**options: Any) -> None:
    """Take in orders; the same file twice changes nothing."""
    given = Given(**options)
    with running_app() as (_, settings, session):

        def take(rows: list[Row]) -> ImportCounts:
            return import_orders(session, rows, source=given.source, **_common(settings))

        table = read_given(given, order_row.REQUIRED, order_row.is_column)
        take_in_file(session, given, table, buyer, take)


@import_.command("touchpoints")
@_import_options
@_source_option()
def import_touchpoints_file(**options: Any) -> None:
    """Take in what else happened, such as closed support cases; the same file twice changes nothing."""
    given = Given(**options)
    with running_app() as (_, settings, session):

        def take(rows: list[Row]) -> ImportCounts:
            return touchpoints.import_touchpoints(session, rows, source=given.source, **_common(settings))

        table = read_given(given, touchpoints.REQUIRED, touchpoints.is_column)
        take_in_file(session, given, table, buyer, take)


@import_.command("employees")
@_import_options
@_source_option("staff")
def import_employees_file(**options: Any) -> None:
    """Take in colleagues, for a pulse; whoever left is never asked again."""
    given = Given(**options)
    with running_app() as (_, settings, session):

        def take(rows: list[Row]) -> ImportCounts:
            return employees.import_employees(session, rows, source=given.source, **_common(settings))

        table = read_given(given, employees.REQUIRED, employees.is_column)
        take_in_file(session, given, table, employees.employee, take)


@import_.command("optouts")
@_import_options
def import_opt_outs_file(**options: Any) -> None:
    """Take in who must not be asked, and who agreed; an import takes no opt-out back."""
    given = Given(source="", **options)
    with running_app() as (_, settings, session):

        def take(rows: list[Row]) -> ImportCounts:
            return opt_outs.import_opt_outs(session, rows, file=given.file.name, **_common(settings))

        table = read_given(given, opt_outs.REQUIRED, opt_outs.is_column)
        take_in_file(session, given, table, opt_outs.whose, take)


@import_.command("answers")
@_import_options
@_source_option()
def import_answers_file(**options: Any) -> None:
    """Take in answers given elsewhere: they count in the trend and mail nobody."""
    given = Given(**options)
    with running_app() as (_, settings, session):

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


def _common(settings: Settings) -> dict[str, Any]:
    """What taking in anything about people needs to know."""
    return {"key": settings.privacy_secret, "shop_zone": settings.zone, "now": clock.now()}
