"""How many SQL statements a page costs, by listening to the database driver."""

from typing import Any

from sending_parts.shop import Shop
from sqlalchemy import event

from feedback_service.app import create_app
from feedback_service.config import read_settings
from feedback_service.database import db

from .shop import BROWSER


def statements_of_a_get(shop: Shop, path: str) -> int:
    """Statements of one GET of the page, by a process that has served it before."""
    app = create_app(read_settings(**{name[9:].lower(): value for name, value in shop.environment.items()}))
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    client = app.test_client()
    client.get(path, headers={"User-Agent": BROWSER})
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", listen)
    client.get(path, headers={"User-Agent": BROWSER})
    return len(said)
