"""Parts of a whole over periods, stacked in bars; pale where they may still change."""

from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.figures.header import LEFT_OUT
from feedback_service.insights.figures.immature import why_it_may_change
from feedback_service.insights.figures.look import looks_of
from feedback_service.insights.figures.plot import BAR_SHARE, WIDEST_BAR, End, Plot, end_of, plot_of
from feedback_service.insights.figures.sketch import Area, Point, Sketch, Spot
from feedback_service.insights.figures.words import plain, sentence, told, write

FRAMED = "Empty frame: too few to say."
PALE = 0.45
ROOMY = 12  # px for each bar; of closer ones only the edges of a frame would be seen, which look like a bar


def shares(figure: Figure, width: int) -> Sketch:
    """The picture of shares over periods."""
    few = _too_few(figure)
    crowded = width < ROOMY * len(figure.lines[0].marks) if figure.lines else False
    notes = [LEFT_OUT if crowded else FRAMED] * bool(few) + _whose(figure) + why_it_may_change("Pale", figure.lines)
    plot = plot_of(figure, width, notes, _ends(figure, width), bars=True)
    made = plot.start()
    half = min(WIDEST_BAR, BAR_SHARE * plot.spacing) / 2
    below = [0.0] * len(plot.xs)
    for line, look in zip(figure.lines, plot.looks, strict=True):
        sure: list[tuple[Point, ...]] = []
        young: list[tuple[Point, ...]] = []
        for at, (x, mark) in enumerate(zip(plot.xs, line.marks, strict=False)):
            if mark.value is None or not mark.enough:
                continue
            y, height = plot.y(below[at]), plot.y(below[at] + mark.value) - plot.y(below[at])
            below[at] += mark.value
            (young if mark.immature else sure).append(_box(x, half, y, height))
            if mark.url and height:
                words = f"{plain(line.name)}, {plain(mark.label)}: {sentence(mark, figure)}"
                made.spots.append(Spot(x - half, y, 2 * half, height, mark.url, words))
        for shapes, alpha in ((sure, 1), (young, PALE)):
            if shapes:
                made.areas.append(Area(tuple(shapes), look.colour, alpha, edge="surface"))
    if few and not crowded:
        frames = tuple(_box(plot.xs[at], half, plot.bottom, plot.top - plot.bottom) for at in few)
        made.areas.append(Area(frames, "surface", edge="passive"))
    _frame_spots(made, plot, few, half)
    plot.write_ends(made)
    return made


def _box(x: float, half: float, y: float, height: float) -> tuple[Point, ...]:
    return ((x - half, y), (x - half, y + height), (x + half, y + height), (x + half, y))


def _too_few(figure: Figure) -> list[int]:
    first = figure.lines[0].marks if figure.lines else ()
    return [at for at, mark in enumerate(first) if mark.n and not told(mark)]


def _frame_spots(made: Sketch, plot: Plot, few: list[int], half: float) -> None:
    for at in few:
        mark = plot.figure.lines[0].marks[at]
        if mark.url:
            words = f"{plain(mark.label)}: {sentence(mark, plot.figure)}"
            made.spots.append(Spot(plot.xs[at] - half, plot.bottom, 2 * half, plot.top - plot.bottom, mark.url, words))


def _told_at(figure: Figure) -> int | None:
    """The newest bar, unless it may still change and the one before it may not; None where neither can be told."""
    marks = figure.lines[0].marks if figure.lines else ()
    newest = [at for at in range(len(marks))[-2:] if told(marks[at])]
    stays = [at for at in newest if not marks[at].immature]
    return max(stays or newest, default=None)


def _whose(figure: Figure) -> list[str]:
    """Of which bar the numbers are, where it is not the last."""
    at = _told_at(figure)
    marks = figure.lines[0].marks if figure.lines else ()
    return [] if at is None or at == len(marks) - 1 else [f"Numbers: {plain(marks[at].label)}."]


def _ends(figure: Figure, width: int) -> list[End]:
    """The parts of the bar that is told, named in the order in which they stand."""
    ends, below, at = [], 0.0, _told_at(figure)
    for line, look in zip(figure.lines, looks_of(figure), strict=True):
        if at is None or (mark := line.marks[at]).value is None:
            continue
        text = write(mark.value, figure.scale)
        ends.append(end_of(figure, below + mark.value / 2, look, text, line.name, width, colour=look.colour))
        below += mark.value
    return ends
