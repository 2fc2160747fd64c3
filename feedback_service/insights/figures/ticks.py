"""The labels under a picture over time: short, in two rows, and only as many as there is room for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from feedback_service.insights.figures.figure import Figure, Shape
from feedback_service.insights.figures.measure import fit, width_of
from feedback_service.insights.figures.sketch import SMALL
from feedback_service.insights.figures.words import plain

GAP = 8  # the least air between two labels
_WIDEST = 110
_BEGINNING = re.compile(r"(week of|\d+ days to) (?=\d)")
_DAY = re.compile(r"(\d{1,2}) (\w+ \d{4})")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Ticks:
    """For each mark what stands under it, and the few that are shown."""

    heads: tuple[str, ...]
    groups: tuple[str, ...]
    widest: float
    """In CSS pixels, of the heads and the counts."""
    shown: tuple[int, ...] = ()
    grouped: tuple[int, ...] = ()
    """Under which of the shown its group stands, since it changes there."""

    @property
    def all_shown(self) -> bool:
        """Whether every mark has its label."""
        return len(self.shown) == len(self.heads)


def labels_of(figure: Figure) -> list[str]:
    """Of its longest line."""
    longest = max(figure.lines, key=lambda line: len(line.marks), default=None)
    return [plain(mark.label) for mark in longest.marks] if longest else []


def positions(figure: Figure) -> list[float]:
    """Where along the time the marks stand, from 0 to 1; steps by the numbers in their labels, if those rise."""
    labels = labels_of(figure)
    if figure.shape is Shape.STEPS:
        numbers = [float(found[0]) for label in labels if (found := _NUMBER.search(label))]
        if len(numbers) == len(labels) > 1 and all(a < b for a, b in pairwise(numbers)):
            return [(number - numbers[0]) / (numbers[-1] - numbers[0]) for number in numbers]
    return [place / (len(labels) - 1) if len(labels) > 1 else 1.0 for place in range(len(labels))]


def widest_of(figure: Figure) -> float:
    """An upper bound on the room of one label, before it is known which are shown."""
    return max((made.widest for made in _ways(figure)), default=0)


def ticks_of(figure: Figure, x: Sequence[float]) -> Ticks:
    """The labels of the marks at `x`: days under their month if every month has room for its name."""
    made = Ticks((), (), 0)
    for made in (_placed(way, x) for way in _ways(figure)):
        if len(made.grouped) == _changes(made):
            break
    return made


def _ways(figure: Figure) -> list[Ticks]:
    labels = [_BEGINNING.sub("", label) for label in labels_of(figure)]
    counts = [f"{mark.n:,}" for line in figure.lines for mark in line.marks]
    days = [_DAY.fullmatch(label) for label in labels]
    ways = [[(day[1], day[2]) for day in days if day]] if labels and all(days) else []
    pairs = [_split(label) for label in labels]
    if figure.shape is Shape.STEPS and len({group for _, group in pairs}) > 1:
        pairs = [(label, "") for label in labels]
    ways.append(pairs)
    found = []
    for way in ways:
        heads = tuple(fit(head, _WIDEST, SMALL) for head, _ in way)
        groups = tuple(fit(group, _WIDEST, SMALL) for _, group in way)
        widest = max((width_of(text, SMALL) for text in (*heads, *counts)), default=0)
        found.append(Ticks(heads, groups, widest))
    return found


def _split(label: str) -> tuple[str, str]:
    head, _, tail = label.rpartition(" ")
    return (head, tail) if head else (tail, "")


def _placed(way: Ticks, x: Sequence[float]) -> Ticks:
    shown: list[int] = []
    for at in range(len(way.heads) - 1, -1, -1):
        if not shown or x[shown[-1]] - x[at] >= way.widest + GAP - 1e-6:
            shown.append(at)
    shown.reverse()
    grouped: list[int] = []
    for at in reversed(_first_of_groups(way, shown)):
        right = x[at] + width_of(way.groups[at], SMALL) / 2
        if not grouped or right + GAP <= x[grouped[-1]] - width_of(way.groups[grouped[-1]], SMALL) / 2:
            grouped.append(at)
    return Ticks(way.heads, way.groups, way.widest, tuple(shown), tuple(sorted(grouped)))


def _first_of_groups(way: Ticks, shown: Sequence[int]) -> list[int]:
    before = [None, *(way.groups[at] for at in shown)]
    return [at for at, group in zip(shown, before, strict=False) if way.groups[at] and way.groups[at] != group]


def _changes(made: Ticks) -> int:
    return len(_first_of_groups(made, made.shown))
