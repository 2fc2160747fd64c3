"""CSV as shops have it: any encoding Excel writes, any of its separators, headings of their own."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

from charset_normalizer import from_bytes

if TYPE_CHECKING:
    import _csv

SEPARATORS = ",;\t|"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
LARGEST_FIELD = 1_000_000  # characters; a comment is never that long, a lost quote is
LIKELIEST_OLD_ENCODING = "cp1252"  # what Excel writes in western Europe and the Americas
OLD_ENCODINGS = (LIKELIEST_OLD_ENCODING, "cp1250", "cp1251", "shift_jis")
REJECT_COLUMNS = ("line", "reason")
BATCH = 500  # rows per transaction: a crash loses none that were reported
_QUOTED = re.compile(r'"[^"]*"')
_UNREADABLE = "\ufffd"  # what decoding puts in place of a lost letter
_END = "\x1a"  # put after the last line, where DOS put it too: whoever swallows it has a quotation mark open


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
    surplus: Sequence[str] = ()
    """Cells beyond the heading: a sign that the others stand in the wrong columns."""

    def text(self, column: str) -> str:
        """The cell without blanks around it; empty where the column or the cell is missing."""
        return self.cells.get(column, "").strip()

    def required(self, column: str) -> str:
        """The cell; raises RowError where there is nothing in it."""
        if value := self.text(column):
            return value
        raise RowError(f"{column} is empty; every row needs it")

    def check_width(self) -> None:
        """Raises RowError where the row has more cells than the heading."""
        if self.surplus:
            heading = len(self.original) - len(self.surplus)
            raise RowError(
                f"the row has {len(self.original)} cells and the heading {heading};"
                " put quotation marks around a cell that holds the separator"
            )


@dataclass(frozen=True)
class Table:
    """A file's heading and rows, and how the file was read."""

    heading: Sequence[str]
    rows: Sequence[Row]
    separator: str
    encoding: str
    guessed: bool
    """Whether the encoding is a guess, which a person should look at."""
    unread: Sequence[str]
    """Headings that mean nothing to us."""


def read_table(
    path: Path,
    required: Iterable[str],
    renamed: Mapping[str, str],
    *,
    known: Callable[[str], bool] = lambda _: True,
    encoding: str | None = None,
    blank_rows: bool = False,
) -> Table:
    """Read a whole file.

    renamed: our column name -> the file's heading, from `--map`.
    known: whether a column of that name is ours.
    encoding: what the file is written in; None to find out.
    blank_rows: whether rows of empty cells count; lines without any cell never do.
    Raises CsvError where the file is no table or lacks a required column.
    """
    text, read_as, guessed = _decoded(path, encoding)
    csv.field_size_limit(LARGEST_FIELD)
    separator = _separator(text)
    reader = csv.reader(chain(io.StringIO(text, newline=""), [_END]), delimiter=separator, strict=False)
    records = _records(path, reader, blank_rows=blank_rows)
    heading = _heading(path, records)
    columns = _columns(path, heading, required, renamed, known)
    rows = [_row(line, record, columns) for line, record in records]
    unread = [name for name in columns if name and not known(name) and name not in REJECT_COLUMNS]
    return Table(heading, rows, separator, read_as, guessed, unread)


def _records(path: Path, reader: "_csv.Reader", *, blank_rows: bool) -> Iterator[tuple[int, list[str]]]:
    """Everything that is not blank, or has cells at least, with the line it begins on."""
    begins = 1
    try:
        for record in reader:
            if record == [_END]:
                return
            if record and record[-1].endswith(_END):
                raise CsvError(f"{path.name}, line {begins}: a quotation mark is opened there and never closed.")
            if any(cell.strip() for cell in record) or (blank_rows and record):
                yield begins, record
            begins = reader.line_num + 1
    except csv.Error as error:
        raise CsvError(f"{path.name}, line {begins}: {error}; is a quotation mark left open?") from None


def _heading(path: Path, records: Iterator[tuple[int, list[str]]]) -> list[str]:
    for _, record in records:
        told_separator = record[0].strip().lower() == "sep="  # Excel's own note about it
        if any(cell.strip() for cell in record) and not told_separator:
            return [_plain(cell).strip() for cell in record]
    raise CsvError(f"{path.name} is empty.")


def _row(line: int, record: Sequence[str], columns: Sequence[str]) -> Row:
    surplus = record[len(columns) :]
    cells = dict(zip(columns, map(_plain, record), strict=False))
    return Row(line, cells, record, surplus if any(cell.strip() for cell in surplus) else ())


def _columns(
    path: Path,
    heading: Sequence[str],
    required: Iterable[str],
    renamed: Mapping[str, str],
    known: Callable[[str], bool],
) -> Sequence[str]:
    """Our name for each of the file's columns."""
    for ours, theirs in renamed.items():
        if not known(ours):
            raise CsvError(f"--map {ours}={theirs}: there is no column {ours}; the heading is on the right.")
        if theirs not in heading:
            raise CsvError(f"{path.name} has no column {theirs!r}, which --map gives for {ours}.")
    ours_by_theirs = {theirs: ours for ours, theirs in renamed.items()}
    if len(ours_by_theirs) < len(renamed):
        raise CsvError("--map gives one heading for two columns; copy the column in the file.")
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


