"""What every table is promised: instants in UTC, states that exist, durable writes, readers that cannot write."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.accounts.models import Team
from feedback_service.config import SettingsError
from feedback_service.database import PAGE_BUSY_MS, SQLITE_BUSY_MS, db, impatient, insert_new
from feedback_service.invitations.models import GoLive
from feedback_service.migrations.run import upgrade
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import read_surveys
from tests.conftest import NOW


def test_a_time_in_any_zone_comes_back_as_the_same_instant_in_utc(session: Session) -> None:
    sao_paulo = timezone(timedelta(hours=-3))
    at = datetime(2026, 3, 1, 22, 30, 15, 123456, tzinfo=sao_paulo)
    session.add(GoLive(at=at, set_at=NOW, set_by="a test"))
    session.commit()
    session.expire_all()
    kept = session.get_one(GoLive, 1).at
    assert kept == at
    assert kept.tzinfo == UTC


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    session.add(GoLive(at=NOW.replace(tzinfo=None), set_at=NOW, set_by="a test"))
    with pytest.raises(StatementError, match="a time without a zone cannot be stored"):
        session.commit()


def test_a_state_that_does_not_exist_is_refused_by_the_database_itself(session: Session) -> None:
    with pytest.raises(IntegrityError):
        session.execute(text("UPDATE survey_versions SET state = 'nonsense'"))


def test_a_second_row_is_left_alone(session: Session) -> None:
    for name in ("First", "Second"):
        session.execute(insert_new(session, Team).values(key="returns", name=name))
    session.commit()
    assert session.query(Team.name).filter_by(key="returns").all() == [("First",)]


def test_a_reading_session_cannot_write_and_the_next_one_can(sessions: sessionmaker[Session]) -> None:
    with sessions() as reading:
        reading.info["read_only"] = True
        assert reading.execute(text("SELECT count(*) FROM surveys")).scalar_one() == len(read_surveys(SURVEYS))
        with pytest.raises(DBAPIError):
            reading.execute(text("UPDATE surveys SET metric = 'x'"))
    with sessions() as writing:
        writing.execute(text("UPDATE surveys SET metric = 'x'"))
        writing.commit()


def patience(connection: Connection) -> str:
    """How many milliseconds its transaction would wait for another; PostgreSQL's 0 is for ever."""
    sqlite = connection.dialect.name == "sqlite"
    connection.execute(text("SELECT 1"))
    return str(connection.scalar(text("PRAGMA busy_timeout" if sqlite else "SHOW lock_timeout")))


def test_whoever_is_impatient_leaves_the_next_as_patient_as_ever(app: Flask) -> None:
    def page(usual: str) -> None:
        with db.engine.connect() as connection:
            assert patience(connection) == (usual if db.engine.dialect.name == "sqlite" else "0")

    def evidence() -> None:
        with impatient(db.engine, 250) as connection:
            assert patience(connection) in {"250", "250ms"}

    with app.test_request_context():
        evidence()  # on a new connection, on one that a page had, and on one that a worker had
        page(str(PAGE_BUSY_MS))
        evidence()
        page(str(PAGE_BUSY_MS))
    with app.app_context():
        evidence()
        page(str(SQLITE_BUSY_MS))
        evidence()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_keeps_what_was_committed_and_its_references(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_reference_to_nothing_is_refused(session: Session) -> None:
    with pytest.raises(IntegrityError):
        session.execute(text("INSERT INTO team_members (team_id, user_id, takes_cases) VALUES (99, 99, true)"))


def test_a_database_of_another_version_is_told_so_and_left_alone(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    with pytest.raises(SettingsError, match="tables of another version \\(9999\\)"):
        upgrade(engine)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()
