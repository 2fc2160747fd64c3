"""A team with hours, a queue with a ladder, and what became of a case's deadlines."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Absence, Calendar, Role, RoleName, Team, TeamMember, User, UserRole
from feedback_service.accounts.teams import team_id
from feedback_service.cases.cover import cover_absences
from feedback_service.cases.deadlines.keep import look_again
from feedback_service.cases.deadlines.look import look_at_due
from feedback_service.cases.models import Case, CaseDeadline, CaseEntry, CaseState, DeadlineKind, EntryKind, Escalation
from feedback_service.cases.notices.models import Notice
from feedback_service.cases.queues.models import OwnerRule, Queue
from feedback_service.delivery.models import StaffMail
from tests.cases.factories import KEY, colleague, opened

OFFICE = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
LISBON = ZoneInfo("Europe/Lisbon")
RESOLUTION_MINUTES = 3 * 24 * 60
FIRST, RESOLUTION = DeadlineKind.FIRST_RESPONSE, DeadlineKind.RESOLUTION


def office_hours(session: Session, *, team: str = "care", holidays: list[str] | None = None) -> None:
    """Let a team work from nine to six on weekdays, in Lisbon; committed."""
    calendar = Calendar(name="Office", zone="Europe/Lisbon", hours=OFFICE, country=None, holidays=holidays or [])
    session.add(calendar)
    session.flush()
    session.execute(update(Team).where(Team.id == team_id(session, team)).values(calendar_id=calendar.id))
    session.commit()
    session.expire_all()


def around_the_clock(session: Session, *, team: str = "care") -> None:
    """Let a team have no calendar, and its cases three days for their end; committed."""
    session.execute(update(Team).where(Team.id == team_id(session, team)).values(calendar_id=None))
    session.execute(
        update(Queue).where(Queue.team_id == team_id(session, team)).values(resolution_minutes=RESOLUTION_MINUTES)
    )
    session.commit()
    session.expire_all()


def member(session: Session, name: str, at: datetime, *, team: str = "care", role: RoleName = RoleName.STAFF) -> int:
    """Somebody who takes cases of a team; committed."""
    user_id = colleague(session, name, at)
    found = session.scalars(select(Role).where(Role.name == role)).one_or_none()
    if found is None:
        found = Role(name=role)
        session.add(found)
        session.flush()
    session.add(UserRole(user_id=user_id, role_id=found.id))
    session.add(TeamMember(team_id=team_id(session, team), user_id=user_id, takes_cases=role == RoleName.STAFF))
    session.commit()
    return user_id


def rung(step: str, minutes: int, of: DeadlineKind = FIRST) -> dict[str, Any]:
    """A rung of a ladder."""
    return {"step": step, "of": of.value, "minutes": minutes}


def case_with(
    session: Session,
    at: datetime,
    *ladder: dict[str, Any],
    owner: int | None = None,
    owner_rule: OwnerRule = OwnerRule.ROUND_ROBIN,
    state: CaseState = CaseState.OPEN,
) -> Case:
    """A case as the pipeline opens it, in a queue with this ladder and in these hands; committed."""
    case = opened(session, at)
    queue = session.get_one(Queue, case.queue_id)
    queue.ladder, queue.owner_rule = list(ladder), owner_rule
    case.owner_id, case.state = owner, state
    session.flush()
    look_again(session, case)
    session.commit()
    return case


def look(session: Session, at: datetime) -> int:
    """Run the step; committed."""
    count = look_at_due(session, at, 200, key=KEY, zone=LISBON)
    session.commit()
    return count


def cover(session: Session, at: datetime) -> int:
    """Run the step; committed."""
    count = cover_absences(session, at, 200, key=KEY, zone=LISBON)
    session.commit()
    return count


def away(
    session: Session, user_id: int, first: date, last: date, *, taker: int | None = None, by: int | None = None
) -> None:
    """Enter an absence as it stands; committed."""
    at = datetime.combine(first, datetime.min.time(), LISBON)
    session.add(
        Absence(
            user_id=user_id, first_day=first, last_day=last, taker_id=taker, entered_by=by or user_id, entered_at=at
        )
    )
    session.commit()


def switched_off(session: Session, user_id: int) -> None:
    """Somebody who left; committed."""
    session.execute(update(User).where(User.id == user_id).values(active=False))
    session.commit()


def as_it_is(session: Session, case: Case) -> Case:
    """The case as the database has it."""
    session.rollback()
    found = session.scalars(select(Case).where(Case.id == case.id).execution_options(populate_existing=True)).one()
    session.rollback()
    return found


def deadlines(session: Session, case: Case) -> dict[tuple[int, DeadlineKind], CaseDeadline]:
    """By opening and kind, as the database has them."""
    session.rollback()
    rows = session.scalars(
        select(CaseDeadline).where(CaseDeadline.case_id == case.id).execution_options(populate_existing=True)
    ).all()
    session.rollback()
    return {(row.opening, row.kind): row for row in rows}


def entries(session: Session, case: Case, *kinds: EntryKind) -> list[dict[str, Any]]:
    """The facts of a case's entries of these kinds, oldest first."""
    session.rollback()
    found = session.scalars(
        select(CaseEntry).where(CaseEntry.case_id == case.id, CaseEntry.kind.in_(kinds)).order_by(CaseEntry.ordinal)
    ).all()
    session.rollback()
    return [entry.facts for entry in found]


def escalations(session: Session, case: Case) -> list[tuple[int, int, str]]:
    """Opening, rung and reason of every rung that was taken."""
    session.rollback()
    found = session.execute(
        select(Escalation.opening, Escalation.rung, Escalation.reason)
        .where(Escalation.case_id == case.id)
        .order_by(Escalation.opening, Escalation.rung)
    ).all()
    session.rollback()
    return [tuple(row) for row in found]


def told(session: Session, user_id: int) -> list[str]:
    """The kinds of notices that somebody has, oldest first."""
    session.rollback()
    found = session.scalars(select(Notice.kind).where(Notice.user_id == user_id).order_by(Notice.id)).all()
    session.rollback()
    return [kind.value for kind in found]


def mailed(session: Session, user_id: int) -> list[str]:
    """The words of the mails that wait for somebody, oldest first."""
    session.rollback()
    found = session.scalars(select(StaffMail.words).where(StaffMail.user_id == user_id).order_by(StaffMail.id)).all()
    session.rollback()
    return list(found)
