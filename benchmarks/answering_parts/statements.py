"""How many SQL statements a page costs, counted where the database's driver is told them."""

import sqlite3
from typing import Any

from psycopg import Connection, Cursor
from sending_parts.shop import Shop
from sqlalchemy import Engine, event

from feedback_service.app import create_app
from feedback_service.config import read_settings
from feedback_service.database import db

from .shop import BROWSER


def statements_of_a_get(shop: Shop, path: str) -> int:
    """Statements of one GET of the page, by a process that has served it before."""
    app = create_app(read_settings(**{name[9:].lower(): value for name, value in shop.environment.items()}))
    said: list[str] = []
    with app.app_context():
        for engine in (db.engine, db.looking):
            _listen(engine, said)
    client = app.test_client()
    client.get(path, headers={"User-Agent": BROWSER})
    said.clear()
    client.get(path, headers={"User-Agent": BROWSER})
    return len(said)


def _listen(engine: Engine, said: list[str]) -> None:
    class Listening(Cursor[Any]):
        def execute(self, query: Any, *args: Any, **options: Any) -> Any:
            said.append(str(query))
            return super().execute(query, *args, **options)

    def connected(connection: sqlite3.Connection | Connection[Any], _entry: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(said.append)
        else:
            connection.cursor_factory = Listening

    event.listen(engine, "connect", connected)
    engine.dispose()  # what was connected before would go unheard
