"""Makes one case of two that are about the same: the other goes on for both, each log says so, and it can be undone."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from feedback_service.cases.count_open import count_open_cases
from feedback_service.cases.deadlines import keep
from feedback_service.cases.models import ACTIVE_STATES, Case, CaseEntry, CaseState, EntryKind
from feedback_service.cases.notices.models import NoticeKind
from feedback_service.cases.notices.notify import notify
from feedback_service.cases.refused import RefusedError
from feedback_service.cases.work import CaseMovedError, how_it_is
from feedback_service.cases.write_log import write_entry
from feedback_service.customers.models import Customer

STANDS_ALREADY = "This case stands for itself already. Nothing was changed."


class NotMergeableError(RefusedError):
    """These two cannot become one; the message says why."""


def merge(session: Session, case_id: int, into_id: int, *, user_id: int, key: bytes, now: datetime) -> None:
    """Let the case `into_id` go on for `case_id`. Both are locked, the lower id first, so that two never cross.

    Raises CaseMovedError where the case is a colleague's or no longer open, NotMergeableError where the other one is
    gone, closed, merged itself or another person's. So no ring can come about: whatever goes on for a case is open.
    """
    if case_id == into_id:
        raise NotMergeableError("A case cannot go on for itself. Choose another one.")
    held = _held(session, case_id, into_id)
    if into_id not in held:
        raise NotMergeableError(f"There is no case {into_id}.")
    case, other = held[case_id], held[into_id]
    if case.merged_into_id == into_id:
        return  # a second press
    if case.state not in ACTIVE_STATES or (case.state == CaseState.IN_PROGRESS and case.owner_id != user_id):
        raise CaseMovedError(how_it_is(session, case_id, user_id))
    _refuse(session, case, other)
    facts = {"into": into_id, "state": case.state.value}
    write_entry(session, case_id, EntryKind.MERGED, actor_id=user_id, facts=facts, key=key, now=now)
    entry = write_entry(
        session, into_id, EntryKind.TOOK_IN, actor_id=user_id, facts={"case": case_id}, key=key, now=now
    )
    _to_one_clock(session, case, other, user_id=user_id, key=key, now=now)
    case.state, case.merged_into_id = CaseState.MERGED, into_id
    case.snoozed_until = None
    session.flush()
    keep.look_again(session, case)
    keep.look_again(session, other)  # it goes by the deadlines of both from now on
    _tell_owner(session, other, case_id, entry, user_id, now)
    count_open_cases(session, [case.customer_id, other.customer_id])


def _to_one_clock(session: Session, case: Case, other: Case, *, user_id: int, key: bytes, now: datetime) -> None:
    """From now on the deadlines of both run, or where both waited for the customer, stand still.

    A case that runs would otherwise come to a stop by being merged into one that waits.
    """
    both = case.waiting_since is not None and other.waiting_since is not None
    keep.resume(session, case, now)
    if other.waiting_since is None:
        return
    keep.resume(session, other, now)
    if both:
        keep.pause(session, other, now)
    else:
        write_entry(session, other.id, EntryKind.RESUMED, actor_id=user_id, key=key, now=now)


def _tell_owner(session: Session, other: Case, case_id: int, entry: CaseEntry, user_id: int, now: datetime) -> None:
    """Whoever has the case that goes on has more to see to now."""
    if other.owner_id in (None, user_id):
        return
    notify(
        session,
        other.owner_id,
        NoticeKind.REMINDED,
        key=f"took in:{other.id}:{entry.ordinal}",
        case_id=other.id,
        facts={"reason": f"case {case_id} was merged into it"},
        now=now,
    )


def _refuse(session: Session, case: Case, other: Case) -> None:
    if other.state == CaseState.MERGED:
        raise NotMergeableError(f"Case {other.id} goes on in case {other.merged_into_id}. Choose that one.")
    if other.state not in ACTIVE_STATES:
        raise NotMergeableError(f"Case {other.id} is resolved. Open it again first.")
    if not _same_person(session, case, other):
        raise NotMergeableError(f"Case {other.id} is another customer's.")


def unmerge(session: Session, case_id: int, *, user_id: int, key: bytes, now: datetime) -> None:
    """Let a merged case stand for itself again, in the hands it was in. Raises CaseMovedError where it does already.

    What reached the customer meanwhile was said for it too, and while the other one waited, its time stood still. Where
    the other one was closed meanwhile, it is open anew, with new deadlines.
    """
    into_id = session.scalar(select(Case.merged_into_id).where(Case.id == case_id))
    goes_on = standing_for(session, case_id)
    held = _held(session, case_id, goes_on, *([into_id] if into_id is not None else []))
    case = held[case_id]
    if into_id is None or case.state != CaseState.MERGED or case.merged_into_id != into_id:
        raise CaseMovedError(STANDS_ALREADY)
    case.state, case.merged_into_id = _state_before(session, case), None
    session.flush()
    _to_its_own_clock(session, case, held[goes_on], now)
    facts = {"from": into_id}
    write_entry(session, case_id, EntryKind.UNMERGED, actor_id=user_id, facts=facts, key=key, now=now)
    write_entry(session, into_id, EntryKind.UNMERGED, actor_id=user_id, facts={"case": case_id}, key=key, now=now)
    count_open_cases(session, [case.customer_id, held[into_id].customer_id])


def _to_its_own_clock(session: Session, case: Case, other: Case, now: datetime) -> None:
    deadlines = keep.deadlines_of(session, case)
    if deadlines and all(each.done_at is not None for each in deadlines):
        keep.restart(session, case, now=now)
    elif other.waiting_since is not None:
        keep.put_off(session, case, other.waiting_since, now)
    keep.look_again(session, case)
    keep.look_again(session, other)


def _state_before(session: Session, case: Case) -> CaseState:
    """As the entry says that merged it."""
    facts = session.scalars(
        select(CaseEntry.facts)
        .where(CaseEntry.case_id == case.id, CaseEntry.kind == EntryKind.MERGED)
        .order_by(CaseEntry.ordinal.desc())
        .limit(1)
    ).one()
    return CaseState(facts["state"])


def standing_for(session: Session, case_id: int) -> int:
    """The case that goes on for this one, at the end of the chain; itself where none does."""
    here = select(Case.id, Case.merged_into_id).where(Case.id == case_id).cte("chain", recursive=True)
    after = aliased(Case)
    chain = here.union(select(after.id, after.merged_into_id).where(after.id == here.c.merged_into_id))
    found = session.scalar(select(chain.c.id).where(chain.c.merged_into_id.is_(None)))
    return case_id if found is None else found


def _same_person(session: Session, case: Case, other: Case) -> bool:
    """Whether both are of one customer, or of two that share an address."""
    if case.customer_id is None or other.customer_id is None:
        return False
    first, second = aliased(Customer), aliased(Customer)
    return (
        session.scalar(
            select(first.id)
            .join(second, or_(first.id == second.id, first.address_hash == second.address_hash))
            .where(first.id == case.customer_id, second.id == other.customer_id)
        )
        is not None
    )


def _held(session: Session, *case_ids: int) -> dict[int, Case]:
    found = session.scalars(
        select(Case)
        .where(Case.id.in_(case_ids))
        .order_by(Case.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {case.id: case for case in found}
