"""What staff do with a case: take it, log what they did, resolve it, tell the customer, open it again; all logged."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from feedback_service.cases.closing import why_over_promises
from feedback_service.cases.count_open import count_open_cases
from feedback_service.cases.deadlines import keep
from feedback_service.cases.hold import hold_case
from feedback_service.cases.models import ACTIONS, Case, CaseEntry, CaseState, EntryKind, Outcome
from feedback_service.cases.notices.models import NoticeKind
from feedback_service.cases.notices.notify import notify
from feedback_service.cases.promises.ends import end_all
from feedback_service.cases.recovery import leave_touchpoint, put_off
from feedback_service.cases.release import tell_customer
from feedback_service.cases.said_lately import DOUBLE_PRESS, said_lately
from feedback_service.cases.write_log import write_entry

RESPONSES = frozenset(
    {EntryKind.CALLED, EntryKind.MAILED, EntryKind.REFUNDED, EntryKind.REPLACED, EntryKind.APOLOGISED}
)
"""What reaches the customer: the first of them is the first response. Whatever else is done leaves them waiting, and so
does a call that nobody answered."""


class CaseMovedError(Exception):
    """The case is no longer as the person saw it; the message says how it is now."""


class PromisesLeftError(CaseMovedError):
    """The case has promises over which it cannot be closed without a word; the message says which kind."""


def claim(session: Session, case_id: int, *, user_id: int, key: bytes, now: datetime) -> None:
    """Take a case that nobody works on yet, though it may have been given to somebody, who hears of it.

    Raises CaseMovedError where somebody does.
    """
    former = hold_case(session, case_id).owner_id
    _change(
        session,
        case_id,
        Case.state == CaseState.OPEN,
        user_id,
        state=CaseState.IN_PROGRESS,
        owner_id=user_id,
    )
    given_to = former if former != user_id else None
    _say_taken(session, case_id, given_to, user_id=user_id, key=key, now=now)


def take_over(session: Session, case_id: int, *, user_id: int, seen_owner: int, key: bytes, now: datetime) -> None:
    """Take a case from the colleague who has it, who hears of it. Raises CaseMovedError where they no longer do."""
    _change(
        session,
        case_id,
        _in_hands_of(seen_owner),
        user_id,
        owner_id=user_id,
    )
    _say_taken(session, case_id, seen_owner, user_id=user_id, key=key, now=now)


def _say_taken(session: Session, case_id: int, former: int | None, *, user_id: int, key: bytes, now: datetime) -> None:
    """Log who took the case, and from whom; whoever loses it by that is told."""
    facts = {"from": former} if former is not None else {}
    entry = write_entry(session, case_id, EntryKind.CLAIMED, actor_id=user_id, facts=facts, key=key, now=now)
    if former not in (None, user_id):
        told, taken = {"to": user_id}, f"taken:{case_id}:{entry.ordinal}"
        notify(session, former, NoticeKind.ASSIGNED, key=taken, case_id=case_id, facts=told, now=now)


def log_action(
    session: Session,
    case_id: int,
    kind: EntryKind,
    text: str,
    *,
    facts: Mapping[str, Any] | None = None,
    user_id: int,
    key: bytes,
    now: datetime,
) -> CaseEntry | None:
    """Say what was done. Raises CaseMovedError unless the case is in this person's hands.

    The same words again within `DOUBLE_PRESS` are one act, and give None: an entry that stands twice can never be
    taken back.
    """
    if kind not in ACTIONS:
        raise ValueError(f"{kind} is nothing that people log")
    _change(session, case_id, _in_hands_of(user_id), user_id, state=CaseState.IN_PROGRESS)
    if said_lately(session, case_id, (kind,), text, by=user_id, since=now - DOUBLE_PRESS):
        return None
    if kind in RESPONSES and (facts or {}).get("reached") is not False:
        keep.responded(session, _as_it_is(session, case_id), now)
    return write_entry(session, case_id, kind, actor_id=user_id, text=text, facts=facts, key=key, now=now)


def resolve(
    session: Session,
    case_id: int,
    *,
    root_cause: str | None,
    outcome: Outcome,
    text: str,
    told: str = "",
    reached: bool | None = None,
    promise_words: str = "",
    user_id: int,
    key: bytes,
    now: datetime,
) -> None:
    """Close a case with what caused it and how it ended. Raises CaseMovedError unless it is in this person's hands.

    `told` is what the customer reads of it, on their page and in a mail; without it the page says no more than when.
    `promise_words` say why it is closed over promises that are not kept, or were not in time: those are let go of.
    Raises PromisesLeftError where there are some and no such words.
    """
    _change(
        session,
        case_id,
        _in_hands_of(user_id),
        user_id,
        state=CaseState.RESOLVED,
        root_cause=root_cause,
        outcome=outcome,
        reached=reached,
        resolved_at=now,
        verdict=None,
        verdict_at=None,
    )
    _leave_no_promise(session, case_id, promise_words, user_id=user_id, key=key, now=now)
    said = {"root_cause": root_cause, "outcome": outcome, "reached": reached}
    facts = {name: value for name, value in said.items() if value is not None}
    write_entry(session, case_id, EntryKind.RESOLVED, actor_id=user_id, text=text, facts=facts, key=key, now=now)
    case = _as_it_is(session, case_id)
    keep.finish(session, case, now)
    if told:
        tell_customer(session, case_id, told, user_id=user_id, key=key, now=now)
    leave_touchpoint(session, case, now)
    count_open_cases(session, [case.customer_id])


def _leave_no_promise(session: Session, case_id: int, words: str, *, user_id: int, key: bytes, now: datetime) -> None:
    """Let go of what is still to be kept; the case's row is ours, so no promise is made meanwhile."""
    missing = why_over_promises(session, case_id, words)
    if missing:
        raise PromisesLeftError(f"{missing} Nothing was changed.")
    end_all(session, case_id, words, user_id=user_id, key=key, now=now)


