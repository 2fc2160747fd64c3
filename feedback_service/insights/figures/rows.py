"""One mark below the other, the names at the left: dots with their intervals, or bars."""

from feedback_service.insights.figures.figure import Figure, Scale, Shape
from feedback_service.insights.figures.measure import width_of
from feedback_service.insights.figures.plot import count_name
from feedback_service.insights.figures.rows_plan import (
    FOOT,
    NAME_LINE,
    Row,
    Rows,
    by_chance,
    interval_text,
    plan_rows,
    value_text,
)
from feedback_service.insights.figures.sketch import BODY, PADDING, SMALL, Area, Dots, Sketch, Spot, Stroke
from feedback_service.insights.figures.words import nothing_yet, plain, sentence, told

_DASHED = (5.0, 3.0)
_HALF_BAR = 7
_OVER = 24  # px from a mark up to its name, where that stands over it


def rows(figure: Figure, width: int) -> Sketch:
    """The picture of marks one below the other."""
    plan = plan_rows(figure, width)
    made = Sketch(width, plan.height)
    plan.header.draw(made)
    if figure.empty:
        made.middle(
            width / 2, (plan.height - plan.header.height) / 2, nothing_yet(figure), BODY, colour="muted", align="center"
        )
        return made
    _grid(made, plan)
    if plan.columns_named:
        name = count_name(figure, width)
        made.write(plan.columns.count_right, plan.top + 8, name, colour="muted", align="right")
    for row in plan.rows:
        _words(made, plan, row)
        if told(row.mark):
            (_bar if figure.shape is Shape.BARS else _whisker)(made, plan, row)
        if row.mark.url:
            _spot(made, plan, row)
    if figure.target is not None:
        x = plan.x(figure.target)
        for low, high in _stretches(plan):
            made.strokes.append(Stroke(((x, low), (x, high)), "ink", 1.25, _DASHED))
    return made


def _grid(made: Sketch, plan: Rows) -> None:
    shown = _ticks(plan)
    for tick in plan.axis.ticks:
        x = plan.x(tick)
        for low, high in _stretches(plan):
            made.rule(x, low, x, high, "line" if tick else "muted", 1 if tick else 1.5)
        if tick in shown:
            made.write(x, PADDING - 2, plan.axis.write(tick), colour="muted", align="center")


def _stretches(plan: Rows) -> list[tuple[float, float]]:
    """Of the height, where lines of the grid may run: not through names that stand over their marks."""
    if plan.columns.stacked:
        return [(row.y - 12, row.y + 12) for row in plan.rows]
    return [(FOOT, plan.top)]


def _ticks(plan: Rows) -> list[float]:
    """Those whose labels have room, zero first."""
    widest = max(width_of(plan.axis.write(tick), SMALL) for tick in plan.axis.ticks) + 8
    found: list[float] = []
    for tick in sorted(plan.axis.ticks, key=lambda tick: (tick != 0, -abs(tick))):
        if all(abs(plan.x(tick) - plan.x(other)) >= widest for other in found):
            found.append(tick)
    return found


def _words(made: Sketch, plan: Rows, row: Row) -> None:
    """The name, the count and the value of a mark."""
    figure, mark, columns = plan.figure, row.mark, plan.columns
    over = row.y + _OVER + row.more if columns.stacked else row.y
    highest = over if columns.stacked else row.y + row.more / 2
    for at, words in enumerate(row.name):
        made.middle(PADDING, highest - at * NAME_LINE, words)
    y, shown = row.y if row.line else over, told(mark)
    end = plan.width - PADDING
    colour = "ink" if shown else "muted"
    made.middle(end - columns.interval_room, y, value_text(figure, mark), bold=shown, colour=colour, align="right")
    if columns.interval_room:
        made.middle(end, y, interval_text(figure, mark), colour="muted", align="right")
    if figure.tells_counts and columns.stacked:
        made.middle(PADDING, row.y, f"{mark.n:,}", colour="muted")
    elif figure.tells_counts:
        made.middle(columns.count_right, row.y, f"{mark.n:,}", colour="muted", align="right")


def _whisker(made: Sketch, plan: Rows, row: Row) -> None:
    mark, colour = row.mark, _colour(plan.figure, row)
    if mark.low is not None and mark.high is not None:
        low, high = plan.x(mark.low), plan.x(mark.high)
        made.strokes.append(Stroke(((low, row.y), (high, row.y)), colour, 2))
        made.strokes += [Stroke(((x, row.y - 4), (x, row.y + 4)), colour, 2) for x in (low, high)]
    made.dots.append(Dots(((plan.x(mark.value or 0), row.y),), 10, colour, "surface", row.look.marker))


def _bar(made: Sketch, plan: Rows, row: Row) -> None:
    zero, x = plan.x(0), plan.x(row.mark.value or 0)
    under, up = row.y - _HALF_BAR, row.y + _HALF_BAR
    made.areas.append(Area((((zero, under), (zero, up), (x, up), (x, under)),), _colour(plan.figure, row)))
    if row.mark.low is not None and row.mark.high is not None:
        made.strokes.append(Stroke(((plan.x(row.mark.low), row.y), (plan.x(row.mark.high), row.y)), "ink", 1.5))


def _colour(figure: Figure, row: Row) -> str:
    return "passive" if figure.scale is Scale.POINTS and by_chance(row.mark) else row.look.colour


def _spot(made: Sketch, plan: Rows, row: Row) -> None:
    under = 12 if plan.columns.stacked else 12 + row.more / 2
    up = 36 + row.more if plan.columns.stacked and row.first else under
    of = f"{row.line}, " if row.line else ""
    words = f"{of}{plain(row.mark.label)}: {sentence(row.mark, plan.figure)}"
    made.spots.append(Spot(PADDING / 2, row.y - under, plan.width - PADDING, up + under, row.mark.url, words))
