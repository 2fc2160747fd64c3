"""Who is at a case at this moment, and whether they write; believed for a minute."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.desk.models import Presence
from feedback_service.database import insert_new

BELIEVED = timedelta(seconds=60)


def be_here(session: Session, case_id: int, user_id: int, *, writing: bool, now: datetime) -> None:
    """Note that somebody has the case before them. Where they were before is forgotten: this is no record of work."""
    session.execute(
        delete(Presence).where(
            or_(
                and_(Presence.case_id == case_id, Presence.user_id == user_id),
                and_(Presence.user_id == user_id, Presence.seen_at < now - BELIEVED),
                and_(Presence.case_id == case_id, Presence.seen_at < now - BELIEVED),
            )
        )
    )
    session.execute(
        insert_new(session, Presence).values(case_id=case_id, user_id=user_id, writing=writing, seen_at=now)
    )


def writing_at(session: Session, case_ids: Sequence[int], *, but: int, now: datetime) -> dict[int, list[str]]:
    """By case, the names of those who are writing now, without one's own."""
    if not case_ids:
        return {}
    rows = session.execute(
        select(Presence.case_id, User.name)
        .join(User, User.id == Presence.user_id)
        .where(
            Presence.case_id.in_(case_ids),
            Presence.user_id != but,
            Presence.writing,
            Presence.seen_at > now - BELIEVED,
        )
        .order_by(Presence.case_id, User.name)
    )
    found: dict[int, list[str]] = {}
    for case_id, name in rows:
        found.setdefault(case_id, []).append(name)
    return found


def others_at(session: Session, case_id: int, *, but: int, now: datetime) -> str:
    """Who else is at a case, in words; "" where nobody is."""
    rows = session.execute(
        select(User.name, Presence.writing)
        .join(User, User.id == Presence.user_id)
        .where(Presence.case_id == case_id, Presence.user_id != but, Presence.seen_at > now - BELIEVED)
        .order_by(Presence.writing.desc(), User.name)
    )
    return " ".join(f"{name} is writing." if writing else f"{name} has this case open." for name, writing in rows)
