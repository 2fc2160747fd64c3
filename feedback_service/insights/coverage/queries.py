"""Reads of who was asked and who was not, by the days on which mails were sent and events were decided."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from feedback_service.cases.inbox.dimensions import LONGEST_VALUE
from feedback_service.customers.models import Customer
from feedback_service.database import spelled_out
from feedback_service.delivery.models import Message, MessagePurpose
from feedback_service.insights.segments.dimensions import ATTRIBUTE, LATE, ON_TIME, OTHERS, TOP_TENTH, Dimension
from feedback_service.invitations.models import Decision, DecisionState, Invitation
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.orders.models import Order, OrderStatus, ValueBand
from feedback_service.responses.models import Response

MOST_MAILS = 200_000  # that one page reads; of a greater shop the newest periods that hold so many
Span = tuple[datetime, datetime]
"""Half-open."""
NO_BUYER = frozenset(
    {SkipReason.ORDER_CANCELLED, SkipReason.ORDER_REFUNDED, SkipReason.BEFORE_GO_LIVE, SkipReason.TOO_OLD}
)
"""Reasons of events that are no part of these days' buyers: undone, or of another time."""


@dataclass
class Sent:
    """What came of the mails of one period, whenever it came. Each a part of the one before."""

    sent: int = 0
    bounced: int = 0
    """Given back, and neither opened nor answered."""
    opened: int = 0
    """The form, by all that is known no machine; whoever answered has."""
    answered: int = 0
    worded: int = 0
    """With a comment."""


@dataclass
class Decided:
    """What was decided in one period."""

    skipped: Counter[SkipReason] = field(default_factory=Counter)
    unsent: int = 0
    """Asked, but no mail has left."""


def crowded_before(session: Session, span: Span) -> datetime | None:
    """The moment after which the newest `MOST_MAILS` mails of a span were sent; None where there are no more."""
    return session.scalar(
        select(Message.sent_at)
        .where(Message.sent_at >= span[0], Message.sent_at < span[1])
        .order_by(Message.sent_at.desc())
        .offset(MOST_MAILS)
        .limit(1)
    )


def sent_by_span(session: Session, survey: str, spans: Sequence[Span]) -> list[Sent]:
    """By when the first mail left, in disjoint spans, oldest first."""
    said = (
        select(case((Response.comment != "", _WORDED), else_=_ANSWERED))
        .where(
            Response.invitation_id == Invitation.id, Response.suspected.is_(None), Response.withdrawn_at.is_(None)
        )
        .correlate(Invitation)
        .scalar_subquery()
    )  # fmt: skip
    opened = or_(Invitation.opened_at.is_not(None), Invitation.answered_at.is_not(None))
    # Looked up for each mail of the days: joined, PostgreSQL would begin with all that the survey ever asked.
    came = (
        select(func.coalesce(said, case((opened, _OPENED), else_=_NOTHING)))
        .where(Invitation.id == Message.invitation_id, Invitation.survey_key == survey)
        .correlate(Message)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            _place(Message.sent_at, spans).label("place"),
            case((Message.bounced_at.is_not(None), 1), else_=0).label("back"),
            came.label("came"),
            func.count(),
        )
        .where(*_within(Message.sent_at, spans), *_first_mail(Message))
        .group_by("place", "back", "came")
    )
    found = [Sent() for _ in spans]
    for at, back, far, number in rows:
        if far is not None:  # else it was of another survey
            _add(found[at], far, number, back=bool(back))
    return found


_NOTHING, _OPENED, _ANSWERED, _WORDED = range(4)
"""How far it came with a mail."""


def _add(sent: Sent, came: int, number: int, *, back: bool) -> None:
    sent.sent += number
    sent.bounced += number if back and came == _NOTHING else 0
    sent.opened += number if came >= _OPENED else 0
    sent.answered += number if came >= _ANSWERED else 0
    sent.worded += number if came == _WORDED else 0


def decided_by_span(session: Session, survey: str, spans: Sequence[Span]) -> list[Decided]:
    """Who was not asked, by when that was decided, and who was asked without a mail, by when that was."""
    found = [Decided() for _ in spans]
    rows = session.execute(
        select(_place(Decision.decided_at, spans).label("place"), Decision.reason, func.count())
        .where(
            Decision.state == spelled_out(DecisionState.SKIPPED),
            *_within(Decision.decided_at, spans),
            Decision.survey_key == survey,
        )
        .group_by("place", Decision.reason)
    )
    for at, reason, number in rows:
        if reason is not None:
            found[at].skipped[SkipReason(reason)] += number
    left = aliased(Message)
    unsent = session.execute(
        select(_place(Invitation.created_at, spans).label("place"), func.count())
        .where(
            *_within(Invitation.created_at, spans),
            _of(Invitation.survey_key, survey),
            ~exists(
                select(left.id).where(
                    left.invitation_id == Invitation.id, left.sent_at.is_not(None), *_first_mail(left)
                )
            ),
        )
        .group_by("place")
    )
    for at, number in unsent:
        found[at].unsent = number
    return found