def release(session: Session, case_id: int, words: str, *, mail: bool, user_id: int, key: bytes, now: datetime) -> None:
    """Tell the customer what was done, or tell it better. Raises CaseMovedError unless the case is resolved.

    The words that the customer reads already, of this end of it, are no news: a double press is one release.
    """
    case = hold_case(session, case_id)
    if case.state != CaseState.RESOLVED:
        raise CaseMovedError(how_it_is(session, case_id, user_id))
    told_since = case.released_at is not None and case.resolved_at is not None and case.released_at >= case.resolved_at
    if not told_since or case.released_words != words:
        tell_customer(session, case_id, words, mail=mail, user_id=user_id, key=key, now=now)


def reopen(
    session: Session,
    case_id: int,
    *,
    user_id: int | None,
    key: bytes,
    now: datetime,
    due_at: datetime | None = None,
    counted: bool = True,
) -> None:
    """Open a resolved case again, for its owner and with new deadlines. `user_id` None: the buyer's words did it.

    The owner hears of it where a colleague does it; of the buyer's words, whoever takes them in tells.
    `due_at` is taken where it comes before the usual first one. `counted` False: the caller, who deals with many cases,
    counts their customers' open ones at its end.
    """
    _change(
        session,
        case_id,
        Case.state == CaseState.RESOLVED,
        user_id,
        state=CaseState.IN_PROGRESS,
        resolved_at=None,
        verdict=None,
        verdict_at=None,
    )
    case = _as_it_is(session, case_id)
    keep.restart(session, case, now=now, by=due_at)
    put_off(session, case, case.due_at, now)
    facts = {"due_at": case.due_at.isoformat()}
    entry = write_entry(session, case_id, EntryKind.REOPENED, actor_id=user_id, facts=facts, key=key, now=now)
    if user_id is not None and case.owner_id not in (None, user_id):
        told = {"reason": "it was opened again"}
        again = f"opened again:{case_id}:{entry.ordinal}"
        notify(session, case.owner_id, NoticeKind.REMINDED, key=again, case_id=case_id, facts=told, now=now)
    if counted:
        count_open_cases(session, [case.customer_id])


def hold_own_case(session: Session, case_id: int, user_id: int) -> Case:
    """The case, locked. Raises CaseMovedError unless it is in this person's hands."""
    case = hold_case(session, case_id)
    if not case.is_worked_on_by(user_id):
        raise CaseMovedError(how_it_is(session, case_id, user_id))
    return case


def _in_hands_of(user_id: int) -> ColumnElement[bool]:
    return and_(Case.state == CaseState.IN_PROGRESS, Case.owner_id == user_id)


def _change(session: Session, case_id: int, seen: ColumnElement[bool], user_id: int | None, **values: object) -> None:
    """Change a case only if it still is as it was seen: one statement, so that nobody overwrites a colleague."""
    changed = session.execute(
        update(Case)
        .where(Case.id == case_id, seen)
        .values(**values)
        .returning(Case.id)
        .execution_options(synchronize_session="fetch")
    )
    if changed.first() is None:
        raise CaseMovedError(how_it_is(session, case_id, user_id))


def _as_it_is(session: Session, case_id: int) -> Case:
    """The case whose row was just changed, and so is ours, as the database has it."""
    session.flush()
    return session.get_one(Case, case_id, populate_existing=True)


def how_it_is(session: Session, case_id: int, user_id: int | None) -> str:
    """What to tell somebody who acted on a case that is no longer as they saw it."""
    case = session.scalars(select(Case).where(Case.id == case_id).execution_options(populate_existing=True)).one()
    owner = case.owner.name if case.owner else "Nobody"
    has = f"{owner} has"
    if case.owner_id == user_id:  # a double press, or the same person in another window
        has = "You have"
    return {
        CaseState.OPEN: "Nobody has taken this case yet. Take it first.",
        CaseState.IN_PROGRESS: f"{has} this case now.",
        CaseState.RESOLVED: f"{has} resolved this case in the meantime.",
        CaseState.MERGED: "Another case goes on for this one.",
    }[case.state] + " Nothing was changed."
