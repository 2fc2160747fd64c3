"""The numbers of a figure as a table on the page and as a file for a spreadsheet: the same, written twice."""

import csv
import io
from dataclasses import dataclass

from feedback_service.csvfiles import safe_cell
from feedback_service.insights.figures.figure import Figure, Line, Mark
from feedback_service.insights.figures.words import DASH, TOO_FEW, count_text, counted, plain, write, write_range

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for something older."""
DIGITS = 4  # after the point in a file; more would pretend to know more


@dataclass(frozen=True)
class Cell:
    """What stands in one place of the table."""

    text: str
    number: bool = True
    url: str = ""
    """Where the answers behind it are."""
    says: str = ""
    """The same with what it belongs to, for whoever hears the link alone."""


@dataclass(frozen=True)
class Table:
    """A figure's numbers as people read them."""

    groups: tuple[tuple[str, int], ...]
    """Names over the columns of each line, with how many those are; none where there is one line."""
    columns: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    noted: bool
    """Whether the last column is one of words."""


def table_of(figure: Figure) -> Table:
    """The table under a picture; a row leads to its answers, or where there are several lines, each value does."""
    heads = [Cell(figure.first_column, number=False)]
    if figure.shares_count:
        heads += [Cell(figure.count_of), *(Cell(line.name) for line in figure.lines)]
    else:
        heads += [Cell(head) for _ in figure.lines for head in _heads(figure)]
    if figure.has_notes:
        heads.append(Cell("Note", number=False))
    several = len(figure.lines) > 1 and not figure.shares_count
    groups = tuple((line.name, len(_heads(figure))) for line in figure.lines) if several else ()
    rows = tuple(_row(figure, at, str(row[-1] or "")) for at, row in enumerate(figure.rows()))
    return Table(groups, tuple(heads), rows, figure.has_notes)


def _heads(figure: Figure) -> list[str]:
    """Of the columns of one line."""
    counts = [figure.count_of] if figure.tells_counts else []
    return [*counts, figure.value_name, *(["95 % interval"] if figure.has_intervals else [])]


def _row(figure: Figure, at: int, note: str) -> tuple[Cell, ...]:
    marks = [line.marks[at] if at < len(line.marks) else None for line in figure.lines]
    first = next(mark for mark in marks if mark)
    alone = len(figure.lines) == 1
    cells = [Cell(first.label, number=False, url=first.url if alone else "")]
    if figure.shares_count:
        cells.append(Cell(count_text(first)))
    for line, mark in zip(figure.lines, marks, strict=True):
        cells += _cells(figure, line, mark, linked=not alone)
    if figure.has_notes:
        cells.append(Cell(note, number=False))
    return tuple(cells)


def _cells(figure: Figure, line: Line, mark: Mark | None, *, linked: bool) -> list[Cell]:
    """What one line has in one row."""
    if mark is None:
        return [Cell(DASH)] * (1 if figure.shares_count else len(_heads(figure)))
    value = Cell(DASH)
    if mark.enough and mark.value is not None:
        value = Cell(write(mark.value, figure.scale))
    elif mark.n:
        value = Cell(TOO_FEW)
    if mark.url and linked and value.text != DASH:
        told = f"{line.name}, {mark.label}: {value.text}, {counted(mark.n, figure.count_of)}"
        value = Cell(value.text, url=mark.url, says=told)
    if figure.shares_count:
        return [value]
    counts = [Cell(count_text(mark))] if figure.tells_counts else []
    return [*counts, value, *([Cell(_interval(figure, mark))] if figure.has_intervals else [])]


def _interval(figure: Figure, mark: Mark) -> str:
    if not mark.enough or mark.low is None or mark.high is None:
        return DASH
    return write_range(mark.low, mark.high, figure.scale)


def csv_of(figure: Figure) -> bytes:
    """The numbers as a file: UTF-8 that Excel knows for it, real numbers, and no text that is run as a formula."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(safe_cell(plain(head)) for head in figure.columns())
    for row in figure.rows():
        lines.writerow(_csv_cell(cell) for cell in row)
    return (BYTE_ORDER_MARK + out.getvalue()).encode()


def _csv_cell(cell: str | float | None) -> str | float:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe_cell(plain(cell))
    return round(cell, DIGITS)
