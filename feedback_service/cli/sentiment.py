"""`feedback sentiment`: comments of a file scored, comments of the shop scored again, and what was learned so far."""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn, track
from sqlalchemy import create_engine, make_url, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.cli.rising import rising_words
from feedback_service.cli.running import running_app
from feedback_service.config import SettingsError, read_settings
from feedback_service.csvfiles import CsvError, Row, RowError, Table, read_table, safe_cell
from feedback_service.database import prepare_engine, session_factory
from feedback_service.importing import ERR, line
from feedback_service.sentiment.languages.models import LanguageHead
from feedback_service.sentiment.languages.queries import trainings, versions_of
from feedback_service.sentiment.reader import Read, Reader
from feedback_service.sentiment.rescore import begin, rescore_portion
from feedback_service.sentiment.safety import SafetyWords
from feedback_service.sentiment.themes.models import ThemeLesson

APPENDED = ("label", "polarity", "subjectivity", "p_neg", "p_neu", "p_pos", "language", "themes")
DIGITS = 4
PORTION = 250  # comments in one transaction: a third of a second, in which nobody else writes


@click.group()
def sentiment() -> None:
    """Read what comments say: those of a file, or all of the shop's once more."""


@sentiment.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--column", required=True, help="The column with the comments.")
@click.option("--language", help="What they are written in, such as en or pt-BR. Default: find out, row by row.")
@click.option("--encoding", help="What the file is written in, such as cp1252. Default: find out.")
@click.option("--for-spreadsheet", is_flag=True, help="Put a ' before cells that a spreadsheet would run as a formula.")
def score(file: Path, column: str, language: str | None, encoding: str | None, for_spreadsheet: bool) -> None:
    """Write FILE to standard output with what its comments say, in the columns

    label, polarity, subjectivity, p_neg, p_neu, p_pos, language and themes: after the file's own, in its order and with
    its separator. It needs no database; where the settings name one, languages are scored that the shop has taught.
    """
    table = _table(file, column, encoding)
    reader = replace(_reader_of_the_shop(), safety=SafetyWords({}))  # what cannot wait is no column
    out = _standard_output(table.separator)
    kept = safe_cell if for_spreadsheet else str
    out.writerow([*map(kept, table.heading), *APPENDED])
    rows = track(table.rows, description=f"{file.name}", console=ERR, disable=not ERR.is_terminal)
    for row in rows:
        text = row.cells.get(column, "")
        read = reader.read(text, language or reader.locale, language=language)
        out.writerow([*map(kept, _original(row, len(table.heading))), *_cells(read)])


@sentiment.command()
def rescore() -> None:
    """Read every comment again with today's models; what staff said stays.

    A run that was stopped, or killed, goes on where it was.
    """
    with running_app() as (_, settings, session):
        reader = Reader.of(session, settings.surveys_folder, settings.shop_locale)
        run_id, done, total = begin(session, reader, clock.now())
        session.commit()
        if done:
            line(f"Going on after {done:,} of {total:,} comments.")
        with _progress() as progress:
            task = progress.add_task("Comments", total=total, completed=done)
            while count := rescore_portion(session, run_id, reader, PORTION, clock.now()):
                session.commit()
                progress.advance(task, count)
                done += count
            session.commit()
    line(f"{done:,} comments were read again.")


@sentiment.command()
def heads() -> None:
    """List what was learned from the shop's own answers, language by language."""
    with running_app() as (_, _settings, session):
        session.info["read_only"] = True
        lines = list(_head_lines(session))
    for each in lines or ["No language has been learned yet: it takes 300 answers with a comment in it."]:
        line(each)


def _table(file: Path, column: str, encoding: str | None) -> Table:
    """Raises CsvError where it has no such column, or a row that does not fit under its heading."""
    table = read_table(file, (), {}, encoding=encoding, blank_rows=True)
    if column not in table.heading:
        there = ", ".join(name for name in table.heading if name)
        raise CsvError(f"{file.name} has no column {column}. Its columns are {there}.")
    for row in table.rows:
        try:
            row.check_width()
        except RowError as error:
            raise CsvError(f"{file.name}, line {row.line}: {error}.") from None
    if table.guessed:
        ERR.print(f"Read as {table.encoding}, which is a guess; if letters come out wrong, give --encoding.")
    return table


def _original(row: Row, width: int) -> Sequence[str]:
    """The row's cells as they stood, as many as the heading has."""
    return [*row.original, *[""] * (width - len(row.original))][:width]


def _cells(read: Read) -> list[str]:
    verdict = read.verdict
    numbers = (verdict.polarity, verdict.subjectivity, verdict.p_neg, verdict.p_neu, verdict.p_pos)
    shown = ["" if number is None else f"{number:.{DIGITS}f}" for number in numbers]
    return [verdict.label.value, *shown, read.language, ";".join(theme.key for theme in read.themes)]


def _standard_output(separator: str) -> Any:
    """UTF-8, whatever the terminal says, and no line ending of the system's own."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    return csv.writer(sys.stdout, delimiter=separator, lineterminator="\n")


def _reader_of_the_shop() -> Reader:
    """With what the shop taught, where there is a shop and its database answers; else with what comes along."""
    try:
        settings = read_settings()
    except SettingsError:
        return Reader.alone()
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():  # looking would make the file
        return Reader.alone(settings.surveys_folder, settings.shop_locale)
    engine = prepare_engine(create_engine(url, hide_parameters=True))
    try:
        with session_factory(engine)() as session:
            session.info["read_only"] = True
            return Reader.of(session, settings.surveys_folder, settings.shop_locale)
    except SQLAlchemyError:
        return Reader.alone(settings.surveys_folder, settings.shop_locale)
    finally:
        engine.dispose()


def _head_lines(session: Session) -> Iterator[str]:
    for training in trainings(session):
        for head in versions_of(session, training.language):
            yield f"{head.model_version}: {_standing(head)}. {head.reason}"
    for lesson in session.scalars(select(ThemeLesson).order_by(ThemeLesson.language, ThemeLesson.version.desc())):
        better = [str(tried["theme"]) for tried in lesson.tried if tried["better"]]
        use = f"better than the phrases for {', '.join(better)}" if better else "no better than the phrases"
        yield f"{lesson.model_version}: from {lesson.comments:,} comments, {lesson.learned_at:%Y-%m-%d}; {use}."


def _standing(head: LanguageHead) -> str:
    if head.used_from is None:
        return f"never used, tried on {head.trained_at:%Y-%m-%d} with {head.comments:,} comments"
    until = f" to {head.retired_at:%Y-%m-%d}" if head.retired_at else ""
    return f"in use from {head.used_from:%Y-%m-%d}{until}, learned from {head.comments:,} comments"


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERR, disable=not ERR.is_terminal) as progress:
        yield progress


sentiment.add_command(rising_words)
