"""How SQLite answers what a page asks of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


@contextmanager
def planned(engine: Engine) -> Iterator[list[str]]:
    """The plans of all that is read meanwhile, a line for each table; they are there once it is over."""
    said: list[tuple[str, Any]] = []
    steps: list[str] = []

    def listen(_c: object, _cursor: object, sql: str, parameters: Any, _x: object, _many: bool) -> None:
        if sql.startswith(("SELECT", "WITH")):
            said.append((sql, parameters))

    event.listen(engine, "before_cursor_execute", listen)
    yield steps
    event.remove(engine, "before_cursor_execute", listen)
    with engine.connect() as connection:
        for sql, parameters in said:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
            steps += [row.detail for row in rows]


def walked(steps: list[str], *tables: str) -> list[str]:
    """Where one of these tables is read from end to end."""
    return [step for step in steps if step.startswith(tuple(f"SCAN {table}" for table in tables))]
