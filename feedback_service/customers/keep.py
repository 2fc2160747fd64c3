"""Keeps what a source of data says about people."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.customers.addresses import address_hash
from feedback_service.customers.models import Address, Customer, PersonKind
from feedback_service.database import insert_new


@dataclass(frozen=True)
class Person:
    """Somebody as a row of a file describes them; None means that the row does not say."""

    external_id: str
    email: str | None
    name: str | None
    locale: str | None
    time_zone: str | None
    country: str | None = None


@dataclass(frozen=True)
class KeptCustomers:
    """The customers by external id, and whose description is new or differs from before."""

    customers: dict[str, Customer]
    changed: frozenset[str]


def keep_customers(
    session: Session,
    people: Iterable[Person],
    *,
    source: str,
    key: bytes,
    now: datetime,
    kind: PersonKind = PersonKind.CUSTOMER,
) -> KeptCustomers:
    """Store or update people; where one stands twice, the later description wins in what it says.

    Somebody who is known keeps the kind they were first stored with.
    """
    latest: dict[str, Person] = {}
    for person in people:
        earlier = latest.get(person.external_id)
        latest[person.external_id] = _together(earlier, person) if earlier else person
    hashes = {person.email: address_hash(key, person.email) for person in latest.values() if person.email}
    if hashes:
        session.execute(insert_new(session, Address), [{"hash": value} for value in sorted(set(hashes.values()))])
    known = {
        customer.external_id: customer
        for customer in session.scalars(
            select(Customer).where(Customer.source == source, Customer.external_id.in_(latest))
        )
    }
    changed = set()
    for external_id, person in latest.items():
        customer = known.get(external_id)
        if customer is None:
            customer = Customer(source=source, external_id=external_id, kind=kind, created_at=now)
            session.add(customer)
            known[external_id] = customer
        if _describe(customer, person, hashes):
            changed.add(external_id)
    session.flush()
    return KeptCustomers(known, frozenset(changed))


def _together(earlier: Person, later: Person) -> Person:
    said = {name: value for name, value in vars(later).items() if value is not None}
    return replace(earlier, **said)


def _describe(customer: Customer, person: Person, hashes: dict[str, str]) -> bool:
    """Write what the person's row says; whether anything of it was new."""
    said: dict[str, str | None] = {
        "name": person.name,
        "locale": person.locale,
        "time_zone": person.time_zone,
        "country": person.country,
    }
    if person.email:
        said |= {"email": person.email, "address_hash": hashes[person.email]}
    differing = {name: value for name, value in said.items() if value and getattr(customer, name) != value}
    for name, value in differing.items():
        setattr(customer, name, value)
    return bool(differing)
