"""Makes the sketch of a figure, by its shape."""

from collections.abc import Callable

from feedback_service.insights.figures.figure import Figure, Shape
from feedback_service.insights.figures.rows import rows
from feedback_service.insights.figures.shares import shares
from feedback_service.insights.figures.sketch import Sketch
from feedback_service.insights.figures.steps import steps
from feedback_service.insights.figures.trend import trend

WIDTHS = {"narrow": 343, "medium": 624, "wide": 1056}
"""In CSS pixels: a phone of 375 px less its margins, a tablet or half a desktop, a whole desktop."""
USUAL = "wide"

SHAPES: dict[Shape, Callable[[Figure, int], Sketch]] = {
    Shape.TREND: trend,
    Shape.SHARES: shares,
    Shape.WHISKERS: rows,
    Shape.STEPS: steps,
    Shape.BARS: rows,
}


def sketch(figure: Figure, width: int) -> Sketch:
    """The picture of a figure at a width in CSS pixels."""
    return SHAPES[figure.shape](figure, width)
