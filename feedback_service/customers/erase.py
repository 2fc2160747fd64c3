"""Forgets people: their names and addresses. The hash of an address stays, so that it is never asked again."""

from collections.abc import Iterable

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_service.customers.erasure import Erasure
from feedback_service.customers.forbid import unsubscribe
from feedback_service.customers.models import AddressChange, Customer

ERASED_DETAIL = "Erased with the person."
"""Stands in the place of words that named an address."""


def erase_people(session: Session, erasure: Erasure) -> int:
    """Erase name and address, and forbid every question to that address; returns how many rows lost something."""
    people = session.scalars(
        select(Customer).where(Customer.id.in_(erasure.customer_ids)).order_by(Customer.id).with_for_update()
    ).all()
    named = [person for person in people if person.name or person.email]
    for person in named:
        if person.email and person.email.lower() in person.external_id.lower():  # a shop may number people that way
            person.external_id = f"erased-{person.id}"
        _forget_mentions(session, person)
        person.name, person.email = "", None
    for address in sorted({person.address_hash for person in people if person.address_hash}):
        unsubscribe(session, address, erasure.at, by=erasure.by, detail="erasure")
    session.flush()
    return len(named)


def _forget_mentions(session: Session, person: Customer) -> None:
    """Mail servers repeat an address in what they say of it."""
    if person.email and person.address_hash:
        session.execute(
            update(AddressChange)
            .where(
                AddressChange.address_hash == person.address_hash,
                func.lower(AddressChange.detail).contains(person.email.lower(), autoescape=True),
            )
            .values(detail=ERASED_DETAIL)
            .execution_options(synchronize_session=False)
        )


def emails_of(session: Session, customer_ids: Iterable[int]) -> list[str]:
    """The addresses in small letters; none for people who are forgotten already."""
    found = session.scalars(select(Customer.email).where(Customer.id.in_(list(customer_ids))).distinct())
    return sorted({email.lower() for email in found if email})
