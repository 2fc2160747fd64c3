"""Keeps what a source of data says about people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.customers.addresses import address_hash
from feedback_service.customers.models import Address, Customer
from feedback_service.database import insert_new


@dataclass(frozen=True)
class Person:
    """Somebody as a row of a file describes them; None means that the row does not say."""

    external_id: str
    email: str | None
    name: str | None
    locale: str | None
    time_zone: str | None


def keep_customers(
    session: Session, people: Iterable[Person], *, source: str, key: bytes, now: datetime
) -> dict[str, Customer]:
    """Store or update people; where one stands twice the later description wins.

    Returns the customers by external id.
    """
    latest = {person.external_id: person for person in people}
    hashes = {person.email: address_hash(key, person.email) for person in latest.values() if person.email}
    if hashes:
        session.execute(insert_new(session, Address), [{"hash": value} for value in sorted(set(hashes.values()))])
    known = {
        customer.external_id: customer
        for customer in session.scalars(
            select(Customer).where(Customer.source == source, Customer.external_id.in_(latest))
        )
    }
    for external_id, person in latest.items():
        customer = known.get(external_id)
        if customer is None:
            customer = Customer(source=source, external_id=external_id, created_at=now)
            session.add(customer)
            known[external_id] = customer
        _describe(customer, person, hashes)
    session.flush()
    return known


def _describe(customer: Customer, person: Person, hashes: dict[str, str]) -> None:
    if person.email:
        customer.email = person.email
        customer.address_hash = hashes[person.email]
    for field in ("name", "locale", "time_zone"):
        if value := getattr(person, field):
            setattr(customer, field, value)
