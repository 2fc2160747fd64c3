"""What pictures over time have in common: a value axis, the periods with their counts under it, and a latest value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from feedback_service.insights.figures.axis import Axis, axis_of
from feedback_service.insights.figures.figure import Figure, Mark
from feedback_service.insights.figures.flags import Flags, flags_of
from feedback_service.insights.figures.header import Header, header_of
from feedback_service.insights.figures.look import Look, looks_of
from feedback_service.insights.figures.measure import fit, width_of
from feedback_service.insights.figures.sketch import (
    BODY,
    HUGE,
    LARGE,
    PADDING,
    ROW,
    SMALL,
    Area,
    Dots,
    Sketch,
    Spot,
    Stroke,
)
from feedback_service.insights.figures.ticks import Ticks, positions, ticks_of, widest_of
from feedback_service.insights.figures.words import count_text, nothing_yet, plain, sentence

NARROW_BELOW = 520
WIDEST_BAR, BAR_SHARE = 56, 0.72  # px, and of the way to the next
BARS = 16  # px for the bars of counts, where not every count is written
_GRID = 224
_INSET = 16
_WIDEST_END = 150
_DASHED = (5.0, 3.0)


@dataclass(frozen=True)
class End:
    """What stands right of a line's last mark."""

    at: float
    """The value it stands at."""
    text: str
    below: str
    look: Look
    size: int = LARGE
    colour: str = "ink"

    @property
    def height(self) -> float:
        """The room it takes."""
        return self.size + 4 + (ROW - 2 if self.below else 0)

    @property
    def width(self) -> float:
        """The room it takes."""
        return max(width_of(self.text, self.size, bold=True), width_of(self.below, SMALL))


@dataclass(frozen=True)
class Plot:
    """Where everything goes."""

    figure: Figure
    width: int
    axis: Axis
    looks: tuple[Look, ...]
    header: Header
    flags: Flags
    ticks: Ticks
    xs: tuple[float, ...]
    left: float
    right: float
    ends: tuple[End, ...]

    @property
    def narrow(self) -> bool:
        """Whether this is for a phone."""
        return is_narrow(self.width)

    @cached_property
    def counts(self) -> list[tuple[Look | None, Sequence[Mark]]]:
        """A row of marks whose counts stand under the periods for each line, or one where the lines share them."""
        lines = self.figure.lines[:1] if self.figure.same_counts else self.figure.lines
        one = len(lines) == 1
        return [(None if one else look, line.marks) for look, line in zip(self.looks, lines, strict=False)]

    @property
    def count_row(self) -> float:
        """The height of a row of counts."""
        return ROW + (0 if self.ticks.all_shown else BARS)

    @property
    def groups_y(self) -> float:
        """The baseline of the years."""
        return PADDING + len(self.counts) * self.count_row + 6

    @property
    def labels_y(self) -> float:
        """The baseline of the months."""
        return self.groups_y + (ROW if any(self.ticks.groups) else 0)

    @property
    def bottom(self) -> float:
        """The lowest line of the grid."""
        return self.labels_y + SMALL + 8

    @property
    def top(self) -> float:
        """The highest line of the grid."""
        return self.bottom + _GRID

    @property
    def height(self) -> int:
        """Of the whole picture."""
        return round(self.top + 14 + self.flags.height + self.header.height)

    @property
    def spacing(self) -> float:
        """The least distance of two neighbours."""
        apart = [b - a for a, b in zip(self.xs, self.xs[1:], strict=False)]
        return min(apart, default=self.right - self.left - 2 * _INSET)

    def y(self, value: float) -> float:
        """The height of a value."""
        return self.bottom + (self.top - self.bottom) * self.axis.share(value)

    def start(self) -> Sketch:
        """A sketch with all but the lines themselves."""
        made = Sketch(self.width, self.height)
        self.header.draw(made)
        self._grid(made)
        self._foot(made)
        self.flags.draw(made, self.bottom, self.top)
        if self.figure.target is not None:
            y = self.y(self.figure.target)
            made.strokes.append(Stroke(((self.left, y), (self.right, y)), "ink", 1.25, _DASHED))
        if self.figure.empty:
            text = nothing_yet(self.figure)
            tick = self.y(self.axis.ticks[-2])
            room = self.right - self.left
            made.middle(
                (self.left + self.right) / 2,
                (tick + self.top) / 2,
                fit(text, room, BODY),
                BODY,
                colour="muted",
                align="center",
            )
        return made

    def write_ends(self, made: Sketch) -> None:
        """Beside each line its latest value, moved apart where two would touch."""
        for end, y in zip(
            self.ends, _apart([(self.y(e.at), e.height) for e in self.ends], self.bottom, self.top), strict=True
        ):
            x = self.right + 6
            up = (end.height - end.size - 4) / 2
            made.middle(x, y + up, end.text, end.size, bold=True, colour=end.colour)
            if end.below:
                made.middle(x, y + up - end.size / 2 - SMALL / 2 - 3, end.below, colour="muted")

    def column_spots(self, made: Sketch) -> None:
        """A link over all of the height for each mark of the only line."""
        half = min(self.spacing / 2, 24)
        for x, mark in zip(self.xs, self.figure.lines[0].marks if self.figure.lines else (), strict=False):
            if mark.url:
                words = f"{plain(mark.label)}: {sentence(mark, self.figure)}"
                made.spots.append(Spot(x - half, PADDING, 2 * half, self.top - PADDING, mark.url, words))

    def _grid(self, made: Sketch) -> None:
        for tick in self.axis.ticks:
            y = self.y(tick)
            made.rule(self.left, y, self.right, y, "line" if tick else "muted")
            made.middle(self.left - 8, y, self.axis.write(tick), colour="muted", align="right")

    def _foot(self, made: Sketch) -> None:
        for at in self.ticks.shown:
            made.write(self.xs[at], self.labels_y, self.ticks.heads[at], colour="muted", align="center")
        for at in self.ticks.grouped:
            made.write(self.xs[at], self.groups_y, self.ticks.groups[at], colour="muted", align="center")
        rows = self.counts
        for place, (look, marks) in enumerate(rows):
            y = PADDING + (len(rows) - 1 - place) * self.count_row
            self._count_row(made, y, look, marks)

    def _count_row(self, made: Sketch, y: float, look: Look | None, marks: Sequence[Mark]) -> None:
        if not self.xs:
            return
        made.write(PADDING + (16 if look else 0), y, count_name(self.figure, self.width), colour="muted")
        if look:
            made.dots.append(Dots(((PADDING + 5, y + 5),), 8, look.colour, look.colour, look.marker))
        for at in self.ticks.shown:
            if at < len(marks):
                made.write(self.xs[at], y, count_text(marks[at]), colour="muted", align="center")
        if not self.ticks.all_shown:
            counts = [mark.n for mark in marks]
            most, floor, half = max(1, *counts, 0), y + SMALL + 1, min(2.0, 0.2 * self.spacing)
            bars = [(x, floor + (BARS - 3) * n / most) for x, n in zip(self.xs, counts, strict=False) if n]
            shapes = tuple(((x - half, floor), (x - half, up), (x + half, up), (x + half, floor)) for x, up in bars)
            made.areas.append(Area(shapes, look.colour if look else "passive"))


