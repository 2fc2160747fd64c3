"""Reads of everything that a shop and a customer had to do with each other: a statement for each part, and no more.

Each is put together once: that takes longer than the database with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, func, or_, select
from sqlalchemy.orm import Session

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


_PEOPLE: BindParameter[int] = bindparam("people", expanding=True, type_=Customer.id.type)
_BESIDES = bindparam("besides", type_=Case.id.type)
_SAME_PERSON = (
    select(Customer.id, Referral.id, Referral.code)
    .outerjoin(Referral, Referral.customer_id == Customer.id)
    .where(or_(Customer.id == bindparam("customer_id"), Customer.address_hash == bindparam("address_hash")))
    .order_by(Customer.id)
)
_ORDERS = (
    select(Order)
    .where(Order.customer_id.in_(_PEOPLE))
    .order_by(Order.ordered_at.desc(), Order.id.desc())
    .limit(NEWEST)
)  # fmt: skip
_ANSWERS = (  # those of an anonymous survey name no customer, so none can be among them
    select(Response.latest_score, Survey.kind, Survey.rules, Response.comment, Response.answered_at, func.min(Case.id))
    .join(Survey, Survey.key == Response.survey_key)
    .outerjoin(Case, Case.response_id == Response.id)
    .where(
        Response.customer_id.in_(_PEOPLE),
        Response.id != _BESIDES,
        Response.suspected.is_(None),
        Response.withdrawn_at.is_(None),
        Survey.kind != SurveyKind.ENPS,
    )
    .group_by(Response.id, Survey.key)
    .order_by(Response.answered_at.desc(), Response.id.desc())
    .limit(NEWEST)
)
_CASES = (
    select(
        Case.id, Case.state, Case.reason, Case.opened_at, Case.resolved_at, Case.queue_id, Case.owner_id, User.name,
        Case.merged_into_id,
    )
    .outerjoin(User, User.id == Case.owner_id)
    .where(Case.customer_id.in_(_PEOPLE), Case.id != _BESIDES)
    .order_by(Case.id.desc())
    .limit(NEWEST)
)  # fmt: skip
_MAILS = (
    select(
        Message.purpose, Survey.rules, Message.state, func.coalesce(Message.sent_at, Message.created_at),
        Message.delivered_at.is_not(None), Message.bounce, Message.complained_at.is_not(None),
    )
    .join(Invitation, Invitation.id == Message.invitation_id)
    .join(Survey, Survey.key == Invitation.survey_key)
    .where(Invitation.customer_id.in_(_PEOPLE))
    .order_by(Message.created_at.desc(), Message.id.desc())
    .limit(NEWEST)
)  # fmt: skip
_REFERRED = select(func.count()).where(
    Order.referral_code == bindparam("code"),
    Order.customer_id.not_in(_PEOPLE),
    Order.status.not_in(CAME_TO_NOTHING),
)


def story_beside(session: Session, case: Case) -> Story | None:
    """The story of a case's customer, without what the case itself is about; None where nobody knows who it is."""
    if case.customer is None:
        return None
    found = session.execute(
        _SAME_PERSON, {"customer_id": case.customer.id, "address_hash": case.customer.address_hash}
    ).all()
    people = (case.customer.id, *(row[0] for row in found if row[0] != case.customer.id))
    values = {"people": people, "besides": case.response_id or 0}
    return Story(
        customers=people,
        orders=session.scalars(_ORDERS, values).all(),
        answers=[EarlierAnswer(*row) for row in session.execute(_ANSWERS, values)],
        cases=[OtherCase(*row) for row in session.execute(_CASES, {"people": people, "besides": case.id})],
        mails=[MailLine(*row) for row in session.execute(_MAILS, values)],
        referred=_referred(session, people, sorted((id, code) for _, id, code in found if id is not None)),
    )


def _referred(session: Session, people: tuple[int, ...], referrals: list[tuple[int, str]]) -> int | None:
    """Orders with their code that came to something, other than their own."""
    return session.scalar(_REFERRED, {"people": people, "code": referrals[0][1]}) if referrals else None
