"""Reads of the queue, whose order is most pressing first: the deadline less a head start by priority."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased, joinedload

from feedback_service.accounts.models import User
from feedback_service.cases.models import PRESENT, Case, CaseEntry, CaseEntryWords, CaseState, Verdict
from feedback_service.cases.queues.models import Queue
from feedback_service.customers.models import Customer
from feedback_service.database import LARGEST_ID
from feedback_service.delivery.models import Reply
from feedback_service.questionnaires.models import Survey, SurveyKind
from feedback_service.responses.models import Remedy, Response, ResponseRevision

PAGE = 50  # cases on a page
COUNT_CAP = 1000  # counting further would read what nobody looks at


class View(StrEnum):
    """A way to look at the queue."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    OPEN = "open"
    LATE = "late"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: after this case, in the view's order."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.id}"

    @classmethod
    def read(cls, text: str | None) -> "Cursor | None":
        """The cursor in an address; None where there is none, or none that makes sense."""
        at, _, case_id = (text or "").partition("_")
        try:
            moment = datetime.fromisoformat(at)
            return cls(moment.astimezone(UTC), min(max(int(case_id), 0), LARGEST_ID)) if moment.tzinfo else None
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True)
class CaseLine:
    """A case as the list shows it."""

    id: int
    score: int | None
    """Score, kind and rules are those of the answer; None where the person wrote without answering."""
    kind: SurveyKind | None
    rules: dict[str, object] | None
    comment: str
    """The person's words, from the answer or from their mail."""
    customer: str | None
    owner: str | None
    owner_active: bool
    """Whether the owner can sign in; false as well where there is none."""
    due_at: datetime
    state: CaseState
    priority: int
    wants_contact: bool
    position: Cursor
    disputed: bool = False
    """Came back because the customer said that it is not settled."""
    remedy: Remedy | None = None
    """What an unhappy buyer asks for."""


def _condition(view: View, user_id: int, now: datetime) -> ColumnElement[bool]:
    unresolved = PRESENT
    # Whoever can no longer sign in works on nothing: their cases are as good as nobody's.
    switched_off = select(User.id).where(User.active.is_(False))
    return {
        View.MINE: and_(unresolved, Case.owner_id == user_id),
        View.UNASSIGNED: and_(unresolved, or_(Case.owner_id.is_(None), Case.owner_id.in_(switched_off))),
        View.OPEN: unresolved,
        View.LATE: and_(unresolved, Case.due_at <= now),
        View.RESOLVED: Case.state == CaseState.RESOLVED,
    }.get(view, false())


def cases_in_view(
    session: Session, view: View, *, user_id: int, now: datetime, after: Cursor | None
) -> tuple[list[CaseLine], Cursor | None]:
    """One page of a view, and where the next page begins.

    Most pressing first: by the deadline less a head start by priority. Resolved cases come newest first.
    """
    newest_first = view == View.RESOLVED
    column = Case.resolved_at if newest_first else Case.sort_at
    owner = aliased(User)
    statement: Select[
        Case,
        Response | None,
        str | None,
        str | None,
        str | None,
        bool | None,
        SurveyKind | None,
        dict[str, object] | None,
    ] = (
        select(Case, Response, Reply.words, Customer.name, owner.name, owner.active, Survey.kind, Survey.rules)
        .outerjoin(Response, Response.id == Case.response_id)
        .outerjoin(Reply, Reply.id == Case.reply_id)
        .outerjoin(Survey, Survey.key == Response.survey_key)
        .outerjoin(Customer, Customer.id == Case.customer_id)
        .outerjoin(owner, owner.id == Case.owner_id)
        .where(_condition(view, user_id, now))
        .limit(PAGE + 1)
    )
    if newest_first:
        statement = statement.order_by(column.desc(), Case.id.desc())
    else:
        statement = statement.order_by(column, Case.id)
    if after is not None:
        here = tuple_(column, Case.id)
        edge = tuple_(after.at, after.id)
        statement = statement.where(here < edge if newest_first else here > edge)
    lines = [_line(*row) for row in session.execute(statement)]
    return lines[:PAGE], lines[PAGE - 1].position if len(lines) > PAGE else None


def _line(
    case: Case,
    response: Response | None,
    written: str | None,
    customer: str | None,
    owner: str | None,
    owner_active: bool | None,
    kind: SurveyKind | None,
    rules: dict[str, object] | None,
) -> CaseLine:
    return CaseLine(
        id=case.id,
        score=response.latest_score if response else None,
        kind=kind,
        rules=rules,
        comment=written or (response.comment if response else ""),
        customer=customer,
        owner=owner,
        owner_active=bool(owner_active),
        due_at=case.due_at,
        state=case.state,
        priority=case.priority,
        wants_contact=response.wants_contact if response else False,
        position=Cursor(case.resolved_at or case.sort_at, case.id),
        disputed=case.verdict == Verdict.DISPUTED,
        remedy=response.remedy if response else None,
    )


def counts_by_view(session: Session, *, user_id: int, now: datetime) -> dict[View, int]:
    """How many cases each view holds, counted up to COUNT_CAP."""
    counts = {}
    for view in View:
        some = select(Case.id).where(_condition(view, user_id, now)).limit(COUNT_CAP).subquery()
        counts[view] = session.scalar(select(func.count()).select_from(some)) or 0
    return counts


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
