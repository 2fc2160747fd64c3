"""The same numbers read from the answers: by the database itself, and by DuckDB, which is made for it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Engine, text

Numbers = dict[tuple[str, int, int], dict[int, int]]
"""How often each score was given, by survey, year and month."""

OVERVIEW = (
    "SELECT survey_key, {year}, {month}, score, count(*) FROM responses"
    " WHERE suspected IS NULL AND withdrawn_at IS NULL GROUP BY 1, 2, 3, 4"
)
SEGMENT = (
    "SELECT survey_key, {year}, {month}, score, count(*) FROM responses"
    " WHERE suspected IS NULL AND withdrawn_at IS NULL AND survey_key = '{survey}' AND locale = '{locale}'"
    " AND counted_on BETWEEN '{first}' AND '{last}' GROUP BY 1, 2, 3, 4"
)
_PARTS = {
    "sqlite": ("CAST(strftime('%Y', counted_on) AS INTEGER)", "CAST(strftime('%m', counted_on) AS INTEGER)"),
    "other": ("CAST(extract(year FROM counted_on) AS INTEGER)", "CAST(extract(month FROM counted_on) AS INTEGER)"),
}
PORTION = 200_000  # rows copied at once


def asked(statement: str, dialect: str, **values: object) -> str:
    """A statement as that database understands it."""
    year, month = _PARTS.get(dialect, _PARTS["other"])
    return statement.format(year=year, month=month, **values)


def by_scan(engine: Engine, statement: str) -> Numbers:
    """Read from the answers."""
    with engine.connect() as connection:
        return _numbers(connection.execute(text(statement)))


@contextmanager
def duck(engine: Engine, folder: Path) -> Iterator[Callable[[str], Numbers]]:
    """A way to ask DuckDB, which holds the same columns of the same rows in a file of its own."""
    connection = duckdb.connect(str(folder / "answers.duckdb"))
    connection.execute(
        "CREATE TABLE responses (survey_key VARCHAR, locale VARCHAR, score INTEGER, counted_on DATE,"
        " suspected VARCHAR, withdrawn_at TIMESTAMP)"
    )
    file = folder / "answers.csv"
    with engine.connect().execution_options(stream_results=True) as source, file.open("w", encoding="utf-8") as out:
        rows = source.execution_options(yield_per=PORTION).execute(
            text("SELECT survey_key, locale, score, counted_on FROM responses")
        )
        out.writelines(f"{key},{locale},{score},{day},,\n" for key, locale, score, day in rows)
    connection.execute(f"COPY responses FROM '{file}' (FORMAT csv, HEADER false, NULLSTR '')")
    file.unlink()
    try:
        yield lambda statement: _numbers(connection.execute(statement).fetchall())
    finally:
        connection.close()


def _numbers(rows: Iterable[Any]) -> Numbers:
    found: Numbers = defaultdict(dict)
    for key, year, month, score, number in rows:
        found[key, int(year), int(month)][int(score)] = int(number)
    return dict(found)


def a_year(last: date) -> tuple[date, date]:
    """The twelve whole months up to a day that ends one."""
    return date(last.year - 1, last.month + 1, 1), last
