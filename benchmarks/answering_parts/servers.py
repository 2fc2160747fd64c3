"""Pages behind gunicorn or granian, and the processor time they took."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parents[2]
PARTS = Path(__file__).parent
WORKERS, THREADS = 2, 4
PATIENCE = 180.0  # seconds until a server answers
ENOUGH = 10  # answers a worker, on connections of their own
TICKS = os.sysconf("SC_CLK_TCK")

Process: TypeAlias = "subprocess.Popen[bytes]"


@dataclass(frozen=True)
class Server:
    """One that listens on `port`."""

    port: int
    process: Process

    def cpu_seconds(self) -> float:
        """Processor time of the server and its workers until now."""
        return sum(_ticks(pid) for pid in (self.process.pid, *_children(self.process.pid))) / TICKS


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [child for found in map(int, listed) for child in (found, *_children(found))]


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])  # user and system, as proc(5) numbers them


@contextmanager
def serving(kind: str, app: str, environment: Mapping[str, str], log: Path) -> Iterator[Server]:
    """`app`, such as wsgi:app, in `WORKERS` processes with `THREADS` threads each, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        _command(kind, app, port),
        env={**os.environ, **environment, "PYTHONPATH": f"{PARTS}{os.pathsep}{PARTS.parent}"},
        cwd=ROOT,
        stdout=log.open("ab"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        _wait_for(port, process, log)
        yield Server(port, process)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _command(kind: str, app: str, port: int) -> list[str]:
    if kind == "granian":
        return [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--no-ws", app,
        ]  # fmt: skip
    return [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket", app,
    ]  # fmt: skip


def _wait_for(port: int, process: Process, log: Path) -> None:
    """Until each worker has answered, by all odds: gunicorn listens long before one of them can."""
    deadline, answered = time.monotonic() + PATIENCE, 0
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            connection.request("GET", "/healthz")  # the baselines do not know it, which is an answer as well
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)  # nothing tells when another process begins to listen
            continue
        answered += 1
        if answered > ENOUGH * WORKERS:
            return
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-2000:]}")
