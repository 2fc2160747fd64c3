"""Engine, session and base class: the promises about time, writing and naming that every table shares."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from time import monotonic
from typing import Any

from flask import g, has_request_context, request
from flask.sansio.app import App
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    event,
    literal_column,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

LARGEST_ID = 2**62  # no row has it, and every database can compare with it; numbers in addresses may be any
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOOKING = "looking"
"""The name of the engine for single statements that only read: no transaction around them, and no right to write."""
FRESH_SECONDS = 1.0  # a connection that was used so lately is not asked whether it is still there
TAKE_IN_LOCK = 0x5EED_BAC1  # any number that nobody else takes in the same PostgreSQL database
SQLITE_CACHE_KIB = 32_768  # of each connection; with the usual 2 MB, pages of a great queue are read anew each time
SQLITE_BUSY_MS = 20_000  # a writer waits this long for another one; longer means something is stuck
PAGE_BUSY_MS = 4_000  # somebody who looks at a blank page is told sooner, with what they typed

SessionFactory = Callable[[], Session]


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Takes aware datetimes only and always gives back UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored: say which zone it is in")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table; constraints get names, so that a migration can find them again."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UTCDateTime}  # noqa: RUF012 - SQLAlchemy's declared form


def row_id() -> Mapped[int]:
    """A 64-bit surrogate key (SQLite numbers only plain INTEGER keys by itself)."""
    return mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def state_type(states: type[StrEnum], name: str | None = None) -> Enum:
    """A column that holds one of `states`, by value, checked by the database.

    `name` is that of the check, where a table has two columns with the same states.
    """
    return Enum(
        states,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=name or _snake(states.__name__),
        values_callable=lambda members: [member.value for member in members],
    )


def spelled_out(state: StrEnum) -> ColumnElement[Any]:
    """A state written into the SQL itself: SQLite uses a partial index only where it sees that the index fits."""
    return literal_column(f"'{state.value}'")


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


class ReadAwareSession(Session):
    """A session that, when opened for reading only, cannot write: the database itself refuses."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        bind = super().get_bind(*args, **kwargs)
        if not self.info.get("read_only") or not isinstance(bind, Engine):
            return bind
        if "reading_bind" not in self.info:
            self.info["reading_bind"] = bind.execution_options(read_only=True, postgresql_readonly=True)
        reading: Engine = self.info["reading_bind"]
        return reading


class Database(SQLAlchemy):
    """Flask-SQLAlchemy-Lite, with one rule more: GET changes nothing, and cannot."""

    def init_app(self, app: App) -> None:
        super().init_app(app)
        app.teardown_appcontext(_end_reading)

    @property
    def looking(self) -> Engine:
        """The engine for a page's one look at the database: a connection of it can read, and nothing else."""
        return self.get_engine(LOOKING)

    def get_session(self, name: str = "default") -> Session:
        session = super().get_session(name)
        if has_request_context():
            session.info["read_only"] = request.method in SAFE_METHODS
        return session


db = Database(session_options={"class_": ReadAwareSession, "expire_on_commit": False})


def _end_reading(error: BaseException | None) -> None:
    """Commit what only read: after a rollback, psycopg has PostgreSQL forget every statement it had prepared."""
    for session in g.get("_sqlalchemy_sessions", {}).values():
        if error is None and session.info.get("read_only") and session.is_active and session.in_transaction():
            with suppress(SQLAlchemyError):
                session.commit()


def prepare_engine(engine: Engine) -> Engine:
    """Give an engine the habits that stack up to "nothing lost": see the two functions below."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


def prepare_for_pages(engine: Engine, looking: Engine) -> None:
    """Let the connections of `looking` read only, and end with those of `engine`; none of either is found dead."""
    event.listen(looking, "connect", _sqlite_look if looking.dialect.name == "sqlite" else _postgres_look)
    event.listen(engine, "engine_disposed", lambda _: looking.dispose())
    for each in (engine, looking):
        event.listen(each, "checkout", partial(_still_there, each))
        event.listen(each, "checkin", _was_there)


def _sqlite_look(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    _sqlite_connect(connection, entry)
    connection.cursor().execute("PRAGMA query_only = ON")


def _postgres_look(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.cursor().execute("SET default_transaction_read_only = on")
    # The few statements that come here are the same for every page: planning them anew takes longer than doing them.
    connection.cursor().execute("SET plan_cache_mode = force_generic_plan")
    connection.prepare_threshold = 0


def _still_there(engine: Engine, connection: DBAPIConnection, entry: ConnectionPoolEntry, _fairy: object) -> None:
    """Find out before a page does whether the database went away meanwhile; the pool then makes a new connection.

    Not as often as `pool_pre_ping`, which asks each time: under load that is a round trip for every page.
    """
    if monotonic() - entry.info.get("used_at", 0.0) < FRESH_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error


def _was_there(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info["used_at"] = monotonic()


def _sqlite_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, below
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # NORMAL may lose the last commits in a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{SQLITE_CACHE_KIB}")
    cursor.execute("PRAGMA recursive_triggers = ON")  # or REPLACE would delete past the log's triggers
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_MS}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    """Writers take the lock at BEGIN: a transaction that reads first and writes later fails at once otherwise."""
    usual = PAGE_BUSY_MS if has_request_context() else SQLITE_BUSY_MS
    patience = connection.get_execution_options().get("patience_ms", usual)
    if connection.info.get("busy_timeout", SQLITE_BUSY_MS) != patience:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience}")
        connection.info["busy_timeout"] = patience
    reading = connection.get_execution_options().get("read_only", False)
    if connection.info.get("query_only") is not reading:
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
        connection.info["query_only"] = reading
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def impatient(engine: Engine, patience_ms: int) -> Iterator[Connection]:
    """A connection that writes, and gives up after `patience_ms` where somebody else does. The next one is as ever."""
    with engine.connect() as connection:
        connection.execution_options(patience_ms=patience_ms)  # SQLite's lock is taken at BEGIN, so before anything
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL lock_timeout = {patience_ms}"))
        yield connection


def take_in_alone(session: Session) -> None:
    """Let others that take files in wait until this transaction ends: two processes may start on an empty database.

    SQLite's writers wait for each other anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": TAKE_IN_LOCK})


def session_factory(engine: Engine) -> sessionmaker[ReadAwareSession]:
    """Sessions for work outside a request."""
    return sessionmaker(engine, class_=ReadAwareSession, expire_on_commit=False)


def insert_new(session: Session, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that leaves rows alone that are there already, on either database."""
    dialect = session.get_bind().dialect.name
    statement = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    return statement.on_conflict_do_nothing()
