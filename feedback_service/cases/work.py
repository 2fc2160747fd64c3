"""What staff do with a case: take it, log what they did, resolve it, open it again. Each act is one log entry."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from feedback_service.cases.count_open import count_open_cases
from feedback_service.cases.models import (
    ACTIONS,
    Case,
    CaseEntry,
    CaseEntryWords,
    CaseState,
    EntryKind,
    Outcome,
    RootCause,
)
from feedback_service.cases.rules.routing import sort_at
from feedback_service.cases.write_log import write_entry

DOUBLE_PRESS = timedelta(minutes=1)
REOPENED_DUE = timedelta(hours=24)  # a case that comes back is answered within a day


class CaseMovedError(Exception):
    """The case is no longer as the person saw it; the message says how it is now."""


def claim(session: Session, case_id: int, *, user_id: int, key: bytes, now: datetime) -> None:
    """Take a case that nobody works on yet. Raises CaseMovedError where somebody does."""
    _change(
        session,
        case_id,
        Case.state == CaseState.OPEN,
        user_id,
        state=CaseState.IN_PROGRESS,
        owner_id=user_id,
    )
    write_entry(session, case_id, EntryKind.CLAIMED, actor_id=user_id, key=key, now=now)


def take_over(session: Session, case_id: int, *, user_id: int, seen_owner: int, key: bytes, now: datetime) -> None:
    """Take a case from the colleague who has it. Raises CaseMovedError where they no longer do."""
    _change(
        session,
        case_id,
        _in_hands_of(seen_owner),
        user_id,
        owner_id=user_id,
    )
    write_entry(session, case_id, EntryKind.CLAIMED, actor_id=user_id, facts={"from": seen_owner}, key=key, now=now)


def log_action(
    session: Session, case_id: int, kind: EntryKind, text: str, *, user_id: int, key: bytes, now: datetime
) -> None:
    """Say what was done. Raises CaseMovedError unless the case is in this person's hands.

    The same words again within `DOUBLE_PRESS` are one act: an entry that stands twice can never be taken back.
    """
    if kind not in ACTIONS:
        raise ValueError(f"{kind} is nothing that people log")
    _change(session, case_id, _in_hands_of(user_id), user_id, state=CaseState.IN_PROGRESS)
    if not _just_said(session, case_id, kind, text, user_id, now):
        write_entry(session, case_id, kind, actor_id=user_id, text=text, key=key, now=now)


def _just_said(session: Session, case_id: int, kind: EntryKind, text: str, user_id: int, now: datetime) -> bool:
    """Whether this very thing is in the log already; the case's row is ours, so nobody writes it meanwhile."""
    said = (
        select(CaseEntry.ordinal)
        .join(
            CaseEntryWords,
            and_(CaseEntryWords.case_id == CaseEntry.case_id, CaseEntryWords.ordinal == CaseEntry.ordinal),
        )
        .where(
            CaseEntry.case_id == case_id,
            CaseEntry.kind == kind,
            CaseEntry.actor_id == user_id,
            CaseEntry.at > now - DOUBLE_PRESS,
            CaseEntryWords.text == text,
        )
    )
    return bool(session.scalar(select(said.exists())))


def resolve(
    session: Session,
    case_id: int,
    *,
    root_cause: RootCause,
    outcome: Outcome,
    text: str,
    user_id: int,
    key: bytes,
    now: datetime,
) -> None:
    """Close a case with what caused it and how it ended. Raises CaseMovedError unless it is in this person's hands."""
    _change(
        session,
        case_id,
        _in_hands_of(user_id),
        user_id,
        state=CaseState.RESOLVED,
        root_cause=root_cause,
        outcome=outcome,
        resolved_at=now,
    )
    facts = {"root_cause": root_cause, "outcome": outcome}
    write_entry(session, case_id, EntryKind.RESOLVED, actor_id=user_id, text=text, facts=facts, key=key, now=now)
    count_open_cases(session, [session.get_one(Case, case_id).customer_id])


def reopen(
    session: Session, case_id: int, *, user_id: int | None, key: bytes, now: datetime, counted: bool = True
) -> None:
    """Open a resolved case again, for its owner and with a new deadline. `user_id` None: the buyer's words did it.

    `counted` False: the caller, who deals with many cases, counts their customers' open ones at its end.
    """
    case = session.get_one(Case, case_id)
    due_at = now + REOPENED_DUE
    _change(
        session,
        case_id,
        Case.state == CaseState.RESOLVED,
        user_id,
        state=CaseState.IN_PROGRESS,
        resolved_at=None,
        due_at=due_at,
        sort_at=sort_at(due_at, case.priority),
    )
    facts = {"due_at": due_at.isoformat()}
    write_entry(session, case_id, EntryKind.REOPENED, actor_id=user_id, facts=facts, key=key, now=now)
    if counted:
        count_open_cases(session, [case.customer_id])


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
        raise CaseMovedError(_how_it_is(session, case_id, user_id))


def _how_it_is(session: Session, case_id: int, user_id: int | None) -> str:
    case = session.scalars(select(Case).where(Case.id == case_id).execution_options(populate_existing=True)).one()
    owner = case.owner.name if case.owner else "Nobody"
    has = f"{owner} has"
    if case.owner_id == user_id:  # a double press, or the same person in another window
        has = "You have"
    return {
        CaseState.OPEN: "Nobody has taken this case yet. Take it first.",
        CaseState.IN_PROGRESS: f"{has} this case now.",
        CaseState.RESOLVED: f"{has} resolved this case in the meantime.",
    }[case.state] + " Nothing was changed."
