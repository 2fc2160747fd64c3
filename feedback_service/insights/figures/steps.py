"""Curves that only change at their marks, such as the share of buyers who came back by a day."""

from collections.abc import Sequence

from feedback_service.insights.figures.figure import Figure, Line, Mark
from feedback_service.insights.figures.header import SHADED
from feedback_service.insights.figures.immature import DASHES, GREY, colour_of, stretches, why_it_may_change
from feedback_service.insights.figures.look import Look, looks_of
from feedback_service.insights.figures.plot import End, Plot, end_of, plot_of
from feedback_service.insights.figures.sketch import Dots, Point, Sketch, Stroke
from feedback_service.insights.figures.trend import BAND, band, runs, spots
from feedback_service.insights.figures.words import told, write


def steps(figure: Figure, width: int) -> Sketch:
    """The picture of curves; where they may still change, they are grey and dashed."""
    plot = plot_of(figure, width, _notes(figure), _ends(figure, width))
    made = plot.start()
    for line, look in zip(figure.lines, plot.looks, strict=True):
        for run in runs(line.marks):
            for part, grey in stretches(line.marks, run):
                _curve(made, plot, line, part, GREY if grey else look.colour, grey=grey)
            _end(made, plot, line, run[-1], look)
        spots(made, plot, line)
    plot.write_ends(made)
    return made


def _curve(made: Sketch, plot: Plot, line: Line, run: Sequence[int], colour: str, *, grey: bool) -> None:
    marks = [(plot.xs[at], line.marks[at]) for at in run]
    stairs = _stairs([(x, plot.y(mark.value or 0)) for x, mark in marks])
    if len(stairs) > 1:
        made.strokes.append(Stroke(tuple(stairs), colour, 2, DASHES if grey else ()))
    lows, highs = _bounds(marks)
    if lows and highs:
        both = zip(_stairs(lows), _stairs(highs), strict=True)
        band(made, plot, [(x, low, high) for (x, low), (_, high) in both], colour, BAND / 2 if grey else BAND)


def _end(made: Sketch, plot: Plot, line: Line, at: int, look: Look) -> None:
    """Where a curve ends, its mark."""
    mark = line.marks[at]
    colour = colour_of(mark, look)
    made.dots.append(Dots(((plot.xs[at], plot.y(mark.value or 0)),), 7, colour, colour, look.marker))


def _bounds(marks: Sequence[tuple[float, Mark]]) -> tuple[list[Point], list[Point]]:
    held = [(x, mark.low, mark.high) for x, mark in marks if mark.low is not None and mark.high is not None]
    return [(x, low) for x, low, _ in held], [(x, high) for x, _, high in held]


def _stairs(points: Sequence[Point]) -> list[Point]:
    """Level from each point up to the next, and there straight up or down."""
    found: list[Point] = []
    for x, y in points:
        if found:
            found.append((x, found[-1][1]))
        found.append((x, y))
    return found


def _ends(figure: Figure, width: int) -> list[End]:
    ends = []
    for line, look in zip(figure.lines, looks_of(figure), strict=True):
        last = next((mark for mark in reversed(line.marks) if told(mark)), None)
        if last is not None and last.value is not None:
            text = write(last.value, figure.scale)
            ends.append(end_of(figure, last.value, look, text, line.name, width, colour=look.colour))
    return ends


def _notes(figure: Figure) -> list[str]:
    marks = [mark for line in figure.lines for mark in line.marks if told(mark)]
    return [SHADED] * any(mark.low is not None for mark in marks) + why_it_may_change("Grey", figure.lines)
