"""Runs the whole loop on the real orders and answers of the Olist data set, and checks that every stage adds up.

    python benchmarks/olist.py FOLDER [--small] [--database URL] [--output FOLDER]

The last line is one JSON object. Exit code 1: something did not add up, and is named.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from olist_loop.audit import Outcome, audit
from olist_loop.files import SMALL, Sample, read_sample
from olist_loop.history import History, run_history
from olist_loop.ledger import Ledger
from olist_loop.replay import replayed
from olist_loop.shop import databases, open_shop, own_surveys


def main() -> int:
    """Both runs; 0 when everything adds up."""
    chosen = _arguments()
    try:
        sample = read_sample(chosen.folder, small=chosen.small)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}; FOLDER must hold the CSV files of the Olist data set.")
        return 2
    with tempfile.TemporaryDirectory(prefix="feedback-olist-") as work:
        output = chosen.output or Path(tempfile.mkdtemp(prefix="feedback-olist-charts-"))
        return _run(sample, chosen.folder, chosen.database, Path(work), output)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The whole loop on real orders and answers.")
    parser.add_argument("folder", type=Path, help="where the olist_*_dataset.csv files lie")
    parser.add_argument("--small", action="store_true", help=f"only the earliest {SMALL} orders")
    parser.add_argument(
        "--database",
        metavar="URL",
        help="a PostgreSQL server on which databases may be created, or `postgresql` to start one; without: SQLite",
    )
    parser.add_argument("--output", type=Path, help="where the chart goes; without: a new temporary folder")
    return parser.parse_args()


@dataclass(frozen=True)
class Replay:
    """The replay's figures and how long it took."""

    outcome: Outcome
    seconds: float
    audit_seconds: float


def _run(sample: Sample, data: Path, database: str | None, work: Path, output: Path) -> int:
    started = time.perf_counter()
    ledger = Ledger()
    print(f"{len(sample.orders):,} orders, {len(sample.answers):,} answers")
    surveys = own_surveys(work / "surveys")
    with databases(database, work) as fresh:
        with open_shop(fresh("history"), surveys, now=datetime.now(UTC), mail_url="smtp://127.0.0.1:1") as shop:
            history = run_history(shop, sample, data, work, output, ledger)
        replay = _replay(fresh("replay"), surveys, sample, work, ledger)
    for fault in ledger.faults:
        print(f"Does not add up: {fault}")
    print(json.dumps(_figures(sample, history, replay, time.perf_counter() - started)))
    return 1 if ledger.faults else 0


def _replay(database_url: str, surveys: Path, sample: Sample, work: Path, ledger: Ledger) -> Replay:
    started = time.perf_counter()
    with replayed(database_url, surveys, sample, work) as (shop, played):
        seconds = time.perf_counter() - started
        outcome = audit(shop, sample, played, work, ledger)
    ledger.note(
        f"{seconds:.1f} s for {played.moments:,} moments, {played.files:,} imports, {len(played.mails):,} mails"
        f" and {played.requests:,} page requests"
    )
    return Replay(outcome, seconds, time.perf_counter() - started - seconds)


def _figures(sample: Sample, history: History, replay: Replay, seconds: float) -> dict[str, object]:
    outcome = replay.outcome
    return {
        "orders": len(sample.orders),
        "asked": outcome.asked,
        "not_asked": outcome.not_asked,
        "sent": outcome.sent,
        "sink_mails": outcome.sink_mails,
        "answers": outcome.answers,
        "second_answers": outcome.second_answers,
        "csat_raw": round(history.found.csat, 2),
        "csat_asked": round(outcome.csat, 2),
        "late_mean": round(history.found.late_mean, 2),
        "ontime_mean": round(history.found.ontime_mean, 2),
        "cases": outcome.cases,
        "detractors": outcome.detractors,
        "seconds": round(seconds, 1),
        "history_seconds": round(history.seconds, 1),
        "replay_seconds": round(replay.seconds, 1),
        "baseline_seconds": round(history.baseline_seconds, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
