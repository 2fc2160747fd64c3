"""Where everything goes in a picture of one mark below the other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from feedback_service.insights.figures.axis import Axis, axis_of
from feedback_service.insights.figures.figure import Figure, Mark, Scale
from feedback_service.insights.figures.header import LINE, Header, header_of
from feedback_service.insights.figures.look import Look, looks_of
from feedback_service.insights.figures.measure import width_of, wrapped
from feedback_service.insights.figures.plot import NARROW_BELOW, count_name
from feedback_service.insights.figures.sketch import PADDING, SMALL
from feedback_service.insights.figures.words import DASH, TOO_FEW, plain, told, write, write_range

GREY = "Grey: could be chance, the line crosses zero."
HEADS = 24  # px over the rows for the name of the counts
FOOT = PADDING + SMALL + 8  # px under them for the axis
_ROW, _STACKED_ROW, _MORE = 30, 50, 24
NAME_LINE, _MOST_NAME_LINES = 18, 2
_COLUMN = 16  # px between two columns
_WIDEST_NAME = 300
_LEAST_PLOT = 240
_EMPTY = 110


@dataclass(frozen=True)
class Row:
    """One mark and where it stands."""

    mark: Mark
    look: Look
    line: str
    """Its name, where there are several."""
    first: bool
    """Whether it begins a group of one label."""
    y: float
    name: tuple[str, ...]
    """What it is called, in lines; of the first of a group only."""

    @property
    def more(self) -> float:
        """The height that its name takes beyond one line."""
        return NAME_LINE * max(0, len(self.name) - 1)


@dataclass(frozen=True)
class Columns:
    """What stands beside what, in pixels from the left."""

    stacked: bool
    """Whether the names stand over their marks: on a phone, or where too little room would be left for those."""
    name_room: float
    count_right: float
    left: float
    right: float
    """The ends of the axis."""
    interval_room: float


@dataclass(frozen=True)
class Rows:
    """The whole picture."""

    figure: Figure
    width: int
    height: int
    axis: Axis
    header: Header
    columns: Columns
    rows: tuple[Row, ...]

    @property
    def top(self) -> float:
        """The highest end of the grid."""
        return self.height - self.header.height - (HEADS if self.columns_named else 0)

    @property
    def columns_named(self) -> bool:
        """Whether the column of counts has its name over it."""
        return self.figure.tells_counts and not self.columns.stacked

    def x(self, value: float) -> float:
        """Where a value stands."""
        return self.columns.left + (self.columns.right - self.columns.left) * self.axis.share(value)


def plan_rows(figure: Figure, width: int) -> Rows:
    """Lay out the picture."""
    axis, looks = axis_of(figure), looks_of(figure)
    chips = [(look, line.name) for look, line in zip(looks, figure.lines, strict=True)] if len(looks) > 1 else []
    cut = [f"The axis ends at {axis.write(axis.high)}."] if axis.cut else []
    header = header_of(figure, width, [*_notes(figure), *cut], chips)
    columns = _columns(figure, width, axis)
    placed, tall = _placed(figure, looks, columns)
    heads = HEADS if figure.tells_counts and not columns.stacked else 0
    height = header.height + (_EMPTY if figure.empty else tall + FOOT + heads)
    return Rows(figure, width, round(height), axis, header, columns, placed)


def value_text(figure: Figure, mark: Mark) -> str:
    """What stands right of a mark."""
    if mark.enough and mark.value is not None:
        return write(mark.value, figure.scale)
    return TOO_FEW if mark.n else DASH


def interval_text(figure: Figure, mark: Mark) -> str:
    """And its interval."""
    if not told(mark) or mark.low is None or mark.high is None:
        return ""
    return f"({write_range(mark.low, mark.high, figure.scale)})"


def by_chance(mark: Mark) -> bool:
    """Whether its interval holds zero."""
    return mark.low is not None and mark.high is not None and mark.low <= 0 <= mark.high


def _columns(figure: Figure, width: int, axis: Axis) -> Columns:
    marks = list(_marks(figure))
    counts = 0.0
    if figure.tells_counts:
        counts = _widest([count_name(figure, width), *(f"{mark.n:,}" for mark in marks)]) + _COLUMN
    values = _widest([value_text(figure, mark) for mark in marks], bold=True)
    intervals = _widest([interval_text(figure, mark) for mark in marks])
    interval_room = intervals + 8 if intervals else 0
    ticks = _widest([axis.write(tick) for tick in axis.ticks]) / 2
    names = min(_widest([plain(mark.label) for mark in marks]), _WIDEST_NAME, 0.34 * width)
    count_right = PADDING + names + counts
    left, right = count_right + _COLUMN + ticks, width - PADDING - values - interval_room - _COLUMN - ticks
    if width >= NARROW_BELOW and right - left >= _LEAST_PLOT:
        return Columns(False, names, count_right, left, right, interval_room)
    interval_room = 0 if width < NARROW_BELOW else interval_room
    room = width - 2 * PADDING - values - interval_room - _COLUMN
    beside = 0.0
    if len(figure.lines) > 1:  # then each row has its own value
        values = _widest([value_text(figure, mark) for mark in marks if told(mark)], bold=True)
        beside = values + interval_room + _COLUMN
    return Columns(True, room, 0, PADDING + max(ticks, counts), width - PADDING - max(ticks, beside), interval_room)


def _placed(figure: Figure, looks: list[Look], columns: Columns) -> tuple[tuple[Row, ...], float]:
    """The rows from the top down, and the height of all of them."""
    found: list[tuple[Mark, Look, str, bool]] = []
    for at in range(max((len(line.marks) for line in figure.lines), default=0)):
        there = [(line, look) for line, look in zip(figure.lines, looks, strict=True) if at < len(line.marks)]
        for place, (line, look) in enumerate(there):
            name = plain(line.name) if len(figure.lines) > 1 else ""
            found.append((line.marks[at], look, name, place == 0))
    y, placed = float(FOOT), []
    for mark, look, of, first in reversed(found):
        called = wrapped(plain(mark.label), columns.name_room, SMALL, most=_MOST_NAME_LINES) if first else ()
        row = Row(mark, look, of, first, y + _MORE / 2, called)
        if not first:
            y += _MORE
        elif columns.stacked:
            y += _STACKED_ROW + row.more
        else:
            row = replace(row, y=y + (_ROW + row.more) / 2)
            y += _ROW + row.more
        placed.append(row)
    return tuple(reversed(placed)), y - FOOT


def _widest(texts: list[str], *, bold: bool = False) -> float:
    return max((width_of(text, SMALL, bold=bold) for text in texts), default=0)


def _notes(figure: Figure) -> list[str]:
    marks = [mark for mark in _marks(figure) if told(mark)]
    line = any(mark.low is not None for mark in marks)
    grey = figure.scale is Scale.POINTS and any(map(by_chance, marks))
    return [LINE] * line + [GREY] * grey


def _marks(figure: Figure) -> Iterator[Mark]:
    for line in figure.lines:
        yield from line.marks
