"""A picture before it is drawn: everything on it with its place, in CSS pixels from the bottom left corner.

Colours are named by their role in the palette, so one sketch serves for light and dark.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

Point = tuple[float, float]
Align = Literal["left", "center", "right"]

PADDING = 16
ROW = 20
TITLE_ROW = 22
SMALL, BODY, LARGE, HUGE = 14, 16, 18, 22  # the pages' own sizes
HALF = 0.36
"""Figures and capitals are about 0.7 of their size high; reckoned, so that no place depends on a machine's fonts."""


@dataclass(frozen=True)
class Text:
    """Words; `y` is their baseline."""

    x: float
    y: float
    text: str
    size: int = SMALL
    colour: str = "ink"
    align: Align = "left"
    bold: bool = False


@dataclass(frozen=True)
class Stroke:
    """A line through points."""

    points: tuple[Point, ...]
    colour: str
    width: float = 1
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True)
class Area:
    """Filled shapes of one look."""

    shapes: tuple[tuple[Point, ...], ...]
    colour: str
    alpha: float = 1
    edge: str = ""
    """The colour of their outline, if they have one."""


@dataclass(frozen=True)
class Dots:
    """Marks of one look."""

    points: tuple[Point, ...]
    size: float
    fill: str
    edge: str
    marker: str = "o"


@dataclass(frozen=True)
class Spot:
    """Where a click leads to the answers behind a mark."""

    x: float
    y: float
    width: float
    height: float
    url: str
    words: str


@dataclass
class Sketch:
    """All of a picture, from what lies lowest to what lies over everything."""

    width: int
    height: int
    grid: list[Stroke] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    dots: list[Dots] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)

    def write(self, x: float, y: float, text: str, size: int = SMALL, **look: Any) -> None:
        """Words on the baseline `y`."""
        self.texts.append(Text(x, y, text, size, **look))

    def middle(self, x: float, y: float, text: str, size: int = SMALL, **look: Any) -> None:
        """Words whose middle is at the height `y`."""
        self.write(x, y - HALF * size, text, size, **look)

    def rule(self, x: float, y: float, to_x: float, to_y: float, colour: str, width: float = 1) -> None:
        """A line of the grid."""
        self.grid.append(Stroke(((x, y), (to_x, to_y)), colour, width))
