"""The processes of an installation: started as anybody would, killed as nobody would."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .stores import Kind

CONNECTIONS = 8  # to the mail server, over all processes
STOP_SECONDS = 15.0
LAUNCHER = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class Part:
    """One process, by the command that starts it, and how many mail connections it may hold."""

    name: str
    command: tuple[str, ...]
    connections: int = 0


def parts_of(kind: Kind, port: int) -> tuple[Part, ...]:
    """Everything in one process; or pages, two workers and a scheduler."""
    if kind is Kind.SQLITE:
        return (Part("server", ("feedback", "serve"), CONNECTIONS),)
    pages = (
        "gunicorn", "--worker-class", "gthread", "--threads", "8", "--no-control-socket",
        "--bind", f"127.0.0.1:{port}", "wsgi:app",
    )  # fmt: skip
    return (
        Part("web", pages),
        Part("worker 1", ("feedback", "worker"), CONNECTIONS // 2),
        Part("worker 2", ("feedback", "worker"), CONNECTIONS // 2),
        Part("beat", ("feedback", "beat")),
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """A table of processes; `logs` takes what they say."""

    parts: tuple[Part, ...]
    environment: Mapping[str, str]
    clock: Path
    logs: Path
    cwd: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: int = 0
    """SIGKILLs to processes that were alive."""
    held: int = 0
    """Mail connections that the killed ones were allowed."""
    came_back: int = 0
    """Processes that ended by themselves and were started again, as a service manager does."""

    def start(self) -> None:
        """Start whatever does not run."""
        for part in self.parts:
            if part.name not in self.running:
                self._start(part)

    def _start(self, part: Part) -> None:
        connections = {"FEEDBACK_MAIL_CONNECTIONS": str(part.connections)} if part.connections else {}
        with (self.logs / f"{part.name}.log").open("ab") as log:
            self.running[part.name] = subprocess.Popen(
                [sys.executable, LAUNCHER, self.clock, *part.command],
                env={**self.environment, **connections},
                cwd=self.cwd,
                stdout=log,
                stderr=log,
                start_new_session=True,  # gunicorn's children die with it
            )

    def supervise(self) -> None:
        """Start again what ended by itself."""
        ended = [name for name, process in self.running.items() if process.poll() is not None]
        for name in ended:
            del self.running[name]
            self.came_back += 1
        self.start()

    def kill(self, names: tuple[str, ...]) -> None:
        """kill -9, for all of them in one moment; they are not started again yet."""
        for name in names:
            process = self.running[name]
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                self.held += self._connections(name)
        for name in names:
            self.running.pop(name).wait()
        self.kills += 1

    def _connections(self, name: str) -> int:
        return next(part.connections for part in self.parts if part.name == name)

    def stop(self) -> None:
        """End all of it, kindly where that works."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()
