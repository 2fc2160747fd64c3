"""Values over periods, each line with the band of its interval; grey where they may still change."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from feedback_service.insights.figures.figure import Figure, Line, Mark
from feedback_service.insights.figures.header import HOLLOW, LEFT_OUT, SHADED
from feedback_service.insights.figures.immature import DASHES, GREY, colour_of, stretches, why_it_may_change
from feedback_service.insights.figures.look import Look, looks_of
from feedback_service.insights.figures.plot import End, Plot, end_of, lone_end, plot_of
from feedback_service.insights.figures.sketch import LARGE, Area, Dots, Point, Sketch, Spot, Stroke
from feedback_service.insights.figures.words import plain, sentence, told, write, write_range

BAND = 0.18  # how much of the colour a band has, so that the grid and another band show through
_REACH = 12  # px around a mark that lead to its answers


def trend(figure: Figure, width: int) -> Sketch:
    """The picture of a trend."""
    plot = plot_of(figure, width, _notes(figure), _ends(figure, width))
    made = plot.start()
    alone = len(figure.lines) == 1
    for line, look in zip(figure.lines, plot.looks, strict=True):
        for run in runs(line.marks):
            for part, grey in stretches(line.marks, run):
                _stretch(made, plot, line, part, GREY if grey else look.colour, grey=grey)
            _dots(made, plot, line, run, look)
        _latest(made, plot, line, look, alone=alone)
        if alone:  # between several lines nobody could say whose they are
            _hollow(made, plot, line, look)
        else:
            spots(made, plot, line)
    if alone:
        plot.column_spots(made)
    plot.write_ends(made)
    return made


def runs(marks: Sequence[Mark]) -> Iterator[list[int]]:
    """Stretches of neighbours that can be told: a line is drawn through each, never across what lies between."""
    numbered = enumerate(at for at, mark in enumerate(marks) if told(mark))
    for _, run in groupby(numbered, key=lambda pair: pair[1] - pair[0]):
        yield [at for _, at in run]


def spots(made: Sketch, plot: Plot, line: Line) -> None:
    """A link around each mark of one of several lines."""
    for x, mark in zip(plot.xs, line.marks, strict=False):
        if mark.url and mark.value is not None and told(mark):
            half = min(_REACH, max(4, plot.spacing / 2))
            words = f"{plain(line.name)}, {plain(mark.label)}: {sentence(mark, plot.figure)}"
            made.spots.append(Spot(x - half, plot.y(mark.value) - _REACH, 2 * half, 2 * _REACH, mark.url, words))


def band(
    made: Sketch, plot: Plot, points: Sequence[tuple[float, float, float]], colour: str, alpha: float = BAND
) -> None:
    """The band between low and high, each given with its place."""
    if len(points) == 1:  # a band of no width would not be seen
        x, low, high = points[0]
        points = [(x - 4, low, high), (x + 4, low, high)]
    under: list[Point] = [(x, plot.y(low)) for x, low, _ in points]
    over: list[Point] = [(x, plot.y(high)) for x, _, high in reversed(points)]
    made.areas.append(Area(((*under, *over),), colour, alpha))


def _stretch(made: Sketch, plot: Plot, line: Line, run: Sequence[int], colour: str, *, grey: bool) -> None:
    marks = [(plot.xs[at], line.marks[at]) for at in run]
    held = [(x, mark.low, mark.high) for x, mark in marks if mark.low is not None and mark.high is not None]
    if held:
        band(made, plot, held, colour, BAND / 2 if grey else BAND)
    points = tuple((x, plot.y(mark.value or 0)) for x, mark in marks)
    made.strokes.append(Stroke(points, colour, 2, DASHES if grey else ()))


def _dots(made: Sketch, plot: Plot, line: Line, run: Sequence[int], look: Look) -> None:
    size = min(6, max(2.5, 0.4 * plot.spacing))
    by_colour: dict[str, list[Point]] = {}
    for at in run:
        point = (plot.xs[at], plot.y(line.marks[at].value or 0))
        by_colour.setdefault(colour_of(line.marks[at], look), []).append(point)
    made.dots += [Dots(tuple(points), size, colour, colour, look.marker) for colour, points in by_colour.items()]


def _hollow(made: Sketch, plot: Plot, line: Line, look: Look) -> None:
    few = [
        (x, plot.y(mark.value))
        for x, mark in zip(plot.xs, line.marks, strict=False)
        if mark.value is not None and not mark.enough
    ]
    if few:
        made.dots.append(Dots(tuple(few), min(7, max(3.5, 0.5 * plot.spacing)), "surface", "passive", look.marker))


def _latest(made: Sketch, plot: Plot, line: Line, look: Look, *, alone: bool) -> None:
    at = _last(line)
    if at is None or (mark := line.marks[at]).value is None:
        return
    x, y = plot.xs[at], plot.y(mark.value)
    made.dots.append(Dots(((x, y),), 9 if plot.narrow else 11, colour_of(mark, look), "surface", look.marker))
    if alone and at < len(line.marks) - 1:  # later periods stand where the figure would
        over = plot.y(mark.high if mark.high is not None else mark.value) + LARGE
        under = plot.y(mark.low if mark.low is not None else mark.value) - LARGE
        made.middle(
            x,
            over if over < plot.top else under,
            write(mark.value, plot.figure.scale),
            LARGE,
            bold=True,
            align="center",
        )


def _last(line: Line) -> int | None:
    """The mark whose value is written: the newest that will stay as it is, or if none will, the newest."""
    there = [at for at, mark in enumerate(line.marks) if told(mark)]
    stays = [at for at in there if not line.marks[at].immature]
    return max(stays or there, default=None)


def _ends(figure: Figure, width: int) -> list[End]:
    ends = []
    last = [_last(line) for line in figure.lines]
    newest = max((at for at in last if at is not None), default=0)
    for line, look, at in zip(figure.lines, looks_of(figure), last, strict=True):
        if at is None or at < newest - 1 or (mark := line.marks[at]).value is None:
            continue  # what was long ago does not stand where the others are told
        text = write(mark.value, figure.scale)
        if len(figure.lines) > 1:
            ends.append(end_of(figure, mark.value, look, text, line.name, width, colour=look.colour))
        elif at == len(line.marks) - 1:
            has = mark.low is not None and mark.high is not None
            interval = write_range(mark.low or 0, mark.high or 0, figure.scale) if has else ""
            colour = "muted" if mark.immature else "ink"
            ends.append(lone_end(mark.value, text, interval, look, width, colour=colour))
    return ends


def _notes(figure: Figure) -> list[str]:
    marks = [mark for line in figure.lines for mark in line.marks]
    shaded = any(told(mark) and mark.low is not None for mark in marks)
    few = any(mark.value is not None and not mark.enough for mark in marks)
    return (
        [SHADED] * shaded
        + [HOLLOW if len(figure.lines) == 1 else LEFT_OUT] * few
        + why_it_may_change("Grey", figure.lines)
    )
