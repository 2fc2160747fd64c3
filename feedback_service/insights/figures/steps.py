"""Curves that only change at their marks, such as the share of buyers who came back by a day."""

from collections.abc import Sequence

from feedback_service.insights.figures.figure import Figure, Line, Mark
from feedback_service.insights.figures.header import SHADED
from feedback_service.insights.figures.look import Look, looks_of
from feedback_service.insights.figures.plot import End, Plot, end_of, plot_of
from feedback_service.insights.figures.sketch import Dots, Point, Sketch, Stroke
from feedback_service.insights.figures.trend import BAND, band, runs, spots
from feedback_service.insights.figures.words import plain, told, write

_DASHES = (4.0, 3.0)


def steps(figure: Figure, width: int) -> Sketch:
    """The picture of curves; from a mark with a note on, such as "not followed so long", they are grey and dashed."""
    plot = plot_of(figure, width, _notes(figure), _ends(figure, width))
    made = plot.start()
    for line, look in zip(figure.lines, plot.looks, strict=True):
        for run in runs(line.marks):
            sure = [at for at in run if not line.marks[at].note]
            grey = [at for at in run if line.marks[at].note]
            _curve(made, plot, line, sure, look.colour)
            _curve(made, plot, line, [*sure[-1:], *grey] if grey else [], "passive", grey=True)
            _end(made, plot, line, run[-1], look)
        spots(made, plot, line)
    plot.write_ends(made)
    return made


def _curve(made: Sketch, plot: Plot, line: Line, run: Sequence[int], colour: str, *, grey: bool = False) -> None:
    marks = [(plot.xs[at], line.marks[at]) for at in run]
    stairs = _stairs([(x, plot.y(mark.value or 0)) for x, mark in marks])
    if len(stairs) > 1:
        made.strokes.append(Stroke(tuple(stairs), colour, 2, _DASHES if grey else ()))
    lows, highs = _bounds(marks)
    if lows and highs:
        both = zip(_stairs(lows), _stairs(highs), strict=True)
        band(made, plot, [(x, low, high) for (x, low), (_, high) in both], colour, BAND / 2 if grey else BAND)


def _end(made: Sketch, plot: Plot, line: Line, at: int, look: Look) -> None:
    """Where a curve ends, its mark: hollow if it is grey there."""
    mark = line.marks[at]
    fill, edge = ("surface", "passive") if mark.note else (look.colour, look.colour)
    made.dots.append(Dots(((plot.xs[at], plot.y(mark.value or 0)),), 7, fill, edge, look.marker))


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
            colour = "muted" if last.note else look.colour
            ends.append(
                end_of(figure, last.value, look, write(last.value, figure.scale), line.name, width, colour=colour)
            )
    return ends


def _notes(figure: Figure) -> list[str]:
    marks = [mark for line in figure.lines for mark in line.marks if told(mark)]
    said = [SHADED] if any(mark.low is not None for mark in marks) else []
    grey = next((plain(mark.note) for mark in marks if mark.note), "")
    return [*said, *([f"Grey: {grey[:1].lower()}{grey[1:].rstrip('.')}."] if grey else [])]
