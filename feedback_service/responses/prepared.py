"""The few statements of the hot path: their form and their types are worked out once, and not anew for every page.

SQLAlchemy still says what is asked, what values mean and which connection is used; only its way from a statement to
the driver, which takes ten times as long as SQLite itself, is gone once.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError

Read = Callable[[Any], Any]


@dataclass(frozen=True)
class _Form:
    """A statement as one kind of database takes it."""

    sql: str
    names: Sequence[str] | None
    """The parameters in order, where the driver wants them so."""
    constants: Mapping[str, Any]
    """Parameters that the statement itself brings."""
    writes: Mapping[str, Read]
    """What makes of a value what the driver takes; most need nothing."""
    reads: Sequence[tuple[int, Read]]
    """What makes a value of what the driver gives, by place; most need nothing."""


class Prepared:
    """A statement with named parameters. Runs in whatever transaction its connection is in."""

    def __init__(self, *statements: Any, dialects: Sequence[str] = ("sqlite", "postgresql")) -> None:
        self._statements = dict(zip(dialects, statements * len(dialects), strict=False))
        self._columns = list(statements[0].exported_columns) if hasattr(statements[0], "exported_columns") else []
        self._row = _row_of([str(column.key) for column in self._columns])
        self._forms: dict[str, _Form] = {}

    def first(self, connection: Connection, parameters: Mapping[str, Any]) -> Any:
        """The first row, by the columns' names; None where there is none. Raises DBAPIError."""
        found = self._run(connection, parameters, lambda cursor: cursor.fetchone())
        return None if found is None else self._value(found, connection.dialect)

    def all(self, connection: Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """All rows. Raises DBAPIError."""
        found: Iterable[Any] = self._run(connection, parameters, lambda cursor: cursor.fetchall())
        return [self._value(row, connection.dialect) for row in found]

    def do(self, connection: Connection, parameters: Mapping[str, Any]) -> None:
        """Run it for what it does. Raises DBAPIError."""
        self._run(connection, parameters, lambda _cursor: None)

    def _run(self, connection: Connection, parameters: Mapping[str, Any], fetch: Callable[[Any], Any]) -> Any:
        form = self._form(connection.dialect)
        values = {**form.constants, **parameters}
        for name, write in form.writes.items():
            values[name] = write(values[name])
        driver = connection.connection
        cursor = driver.cursor()
        try:
            cursor.execute(form.sql, [values[name] for name in form.names] if form.names is not None else values)
            return fetch(cursor)
        except connection.dialect.loaded_dbapi.Error as error:
            gone = connection.dialect.is_disconnect(error, driver, cursor)
            if gone:
                connection.invalidate(error)
            base = connection.dialect.loaded_dbapi.Error
            raise DBAPIError.instance(
                form.sql,
                None,
                error,
                base,
                hide_parameters=True,
                connection_invalidated=gone,
                dialect=connection.dialect,
            ) from error
        finally:
            cursor.close()

    def _value(self, found: Sequence[Any], dialect: Dialect) -> Any:
        values = list(found)
        for place, read in self._forms[dialect.name].reads:
            values[place] = read(values[place])
        return self._row._make(values)

    def _form(self, dialect: Dialect) -> _Form:
        if dialect.name not in self._forms:
            self._forms[dialect.name] = _form_of(self._statements[dialect.name], self._columns, dialect)
        return self._forms[dialect.name]


def _form_of(statement: Any, columns: Sequence[Any], dialect: Dialect) -> _Form:
    compiled = statement.compile(dialect=dialect)
    writes = {name: bound.type.dialect_impl(dialect).bind_processor(dialect) for name, bound in compiled.binds.items()}
    reads = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    return _Form(
        sql=str(compiled),
        names=compiled.positiontup,
        constants={name: bound.value for name, bound in compiled.binds.items() if not bound.required},
        writes={name: write for name, write in writes.items() if write},
        reads=[(place, read) for place, read in enumerate(reads) if read],
    )


def _row_of(names: Sequence[str]) -> Any:
    return namedtuple("Found", names)
