"""Gives a case that is in somebody's hands to somebody else, or to nobody, without anybody's asking; always logged.

Whoever calls holds the team of the case's queue, and then the case.
"""

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_service.cases.deadlines.keep import look_again
from feedback_service.cases.models import Case, CaseState, EntryKind
from feedback_service.cases.notices.models import NoticeKind
from feedback_service.cases.notices.notify import notify
from feedback_service.cases.queues.choose_owner import about, choose_owner
from feedback_service.cases.queues.models import OwnerRule, Queue
from feedback_service.cases.write_log import write_entry


def give_to_another(
    session: Session,
    case: Case,
    reason: str,
    *,
    without: Collection[int] = (),
    mail: bool,
    key: bytes,
    now: datetime,
    zone: ZoneInfo,
) -> int | None:
    """Give a case to somebody else by its queue's rule, for them to begin; None where there is nobody, unchanged.

    `reason` is a clause such as "its owner is away"; it stands in the log and in the notices that the new owner gets
    and, so that nobody works on what is not theirs any more, the one before.
    """
    before, queue = case.owner_id, session.get_one(Queue, case.queue_id)
    rule = queue.owner_rule or OwnerRule.ROUND_ROBIN
    left_out = {*without, *([before] if before is not None else [])}
    owner, by = choose_owner(session, queue, rule, about(session, case), now, zone=zone, without=left_out)
    if owner is None:
        return None
    case.owner_id, case.state = owner, CaseState.OPEN
    session.flush()
    facts = {"owner": owner, "by": f"{by}, since {reason}", **({"from": before} if before is not None else {})}
    entry = write_entry(session, case.id, EntryKind.ASSIGNED, actor_id=None, facts=facts, key=key, now=now)
    notify(
        session,
        owner,
        NoticeKind.ASSIGNED,
        key=f"assigned:{case.id}:{entry.ordinal}",
        case_id=case.id,
        facts={"reason": reason},
        now=now,
        mail=mail,
    )
    if before is not None:
        notify(
            session,
            before,
            NoticeKind.ASSIGNED,
            key=f"taken:{case.id}:{entry.ordinal}",
            case_id=case.id,
            facts={"to": owner, "reason": reason},
            now=now,
        )
    look_again(session, case)
    return owner


def give_to_nobody(session: Session, case: Case, reason: str, *, key: bytes, now: datetime) -> None:
    """Take a case out of its owner's hands, for anybody of the team to take."""
    facts = {"from": case.owner_id, "reason": reason}
    case.owner_id, case.state = None, CaseState.OPEN
    session.flush()
    write_entry(session, case.id, EntryKind.UNASSIGNED, actor_id=None, facts=facts, key=key, now=now)
    look_again(session, case)
