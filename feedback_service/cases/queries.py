"""Reads of one case: its story, its log, and which one comes after it."""

from collections.abc import Sequence

from sqlalchemy import and_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from feedback_service.accounts.models import User
from feedback_service.cases.desk.visible import seen_by, visible_queues
from feedback_service.cases.models import PRESENT, Case, CaseEntry, CaseEntryWords
from feedback_service.cases.queues.models import Queue
from feedback_service.delivery.models import Reply
from feedback_service.responses.models import Response, ResponseRevision


def case_with_story(session: Session, case_id: int) -> Case | None:
    """A case with everything its page shows, in one statement."""
    return session.scalar(
        select(Case)
        .where(Case.id == case_id)
        .options(
            joinedload(Case.response).joinedload(Response.collector),
            joinedload(Case.reply).joinedload(Reply.invitation),
            joinedload(Case.customer), joinedload(Case.order), joinedload(Case.owner),
            joinedload(Case.queue).joinedload(Queue.team),
        )
    )  # fmt: skip


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
    return session.scalars(
        select(ResponseRevision).where(ResponseRevision.response_id == response_id).order_by(ResponseRevision.ordinal)
    ).all()


def log_of(session: Session, case_id: int) -> list[tuple[CaseEntry, str, str]]:
    """The log, newest first: entry, its words, and who wrote it."""
    rows = session.execute(
        select(CaseEntry, CaseEntryWords.text, User.name)
        .outerjoin(
            CaseEntryWords,
            and_(CaseEntryWords.case_id == CaseEntry.case_id, CaseEntryWords.ordinal == CaseEntry.ordinal),
        )
        .outerjoin(User, User.id == CaseEntry.actor_id)
        .where(CaseEntry.case_id == case_id)
        .order_by(CaseEntry.ordinal.desc())
    )
    return [(entry, words or "", name or "The service") for entry, words, name in rows]


def names_of(session: Session, user_ids: set[int]) -> dict[int, str]:
    """Names by user id."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return dict(rows.all())
