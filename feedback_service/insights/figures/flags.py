"""What took effect between two periods: a line across the picture, with its name over it or a number that is listed."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from feedback_service.insights.figures.figure import Event
from feedback_service.insights.figures.measure import width_of
from feedback_service.insights.figures.sketch import PADDING, ROW, SMALL, Sketch, Spot, Stroke
from feedback_service.insights.figures.words import plain

MOST_NAMED = 12  # in one picture; of others only the line is drawn, and all are listed under it
DOTTED = (1.5, 3.0)
_AIR = 10


@dataclass(frozen=True)
class Flag:
    """One line across, with what stands over it."""

    x: float
    left: float
    row: int
    text: str
    url: str
    words: str

    @property
    def right(self) -> float:
        """Where its words end."""
        return self.left + width_of(self.text, SMALL)


@dataclass(frozen=True)
class Flags:
    """All of them, and what the header says of their numbers."""

    flags: tuple[Flag, ...]
    listed: tuple[str, ...]

    @property
    def height(self) -> float:
        """The room they take over the grid."""
        rows = max((flag.row + 1 for flag in self.flags if flag.text), default=0)
        return rows * ROW + (4 if rows else 0)

    def draw(self, made: Sketch, bottom: float, top: float) -> None:
        """Lines from `bottom` to `top`, the names above."""
        for flag in self.flags:
            made.strokes.append(Stroke(((flag.x, bottom), (flag.x, top + 4)), "muted", 1.25, DOTTED))
            y = top + 8 + flag.row * ROW
            made.write(flag.left, y, flag.text, colour="muted")
            if flag.url:
                made.spots.append(Spot(flag.left - 4, y - 5, flag.right - flag.left + 8, ROW, flag.url, flag.words))


def flags_of(events: tuple[Event, ...], count: int, x: Callable[[int], float], width: int) -> Flags:
    """Name the events where there is room for all names in a row, in full, and number them where there is not.

    `x` is where the line stands for the mark from which on an event held.
    """
    held = sorted((event for event in events if 0 <= event.at < count), key=lambda event: event.at)
    places = [(at, list(together)) for at, together in groupby(held, key=lambda event: event.at)]
    names = [", ".join(plain(each.label) for each in together) for _, together in places]
    named = _placed(places, names, x, width)
    fits = all(flag.row == 0 and flag.left >= PADDING for flag in named)
    if fits and len(held) <= MOST_NAMED:
        return Flags(tuple(named), ())
    numbers = {id(event): place + 1 for place, event in enumerate(held[:MOST_NAMED])}
    short = [", ".join(str(numbers[id(each)]) for each in together if id(each) in numbers) for _, together in places]
    listed = [f"{number} {plain(event.label)}" for event, number in zip(held, numbers.values(), strict=False)]
    more = len(held) - len(listed)
    said = "Dotted: " + "; ".join(listed) + (f"; and {more} more" if more else "") + "."
    return Flags(tuple(_placed(places, short, x, width)), (said,))


def _placed(
    places: list[tuple[int, list[Event]]], texts: list[str], x: Callable[[int], float], width: int
) -> list[Flag]:
    flags: list[Flag] = []
    ends: list[float] = []
    for (at, together), text in zip(places, texts, strict=True):
        wide = width_of(text, SMALL)
        left = min(max(x(at) - wide / 2, PADDING), width - PADDING - wide)
        row = next((row for row, end in enumerate(ends) if end + _AIR <= left), len(ends))
        if text:
            ends[row : row + 1] = [left + wide]
        words = "; ".join(plain(each.label) for each in together)
        url = next((each.url for each in together if each.url), "")
        flags.append(Flag(x(at), left, row if text else 0, text, url, words))
    return flags
