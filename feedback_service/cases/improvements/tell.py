"""Tells everybody whose case is linked what was improved: each person once, however many of their cases are."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from feedback_service.cases.improvements.improve import ImprovementError, hold_improvement
from feedback_service.cases.improvements.models import Improvement, ImprovementCase
from feedback_service.cases.models import Case, EntryKind
from feedback_service.cases.write_log import write_entry
from feedback_service.customers.models import Address, Customer
from feedback_service.delivery.models import MessagePurpose, Reply
from feedback_service.delivery.queue_note import queue_note
from feedback_service.invitations.models import Invitation
from feedback_service.responses.models import Response

MOST_AT_ONCE = 500  # mails that one press queues: a page answers within seconds, and the rest is another press
NO_LINK = "were not asked by mail, so there is no address"
TAKEN_BACK = "took their answer back"
NO_ADDRESS = "have no e-mail address any more"
COMES_BACK = "get no mail: it comes back, or was called spam"
ASKED_TO_STOP = "asked us to stop writing"


class Person(NamedTuple):
    """Somebody who can be told, the case by which they are reached, and all their linked ones."""

    case_id: int
    invitation_id: int
    locale: str
    case_ids: tuple[int, ...]


@dataclass(frozen=True)
class Audience:
    """Who is behind the linked cases."""

    people: list[Person] = field(default_factory=list)
    """Can be told, and were not yet."""
    others: Counter[str] = field(default_factory=Counter)
    """People who cannot be told, by the reason."""
    told: int = 0
    """People who were."""


def audience(session: Session, improvement_id: int) -> Audience:
    """Who can be told, who was, and why others cannot. Cases of one address are one person."""
    cases: dict[object, list[_Linked]] = {}
    for row in _rows(session, improvement_id):
        cases.setdefault(row.address_hash or f"customer {row.customer_id or f'of case {row.case_id}'}", []).append(row)
    found = Audience(told=sum(_was_told(theirs) for theirs in cases.values()))
    for theirs in cases.values():
        if not _was_told(theirs):
            _sort_in(found, theirs)
    return found


_Linked = Row[int, datetime | None, int | None, str | None, datetime | None, str | None, str | None, int | None]


def _rows(session: Session, improvement_id: int) -> list[_Linked]:
    """Every linked case with the way to its person, the newest first."""
    return list(
        session.execute(
            select(
                Case.id.label("case_id"),
                ImprovementCase.told_at,
                Invitation.id.label("invitation_id"),
                func.coalesce(Response.locale, Invitation.locale).label("locale"),
                Response.withdrawn_at,
                Customer.email,
                Customer.address_hash,
                Customer.id.label("customer_id"),
                Address.suppressed_at,
                Address.unsubscribed_at,
            )
            .select_from(ImprovementCase)
            .join(Case, Case.id == ImprovementCase.case_id)
            .outerjoin(Response, Response.id == Case.response_id)
            .outerjoin(Reply, Reply.id == Case.reply_id)
            .outerjoin(Invitation, Invitation.id == func.coalesce(Response.invitation_id, Reply.invitation_id))
            .outerjoin(Customer, Customer.id == func.coalesce(Invitation.customer_id, Case.customer_id))
            .outerjoin(Address, Address.hash == Customer.address_hash)
            .where(ImprovementCase.improvement_id == improvement_id)
            .order_by(Case.id.desc())
        )
    )


def _was_told(theirs: list[_Linked]) -> bool:
    return any(row.told_at is not None for row in theirs)


def _sort_in(found: Audience, theirs: list[_Linked]) -> None:
    """Put a person where they belong: reached by their newest case that has a way to them."""
    by_reason = {_why_not(row): row for row in reversed(theirs)}
    if "" not in by_reason:
        found.others[_why_not(theirs[0])] += 1
        return
    row = by_reason[""]
    found.people.append(Person(row.case_id, row.invitation_id, row.locale, tuple(each.case_id for each in theirs)))


def _why_not(row: _Linked) -> str:
    """Why this case is no way to its person; "" where it is one. What a person forbade holds for these mails too."""
    if row.withdrawn_at is not None:
        return TAKEN_BACK
    if row.invitation_id is None:
        return NO_LINK
    if not row.email or row.address_hash is None:
        return NO_ADDRESS
    if row.suppressed_at is not None:
        return COMES_BACK
    return ASKED_TO_STOP if row.unsubscribed_at is not None else ""


def tell(session: Session, improvement_id: int, *, user_id: int, key: bytes, now: datetime) -> int:
    """Queue a mail to everybody who can be told, up to MOST_AT_ONCE; returns how many. Twice tells nobody twice.

    Raises ImprovementError before it is published: the mail says what the page says.
    """
    improvement = hold_improvement(session, improvement_id)
    if improvement.published_at is None:
        raise ImprovementError("Publish it first. The mail says what the page says.")
    people = sorted(audience(session, improvement_id).people)[:MOST_AT_ONCE]
    for person in people:
        _tell_one(session, improvement, person, user_id=user_id, key=key, now=now)
    if people:
        improvement.told_at = now
        session.flush()
    return len(people)


def _tell_one(
    session: Session, improvement: Improvement, person: Person, *, user_id: int, key: bytes, now: datetime
) -> None:
    queue_note(
        session,
        person.invitation_id,
        MessagePurpose.IMPROVEMENT,
        words=improvement.published_words,
        subject_key=f"improvement:{improvement.id}:{person.case_id}",
        now=now,
        locale=person.locale,
    )
    session.execute(
        update(ImprovementCase)
        .where(ImprovementCase.improvement_id == improvement.id, ImprovementCase.case_id.in_(person.case_ids))
        .values(told_at=now)
        .execution_options(synchronize_session="fetch")
    )
    facts = {"improvement": improvement.id}
    text = f"What was improved: {improvement.title}"
    write_entry(session, person.case_id, EntryKind.MAILED, actor_id=user_id, text=text, facts=facts, key=key, now=now)
