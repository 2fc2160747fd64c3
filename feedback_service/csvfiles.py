"""CSV as shops have it: any encoding Excel writes, any of its separators, headings of their own."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from charset_normalizer import from_bytes

if TYPE_CHECKING:
    import _csv

SEPARATORS = ",;\t|"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
LARGEST_FIELD = 1_000_000  # characters; a comment is never that long, a lost quote is


class CsvError(Exception):
    """A file that cannot be read as a table; the message says why."""


class RowError(Exception):
    """A row that cannot be taken; the message names the column, the value and what to do."""


@dataclass(frozen=True)
class Row:
    """One record: the line it begins on, its cells by our column name, and as they stood in the file."""

    line: int
    cells: Mapping[str, str]
    original: Sequence[str]

    def text(self, column: str) -> str:
        """The cell without blanks around it; empty where the column or the cell is missing."""
        return self.cells.get(column, "").strip()

    def required(self, column: str) -> str:
        """The cell; raises RowError where there is nothing in it."""
        if value := self.text(column):
            return value
        raise RowError(f"{column} is empty; every row needs it")


@dataclass(frozen=True)
class Table:
    """A file's heading and rows."""

    heading: Sequence[str]
    rows: Sequence[Row]


def read_table(path: Path, required: Iterable[str], renamed: Mapping[str, str]) -> Table:
    """Read a whole file.

    renamed: our column name -> the file's heading, from `--map`.
    Raises CsvError where the file is no table or lacks a required column.
    """
    text = _decoded(path)
    csv.field_size_limit(LARGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=False)
    try:
        heading = [cell.strip() for cell in next(reader)]
    except StopIteration:
        raise CsvError(f"{path.name} is empty.") from None
    columns = _columns(path, heading, required, renamed)
    return Table(heading, list(_rows(path, reader, columns)))


def _rows(path: Path, reader: "_csv.Reader", columns: Sequence[str]) -> Iterator[Row]:
    begins = reader.line_num + 1
    try:
        for record in reader:
            line, begins = begins, reader.line_num + 1
            if any(cell.strip() for cell in record):
                yield Row(line, dict(zip(columns, map(_plain, record), strict=False)), record)
    except csv.Error as error:
        raise CsvError(f"{path.name}, line {begins}: {error}; is a quotation mark left open?") from None


def _columns(path: Path, heading: Sequence[str], required: Iterable[str], renamed: Mapping[str, str]) -> Sequence[str]:
    """Our name for each of the file's columns."""
    for ours, theirs in renamed.items():
        if theirs not in heading:
            raise CsvError(f"{path.name} has no column {theirs!r}, which --map gives for {ours}.")
    ours_by_theirs = {theirs: ours for ours, theirs in renamed.items()}
    columns = [ours_by_theirs.get(name, name) for name in heading]
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        raise CsvError(f"{path.name} has the column {min(twice)!r} more than once.")
    if missing := [name for name in required if name not in columns]:
        raise CsvError(
            f"{path.name} has no column {', '.join(missing)}. Its columns are {', '.join(heading)};"
            f" name another heading with --map {missing[0]}=HEADING."
        )
    return columns


def _decoded(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CsvError(f"{path} cannot be read: {error.strerror}.") from None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        guess = from_bytes(content, cp_isolation=["cp1252", "cp1250", "cp1251", "latin_1", "shift_jis"]).best()
        if guess is None:
            raise CsvError(f"{path.name} is in no encoding we know; save it as CSV UTF-8.") from None
        return str(guess)


def _separator(text: str) -> str:
    heading = text.split("\n", 1)[0]
    return max(SEPARATORS, key=heading.count)


def _plain(cell: str) -> str:
    """Undo `safe_cell`, so that a corrected rejects file can be imported as it is."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def safe_cell(text: str) -> str:
    """Text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


class RejectsFile:
    """Refused rows, as they were, with line and reason in front; not created while there are none."""

    def __init__(self, path: Path, heading: Sequence[str]) -> None:
        self.path = path
        self.count = 0
        self._heading = heading
        self._file: IO[str] | None = None

    def add(self, row: Row, reason: str) -> None:
        """Write one refused row."""
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(["line", "reason", *self._heading])
        csv.writer(self._file).writerow([row.line, reason, *map(safe_cell, row.original)])
        self.count += 1

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()
