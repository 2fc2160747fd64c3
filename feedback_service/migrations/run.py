"""Brings a database's tables up to date."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from feedback_service.paths import MIGRATIONS


def alembic_config() -> Config:
    """Alembic's settings; there is no alembic.ini, since all of it follows from where the package lies."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(engine: Engine) -> None:
    """Apply every migration that is missing."""
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@cache
def newest_revision() -> str | None:
    """The revision that this version's code needs."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()
