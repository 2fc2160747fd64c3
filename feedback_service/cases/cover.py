"""Lets nothing wait for somebody who is not there, away for some days or gone for good; and wakes cases."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from feedback_service.accounts.absences import AbsenceError, away_on, record_absence
from feedback_service.accounts.models import Absence, User
from feedback_service.cases.hand_over import give_to_another, give_to_nobody
from feedback_service.cases.hold import hold_cases, hold_teams
from feedback_service.cases.merge import standing_for
from feedback_service.cases.models import PRESENT, RESTING, Case, CaseState, EntryKind
from feedback_service.cases.notices.models import NoticeKind
from feedback_service.cases.notices.notify import notify
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.promises.queries import STANDING
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.write_log import write_entry

AWAY, GONE = "its owner is away", "its owner's account is switched off"
_DAY = timedelta(days=1)


def enter_absence(
    session: Session,
    *,
    user_id: int,
    first_day: date,
    last_day: date,
    taker_id: int | None,
    entered_by: int,
    now: datetime,
    zone: ZoneInfo,
) -> Absence:
    """Enter an absence, by days in the shop's `zone`, both included.

    Raises AbsenceError, in a sentence, where it cannot be, or where there are promises to be kept by the last day,
    overdue ones too, and nobody is named who keeps them.
    """
    today = now.astimezone(zone).date()
    falling_due = session.scalar(
        select(func.count()).where(STANDING, Promise.owner_id == user_id, _due_by(last_day, zone))
    )
    if falling_due and taker_id is None and first_day <= last_day:
        promises = "1 promise falls" if falling_due == 1 else f"{falling_due} promises fall"
        raise AbsenceError(f"{promises} due by the last of these days. Name who keeps what was promised.")
    return record_absence(
        session,
        user_id=user_id,
        first_day=first_day,
        last_day=last_day,
        taker_id=taker_id,
        entered_by=entered_by,
        today=today,
        now=now,
    )


def cover_absences(session: Session, now: datetime, limit: int, *, key: bytes, zone: ZoneInfo) -> int:
    """Deal with up to `limit` things of each kind; returns how many. A second run finds nothing.

    Cases that somebody who is away has not begun go to others, and promises to whoever was named. Of somebody whose
    account is switched off, cases in progress become anybody's. Cases that were put off until now are to be seen again.
    """
    today = now.astimezone(zone).date()
    away, gone = away_on(session, today), set(session.scalars(select(User.id).where(User.active.is_(False))))
    return (
        _put_down(session, gone, limit, key, now)
        + _move(session, away, gone, limit, key, now, zone)
        + _hand_on_promises(session, today, limit, key, now, zone)
        + _wake(session, now, limit, key)
    )


def _of(people: Collection[int], state: CaseState) -> ColumnElement[bool]:
    return Case.owner_id.in_(sorted(people)) & (Case.state == state)


def _found(session: Session, condition: ColumnElement[bool], limit: int) -> dict[int, int]:
    """The teams of unresolved cases for which something holds, by the case's id: present ones first, then resting."""
    queues: dict[int, int] = {}
    for present in (PRESENT, RESTING):  # one by one, since each has an index of its own
        rows = session.execute(
            select(Case.id, Case.queue_id)
            .where(present, condition)
            .order_by(Case.owner_id, Case.sort_at, Case.id)  # as the index has them: nobody else's are looked at
            .limit(limit - len(queues))
        )
        queues |= dict(rows.all())
    teams = dict(session.execute(select(Queue.id, Queue.team_id)).all()) if queues else {}
    return {case_id: teams[queue_id] for case_id, queue_id in queues.items()}


def _put_down(session: Session, gone: Collection[int], limit: int, key: bytes, now: datetime) -> int:
    if not gone:
        return 0
    begun = _of(gone, CaseState.IN_PROGRESS)
    cases = hold_cases(session, _found(session, begun, limit), begun)
    for case in cases:
        give_to_nobody(session, case, GONE, key=key, now=now)
    return len(cases)


