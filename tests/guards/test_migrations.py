"""The migrations make what the models say, can be undone, and leave the action log unchangeable."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from feedback_service.database import session_factory
from feedback_service.migrations.run import alembic_config, newest_revision, upgrade
from feedback_service.migrations.tables import metadata
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.publish import take_in
from feedback_service.questionnaires.read_files import read_surveys
from tests.conftest import NOW
from tests.guards.factories import furnish

TRIGGERS = {
    "sqlite": (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        {"case_entries_no_update", "case_entries_no_delete"},
    ),
    "postgresql": ("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal", {"case_entries_append_only"}),
}


def downgrade(engine: Engine) -> None:
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")


def triggers(engine: Engine) -> tuple[set[str], set[str]]:
    """Those there are, and those there should be."""
    query, wanted = TRIGGERS[engine.dialect.name]
    with engine.connect() as connection:
        return set(connection.scalars(text(query))), wanted


def differences(engine: Engine) -> list[object]:
    options = {"compare_type": True, "include_name": is_mapped}
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def is_mapped(name: str | None, kind: str, _parents: object) -> bool:
    """All but the search, which each database keeps in its own way, on SQLite in five tables."""
    return kind != "table" or not (name or "").startswith("case_search")


def test_the_migrations_have_one_head() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert scripts.get_heads() == [newest_revision()]
    numbers = sorted(script.revision for script in scripts.walk_revisions())
    assert len(numbers) == len(set(numbers))


def test_the_tables_are_as_the_models_say(engine: Engine) -> None:
    assert differences(engine) == []


def test_every_named_check_is_in_the_database(engine: Engine) -> None:
    """Alembic does not compare these."""
    found = inspect(engine)
    for table in metadata.sorted_tables:
        named = {str(check.name) for check in table.constraints if isinstance(check, CheckConstraint)}
        assert named == {str(check["name"]) for check in found.get_check_constraints(table.name)}, table.name


def test_up_down_and_up_again_is_the_same(engine: Engine) -> None:
    downgrade(engine)
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    assert triggers(engine)[0] == set()
    upgrade(engine)
    assert differences(engine) == []
    there, wanted = triggers(engine)
    assert there == wanted
    with session_factory(engine)() as session:
        take_in(session, read_surveys(SURVEYS), NOW)
        furnish(session)


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    assert differences(engine) == []


def test_a_shop_with_data_can_be_taken_down(engine: Engine, session: Session) -> None:
    furnish(session)
    session.close()
    downgrade(engine)
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}


def test_the_triggers_that_keep_the_log_are_there(engine: Engine) -> None:
    there, wanted = triggers(engine)
    assert there == wanted


REWRITES = (
    "UPDATE case_entries SET kind = 'noted'",
    "UPDATE case_entries SET hash = hash WHERE ordinal = 1",
    "DELETE FROM case_entries",
)


@pytest.mark.parametrize("statement", REWRITES)
def test_the_action_log_cannot_be_rewritten(session: Session, statement: str) -> None:
    furnish(session)
    session.execute(text("DELETE FROM case_entry_words"))
    with pytest.raises(DBAPIError, match="the action log is append-only"):
        session.execute(text(statement))
    session.rollback()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_does_not_empty_the_log_either(session: Session) -> None:
    furnish(session)
    with pytest.raises(DBAPIError, match="the action log is append-only"):
        session.execute(text("TRUNCATE case_entries CASCADE"))
    session.rollback()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_does_not_replace_an_entry_either(session: Session) -> None:
    furnish(session)
    session.execute(text("DELETE FROM case_entry_words"))
    with pytest.raises(DBAPIError, match="the action log is append-only"):
        session.execute(text("INSERT OR REPLACE INTO case_entries SELECT * FROM case_entries"))
    session.rollback()
