"""Reads what stands beside the scores: who answered of those asked, what is owed to customers, and what it is worth."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union_all
from sqlalchemy.orm import Session

from feedback_service.cases.models import PRESENT, RESTING, Case, CaseKind, DeadlineKind
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.promises.queries import count_to_keep
from feedback_service.customers.models import Customer
from feedback_service.delivery.models import ASKS, Message
from feedback_service.insights.loop.queries import deadlines_kept
from feedback_service.insights.rules.rates import SendingCohort
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order
from feedback_service.responses.models import Response

MOST_MAILS = 20_000  # of a period, the first ones: more would not move a share by a percent
Span = tuple[datetime, datetime]
"""Half-open."""
_OWED: ColumnElement[bool] = Case.kind == CaseKind.FOLLOW_UP


@dataclass(frozen=True)
class Sent:
    """What has come of the mails of one survey that were sent in a period."""

    cohort: SendingCohort
    can_answer_until: datetime | None
    """The last of those who can still answer; None: nobody can, so the rate is final."""
    capped: bool
    """Only the first `MOST_MAILS` of all surveys were read."""


def sent_between(session: Session, survey_key: str, span: Span, now: datetime) -> Sent:
    """The first mails of a span that asked."""
    mails = (
        select(Message.invitation_id, Message.bounced_at)
        .where(Message.sent_at >= span[0], Message.sent_at < span[1], ASKS)
        .order_by(Message.sent_at)
        .limit(MOST_MAILS)
        .subquery()
    )
    answered = Response.id.is_not(None)
    pressed = Invitation.answered_at.is_not(None)  # once and for all, even where the answer was taken back
    opened = or_(Invitation.opened_at.is_not(None), pressed, answered)
    reached = or_(mails.c.bounced_at.is_(None), opened)
    waiting = and_(reached, ~pressed, Invitation.cancelled_at.is_(None), Invitation.expires_at > now)
    until = case((waiting, Invitation.expires_at))
    mine = Invitation.survey_key == survey_key
    everything, sent, bounced, was_opened, confirmed, last = session.execute(
        select(
            func.count(),
            func.count().filter(mine),
            func.count().filter(mine, ~reached),
            func.count().filter(mine, opened),
            func.count().filter(mine, answered),
            func.max(until).filter(mine),
        )
        .select_from(mails)
        .join(Invitation, Invitation.id == mails.c.invitation_id)
        .outerjoin(
            Response,
            and_(
                Response.invitation_id == Invitation.id,
                Response.suspected.is_(None),
                Response.withdrawn_at.is_(None),
            ),
        )
    ).one()
    return Sent(SendingCohort(sent, bounced, was_opened, confirmed), last, everything == MOST_MAILS)


@dataclass(frozen=True)
class OpenCases:
    """Cases in which somebody is owed an answer, now."""

    open: int
    late: int
    resting: int
    """They wait for the customer, or for a day; none of the open ones."""


def open_cases_now(session: Session, now: datetime) -> OpenCases:
    """Each half by its own partial index."""
    number, late = session.execute(
        select(func.count(), func.count().filter(Case.due_at <= now)).select_from(Case).where(PRESENT, _OWED)
    ).one()
    resting = session.scalar(select(func.count()).select_from(Case).where(RESTING, _OWED)) or 0
    return OpenCases(number, late, resting)


@dataclass(frozen=True)
class InTime:
    """Deadlines of a first response."""

    met: int
    missed: int
    running: int


def contacted_in_time(session: Session, opened: Span) -> InTime:
    """Of the cases that were opened in a span."""
    kept = [each for each in deadlines_kept(session, opened) if each.kind is DeadlineKind.FIRST_RESPONSE]
    return InTime(sum(each.met for each in kept), sum(each.missed for each in kept), sum(each.running for each in kept))


@dataclass(frozen=True)
class Promises:
    """What customers were promised."""

    broken: int
    """In the span."""
    to_keep: int
    """Now."""
    late: int
    """Of these."""


def promises_between(session: Session, span: Span, now: datetime) -> Promises:
    """Those broken in a span, and those to be kept now."""
    broken = session.scalar(
        select(func.count()).select_from(Promise).where(Promise.broken_at >= span[0], Promise.broken_at < span[1])
    )
    return Promises(broken or 0, *count_to_keep(session, None, now))


@dataclass(frozen=True)
class AtRisk:
    """What the customers behind open cases bought so far."""

    customers: int
    amounts: Mapping[str, int]
    """By currency, in its smallest unit."""
    by_order: int
    """Customers of whom only the orders of their cases are known."""
    unknown: int
    """Customers of whom no amount is known."""


def revenue_at_risk(session: Session) -> AtRisk:
    """Lifetime value of each customer with an open case that owes them an answer, or else those cases' orders."""
    behind = union_all(
        *(select(Case.customer_id, Case.order_id).where(half, _OWED) for half in (PRESENT, RESTING))
    ).cte("behind")
    people = select(behind.c.customer_id).where(behind.c.customer_id.is_not(None)).distinct().subquery()
    amounts: Counter[str] = Counter()
    told = 0
    for currency, customers, minor in session.execute(
        select(Customer.lifetime_currency, func.count(), func.sum(Customer.lifetime_minor))
        .join(people, people.c.customer_id == Customer.id)
        .where(Customer.lifetime_minor.is_not(None))
        .group_by(Customer.lifetime_currency)
    ):
        amounts[str(currency)] += int(minor or 0)
        told += customers
    orders = select(behind.c.customer_id, behind.c.order_id).distinct().subquery()
    bought: set[int] = set()
    for customer, currency, minor in session.execute(
        select(Customer.id, Order.currency, Order.amount_minor)
        .join(orders, orders.c.customer_id == Customer.id)
        .join(Order, Order.id == orders.c.order_id)
        .where(Customer.lifetime_minor.is_(None), Order.amount_minor.is_not(None))
    ):
        amounts[str(currency)] += minor or 0
        bought.add(customer)
    everybody = session.scalar(select(func.count()).select_from(people)) or 0
    return AtRisk(everybody, dict(sorted(amounts.items())), len(bought), everybody - told - len(bought))
