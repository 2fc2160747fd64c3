"""One run of the benchmark: seeding, reading as SQL, reading as pages, and what came of it."""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from crash_parts.stores import Kind

from .pages import pages
from .reads import LOOKUP, Reads, Room, reads_of, room
from .shop import Full, full_shop
from .timing import in_turn
from .visitors import PageError
from .walks import broken_chains, lost_or_twice

MANY, FEW = 1_000_000, 10_000
SMALL_MANY, SMALL_FEW = 6_000, 1_000
ROUNDS, SMALL_ROUNDS, SLOW_ROUNDS = 150, 5, 5
AIMS = {
    "first_page_ratio_pk": "5", "deep_page_ratio_pk": "5", "search_ratio_pk": "20", "list_p95_ms": "50",
    "case_p95_ms": "50", "growth_10k_to_1m": "about 1",
}  # fmt: skip
GROUPS = {"first page": "first_page_ratio_pk", "deep page": "deep_page_ratio_pk", "search": "search_ratio_pk"}
GROWING = ("first page", "deep page", "search", "open a case")


@dataclass
class Figures:
    """Of one database."""

    figures: dict[str, float] = field(default_factory=dict)
    lost: int = 0
    faults: list[str] = field(default_factory=list)

    def worse(self, name: str, figure: float) -> None:
        """Keep a figure where it is worse than what was found so far."""
        self.figures[name] = max(self.figures.get(name, 0.0), figure)


def main() -> int:
    """Both databases, one after the other; 0 when nothing was lost."""
    parser = argparse.ArgumentParser(description="How fast the queue is read, and whether it grows slower.")
    parser.add_argument("--small", action="store_true", help=f"only {SMALL_MANY} cases and {SMALL_ROUNDS} rounds")
    parser.add_argument("--database", choices=[*Kind, "both"], default="both")
    parser.add_argument("--cases", type=int, default=MANY)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each thing is read")
    chosen = parser.parse_args()
    many, few, rounds = chosen.cases, min(FEW, chosen.cases), chosen.rounds
    if chosen.small:
        many, few, rounds = SMALL_MANY, SMALL_FEW, SMALL_ROUNDS
    kinds = list(Kind) if chosen.database == "both" else [Kind(chosen.database)]
    print(f"{many:,} cases beside {few:,}, {rounds} rounds; {os.cpu_count()} processors; times in ms: median (p95)")
    with tempfile.TemporaryDirectory(prefix="feedback-queue-") as folder:
        work = Path(folder)
        work.chmod(0o755)  # PostgreSQL runs as another user where this runs as root
        found = [_run(kind, work / kind, many, few, rounds) for kind in kinds]
    faults = [fault for figures in found for fault in figures.faults]
    for fault in faults:
        print(f"FAULT: {fault}")
    lost = sum(figures.lost for figures in found)
    worst = {name: max(each.figures.get(name, 0.0) for each in found) for name in AIMS}
    print("aims: " + ", ".join(f"{name} {aim}" for name, aim in AIMS.items()))
    print(json.dumps({**{name: round(figure, 2) for name, figure in worst.items()}, "lost": lost}))
    return 1 if faults or lost else 0


def _run(kind: Kind, folder: Path, many: int, few: int, rounds: int) -> Figures:
    folder.mkdir(mode=0o755)
    with _seeded(kind, folder / "few", few) as small, _seeded(kind, folder / "many", many) as large:
        rooms = room(small), room(large)
        figures = _as_sql(kind, *rooms, rounds)
        try:
            _as_pages(kind, rooms[1], folder, rounds, figures)
        except PageError as error:
            figures.faults.append(f"{kind}: {error}")
        for each in rooms:
            for way, wrong in lost_or_twice(each).items():
                figures.lost += wrong
                figures.faults.append(f"{kind}, {each.full.cases:,} cases, {way}: {wrong} lost or given twice")
        figures.faults += [f"{kind}: {fault}" for fault in broken_chains(rooms[0])]
    return figures


@contextmanager
def _seeded(kind: Kind, folder: Path, cases: int) -> Iterator[Full]:
    began = time.monotonic()
    with full_shop(kind, folder, cases) as full:
        words = ", ".join(f"{name} in {number:,}" for name, (_, number) in full.holding.items())
        print(f"{kind}: {cases:,} cases in {time.monotonic() - began:.0f} s; {words}", flush=True)
        yield full


def _as_sql(kind: Kind, small: Room, large: Room, rounds: int) -> Figures:
    """Each read in both shops, in turn with looking up one case in each."""
    reads = {"few": reads_of(small), "many": reads_of(large)}
    rooms = {"few": small, "many": large}
    timed = in_turn(
        {
            (group, name, size): partial(rooms[size].run, read)
            for size in rooms
            for group, named in reads[size].grouped().items()
            for name, read in named.items()
        },
        rounds,
    )
    figures = Figures()
    lookup = next(each for (group, _, size), each in timed.items() if group == LOOKUP and size == "many").median_ms
    for (group, name, size), many in timed.items():
        if size == "few":
            continue
        few = timed[group, name, "few"]
        ratio, growth = many.median_ms / lookup, many.median_ms / few.median_ms
        print(f"{kind} {group}, {name}: {many}, {ratio:.1f} lookups; of few cases {few}, grown {growth:.2f} times")
        if group in GROUPS:
            figures.worse(GROUPS[group], ratio)
        rows = {rooms[each].run(reads[each].grouped()[group][name]) for each in rooms}
        if group in GROWING and len(rows) == 1:  # of few cases, some pages are not full, and prove nothing
            figures.worse("growth_10k_to_1m", growth)
    _baselines(kind, large, reads["many"], lookup, rounds)
    return figures


def _baselines(kind: Kind, place: Room, reads: Reads, lookup: float, rounds: int) -> None:
    """Apart from the rest, which what they read would push out of memory; and a few times only, since they are slow."""
    slow = {name: partial(place.run, read) for name, read in reads.baselines.items()}
    for name, each in in_turn(slow, min(rounds, SLOW_ROUNDS)).items():
        print(f"{kind} baseline, {name}: {each}, {each.median_ms / lookup:.1f} lookups")


def _as_pages(kind: Kind, place: Room, folder: Path, rounds: int, figures: Figures) -> None:
    for what, timed in pages(place, folder, rounds).items():
        for name, page in timed.items():
            print(f"{kind} page of {what}, {name}: {page}")
            figures.worse(f"{what}_p95_ms", page.p95_ms)
