"""Lets a case rest: until the customer answers, which stops its deadlines, or until a day, which does not."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback_service.cases.deadlines import keep
from feedback_service.cases.hold import hold_case
from feedback_service.cases.models import ACTIVE_STATES, Case, EntryKind
from feedback_service.cases.work import CaseMovedError, hold_own_case
from feedback_service.cases.write_log import write_entry

LONGEST_SLEEP = timedelta(days=90)
"""Whoever puts a case off for longer should close it, and say so to the customer."""


def wait(session: Session, case_id: int, text: str, *, user_id: int, key: bytes, now: datetime) -> None:
    """The customer is to answer first: deadlines stand still. Raises CaseMovedError unless it is in these hands.

    A second press finds the case waiting, and is nothing.
    """
    case = hold_own_case(session, case_id, user_id)
    if case.waiting_since is not None:
        return
    case.snoozed_until = None
    keep.pause(session, case, now)
    write_entry(session, case_id, EntryKind.WAITING, actor_id=user_id, text=text, key=key, now=now)


def resume(session: Session, case_id: int, *, user_id: int, key: bytes, now: datetime) -> None:
    """Go on without the customer's answer. Raises CaseMovedError unless the case is in this person's hands."""
    case = hold_own_case(session, case_id, user_id)
    if case.waiting_since is not None:
        _resume(session, case, user_id, key, now)


def snooze(
    session: Session, case_id: int, until: datetime, text: str, *, user_id: int, key: bytes, now: datetime
) -> None:
    """Put the case out of sight until then; its deadlines go on. Raises CaseMovedError unless it is in these hands.

    Raises ValueError where `until` is past or beyond `LONGEST_SLEEP`.
    """
    if not now < until <= now + LONGEST_SLEEP:
        raise ValueError(f"a case sleeps at most {LONGEST_SLEEP.days} days")
    case = hold_own_case(session, case_id, user_id)
    if case.waiting_since is not None:
        raise CaseMovedError("This case waits for the customer. Go on with it first. Nothing was changed.")
    if case.snoozed_until == until:
        return
    case.snoozed_until = until
    facts = {"until": until.isoformat()}
    write_entry(session, case_id, EntryKind.SNOOZED, actor_id=user_id, text=text, facts=facts, key=key, now=now)


def wake(session: Session, case_id: int, *, user_id: int, key: bytes, now: datetime) -> None:
    """Bring it back into sight. Raises CaseMovedError unless the case is in this person's hands."""
    case = hold_own_case(session, case_id, user_id)
    if case.snoozed_until is not None:
        _wake(session, case, user_id, key, now)


def resume_if_waiting(session: Session, case_id: int, *, key: bytes, now: datetime) -> bool:
    """The customer wrote: a case that waited or slept is to be seen to again. Whether it did; locks the case."""
    case = hold_case(session, case_id)
    if case.state not in ACTIVE_STATES:
        return False
    if case.waiting_since is not None:
        _resume(session, case, None, key, now)
    elif case.snoozed_until is not None:
        _wake(session, case, None, key, now)
    else:
        return False
    return True


def _resume(session: Session, case: Case, user_id: int | None, key: bytes, now: datetime) -> None:
    keep.resume(session, case, now)
    write_entry(session, case.id, EntryKind.RESUMED, actor_id=user_id, key=key, now=now)


def _wake(session: Session, case: Case, user_id: int | None, key: bytes, now: datetime) -> None:
    case.snoozed_until = None
    write_entry(session, case.id, EntryKind.WOKEN, actor_id=user_id, key=key, now=now)
