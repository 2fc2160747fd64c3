"""Which reports are due, and that each is made once for its period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Role, RoleName, User
from feedback_service.cases.refused import RefusedError
from feedback_service.database import insert_new
from feedback_service.insights.reports.models import RUNNING, Report, SentReport
from feedback_service.insights.rules.report_times import Every, next_morning

MANAGERS = (RoleName.MANAGER, RoleName.ADMIN)
REST = timedelta(minutes=15)  # of a report that could not be written, before it is tried again


@dataclass(frozen=True)
class Due:
    """A report whose morning has come."""

    id: int
    user_id: int
    every: Every
    weekday: int
    survey_keys: tuple[str, ...]
    next_at: datetime
    manages: bool
    """Whether whoever asked for it still works here and manages."""


def due_reports(session: Session, now: datetime, limit: int) -> list[Due]:
    """The longest due first."""
    manages = User.active & User.roles.any(Role.name.in_(MANAGERS))
    rows = session.execute(
        select(Report, manages)
        .join(User, User.id == Report.user_id)
        .where(text(RUNNING), Report.next_at <= now)
        .order_by(Report.next_at, Report.id)
        .limit(limit)
    ).unique()  # fmt: skip
    return [
        Due(each.id, each.user_id, each.every, each.weekday, tuple(each.survey_keys), each.next_at or now, bool(may))
        for each, may in rows
    ]


def claim(session: Session, due: Due, period: date, now: datetime) -> bool:
    """Say that this period was reported on; False where somebody said so before."""
    made = session.execute(
        insert_new(session, SentReport)
        .values(report_id=due.id, every=due.every, period=period, made_at=now)
        .returning(SentReport.report_id)
    )
    return made.first() is not None


def move_on(session: Session, due: Due, now: datetime, zone: ZoneInfo) -> None:
    """Let it wait for its next morning, or end it where its reader manages no more; one that was changed is left."""
    _wait(session, due, next_morning(due.every, due.weekday, now, zone) if due.manages else None)


def put_off(session: Session, due: Due, now: datetime) -> None:
    """Let one that could not be written rest, so that others have their turn; one that was changed is left."""
    _wait(session, due, now + REST)


def _wait(session: Session, due: Due, until: datetime | None) -> None:
    session.execute(
        update(Report)
        .where(Report.id == due.id, Report.next_at == due.next_at)
        .values(next_at=until)
        .execution_options(synchronize_session=False)
    )


def subscribe(
    session: Session,
    user_id: int,
    every: Every,
    weekday: int,
    survey_keys: Sequence[str],
    now: datetime,
    zone: ZoneInfo,
) -> Report:
    """One more report for a manager. Raises RefusedError where they get the same already."""
    _refuse_a_second(session, user_id, every, weekday, survey_keys)
    report = Report(
        user_id=user_id,
        every=every,
        weekday=weekday,
        survey_keys=list(survey_keys),
        next_at=next_morning(every, weekday, now, zone),
        created_at=now,
    )
    session.add(report)
    return report


def change(
    session: Session,
    report: Report,
    every: Every,
    weekday: int,
    survey_keys: Sequence[str],
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """Another rhythm, day or choice of surveys, from now on. Raises RefusedError where another report has the same."""
    _refuse_a_second(session, report.user_id, every, weekday, survey_keys, besides=report)
    report.every, report.weekday, report.survey_keys = every, weekday, list(survey_keys)
    report.next_at = next_morning(every, weekday, now, zone)


def _refuse_a_second(
    session: Session,
    user_id: int,
    every: Every,
    weekday: int,
    survey_keys: Sequence[str],
    besides: Report | None = None,
) -> None:
    """Raise RefusedError where they get it already.

    Nobody asks for them until this is over, so a second press finds what the first one made. SQLite's writers wait for
    each other anyway.
    """
    session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    asked = (every, weekday, set(survey_keys))
    others = (each for each in running_reports(session, user_id) if each is not besides)
    if any((each.every, each.weekday, set(each.survey_keys)) == asked for each in others):
        raise RefusedError("You get this report already.")


def stop(report: Report) -> None:
    """No more of it."""
    report.next_at = None


def running_reports(session: Session, user_id: int) -> list[Report]:
    """What a manager gets, in the order in which they asked for it."""
    return list(
        session.scalars(
            select(Report).where(Report.user_id == user_id, Report.next_at.is_not(None)).order_by(Report.id)
        )
    )  # fmt: skip
