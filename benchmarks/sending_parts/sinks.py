"""Where the mails go: postfix's smtp-sink, or a server of our own that also keeps a list."""

import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 30.0  # seconds for what happens at once
_COUNTED = re.compile(rb"mesg=(\d+)")


@dataclass(frozen=True)
class Sink:
    """A running mail server on the loopback."""

    name: str
    port: int
    log: Path

    def arrived(self) -> int:
        """How many mails were accepted so far."""
        written = self.log.read_bytes()
        if self.name == "asyncio":
            return written.count(b"\n")
        counted = _COUNTED.findall(written)
        return int(counted[-1]) if counted else 0

    def message_ids(self) -> Counter[str] | None:
        """What was accepted, and how often; None where the server only counts."""
        return Counter(self.log.read_text().split()) if self.name == "asyncio" else None


def postfix_tool(name: str) -> str | None:
    """Where one of postfix's tools lies; None where it is not installed."""
    return shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/lib/postfix/sbin")


@contextmanager
def listening(kind: str, log: Path, *, delay: float = 0.0) -> Iterator[Sink]:
    """A sink of `kind` (`postfix` or `asyncio`) until the block ends; `delay` seconds before each answer (asyncio)."""
    if kind == "postfix":
        port = _free_port()
        command = [str(postfix_tool("smtp-sink")), *_as_nobody(), "-c", f"127.0.0.1:{port}", "200"]
        with log.open("wb") as counts, subprocess.Popen(command, stdout=counts) as process:
            try:
                _wait_for(port)
                yield Sink(kind, port, log)
            finally:
                process.kill()
        return
    log.touch()
    program = Path(__file__).with_name("sink_server.py")
    told = log.with_suffix(".port")
    with subprocess.Popen([sys.executable, program, log, str(delay), told]) as process:
        try:
            yield Sink(kind, _told(told), log)
        finally:
            process.kill()


def _as_nobody() -> list[str]:
    """smtp-sink refuses to run as root."""
    return ["-u", pwd.getpwnam("nobody").pw_name] if os.geteuid() == 0 else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _told(path: Path) -> int:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if path.exists() and (port := path.read_text()).endswith("\n"):
            return int(port)
        time.sleep(0.02)  # until another process has written its port; there is nothing to wait on
    raise RuntimeError("the sink does not start")


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)  # until another process listens; there is nothing to wait on
        else:
            return
    raise RuntimeError(f"nobody listens on port {port}")
