"""Promises on a case that somebody works on."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback_service.accounts.models import TeamMember
from feedback_service.accounts.teams import team_id
from feedback_service.cases.models import Case
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.promises.promise import make
from tests.cases.factories import KEY, colleague, complained, taken

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def in_care(session: Session, name: str, at: datetime) -> int:
    """A colleague of the team; committed."""
    user = colleague(session, name, at)
    session.add(TeamMember(team_id=team_id(session, "care"), user_id=user))
    session.commit()
    return user


def worked_on(session: Session, at: datetime, user_id: int) -> Case:
    """A case in somebody's hands; committed."""
    _, case = complained(session, at, comment="It came broken.")
    taken(session, case, user_id, at)
    return case


def promised(
    session: Session,
    case: Case,
    user_id: int,
    at: datetime,
    *,
    words: str = "Refund by Friday.",
    due: timedelta = DAY,
    owner: int | None = None,
) -> Promise:
    """A promise made now by whoever has the case; committed."""
    promise = make(
        session,
        case.id,
        words=words,
        due_at=at + due,
        owner_id=owner or user_id,
        user_id=user_id,
        key=KEY,
        now=at,
    )
    session.commit()
    return promise