def _decoded(path: Path, encoding: str | None) -> tuple[str, str, bool]:
    """The text, what it was written in, and whether that is a guess."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CsvError(f"{path} cannot be read: {error.strerror}.") from None
    certain = encoding or _telltale(content)
    try:
        return content.decode(certain), certain, False
    except LookupError:
        raise CsvError(f"There is no encoding {certain}.") from None
    except UnicodeError:
        if encoding or certain != "utf-8-sig":
            raise CsvError(f"{path.name} is not written in {certain} throughout; save it as CSV UTF-8.") from None
        return _guessed(path, content)


def _telltale(content: bytes) -> str:
    """The encoding that the first bytes give away."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if content[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if content[:1] == b"\0" else "utf-8-sig"


def _guessed(path: Path, content: bytes) -> tuple[str, str, bool]:
    """Text from before UTF-8. Where two encodings read equally well, the likelier one wins."""
    almost = content.decode("utf-8-sig", errors="replace")
    lost = almost.count(_UNREADABLE)
    if sum(not letter.isascii() for letter in almost) > 2 * lost:  # mangled, not older: a guess would spoil the rest
        line = almost.count("\n", 0, almost.index(_UNREADABLE)) + 1
        raise CsvError(f"{path.name}, line {line}: one letter is not UTF-8, as the others are; mend or remove it.")
    guesses = from_bytes(content, cp_isolation=list(OLD_ENCODINGS))
    best = guesses.best()
    if best is None:
        raise CsvError(f"{path.name} is in no encoding we know; save it as CSV UTF-8.")
    for guess in guesses:
        if guess.encoding == LIKELIEST_OLD_ENCODING and guess.chaos <= best.chaos:
            best = guess
    same = LIKELIEST_OLD_ENCODING in best.could_be_from_charset
    return str(best), LIKELIEST_OLD_ENCODING if same else best.encoding, True


def _separator(text: str) -> str:
    """Whatever stands most often in the heading, outside of quotation marks."""
    start = text[:LARGEST_FIELD].lstrip()
    heading = _QUOTED.sub("", start).splitlines()[:1]
    return max(SEPARATORS, key="".join(heading).count)


def _plain(cell: str) -> str:
    """Undo `safe_cell`, so that a corrected rejects file can be imported as it is; NUL is no text anywhere."""
    cell = cell.replace("\0", "")
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


@dataclass
class ImportCounts:
    """What a batch came to."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    """Good rows that a later row of the same file replaces."""
    refused: list[tuple[Row, str]] = field(default_factory=list)

    def add(self, other: "ImportCounts") -> None:
        """Sum up."""
        self.added += other.added
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.repeated += other.repeated
        self.refused += other.refused


def batches(rows: Sequence[Row], together: Callable[[Row], str] | None = None) -> Iterator[list[Row]]:
    """Rows in the portions that are committed together.

    Rows for which `together` gives the same text share a portion where they fit into one, so that the last of them
    is known before the first is stored, and a file that contradicts itself changes nothing when it comes again.
    """
    groups: dict[str, list[Row]] = {}
    for number, row in enumerate(rows):
        groups.setdefault(together(row) if together else str(number), []).append(row)
    batch: list[Row] = []
    for group in groups.values():
        if batch and len(batch) + len(group) > BATCH:
            yield batch
            batch = []
        batch += group
        while len(batch) > BATCH:
            yield batch[:BATCH]
            batch = batch[BATCH:]
    if batch:
        yield batch


def safe_cell(text: str) -> str:
    """Text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


class RejectsFile:
    """Refused rows, as they were, with line and reason in front; not created while there are none.

    Once corrected it can be imported as it is: what an earlier refusal put in front is replaced.
    Raises CsvError where it cannot be written.
    """

    def __init__(self, path: Path, heading: Sequence[str], separator: str = ",") -> None:
        self.path = path
        self.count = 0
        self._separator = separator
        self._notes = len(REJECT_COLUMNS) if tuple(heading[: len(REJECT_COLUMNS)]) == REJECT_COLUMNS else 0
        self._heading = heading[self._notes :]
        self._file: IO[str] | None = None

    def add(self, row: Row, reason: str) -> None:
        """Write one refused row."""
        if self._file is None:
            self._file = self._opened()
            self._write(self._file, [*REJECT_COLUMNS, *self._heading])
        self._write(self._file, [str(row.line), reason, *row.original[self._notes :]])
        self.count += 1

    def _opened(self) -> IO[str]:
        try:
            return self.path.open("w", encoding="utf-8-sig", newline="")
        except OSError as error:
            raise CsvError(f"{self.path} cannot be written: {error.strerror}.") from None

    def _write(self, file: IO[str], cells: Sequence[str]) -> None:
        csv.writer(file, delimiter=self._separator).writerow(map(safe_cell, cells))

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()
