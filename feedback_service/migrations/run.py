"""Brings a database's tables up to date."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from feedback_service.config import SettingsError
from feedback_service.paths import MIGRATIONS


def alembic_config() -> Config:
    """Alembic's settings; there is no alembic.ini, since all of it follows from where the package lies."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(engine: Engine) -> None:
    """Apply every migration that is missing. Raises SettingsError for a database that another version made."""
    config = alembic_config()
    with engine.begin() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if not known.issuperset(found):
            raise SettingsError(
                f"The database has the tables of another version ({', '.join(found)}). Update the program if it is the"
                " older of the two. If an unreleased state of it made the database, begin with a new one."
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@cache
def newest_revision() -> str | None:
    """The revision that this version's code needs."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()
