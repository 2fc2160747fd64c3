"""Reads of everything that a shop and a customer had to do with each other: a statement for each part, and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from feedback_service.accounts.models import User
from feedback_service.advocacy.models import Referral
from feedback_service.cases.models import Case, CaseState
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.customers.models import Customer
from feedback_service.delivery.models import BounceKind, Message, MessagePurpose, MessageState
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.questionnaires.models import Survey, SurveyKind
from feedback_service.responses.models import Response

NEWEST = 10  # of each kind; more is nobody's reading beside a case
CAME_TO_NOTHING = (OrderStatus.CANCELLED, OrderStatus.REFUNDED)


@dataclass(frozen=True)
class EarlierAnswer:
    """What somebody answered another time."""

    score: int
    kind: SurveyKind
    rules: dict[str, object]
    comment: str
    answered_at: datetime
    case_id: int | None
    """The case that it opened, if any."""


@dataclass(frozen=True)
class OtherCase:
    """Another case of the same person."""

    id: int
    state: CaseState
    reason: CaseReason
    opened_at: datetime
    resolved_at: datetime | None
    queue_id: int
    owner_id: int | None
    owner: str | None
    merged_into_id: int | None


@dataclass(frozen=True)
class MailLine:
    """A mail that was written to them."""

    purpose: MessagePurpose
    survey_rules: dict[str, object]
    state: MessageState
    at: datetime
    """When it left; until then, when it was queued."""
    delivered: bool
    bounce: BounceKind | None
    complained: bool


@dataclass(frozen=True)
class Story:
    """Everything there is to tell, each part newest first."""

    customers: tuple[int, ...]
    orders: Sequence[Order]
    answers: list[EarlierAnswer]
    cases: list[OtherCase]
    mails: list[MailLine]
    referred: int | None
    """Orders of people whom they sent; None where they never asked for a link."""


def story_beside(session: Session, case: Case) -> Story | None:
    """The story of a case's customer, without what the case itself is about; None where nobody knows who it is."""
    if case.customer_id is None:
        return None
    people = same_person(session, case.customer_id)
    return Story(
        customers=people,
        orders=_orders(session, people),
        answers=_answers(session, people, case.response_id),
        cases=_cases(session, people, case.id),
        mails=_mails(session, people),
        referred=_referred(session, people),
    )


def same_person(session: Session, customer_id: int) -> tuple[int, ...]:
    """The ids of all customers who share this one's address, itself first: each source of data has its own."""
    known = aliased(Customer)
    others = session.scalars(
        select(Customer.id)
        .join(known, known.address_hash == Customer.address_hash)
        .where(known.id == customer_id, Customer.id != customer_id)
        .order_by(Customer.id)
    )
    return (customer_id, *others)


def _orders(session: Session, people: tuple[int, ...]) -> Sequence[Order]:
    return session.scalars(
        select(Order)
        .where(Order.customer_id.in_(people))
        .order_by(Order.ordered_at.desc(), Order.id.desc())
        .limit(NEWEST)
    ).all()


def _answers(session: Session, people: tuple[int, ...], besides: int | None) -> list[EarlierAnswer]:
    """Confirmed answers. Those of an anonymous survey name no customer, so none can be among them."""
    rows = session.execute(
        select(Response, Survey.kind, Survey.rules, func.min(Case.id))
        .join(Survey, Survey.key == Response.survey_key)
        .outerjoin(Case, Case.response_id == Response.id)
        .where(
            Response.customer_id.in_(people),
            Response.id != (besides or 0),
            Response.suspected.is_(None),
            Response.withdrawn_at.is_(None),
            Survey.kind != SurveyKind.ENPS,
        )
        .group_by(Response.id, Survey.key)
        .order_by(Response.answered_at.desc(), Response.id.desc())
        .limit(NEWEST)
    )
    return [
        EarlierAnswer(answer.latest_score, kind, rules, answer.comment, answer.answered_at, case_id)
        for answer, kind, rules, case_id in rows
    ]


def _cases(session: Session, people: tuple[int, ...], besides: int) -> list[OtherCase]:
    rows = session.execute(
        select(Case, User.name)
        .outerjoin(User, User.id == Case.owner_id)
        .where(Case.customer_id.in_(people), Case.id != besides)
        .order_by(Case.id.desc())
        .limit(NEWEST)
    )
    return [
        OtherCase(
            id=other.id,
            state=other.state,
            reason=other.reason,
            opened_at=other.opened_at,
            resolved_at=other.resolved_at,
            queue_id=other.queue_id,
            owner_id=other.owner_id,
            owner=owner,
            merged_into_id=other.merged_into_id,
        )
        for other, owner in rows
    ]


def _mails(session: Session, people: tuple[int, ...]) -> list[MailLine]:
    rows = session.execute(
        select(Message, Survey.rules)
        .join(Invitation, Invitation.id == Message.invitation_id)
        .join(Survey, Survey.key == Invitation.survey_key)
        .where(Invitation.customer_id.in_(people))
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(NEWEST)
    )
    return [
        MailLine(
            purpose=mail.purpose,
            survey_rules=rules,
            state=mail.state,
            at=mail.sent_at or mail.created_at,
            delivered=mail.delivered_at is not None,
            bounce=mail.bounce,
            complained=mail.complained_at is not None,
        )
        for mail, rules in rows
    ]


def _referred(session: Session, people: tuple[int, ...]) -> int | None:
    """Orders with their code that came to something, other than their own."""
    row = session.execute(
        select(Referral.id, func.count(Order.id))
        .outerjoin(
            Order,
            (Order.referral_code == Referral.code)
            & Order.customer_id.not_in(people)
            & Order.status.not_in(CAME_TO_NOTHING),
        )
        .where(Referral.customer_id.in_(people))
        .group_by(Referral.id)
        .order_by(Referral.id)
        .limit(1)
    ).first()
    return row[1] if row is not None else None