@dataclass(frozen=True)
class Waiting:
    """Events that are not decided yet."""

    due: int
    """Their time is known."""
    undated: int
    """Nothing has fixed it, such as a parcel that is on its way."""


def waiting(session: Session, survey: str) -> Waiting:
    """What may be asked about later."""
    due, undated = session.execute(
        select(_count(Decision.due_at.is_not(None)), _count(Decision.due_at.is_(None))).where(
            Decision.state == spelled_out(DecisionState.WAITING), _of(Decision.survey_key, survey)
        )
    ).one()
    return Waiting(due, undated)


@dataclass(frozen=True)
class Population:
    """The orders whose turn came in a span, asked about or not."""

    by_value: Mapping[str, int]
    """Of a dimension."""
    unknown: int
    """Orders that have no value."""
    since: datetime | None
    """When the turn of the first came; None where there is none."""


def could_be_asked(session: Session, survey: str, dimension: str, span: Span) -> Population:
    """The orders of a span, but for those that were undone or are of another time.

    Raises ValueError for a dimension that no order has.
    """
    skipped = select(Decision.order_id, Decision.decided_at.label("at")).where(
        Decision.state == spelled_out(DecisionState.SKIPPED),
        *_within(Decision.decided_at, [span]),
        Decision.survey_key == survey,
        Decision.reason.not_in(NO_BUYER),
        Decision.order_id.is_not(None),
    )
    asked = select(Invitation.order_id, Invitation.created_at).where(
        *_within(Invitation.created_at, [span]), _of(Invitation.survey_key, survey), Invitation.order_id.is_not(None)
    )
    turns = union_all(skipped, asked).subquery()
    statement = select(_value(dimension).label("value"), func.count(), func.min(turns.c.at)).select_from(turns)
    statement = statement.join(Order, Order.id == turns.c.order_id)
    if dimension == Dimension.VALUE_BAND:
        statement = statement.join(Customer, Customer.id == Order.customer_id).outerjoin(
            ValueBand, ValueBand.currency == Customer.lifetime_currency
        )
    undone = (OrderStatus.CANCELLED, OrderStatus.REFUNDED)
    rows = session.execute(statement.where(Order.status.not_in(undone)).group_by("value")).all()
    return Population(
        {value: number for value, number, _ in rows if value},
        sum(number for value, number, _ in rows if not value),
        min((at for _, _, at in rows), default=None),
    )


def _value(dimension: str) -> ColumnElement[Any]:
    if dimension.startswith(ATTRIBUTE):
        return func.substr(Order.attributes[dimension.removeprefix(ATTRIBUTE)].as_string(), 1, LONGEST_VALUE)
    if dimension == Dimension.DELIVERY:
        late = case((Order.days_late > 0, literal(LATE)), else_=literal(ON_TIME))
        return case((Order.days_late.is_(None), null()), else_=late)
    if dimension == Dimension.VALUE_BAND:
        top = Customer.lifetime_minor >= ValueBand.top_tenth_minor
        return case((top, literal(TOP_TENTH)), else_=literal(OTHERS))
    raise ValueError(f"{dimension} is nothing that is known of every order.")


def _first_mail(message: Any) -> tuple[ColumnElement[bool], ...]:
    return message.purpose == MessagePurpose.INVITATION, message.ordinal == 1


def _of(column: Any, survey: str) -> ColumnElement[bool]:
    """Whether it is of a survey; as an expression, so that no database begins with all that the survey ever had."""
    return func.coalesce(column, "") == survey


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _within(at: Any, spans: Sequence[Span]) -> tuple[ColumnElement[bool], ...]:
    return at >= spans[0][0], at < spans[-1][1]


def _place(at: Any, spans: Sequence[Span]) -> ColumnElement[int]:
    """Of a moment within them; they follow each other without a gap."""
    ends = [(at < end, literal(number)) for number, (_, end) in enumerate(spans[:-1])]
    return case(*ends, else_=literal(len(spans) - 1)) if ends else literal(0)
