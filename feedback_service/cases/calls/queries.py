"""Reads of whom to call: the best tenth of a currency's customers who have not been spoken to for so long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from feedback_service.cases.inbox.queries import SHOWN
from feedback_service.cases.models import ACTIVE, Case
from feedback_service.customers.models import Customer, PersonKind
from feedback_service.database import LARGEST_ID
from feedback_service.orders.models import Order, ValueBand
from feedback_service.questionnaires.models import Survey
from feedback_service.responses.models import Response

PAGE = 25  # calls on a page; nobody makes more in a week
MOST_DIGITS = len(str(LARGEST_ID))  # Python refuses to read a number of thousands


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: after this customer, most valuable first."""

    minor: int
    id: int

    def __str__(self) -> str:
        return f"{self.minor}_{self.id}"

    @classmethod
    def read(cls, text: str | None) -> "Cursor | None":
        """The cursor in an address; None where there is none, or none that makes sense."""
        parts = (text or "").split("_")
        if len(parts) != 2 or not all(part.isascii() and part.isdecimal() for part in parts):  # noqa: PLR2004 - its two
            return None
        minor, customer_id = (LARGEST_ID if len(part) > MOST_DIGITS else min(int(part), LARGEST_ID) for part in parts)
        return cls(minor, customer_id)


@dataclass(frozen=True)
class OpenCase:
    """What goes on with somebody at present."""

    id: int
    queue_id: int
    owner_id: int | None


@dataclass(frozen=True)
class CallLine:
    """Somebody to call, with what one should know before."""

    customer: Customer
    order: Order | None
    """Their last one."""
    answer: tuple[Response, Survey] | None
    """Their last one, with the survey that asked."""
    phone: str | None
    """As they last gave it to be called."""
    case: OpenCase | None

    @property
    def position(self) -> Cursor:
        """Where the page after this line begins."""
        return Cursor(self.customer.lifetime_minor or 0, self.customer.id)


def value_bands(session: Session) -> Sequence[ValueBand]:
    """The currencies in which there is a top tenth, the one with most customers first."""
    return session.scalars(select(ValueBand).order_by(ValueBand.customers.desc(), ValueBand.currency)).all()


def to_call(
    session: Session, band: ValueBand, *, quiet_since: datetime, after: Cursor | None = None
) -> tuple[list[CallLine], Cursor | None]:
    """A page of those in the top tenth whom nobody has spoken to since, most valuable first; where the next begins."""
    statement = (
        select(Customer)
        .where(
            Customer.lifetime_currency == band.currency,
            Customer.lifetime_minor >= band.top_tenth_minor,
            Customer.kind == PersonKind.CUSTOMER,
            or_(Customer.spoken_to_at.is_(None), Customer.spoken_to_at < quiet_since),
        )
        .order_by(Customer.lifetime_minor.desc(), Customer.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        edge = tuple_(after.minor, after.id)
        statement = statement.where(
            Customer.lifetime_minor <= after.minor, tuple_(Customer.lifetime_minor, Customer.id) < edge
        )
    customers = list(session.scalars(statement))
    lines = call_lines(session, customers[:PAGE])
    return lines, lines[-1].position if len(customers) > PAGE else None


def call_lines(session: Session, customers: Sequence[Customer]) -> list[CallLine]:
    """What one should know of these people, in a statement for each kind of thing."""
    ids = [customer.id for customer in customers]
    orders, answers = _last_orders(session, ids), _last_answers(session, ids)
    phones, cases = _phones(session, ids), _open_cases(session, ids)
    return [
        CallLine(
            customer,
            orders.get(customer.id),
            answers.get(customer.id),
            phones.get(customer.id),
            cases.get(customer.id),
        )
        for customer in customers
    ]


def _last_orders(session: Session, ids: Sequence[int]) -> dict[int, Order]:
    place = func.row_number().over(partition_by=Order.customer_id, order_by=(Order.ordered_at.desc(), Order.id.desc()))
    ranked = select(Order, place.label("place")).where(Order.customer_id.in_(ids)).subquery()
    last = aliased(Order, ranked)
    return {order.customer_id: order for order in session.scalars(select(last).where(ranked.c.place == 1))}


def _last_answers(session: Session, ids: Sequence[int]) -> dict[int, tuple[Response, Survey]]:
    rows = session.execute(
        select(Response, Survey)
        .join(Survey, Survey.key == Response.survey_key)
        .where(Response.customer_id.in_(ids), SHOWN)
        .order_by(Response.id)
    )
    return {response.customer_id or 0: (response, survey) for response, survey in rows}


def _phones(session: Session, ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        select(Response.customer_id, Response.contact_phone)
        .where(Response.customer_id.in_(ids), Response.contact_phone.is_not(None), SHOWN)
        .order_by(Response.id)
    )
    return {customer_id or 0: phone or "" for customer_id, phone in rows}


def _open_cases(session: Session, ids: Sequence[int]) -> dict[int, OpenCase]:
    rows = session.execute(
        select(Case.customer_id, Case.id, Case.queue_id, Case.owner_id)
        .where(Case.customer_id.in_(ids), ACTIVE)
        .order_by(Case.id.desc())  # the oldest one stays
    )
    return {row.customer_id or 0: OpenCase(row.id, row.queue_id, row.owner_id) for row in rows}
