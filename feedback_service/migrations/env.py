"""How Alembic reaches the tables; the connection is handed in, so that tests and commands share theirs."""

from alembic import context
from sqlalchemy import Connection

from feedback_service.migrations.tables import metadata


def _migrate(connection: Connection) -> None:
    # Batch mode rewrites SQLite tables by copying, and drops their triggers: migrations avoid it on such tables.
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=False, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if not isinstance(given, Connection):
    raise TypeError("migrations run on a connection that is handed in: see feedback_service.migrations.run")
_migrate(given)
