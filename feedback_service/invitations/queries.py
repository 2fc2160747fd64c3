"""Reads of who was asked, and who was not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import Session

from feedback_service.customers.addresses import BadAddressError, address_hash, normal_email
from feedback_service.customers.import_opt_outs import opt_outs_taken_in
from feedback_service.customers.models import Customer
from feedback_service.invitations.models import Decision, DecisionState, GoLive, Invitation
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.orders.models import Order
from feedback_service.questionnaires.models import Survey

MOST_FOUND = 20  # people by one id; more than that is a wrong id


def decisions_by_outcome(session: Session) -> list[tuple[str, DecisionState, SkipReason | None, int]]:
    """Per survey: how many events were asked about, wait, or were skipped for which reason."""
    rows = session.execute(
        select(Decision.survey_key, Decision.state, Decision.reason, func.count())
        .group_by(Decision.survey_key, Decision.state, Decision.reason)
        .order_by(Decision.survey_key, Decision.state, func.count().desc())
    )
    return [(key, state, reason, number) for key, state, reason, number in rows]


@dataclass(frozen=True)
class FoundPerson:
    """Somebody who may be meant, and by what they were found."""

    customer_id: int
    source: str
    external_id: str
    name: str
    email: str
    order: str
    """The order by which they were found, or empty."""


def people_called(session: Session, text: str, *, key: bytes, source: str | None = None) -> list[FoundPerson]:
    """Who has this customer id, e-mail address or order id, one row per person, at most MOST_FOUND.

    `key` is the key of address hashes. Rows of one mailbox are one person, so only the first of them is named.
    """
    wanted = text.strip()
    if not wanted:
        return []
    rows = [
        *session.execute(_of_source(select(Customer, literal("")).where(_known_as(wanted, key)), Customer, source)),
        *session.execute(
            _of_source(
                select(Customer, Order.external_id)
                .join(Order, Order.customer_id == Customer.id)
                .where(Order.external_id == wanted),
                Order,
                source,
            )
        ),
    ]
    people: dict[str | int, FoundPerson] = {}
    for customer, order in rows:
        person = FoundPerson(
            customer.id, customer.source, customer.external_id, customer.name, customer.email or "", order
        )
        people.setdefault(customer.address_hash or customer.id, person)
    return list(people.values())[:MOST_FOUND]


def _known_as(wanted: str, key: bytes) -> ColumnElement[bool]:
    known = Customer.external_id == wanted  # a shop may well number its customers by their addresses
    try:
        email = normal_email(wanted)
    except BadAddressError:
        return known
    return or_(known, Customer.address_hash == address_hash(key, email))


def _of_source(
    statement: Select[Customer, str], table: type[Customer] | type[Order], source: str | None
) -> Select[Customer, str]:
    wanted = statement.where(table.source == source) if source else statement
    return wanted.order_by(Customer.id).limit(MOST_FOUND)


@dataclass(frozen=True)
class OpenInvitation:
    """A question that can still be answered."""

    id: int
    survey_title: str
    order: str
    expires_at: datetime


def open_invitations(session: Session, customer_ids: Sequence[int], now: datetime) -> list[OpenInvitation]:
    """What these people can still answer, newest first."""
    rows = session.execute(
        select(Invitation.id, Survey.rules, Order.external_id, Invitation.expires_at)
        .join(Survey, Survey.key == Invitation.survey_key)
        .outerjoin(Order, Order.id == Invitation.order_id)
        .where(
            Invitation.customer_id.in_(customer_ids),
            Invitation.answered_at.is_(None),
            Invitation.cancelled_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.id.desc())
    )
    return [OpenInvitation(number, rules["title"], order or "", ends) for number, rules, order, ends in rows]


def opt_outs_are_settled(session: Session) -> bool:
    """Whether a file of earlier opt-outs was taken in, or somebody confirmed that there is nothing to take in."""
    row = session.get(GoLive, 1)
    return (row is not None and row.opt_outs_settled) or opt_outs_taken_in(session)
