"""Says of promises that their time is over: in their rows, in the logs of their cases, and to whoever keeps them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.managers import managers_of
from feedback_service.accounts.models import User
from feedback_service.cases.hold import hold_cases
from feedback_service.cases.merge import standing_for
from feedback_service.cases.models import Case
from feedback_service.cases.notices.models import NoticeKind
from feedback_service.cases.notices.notify import notify
from feedback_service.cases.promises.ends import mark_broken
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.promises.queries import STANDING
from feedback_service.cases.queues.models import Queue


def break_promises(session: Session, now: datetime, limit: int, *, key: bytes) -> int:
    """Look at up to `limit` promises; returns how many were found broken. Each is told of once."""
    due = session.execute(
        select(Promise.id, Promise.case_id)
        .where(STANDING, Promise.broken_at.is_(None), Promise.due_at <= now)
        .order_by(Promise.due_at, Promise.id)
        .limit(limit)
    ).all()
    cases = {row.id: standing_for(session, row.case_id) for row in due}
    held = {case.id: case for case in hold_cases(session, cases.values())}
    promises = session.scalars(
        select(Promise)
        .where(Promise.id.in_([promise_id for promise_id, case_id in cases.items() if case_id in held]), STANDING)
        .order_by(Promise.id)
        .execution_options(populate_existing=True)
    ).all()
    broken = 0
    for promise in promises:
        case = held[cases[promise.id]]
        if mark_broken(session, promise, case.id, key=key, now=now):
            _tell(session, promise, case, now)
            broken += 1
    return broken


def _tell(session: Session, promise: Promise, case: Case, now: datetime) -> None:
    """Whoever keeps it; the managers where that is somebody who does not work here any more."""
    owner = session.get_one(User, promise.owner_id)
    team = session.get_one(Queue, case.queue_id).team_id
    for user_id in [owner.id] if owner.active else managers_of(session, team):
        notify(
            session,
            user_id,
            NoticeKind.PROMISE_DUE,
            key=f"promise broken:{promise.id}",
            case_id=case.id,
            facts={"promise": promise.id, "broken": True},
            now=now,
            mail=True,
        )
