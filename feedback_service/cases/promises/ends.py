"""How a promise ends, in its row and in the log of its case. The case's row is the caller's: nobody comes between."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.cases.models import EntryKind
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.promises.queries import STANDING, kept_late, standing
from feedback_service.cases.write_log import write_entry
from feedback_service.masking import mask


def facts_of(promise: Promise) -> dict[str, object]:
    """What the log says of a promise, besides its words."""
    return {"promise": promise.id, "due_at": promise.due_at.isoformat(), "owner": promise.owner_id}


def end(
    session: Session,
    promise: Promise,
    case_id: int,
    *,
    kept: bool,
    reason: str = "",
    user_id: int | None,
    key: bytes,
    now: datetime,
) -> bool:
    """Keep it, or let it go for a reason; whether it was still to be kept. Where its time is over, it broke first."""
    ended = {"kept_at": now} if kept else {"let_go_at": now, "let_go_reason": mask(reason)}
    if not _set(session, promise, **ended):
        return False
    mark_broken(session, promise, case_id, key=key, now=now)
    kind = EntryKind.PROMISE_KEPT if kept else EntryKind.PROMISE_LET_GO
    write_entry(
        session, case_id, kind, actor_id=user_id, text=reason, facts=facts_of(promise), key=key, now=now
    )  # fmt: skip
    return True


def mark_broken(session: Session, promise: Promise, case_id: int, *, key: bytes, now: datetime) -> bool:
    """Say that its time was over before it was kept, once; whether that is new."""
    if promise.due_at > now:
        return False
    broke = session.execute(
        update(Promise)
        .where(Promise.id == promise.id, Promise.broken_at.is_(None))
        .values(broken_at=promise.due_at)
        .returning(Promise.id)
        .execution_options(synchronize_session="fetch")
    ).first()
    if broke is None:
        return False
    facts = facts_of(promise)
    write_entry(session, case_id, EntryKind.PROMISE_BROKEN, actor_id=None, facts=facts, key=key, now=now)
    return True


def end_all(session: Session, case_id: int, words: str, *, user_id: int | None, key: bytes, now: datetime) -> None:
    """Let go of whatever is still to be kept in a case that closes, and say why what was kept late was."""
    late = [promise.id for promise in kept_late(session, case_id)]
    left = standing(session, case_id)
    for promise in left:
        end(session, promise, case_id, kept=False, reason=words, user_id=user_id, key=key, now=now)
    if late and not left:
        facts = {"promises": late}
        write_entry(session, case_id, EntryKind.NOTED, actor_id=user_id, text=words, facts=facts, key=key, now=now)


def _set(session: Session, promise: Promise, **values: object) -> bool:
    ended = session.execute(
        update(Promise)
        .where(Promise.id == promise.id, STANDING)
        .values(**values)
        .returning(Promise.id)
        .execution_options(synchronize_session="fetch")
    )
    return ended.first() is not None
