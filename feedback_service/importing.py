"""Takes a CSV file in, portion by portion, and says on the terminal what came of it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import track
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from feedback_service.csvfiles import CsvError, ImportCounts, RejectsFile, Row, Table, batches, read_table

SHOWN_REFUSALS = 5  # on the screen; the file has all of them

OUT = Console()
ERR = Console(stderr=True)


@dataclass(frozen=True)
class Given:
    """What both imports are asked for."""

    file: Path
    source: str
    renamed: tuple[str, ...]
    encoding: str | None
    rejects: Path | None
    dry_run: bool


def read_given(given: Given, required: tuple[str, ...], known: Callable[[str], bool]) -> Table:
    """The file's rows; says what a person should know about how they were read."""
    table = read_table(given.file, required, _renamed(given.renamed), known=known, encoding=given.encoding)
    if table.guessed:
        line(f"Read as {table.encoding}, which is a guess; if letters come out wrong, give --encoding.")
    if table.unread:
        line(f"Columns that were not read: {', '.join(table.unread)}. If one is ours, give --map COLUMN=HEADING.")
    return table


def take_in_file(
    session: Session,
    given: Given,
    table: Table,
    together: Callable[[Row], str],
    take: Callable[[list[Row]], ImportCounts],
) -> None:
    """Take in a file, a portion at a time, and say what came of it; `together` names what must share a portion."""
    path = given.rejects or given.file.with_name(f"{given.file.stem}.rejects.csv")
    if not os.access(path if path.exists() else path.parent, os.W_OK):  # known before anything is kept
        raise CsvError(f"{path} cannot be written; say with --rejects where refused rows may go.")
    total = ImportCounts()
    portions = list(batches(table.rows, together))
    name = escape(given.file.name)
    for portion in track(portions, description=name, console=ERR, disable=not ERR.is_terminal):
        total.add(_take_portion(session, portion, take, keep=not given.dry_run))
    total.refused.sort(key=lambda refusal: refusal[0].line)
    refused = RejectsFile(path, table.heading, table.separator)
    for row, reason in total.refused:
        refused.add(row, reason)
    refused.close()
    _say(total, refused, given.dry_run)


def _take_portion(
    session: Session, portion: list[Row], take: Callable[[list[Row]], ImportCounts], *, keep: bool
) -> ImportCounts:
    try:
        counts = take(portion)
        session.flush()
    except IntegrityError:  # another import added the same things in the meantime; now they are known
        session.rollback()
        counts = take(portion)
    if keep:
        session.commit()
    else:
        session.rollback()
    return counts


def _renamed(pairs: tuple[str, ...]) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            raise CsvError(f'--map {pair}: write COLUMN=HEADING, such as --map order_id="Order number".')
    return dict(pair.split("=", 1) for pair in pairs)


def _say(total: ImportCounts, refused: RejectsFile, dry_run: bool) -> None:
    sums = (
        f"{total.added:,} added, {total.updated:,} updated, {total.unchanged:,} unchanged, {refused.count:,} refused."
    )
    line(f"Dry run, nothing kept: {sums}" if dry_run else sums)
    if total.repeated:
        line(f"{total.repeated:,} more had a later row about the same thing, which counts.")
    for row, reason in total.refused[:SHOWN_REFUSALS]:
        line(f"  line {row.line}: {reason}")
    if refused.count:
        line(f"Refused rows with their reasons: {refused.path}")


def line(text: str) -> None:
    """One line as it is, however wide the terminal: a path that is broken in two cannot be copied."""
    OUT.print(text, markup=False, highlight=False, soft_wrap=True)
