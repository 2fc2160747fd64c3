"""Reads of one case: its story, its log, and which one comes after it.

What each page of a case asks is put together once: that takes longer than the database with it.
"""

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, select, tuple_
from sqlalchemy.orm import Session, joinedload

from feedback_service.accounts.models import User
from feedback_service.cases.desk.visible import seen_by, visible_queues
from feedback_service.cases.models import PRESENT, WORDS_OF_ENTRY, Case, CaseEntry, CaseEntryWords
from feedback_service.cases.queues.models import Queue
from feedback_service.delivery.models import Reply
from feedback_service.responses.models import Response, ResponseRevision

_CASE_ID = bindparam("case_id", type_=Case.id.type)
_CASE = (
    select(Case)
    .where(Case.id == _CASE_ID)
    .options(
        joinedload(Case.response).options(joinedload(Response.collector), joinedload(Response.invitation)),
        joinedload(Case.reply).joinedload(Reply.invitation),
        joinedload(Case.customer), joinedload(Case.order), joinedload(Case.owner).lazyload(User.roles),
        joinedload(Case.queue).joinedload(Queue.team), joinedload(Case.deadlines),
    )
)  # fmt: skip
_REVISIONS = (
    select(ResponseRevision)
    .where(ResponseRevision.response_id == bindparam("response_id"))
    .order_by(ResponseRevision.ordinal)
)
_LOG = (
    select(CaseEntry, CaseEntryWords.text, User.name)
    .outerjoin(CaseEntryWords, WORDS_OF_ENTRY)
    .outerjoin(User, User.id == CaseEntry.actor_id)
    .where(CaseEntry.case_id == _CASE_ID)
    .order_by(CaseEntry.ordinal.desc())
)
_NAMES = select(User.id, User.name).where(User.id.in_(bindparam("ids", expanding=True)))


def case_with_story(session: Session, case_id: int) -> Case | None:
    """A case with everything that its page shows of it in one statement."""
    return session.scalars(_CASE, {"case_id": case_id}).unique().one_or_none()


def case_after(session: Session, case: Case, user: User) -> int | None:
    """The id of the case that comes after this one in the queue, or of the first where it was the last.

    Of one's own, where this one is; else of all that one sees. None where there is no other.
    """
    those = seen_by(user.id, visible_queues(session, user))
    if case.owner_id == user.id:
        those = and_(those, Case.owner_id == user.id)
    others = select(Case.id).where(PRESENT, those, Case.id != case.id).order_by(Case.sort_at, Case.id).limit(1)
    following = session.scalar(others.where(tuple_(Case.sort_at, Case.id) > tuple_(case.sort_at, case.id)))
    return following if following is not None else session.scalar(others)


def revisions_of(session: Session, response_id: int) -> Sequence[ResponseRevision]:
    """All that was ever sent for an answer, oldest first."""
    return session.scalars(_REVISIONS, {"response_id": response_id}).all()


def log_of(session: Session, case_id: int) -> list[tuple[CaseEntry, str, str]]:
    """The log, newest first: entry, its words, and who wrote it."""
    rows = session.execute(_LOG, {"case_id": case_id})
    return [(entry, words or "", name or "The service") for entry, words, name in rows]


def names_of(session: Session, user_ids: set[int]) -> dict[int, str]:
    """Names by user id."""
    return dict(session.execute(_NAMES, {"ids": sorted(user_ids)}).all()) if user_ids else {}