def _move(
    session: Session,
    away: Collection[int],
    gone: Collection[int],
    limit: int,
    key: bytes,
    now: datetime,
    zone: ZoneInfo,
) -> int:
    """Unstarted cases go to others by their queue's rule; where nobody is there, to nobody, so that all see them."""
    people = {*away, *gone}
    if not people:
        return 0
    unstarted = _of(people, CaseState.OPEN)
    found = _found(session, unstarted, limit)
    hold_teams(session, found.values())
    cases = hold_cases(session, found, unstarted)
    for case in cases:
        reason = GONE if case.owner_id in gone else AWAY
        owner = give_to_another(session, case, reason, without=people, mail=False, key=key, now=now, zone=zone)
        if owner is None:
            give_to_nobody(session, case, f"{reason}, and nobody else is there", key=key, now=now)
    return len(cases)


def _hand_on_promises(session: Session, today: date, limit: int, key: bytes, now: datetime, zone: ZoneInfo) -> int:
    """To whoever was named when the absence was entered."""
    absences = session.scalars(
        select(Absence)
        .join(User, User.id == Absence.taker_id)
        .where(Absence.last_day >= today, Absence.first_day <= today, User.active)
        .order_by(Absence.id)
    ).all()
    return sum(_hand_on(session, absence, limit, key, now, zone) for absence in absences)


def _hand_on(session: Session, absence: Absence, limit: int, key: bytes, now: datetime, zone: ZoneInfo) -> int:
    theirs = (STANDING, Promise.owner_id == absence.user_id, _due_by(absence.last_day, zone))
    rows = session.execute(
        select(Promise.id, Promise.case_id).where(*theirs).order_by(Promise.due_at, Promise.id).limit(limit)
    )
    cases = {row.id: standing_for(session, row.case_id) for row in rows.all()}
    held = {case.id for case in hold_cases(session, cases.values())}
    promises = session.scalars(
        select(Promise)
        .where(Promise.id.in_([promise_id for promise_id, case_id in cases.items() if case_id in held]), *theirs)
        .order_by(Promise.id)
        .execution_options(populate_existing=True)
    ).all()
    for promise in promises:
        _to_taker(session, promise, cases[promise.id], absence, key, now)
    return len(promises)


def _to_taker(session: Session, promise: Promise, case_id: int, absence: Absence, key: bytes, now: datetime) -> None:
    taker = absence.taker_id
    if taker is None:
        return
    facts = {"promise": promise.id, "from": promise.owner_id, "to": taker}
    promise.owner_id = taker
    session.flush()
    entry = write_entry(session, case_id, EntryKind.PROMISE_HANDED_ON, actor_id=None, facts=facts, key=key, now=now)
    notify(
        session,
        taker,
        NoticeKind.PROMISE_DUE,
        key=f"promise:{promise.id}:{entry.ordinal}",
        case_id=case_id,
        facts=facts,
        now=now,
        mail=True,
    )


def _due_by(last_day: date, zone: ZoneInfo) -> ColumnElement[bool]:
    """Due up to the end of that day in `zone`: what was overdue before waits for nobody's return either."""
    return Promise.due_at < datetime.combine(last_day + _DAY, time.min, zone)


def _wake(session: Session, now: datetime, limit: int, key: bytes) -> int:
    """Bring cases back that were put off until now, and say so to whoever put them off."""
    over = Case.snoozed_until <= now
    due = session.scalars(select(Case.id).where(over).order_by(Case.snoozed_until, Case.id).limit(limit)).all()
    cases = hold_cases(session, due, over)
    for case in cases:
        case.snoozed_until = None
        session.flush()
        entry = write_entry(session, case.id, EntryKind.WOKEN, actor_id=None, key=key, now=now)
        if case.owner_id is not None:
            notify(
                session,
                case.owner_id,
                NoticeKind.REMINDED,
                key=f"woken:{case.id}:{entry.ordinal}",
                case_id=case.id,
                facts={"reason": "it was put off until now"},
                now=now,
            )
    return len(cases)
