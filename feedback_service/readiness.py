"""Whether the process can do its work: the database answers and has the tables that this version needs."""

from datetime import datetime

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from feedback_service.config import Settings, SettingsError
from feedback_service.delivery.health import alarms_now
from feedback_service.migrations.run import newest_revision

FINE = "ok"


def alarms_said(session: Session, settings: Settings, now: datetime) -> list[str]:
    """What is silent that should not be, and what to do, in sentences that hold nothing personal.

    They leave the process ready: a mail server that refuses us is no reason to take the answering pages away.
    """
    found = alarms_now(session, now, hours=settings.alarm_hours, answer_hours=settings.alarm_answer_hours)
    return [f"{alarm.words} {alarm.remedy}" for alarm in found]


def readiness(engine: Engine) -> dict[str, str]:
    """Each part with `FINE` or what is wrong with it."""
    try:
        with engine.execution_options(read_only=True).connect() as connection:
            connection.execute(text("SELECT 1"))
            revision = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return {"database": "does not answer at FEEDBACK_DATABASE_URL; `feedback migrate` makes a new one"}
    up_to_date = revision == newest_revision()
    return {
        "database": FINE,
        "tables": FINE if up_to_date else "are not up to date: `feedback migrate` creates and updates them",
    }


def check_ready(engine: Engine) -> None:
    """Raises SettingsError where something is not ready."""
    for part, state in readiness(engine).items():
        if state != FINE:
            raise SettingsError(f"The {part} {state}.")
