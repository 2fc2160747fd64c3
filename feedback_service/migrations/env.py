"""How Alembic reaches the tables; a connection may be handed in, so that tests and commands share theirs."""

from alembic import context
from sqlalchemy import Connection, create_engine

from feedback_service.database import prepare_engine
from feedback_service.migrations.tables import metadata


def _migrate(connection: Connection) -> None:
    # Batch mode rewrites SQLite tables by copying, and drops their triggers: migrations avoid it on such tables.
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=False, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if isinstance(given, Connection):
    _migrate(given)
elif given is not None:  # an engine
    with given.connect() as opened:
        _migrate(opened)
        opened.commit()
else:
    with prepare_engine(create_engine(context.config.get_main_option("sqlalchemy.url", ""))).begin() as fresh:
        _migrate(fresh)
