"""When somebody is away: entered by whole days, in the shop's time zone."""

from datetime import date, datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Absence, User


class AbsenceError(ValueError):
    """An absence that cannot be entered as asked; the message says why."""


def record_absence(
    session: Session,
    *,
    user_id: int,
    first_day: date,
    last_day: date,
    taker_id: int | None,
    entered_by: int,
    today: date,
    now: datetime,
) -> Absence:
    """Enter an absence. Raises AbsenceError, in a sentence, for days that cannot be, or a taker who cannot.

    Whether a taker is needed is for whoever knows what there is to take: cases/cover.py.
    """
    if first_day > last_day:
        raise AbsenceError("The last day comes before the first.")
    if last_day < today:
        raise AbsenceError("These days are over.")
    if _away(session, user_id, first_day, last_day):
        raise AbsenceError("Some of these days are entered already.")
    if taker_id is not None:
        _check_taker(session, user_id, taker_id, first_day, last_day)
    absence = Absence(
        user_id=user_id,
        first_day=first_day,
        last_day=last_day,
        taker_id=taker_id,
        entered_by=entered_by,
        entered_at=now,
    )
    session.add(absence)
    session.flush()
    return absence


def cancel_absence(session: Session, absence_id: int) -> bool:
    """Whether there was one to take back. What moved to others because of it stays with them."""
    gone = session.execute(delete(Absence).where(Absence.id == absence_id).returning(Absence.id))
    return gone.first() is not None


def away_on(session: Session, day: date) -> set[int]:
    """The ids of those whose absence covers a day."""
    return set(session.scalars(select(Absence.user_id).where(Absence.last_day >= day, Absence.first_day <= day)))


def uncovered_on(session: Session, user_id: int, day: date) -> bool:
    """Whether somebody is away on a day, and nobody is named who stands in and can sign in."""
    uncovered = (
        select(Absence.id)
        .outerjoin(User, User.id == Absence.taker_id)
        .where(
            Absence.user_id == user_id,
            Absence.last_day >= day,
            Absence.first_day <= day,
            or_(User.id.is_(None), User.active.is_(False)),
        )
    )
    return session.scalar(uncovered.limit(1)) is not None


def _check_taker(session: Session, user_id: int, taker_id: int, first_day: date, last_day: date) -> None:
    if taker_id == user_id:
        raise AbsenceError("Whoever is away cannot stand in for themselves. Name somebody else.")
    taker = session.get(User, taker_id)
    if taker is None or not taker.active:
        raise AbsenceError("Whoever stands in needs an account that is switched on.")
    if _away(session, taker_id, first_day, last_day):
        raise AbsenceError(f"{taker.name} is away on some of these days, too. Name somebody else.")


def _away(session: Session, user_id: int, first_day: date, last_day: date) -> bool:
    overlapping = select(Absence.id).where(
        Absence.user_id == user_id, Absence.last_day >= first_day, Absence.first_day <= last_day
    )
    return session.scalar(overlapping.limit(1)) is not None
