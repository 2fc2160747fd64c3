"""Clients, and what they saw: wrk where it is installed, threads of our own otherwise."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Literal

from .shop import BROWSER, Buyer, write_for_wrk

SCRIPT = Path(__file__).with_name("load.lua")
LONGEST = 600  # seconds of one run
WENT_WELL = 400  # statuses below are pages and redirects

What = Literal["get", "post", "full"]


@dataclass(frozen=True)
class Seen:
    """How a run looked from outside; a full answer is three requests."""

    requests: int
    seconds: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    failed: int
    kept: frozenset[str] = frozenset()
    """Paths of the links whose answer was acknowledged."""

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def load(
    port: int, everyone: Sequence[Buyer], what: What, clients: int, seconds: float, work: Path, *, once: bool = True
) -> Seen:
    """`clients` at once, each with buyers of its own, until the time is over or, where each answers `once`, nobody is
    left."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return _threads(port, everyone, what, clients, seconds)
    write_for_wrk(work, everyone, clients)
    run = subprocess.run(
        [wrk, f"-t{clients}", f"-c{clients}", f"-d{seconds:.0f}s", "--timeout", "20s", "-s", SCRIPT,
         f"http://127.0.0.1:{port}", "--", work, what, "once" if once else "again"],
        capture_output=True, text=True, check=True, timeout=LONGEST,
    )  # fmt: skip
    figures = run.stdout.rpartition("FIGURES ")[2]
    kept = {line for number in range(clients) for line in (work / f"kept-{number}.txt").read_text().splitlines()}
    return Seen(**json.loads(figures), kept=frozenset(_path(link) for link in kept))


def _path(link: str) -> str:
    return link.partition("?")[0]


@dataclass
class _Tally:
    milliseconds: list[float] = field(default_factory=list)
    failed: int = 0
    kept: set[str] = field(default_factory=set)


def _threads(port: int, everyone: Sequence[Buyer], what: What, clients: int, seconds: float) -> Seen:
    """The same without wrk: slower, since the clients' own work counts, but every promise can be checked."""
    tallies = [_Tally() for _ in range(clients)]
    began = time.perf_counter()
    threads = [
        threading.Thread(target=_client, args=(port, everyone[at::clients], what, began + seconds, tally))
        for at, tally in enumerate(tallies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = sorted(each for tally in tallies for each in tally.milliseconds)
    p50, p95, p99 = (taken[int(share * (len(taken) - 1))] if taken else 0.0 for share in (0.5, 0.95, 0.99))
    failed = sum(tally.failed for tally in tallies)
    kept = frozenset(path for tally in tallies for path in tally.kept)
    return Seen(len(taken), time.perf_counter() - began, p50, p95, p99, failed, kept)


def _client(port: int, mine: Sequence[Buyer], what: What, ends: float, tally: _Tally) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    for buyer in mine:
        if time.perf_counter() > ends:
            return
        for method, path, body in _requests(buyer, what):
            headers = {"User-Agent": BROWSER, "X-Forwarded-For": buyer.address}
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            began = time.perf_counter()
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            tally.milliseconds.append(1000 * (time.perf_counter() - began))
            tally.failed += answer.status >= WENT_WELL
            if path == buyer.link and method == "POST" and answer.status == HTTPStatus.SEE_OTHER:
                tally.kept.add(_path(buyer.link))


def _requests(buyer: Buyer, what: What) -> list[tuple[str, str, str | None]]:
    get = ("GET", buyer.link, None)
    press = ("POST", buyer.link, buyer.press)
    return {"get": [get], "post": [press], "full": [get, press, ("POST", buyer.more, buyer.words)]}[what]
