"""Rows into tables in bulk: COPY on PostgreSQL, one long transaction without the disk's word for it on SQLite.

What is put in has been checked by whoever made it: neither database looks at foreign keys meanwhile. Afterwards the
files are as durable, and the planner as well informed, as those of a shop that has run for years.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Column, Connection, Engine, Table, func, select, text

from feedback_service.cases.search.keep import as_stored
from feedback_service.database import Base

Plain = str | int | float | bytes | None
"""What both drivers take for any column: times as `at` writes them, JSON as text."""

Row = dict[str, Plain]


class Bulk(Protocol):
    """Takes rows."""

    def put(self, table: type[Base], rows: Sequence[Row]) -> None:
        """Add rows, which name all the same columns in the same order."""

    def words(self, rows: Iterable[tuple[int, list[str]]]) -> None:
        """Add what cases are found by: case id and words, folded."""


def at(moment: datetime) -> str:
    """A time in UTC, as SQLAlchemy keeps it on SQLite and as PostgreSQL reads it."""
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


@contextmanager
def filling(engine: Engine) -> Iterator[Bulk]:
    """A way to add rows, until the block ends; then everything is on disk."""
    if engine.dialect.name == "sqlite":
        yield from _filling_sqlite(engine)
    else:
        yield from _filling_postgres(engine)


class _Sqlite:
    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def put(self, table: type[Base], rows: Sequence[Row]) -> None:
        columns = _columns(table, rows)
        into = f"INSERT INTO {table.__tablename__} ({', '.join(columns)})"
        values = (tuple(row.values()) for row in rows)
        self.cursor.executemany(f"{into} VALUES ({', '.join('?' * len(columns))})", values)

    def words(self, rows: Iterable[tuple[int, list[str]]]) -> None:
        stored = ((case_id, as_stored(words, "sqlite")) for case_id, words in rows)
        self.cursor.executemany("INSERT INTO case_search (rowid, words) VALUES (?, ?)", stored)


def _filling_sqlite(engine: Engine) -> Iterator[Bulk]:
    pooled = engine.raw_connection()
    cursor = pooled.cursor()
    for pragma in ("synchronous = OFF", "foreign_keys = OFF", "journal_mode = OFF", "cache_size = -400000"):
        cursor.execute(f"PRAGMA {pragma}").fetchall()
    cursor.execute("BEGIN")
    yield _Sqlite(cursor)
    cursor.execute("COMMIT")
    cursor.execute("PRAGMA analysis_limit = 1000").fetchall()  # else it reads every index to its end
    cursor.execute("ANALYZE")
    cursor.execute("PRAGMA journal_mode = WAL").fetchall()  # a row that nobody fetched would hold the lock
    pooled.invalidate()  # nobody inherits these habits
    engine.dispose()


class _Postgres:
    def __init__(self, connection: Connection) -> None:
        self.cursor = connection.connection.cursor()

    def put(self, table: type[Base], rows: Sequence[Row]) -> None:
        self._copy(table.__tablename__, _columns(table, rows), (row.values() for row in rows))

    def words(self, rows: Iterable[tuple[int, list[str]]]) -> None:
        stored = ((case_id, as_stored(words, "postgresql")) for case_id, words in rows)
        self._copy("case_search", ("case_id", "words"), stored)

    def _copy(self, table: str, columns: Sequence[str], rows: Iterable[Iterable[Plain]]) -> None:
        with self.cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(tuple(row))


def _filling_postgres(engine: Engine) -> Iterator[Bulk]:
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no look at foreign keys
        connection.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
        made = connection.scalar(text("SELECT pg_get_indexdef('ix_case_search_words'::regclass)"))
        connection.execute(text("DROP INDEX ix_case_search_words"))  # made at once it takes a tenth of the time
        yield _Postgres(connection)
        connection.exec_driver_sql(str(made))
        for table in Base.metadata.sorted_tables:
            if table.autoincrement_column is not None:
                _go_on_counting(connection, table, table.autoincrement_column)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))
    engine.dispose()


def _go_on_counting(connection: Connection, table: Table, column: Column[int]) -> None:
    """Let the next row that the service makes have the next id."""
    counter = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
    if counter:
        connection.execute(
            select(func.setval(counter, select(func.max(column)).having(func.max(column) > 0).scalar_subquery()))
        )


def _columns(table: type[Base], rows: Sequence[Row]) -> list[str]:
    """A column that is not there, or one that is needed and would be left out, is a mistake of the benchmark's."""
    named, there = list(rows[0]), table.__table__.columns
    unknown = set(named) - set(there.keys())
    missing = {column.key for column in there if not column.nullable and column.server_default is None} - set(named)
    if unknown or missing:
        raise ValueError(f"{table.__tablename__}: {sorted(unknown)} are unknown, {sorted(missing)} missing")
    return named
