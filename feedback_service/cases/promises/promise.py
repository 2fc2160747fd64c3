"""Commitments to a customer: made, kept, let go with a reason, handed on; each locks the case first, so that of two
colleagues who press at once one acts and the other reads what happened."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from feedback_service.accounts.absences import uncovered_on
from feedback_service.accounts.models import User
from feedback_service.cases.hold import hold_case
from feedback_service.cases.merge import standing_for
from feedback_service.cases.models import Case, CaseEntryWords, EntryKind
from feedback_service.cases.notices.models import NoticeKind
from feedback_service.cases.notices.notify import notify
from feedback_service.cases.promises.ends import end, facts_of
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.promises.queries import STANDING
from feedback_service.cases.queues.choose_owner import UTC_ZONE
from feedback_service.cases.refused import RefusedError
from feedback_service.cases.said_lately import DOUBLE_PRESS
from feedback_service.cases.work import CaseMovedError, hold_own_case
from feedback_service.cases.write_log import write_entry
from feedback_service.masking import mask

FURTHEST = timedelta(days=366)
"""A promise for later than this is none that anybody remembers."""


def make(
    session: Session,
    case_id: int,
    *,
    words: str,
    due_at: datetime,
    owner_id: int,
    user_id: int,
    key: bytes,
    now: datetime,
    zone: ZoneInfo = UTC_ZONE,
) -> Promise:
    """Promise something to the customer of a case. Raises CaseMovedError unless the case is in this person's hands.

    The same promise again within `DOUBLE_PRESS` is one. Raises ValueError where `due_at` is not to come, or too far
    away, or where the owner cannot sign in: what cannot be kept is not promised. Raises RefusedError where the owner
    is away on that day of the shop's `zone`, and nobody stands in.
    """
    if not now < due_at <= now + FURTHEST:
        raise ValueError("a promise is for a time to come, within a year")
    _check_owner(session, owner_id)
    hold_own_case(session, case_id, user_id)
    _check_there(session, owner_id, due_at, zone)
    words = mask(words)
    again = _just_made(session, case_id, words, due_at, owner_id, now)
    if again is not None:
        return again
    promise = Promise(case_id=case_id, entry=0, owner_id=owner_id, made_at=now, due_at=due_at)
    session.add(promise)
    session.flush()
    facts = facts_of(promise)
    entry = write_entry(
        session, case_id, EntryKind.PROMISED, actor_id=user_id, text=words, facts=facts, key=key, now=now
    )
    promise.entry = entry.ordinal
    session.flush()
    return promise


def keep(session: Session, promise_id: int, *, user_id: int, manager: bool = False, key: bytes, now: datetime) -> None:
    """It was kept. Late is late: the promise stays broken.

    This and the two below raise CaseMovedError where the promise is neither this person's nor of a case of theirs, nor
    they a manager, and where it has ended meanwhile.
    """
    promise, case = _held_promise(session, promise_id, user_id, manager=manager)
    if not end(session, promise, case.id, kept=True, user_id=user_id, key=key, now=now):
        raise CaseMovedError(_how_it_ended(promise))


def let_go(
    session: Session,
    promise_id: int,
    reason: str,
    *,
    user_id: int,
    manager: bool = False,
    key: bytes,
    now: datetime,
) -> None:
    """It will not be kept, and the log says why."""
    promise, case = _held_promise(session, promise_id, user_id, manager=manager)
    if not end(session, promise, case.id, kept=False, reason=reason, user_id=user_id, key=key, now=now):
        raise CaseMovedError(_how_it_ended(promise))


def hand_on(
    session: Session,
    promise_id: int,
    owner_id: int,
    *,
    user_id: int | None,
    manager: bool = False,
    key: bytes,
    now: datetime,
    zone: ZoneInfo = UTC_ZONE,
) -> None:
    """Somebody else keeps it from now on; its time stays. `user_id` None: the service does it, for an absence.

    Raises ValueError where the new owner cannot sign in, and RefusedError where they are away on the day, or today
    where the promise is overdue, and nobody stands in. Whoever has it already keeps it, and nothing is said twice.
    """
    _check_owner(session, owner_id)
    promise, case = _held_promise(session, promise_id, user_id, manager=manager)
    if promise.owner_id == owner_id:
        return
    _check_there(session, owner_id, max(promise.due_at, now), zone)
    before = promise.owner_id
    session.execute(
        update(Promise)
        .where(Promise.id == promise_id)
        .values(owner_id=owner_id)
        .execution_options(synchronize_session="fetch")
    )
    session.refresh(promise)
    facts = {**facts_of(promise), "from": before, "to": owner_id}
    kind = EntryKind.PROMISE_HANDED_ON
    entry = write_entry(session, case.id, kind, actor_id=user_id, facts=facts, key=key, now=now)
    if owner_id != user_id:
        notify(
            session,
            owner_id,
            NoticeKind.PROMISE_DUE,
            key=f"promise:{promise.id}:{entry.ordinal}",
            case_id=case.id,
            facts={"promise": promise.id, **({"by": user_id} if user_id is not None else {"from": before})},
            now=now,
        )


def _held_promise(session: Session, promise_id: int, user_id: int | None, *, manager: bool) -> tuple[Promise, Case]:
    """The promise, and the case in which it is now dealt with, which is locked."""
    made_in = session.scalars(select(Promise.case_id).where(Promise.id == promise_id)).one()
    case = hold_case(session, standing_for(session, made_in))
    promise = session.scalars(
        select(Promise).where(Promise.id == promise_id).execution_options(populate_existing=True)
    ).one()
    if not promise.stands:
        raise CaseMovedError(_how_it_ended(promise))
    if user_id is not None and not manager and user_id not in (promise.owner_id, case.owner_id):
        raise CaseMovedError(
            f"{promise.owner.name} keeps this promise. Only they, or whoever has the case, can change it."
            " Nothing was changed."
        )
    return promise, case


def _how_it_ended(promise: Promise) -> str:
    how = "kept" if promise.kept_at is not None else "let go"
    return f"This promise was {how} in the meantime. Nothing was changed."


def _check_owner(session: Session, owner_id: int) -> None:
    if session.scalar(select(User.id).where(User.id == owner_id, User.active)) is None:
        raise ValueError("only a colleague who can sign in can keep a promise")


def _check_there(session: Session, owner_id: int, at: datetime, zone: ZoneInfo) -> None:
    """Whoever entered an absence was asked about the promises of then; one that is made later would be left lying."""
    day = at.astimezone(zone).date()
    if uncovered_on(session, owner_id, day):
        name = session.scalar(select(User.name).where(User.id == owner_id))
        raise RefusedError(
            f"{name} is away on {day:%-d %b %Y}, and nobody is named who keeps their promises."
            " Choose somebody else, or another day."
        )


def _just_made(
    session: Session, case_id: int, words: str, due_at: datetime, owner_id: int, now: datetime
) -> Promise | None:
    """The same promise, made a moment ago; the case's row is ours, so nobody makes it meanwhile."""
    return session.scalar(
        select(Promise)
        .join(
            CaseEntryWords,
            and_(CaseEntryWords.case_id == Promise.case_id, CaseEntryWords.ordinal == Promise.entry),
        )
        .where(
            Promise.case_id == case_id,
            Promise.due_at == due_at,
            Promise.owner_id == owner_id,
            Promise.made_at > now - DOUBLE_PRESS,
            STANDING,
            CaseEntryWords.text == words,
        )
    )