def is_narrow(width: int) -> bool:
    """Whether a picture is for a phone."""
    return width < NARROW_BELOW


def count_name(figure: Figure, width: int) -> str:
    """What stands left of the counts."""
    name = plain(figure.count_of)
    return "n" if is_narrow(width) or width_of(name, SMALL) > 100 else name  # noqa: PLR2004 - px, a column's worth


def plot_of(figure: Figure, width: int, notes: list[str], ends: list[End], *, bars: bool = False) -> Plot:
    """Lay out the picture; `notes` say what its marks mean, `ends` stand at the right."""
    axis, looks = axis_of(figure), looks_of(figure)
    several = len(figure.lines) > 1 and not figure.same_counts
    names = width_of(count_name(figure, width), SMALL) + (16 if several else 0)
    left = PADDING + max(names, *(width_of(axis.write(tick), SMALL) for tick in axis.ticks)) + 10
    named = {end.below for end in ends}
    unnamed = len(figure.lines) > 1 and not {plain(line.name) for line in figure.lines} <= named
    if unnamed:  # then their names stand over the picture, and need not stand here in parts
        ends = [replace(end, below="") for end in ends]
    room = max((end.width for end in ends), default=0)
    right = width - PADDING - (room + 6 if ends else 0)
    inset = max(_bar_inset(right - left, len(positions(figure))) if bars else _INSET, widest_of(figure) / 2 + 2)
    first, last = left + inset, right - inset
    xs = tuple(first + (last - first) * share for share in positions(figure))
    half = (xs[1] - xs[0]) / 2 if len(xs) > 1 else inset
    flags = flags_of(
        figure.events, len(xs), lambda at: max(left, xs[at] - (half if at == 0 else (xs[at] - xs[at - 1]) / 2)), width
    )
    said = [*notes, *([f"The axis ends at {axis.write(axis.high)}."] if axis.cut else []), *flags.listed]
    chips = [(look, line.name) for look, line in zip(looks, figure.lines, strict=True)] if unnamed else []
    header = header_of(figure, width, said, chips)
    return Plot(figure, width, axis, tuple(looks), header, flags, ticks_of(figure, xs), xs, left, right, tuple(ends))


def _bar_inset(room: float, count: int) -> float:
    """From an end of the grid to the middle of a bar, all of which stay on it."""
    return min(WIDEST_BAR, BAR_SHARE * (room - 8) / max(count - 1 + BAR_SHARE, 1)) / 2 + 4


def end_of(figure: Figure, at: float, look: Look, text: str, name: str, width: int, *, colour: str = "ink") -> End:
    """The end of one of several lines: its value, and on a desktop its name."""
    below = "" if is_narrow(width) else fit(plain(name), _WIDEST_END, SMALL)
    return End(at, text, below, look, SMALL if is_narrow(width) else LARGE, colour)


def lone_end(at: float, text: str, interval: str, look: Look, width: int, *, colour: str = "ink") -> End:
    """The end of the only line: its value in large figures, and on a desktop its interval."""
    narrow = is_narrow(width)
    return End(at, text, "" if narrow else interval, look, LARGE if narrow else HUGE, colour)


def _apart(wanted: Sequence[tuple[float, float]], bottom: float, top: float) -> list[float]:
    """Middles near those wanted, each given with its height, that neither touch nor leave the grid."""
    order = sorted(range(len(wanted)), key=lambda place: wanted[place][0])
    found = [0.0] * len(wanted)
    floor = bottom
    for place in order:
        y, height = wanted[place]
        found[place] = max(y, floor + height / 2)
        floor = found[place] + height / 2
    ceiling = top
    for place in reversed(order):
        height = wanted[place][1]
        found[place] = min(found[place], ceiling - height / 2)
        ceiling = found[place] - height / 2
    return found
