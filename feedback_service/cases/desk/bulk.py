"""What is done to one of several chosen cases: give it to somebody, or close it. Each stands or fails by itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Role, TeamMember, User, UserRole
from feedback_service.cases.closing import needs_of, unkept_of
from feedback_service.cases.deadlines.keep import look_again
from feedback_service.cases.desk.visible import SEES_ALL, may_see
from feedback_service.cases.models import ACTIVE, ACTIVE_STATES, Case, CaseState, EntryKind, Outcome
from feedback_service.cases.news import refuse_unseen
from feedback_service.cases.notices.models import NoticeKind
from feedback_service.cases.notices.notify import notify
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.refused import RefusedError
from feedback_service.cases.rules.closing import Given, what_is_missing
from feedback_service.cases.work import claim, resolve
from feedback_service.cases.write_log import write_entry
from feedback_service.database import LARGEST_ID

MOST_CHOSEN = 200  # cases in one go
BY_COLLEAGUE = "hand"
_CHOSEN = re.compile(r"[0-9]{1,19}(-[0-9]{1,19}){2}")


@dataclass(frozen=True)
class Chosen:
    """A case as somebody chose it from a list, whose it was then, and how long its log."""

    case_id: int
    owner_id: int | None
    seen: int

    @classmethod
    def read(cls, text: str) -> "Chosen | None":
        """As the list's check box has it, such as 7-3-12; None where it makes no sense."""
        if not _CHOSEN.fullmatch(text):
            return None
        case_id, owner_id, seen = (min(int(part), LARGEST_ID) for part in text.split("-"))
        return cls(case_id, owner_id or None, seen)


def possible_owners(session: Session, queues: frozenset[int] | None) -> Sequence[tuple[int, str]]:
    """Ids and names of those who can be given cases of some of these queues: members of teams, and whoever manages."""
    of_teams = select(TeamMember.user_id)
    if queues is not None:
        of_teams = of_teams.join(Queue, Queue.team_id == TeamMember.team_id).where(Queue.id.in_(sorted(queues)))
    managing = select(UserRole.user_id).join(Role, Role.id == UserRole.role_id).where(Role.name.in_(SEES_ALL))
    found = select(User.id, User.name).where(User.active, or_(User.id.in_(of_teams), User.id.in_(managing)))
    return [(user_id, name) for user_id, name in session.execute(found.order_by(User.name, User.id))]


def assign(session: Session, chosen: Chosen, *, owner_id: int, user_id: int, key: bytes, now: datetime) -> None:
    """Give an unresolved case to a colleague, who hears of it; what was begun goes on in their hands.

    Raises RefusedError where it moved since it was chosen, or where they do not see it.
    """
    owner = session.get(User, owner_id)
    if owner is None or not owner.active:
        raise RefusedError("This colleague can no longer sign in.")
    if chosen.owner_id == owner_id:
        raise RefusedError(f"{_name(owner, user_id)} had it already.")
    case = session.scalar(
        update(Case)
        .where(Case.id == chosen.case_id, ACTIVE, Case.owner_id.is_not_distinct_from(chosen.owner_id))
        .values(owner_id=owner_id)
        .returning(Case)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    if case is None:
        raise RefusedError(_why_not(session, chosen.case_id, user_id))
    if not may_see(session, owner, case.queue_id):
        raise RefusedError(f"{owner.name} does not see the queue {session.get_one(Queue, case.queue_id).name}.")
    facts = {"owner": owner_id, "by": BY_COLLEAGUE, **({"from": chosen.owner_id} if chosen.owner_id else {})}
    entry = write_entry(session, case.id, EntryKind.ASSIGNED, actor_id=user_id, facts=facts, key=key, now=now)
    look_again(session, case)
    if owner_id != user_id:
        notice = f"assigned:{case.id}:{entry.ordinal}"
        notify(session, owner_id, NoticeKind.ASSIGNED, key=notice, case_id=case.id, facts={"by": user_id}, now=now)


def close(
    session: Session, chosen: Chosen, given: Given, outcome: Outcome, *, user_id: int, key: bytes, now: datetime
) -> None:
    """Close a case that is one's own, or that nobody works on: that one is taken first, in the same breath.

    Raises RefusedError or CaseMovedError, saying why it stays open: something came to its log since it was chosen, too.
    """
    case = session.scalar(select(Case).where(Case.id == chosen.case_id).with_for_update(key_share=True))
    if case is None:
        raise RefusedError("It is not there any more.")
    if case.owner_id not in {None, user_id} or case.state not in ACTIVE_STATES:
        raise RefusedError(_why_not(session, case.id, user_id))
    refuse_unseen(session, case.id, chosen.seen, user_id=user_id, now=now)
    missing = what_is_missing(needs_of(session.get_one(Queue, case.queue_id)), given, unkept_of(session, case.id))
    if missing:
        raise RefusedError(" ".join(missing.values()))
    if case.state is CaseState.OPEN:
        claim(session, case.id, user_id=user_id, key=key, now=now)
    resolve(
        session,
        case.id,
        root_cause=given.root_cause,
        outcome=outcome,
        text=given.what_was_done,
        reached=given.reached,
        promise_words=given.promise_words,
        user_id=user_id,
        key=key,
        now=now,
    )


def _why_not(session: Session, case_id: int, user_id: int) -> str:
    """Why a case cannot be worked on as somebody saw it."""
    case = session.scalar(select(Case).where(Case.id == case_id).execution_options(populate_existing=True))
    if case is None:
        return "It is not there any more."
    name = _name(case.owner, user_id) if case.owner else "Nobody"
    has = "have" if case.owner_id == user_id else "has"
    return {
        CaseState.OPEN: f"{name} {has} it now.",
        CaseState.IN_PROGRESS: f"{name} {has} it now.",
        CaseState.RESOLVED: "It is resolved already.",
        CaseState.MERGED: "Another case goes on for it.",
    }[case.state]


def _name(user: User, reader_id: int) -> str:
    return "You" if user.id == reader_id else user.name
