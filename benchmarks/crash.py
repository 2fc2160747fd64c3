"""Kills the installation while it mails and is answered, and counts that nothing was lost and nothing happened twice.

    python benchmarks/crash.py [--small] [--database sqlite|postgresql] [--seed N] [--keep FOLDER]

The last line is one JSON object. Exit code 1: something was lost, came twice or does not add up, and is named.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from crash_parts import shop
from crash_parts.audit import FINE, Answers, Log, Mails, audit_answers, audit_mails, integrity, read_log
from crash_parts.buyers import Buyers
from crash_parts.faults import Fault, planned
from crash_parts.installation import CONNECTIONS, Installation, free_port, parts_of
from crash_parts.launch import SharedClock
from crash_parts.mail_page import listed
from crash_parts.outbox import Outbox
from crash_parts.sink import listening
from crash_parts.stores import Kind, Stores, stores
from crash_parts.turmoil import Run, plan_blows
from olist_loop.ledger import Ledger
from sqlalchemy import Engine, create_engine

from feedback_service.database import prepare_engine
from feedback_service.paths import SURVEYS

ROOT = Path(__file__).resolve().parents[1]
SEED = 20261121
DETRACTOR_MAX = 6


@dataclass(frozen=True)
class Size:
    """How much of it. `spare` orders make up for mails that nobody gets."""

    each: int
    """Mails that are taken, and answers."""
    spare: int
    kills: int
    restarts: int
    first_answer: int
    """After so many mails."""
    patience: float
    """Seconds."""


SMALL = Size(each=1_000, spare=60, kills=3, restarts=1, first_answer=300, patience=300)
WHOLE = Size(each=10_000, spare=400, kills=20, restarts=2, first_answer=5_000, patience=1_800)


def main() -> int:
    """One run on one database; 0 when nothing was lost, nothing came twice and all adds up."""
    chosen = _arguments()
    with ExitStack() as stack:
        folder = chosen.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedback-crash-")))
        folder.mkdir(parents=True, exist_ok=True)
        given = stack.enter_context(stores(Kind(chosen.database), folder))
        return _run(Kind(chosen.database), given, SMALL if chosen.small else WHOLE, chosen, folder)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="kill -9, mail faults and a restarted database.")
    parser.add_argument("--small", action="store_true", help=f"{SMALL.each:,} mails and answers, {SMALL.kills} kills")
    parser.add_argument("--database", choices=list(Kind), default=Kind.SQLITE.value)
    parser.add_argument("--seed", type=int, default=SEED, help="another one chooses other moments and recipients")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where logs and database stay for a look")
    return parser.parse_args()


def _run(kind: Kind, given: Stores, size: Size, chosen: argparse.Namespace, folder: Path) -> int:
    began, dice, ledger = time.perf_counter(), random.Random(chosen.seed), Ledger()
    orders = size.each + size.spare
    faults = planned(orders, dice, small=chosen.small)
    log, port = folder / "sink.log", free_port()
    clock = SharedClock(folder / "clock")
    surveys = shop.own_surveys(folder / "surveys", SURVEYS)
    engine = prepare_engine(create_engine(given.database_url, pool_pre_ping=True))
    with listening(faults, log) as sink:
        environment = _environment(given, sink.url, port, surveys)
        shop.set_up(environment, folder, orders)
        parts = parts_of(kind, port)
        installation = Installation(parts, environment, clock.file, folder, ROOT)
        targets = _targets(kind, tuple(part.name for part in parts))
        blows = plan_blows(targets, size.kills, size.restarts if given.restart else 0, size.each, dice)
        buyers = Buyers(sink, port, size.each)
        run = Run(installation, sink, buyers, Outbox(engine), clock, given.restart, blows, size.first_answer)
        print(f"{orders:,} orders on {kind}; {size.kills} kills; seed {chosen.seed}", flush=True)
        played = time.perf_counter()
        try:
            came_to_an_end = run.play(size.patience)
            shown = listed(port, shop.MANAGER, shop.PASSWORD) if came_to_an_end else set()
        finally:
            buyers.stop()
            installation.stop()
        seconds = time.perf_counter() - played
    ledger.same("Came to an end", came_to_an_end, True)
    figures = _judge(ledger, engine, run, read_log(log), faults, orders, shown)
    engine.dispose()
    for part in parts:
        _show_last_words(ledger, folder / f"{part.name}.log", part.name)
    ledger.note(f"{seconds:.0f} s for the run itself, {time.perf_counter() - began:.0f} s for all of it")
    print(json.dumps({"database": kind.value, **figures, "seconds": round(time.perf_counter() - began, 1)}))
    return 1 if ledger.faults else 0


def _environment(given: Stores, mail_url: str, port: int, surveys: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FEEDBACK_")}
    return {
        **ours,
        **shop.secret_keys(),
        "PYTHONPATH": str(ROOT),
        "FEEDBACK_DATABASE_URL": given.database_url,
        "FEEDBACK_BROKER_URL": given.broker_url,
        "FEEDBACK_MAIL_URL": mail_url,
        "FEEDBACK_MAIL_FROM": "hello@corner-shop.example",
        "FEEDBACK_PORT": str(port),
        "FEEDBACK_PROXIES": "1",  # every buyer comes from an address of their own, as in life
        "FEEDBACK_SURVEYS_FOLDER": str(surveys),
        "FEEDBACK_PROOF_FOLDER": str(surveys.with_name("proof")),
        "FEEDBACK_SHOP_POSTAL_ADDRESS": "Corner Shop, 1 Main Street",
    }


def _targets(kind: Kind, names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """What a kill may hit, in turn: a worker, the whole of it, the pages."""
    if kind is Kind.SQLITE:
        return (names,)
    return (("worker 1",), names, ("web",), ("worker 2",))


def _judge(
    ledger: Ledger, engine: Engine, run: Run, log: Log, faults: Mapping[int, Fault], orders: int, shown: set[int]
) -> dict[str, object]:
    mails = audit_mails(engine, orders, log)
    answers = audit_answers(engine, run.buyers.told, DETRACTOR_MAX)
    state = integrity(engine)
    _judge_turmoil(ledger, run, log, faults)
    _judge_mails(ledger, run, mails, log, orders, shown)
    _judge_answers(ledger, run, answers)
    ledger.same("The database about itself", state, FINE)
    return {
        "kills": run.installation.kills,
        "restarts": run.restarts,
        "connections": CONNECTIONS,
        "sends": mails.sent,
        "sends_lost": len(mails.lost),
        "sends_twice": len(mails.twice),
        "refused": mails.refused,
        "unknown": len(mails.unknown),
        "unknown_by_kill": mails.unknown_by_kill,
        "unknown_by_fault": mails.unknown_by_fault,
        "unknown_listed": len(set(mails.unknown) & shown),
        "answers": len(run.buyers.told.scores),
        "answers_lost": len(answers.lost),
        "answers_twice": len(answers.twice),
        "integrity": state,
    }


def _judge_turmoil(ledger: Ledger, run: Run, log: Log, faults: Mapping[int, Fault]) -> None:
    ledger.same("Blows left over", len(run.blows), 0)
    ledger.note(
        f"{run.installation.kills} kills, {run.restarts} restarts of the database,"
        f" {run.installation.came_back} processes that ended by themselves and were started again,"
        f" clock put forward by {run.skipped}"
    )
    for fault in Fault:
        met = sum(fault in log.befell.get(number, ()) for number, planned_one in faults.items() if planned_one is fault)
        ledger.note(f"{fault}: {met:,} of {sum(one is fault for one in faults.values()):,} planned")
    pressed_again = ", ".join(f"{count:,} × {reason}" for reason, count in run.buyers.refusals.most_common())
    ledger.note(f"{run.buyers.requests:,} page requests went well; pressed again after: {pressed_again or 'nothing'}")


def _judge_mails(ledger: Ledger, run: Run, mails: Mails, log: Log, orders: int, shown: set[int]) -> None:
    ledger.heading("Mails")
    fates = {"sent": mails.sent, "refused with 550": mails.refused, "unknown": len(mails.unknown)}
    ledger.adds_up("orders", orders, fates)
    ledger.never(
        "every mail that counts as sent is in the mail server's log, every end has its reason", len(mails.lost)
    )
    ledger.never("nobody was mailed twice", len(mails.twice))
    ledger.never("every Message-ID came once", sum(times > 1 for times in log.message_ids.values()))
    ledger.same("taken, by the log", log.kept.total(), mails.sent + mails.unknown_taken)
    ledger.note(
        f"of the unknown {mails.unknown_taken} were taken; {mails.unknown_by_fault} are the mail server's doing,"
        f" {mails.unknown_by_kill} the kills' and restarts'"
    )
    bound = run.installation.kills * CONNECTIONS
    ledger.never(f"unknown by kills at most {bound}, kills × connections", max(0, mails.unknown_by_kill - bound))
    cut = run.installation.held + run.restarts * CONNECTIONS
    ledger.never(f"and at most {cut}, the connections that were cut", max(0, mails.unknown_by_kill - cut))
    ledger.note(f"at most {run.sink.most_open} connections at once, as the mail server saw it")
    ledger.never("every unknown mail is listed on the Mail page", len(set(mails.unknown) - shown))
    for number in mails.lost[:10]:
        ledger.note(f"lost: order {number}, {sorted(log.befell.get(number, ()))}")


def _judge_answers(ledger: Ledger, run: Run, answers: Answers) -> None:
    ledger.heading("Answers")
    ledger.same("acknowledged by a page", len(run.buyers.told.scores), run.buyers.wanted)
    ledger.never("each is there as it was acknowledged", len(answers.lost))
    ledger.never("each is there once", len(answers.twice))
    ledger.same("counted in the trend beside the answers", answers.miscounted, 0)
    ledger.same("unhappy answers without a case, and answers with two", answers.cases_off, 0)


def _show_last_words(ledger: Ledger, log: Path, name: str) -> None:
    """What a process said, where something is wrong."""
    if ledger.faults and log.exists():
        for line in log.read_text(errors="replace").splitlines()[-30:]:
            ledger.note(f"{name}: {line}")


if __name__ == "__main__":
    sys.exit(main())
