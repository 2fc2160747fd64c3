"""The value axis of a figure: whole where the scale has ends, from zero where it has none, and round numbers on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, log10

from feedback_service.insights.figures.figure import Figure, Mark, Scale, Shape
from feedback_service.insights.figures.words import write

_STEPS = (1, 2, 2.5, 5, 10)
_MOST_TICKS, _MOST_EACH_WAY = 5, 3  # over zero
_PERCENTS = {5: 1, 10: 2, 20: 5, 40: 10, 60: 20}
"""Where a share is always small, half an axis of nothing would hide what there is; the picture then says so.
With the way between two ticks."""
_NO_REACH = 10  # points each way where there is nothing to show


@dataclass(frozen=True)
class Axis:
    """From the first tick to the last."""

    ticks: tuple[float, ...]
    scale: Scale
    cut: bool = False
    """Whether it ends before its scale does."""

    @property
    def low(self) -> float:
        """Its least value."""
        return self.ticks[0]

    @property
    def high(self) -> float:
        """Its greatest value."""
        return self.ticks[-1]

    def share(self, value: float) -> float:
        """How far along the axis a value lies, from 0 to 1; what lies beyond an end stands at it."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def write(self, tick: float) -> str:
        """The label of a tick."""
        return write(tick, self.scale)


def axis_of(figure: Figure) -> Axis:
    """The axis that holds all that is drawn of a figure."""
    held = [*_values(figure), *([figure.target] if figure.target is not None else [])]
    top, bottom = max([0.0, *held]), min([0.0, *held])
    if figure.scale is Scale.SCORE:
        return Axis((-100, -50, 0, 50, 100), figure.scale)
    if figure.scale is Scale.PERCENT:
        return _percent(figure, top)
    if figure.scale is Scale.POINTS or bottom < 0:
        return _around_zero(figure, max(top, -bottom))
    whole = figure.scale is Scale.COUNT
    step = _step(top, _MOST_TICKS, least=1 if whole else 0)
    return Axis(_ticks(step, top), figure.scale)


def _percent(figure: Figure, top: float) -> Axis:
    end = next((end for end in _PERCENTS if end >= top > 0), 0)
    if figure.shape is Shape.SHARES or not end:
        return Axis((0, 25, 50, 75, 100), figure.scale)
    step = _PERCENTS[end]
    return Axis(tuple(range(0, end + step, step)), figure.scale, cut=True)


def _around_zero(figure: Figure, reach: float) -> Axis:
    reach = reach or _NO_REACH
    ticks = _ticks(_step(reach, _MOST_EACH_WAY), reach)
    return Axis((*(-tick for tick in ticks[:0:-1]), *ticks), figure.scale)


def _step(reach: float, most: int, least: float = 0) -> float:
    """The smallest round step of which `most` reach so far."""
    if reach <= 0:
        return 1
    power = 10.0 ** floor(log10(reach / most))
    found = next(step * power for step in _STEPS if step * power * most >= reach * (1 - 1e-9))
    return max(found, least)


def _ticks(step: float, reach: float) -> tuple[float, ...]:
    ticks = [0.0]
    while len(ticks) < 2 or ticks[-1] < reach * (1 - 1e-9):  # noqa: PLR2004 - an axis has two ends
        ticks.append(round(step * len(ticks), 10))
    return tuple(ticks)


def _values(figure: Figure) -> Iterator[float]:
    for line in figure.lines:
        for mark in line.marks:
            yield from _drawn(mark)


def _drawn(mark: Mark) -> Iterator[float]:
    bounds = (mark.low, mark.high) if mark.enough else ()
    yield from (value for value in (mark.value, *bounds) if value is not None)
