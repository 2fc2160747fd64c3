"""Times several things in turn, so that whatever else the machine does meets all of them alike."""

import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

DIFFERENT = 40  # things that a subject may look at in turn

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True)
class Timed:
    """What one thing took, in milliseconds."""

    median_ms: float
    p95_ms: float

    def __str__(self) -> str:
        return f"{self.median_ms:.2f} (p95 {self.p95_ms:.2f})"


def in_turn(subjects: Mapping[Name, Callable[[int], object]], rounds: int) -> dict[Name, Timed]:
    """Every subject once a round; it is told the round's number, to vary what it looks for.

    Nobody counts the first rounds, in which connections are made, statements prepared, and rows read from disk.
    """
    taken: dict[Name, list[float]] = {name: [] for name in subjects}
    for number in range(-min(DIFFERENT, rounds), rounds):
        for name, subject in subjects.items():
            began = time.perf_counter()
            subject(number)
            if number >= 0:
                taken[name].append(1000 * (time.perf_counter() - began))
    return {name: _timed(each) for name, each in taken.items()}


def _timed(milliseconds: list[float]) -> Timed:
    ranked = sorted(milliseconds)
    return Timed(median(ranked), ranked[int(0.95 * (len(ranked) - 1))])
