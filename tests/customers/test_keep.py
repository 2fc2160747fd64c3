"""What a file says about people is kept, and what it does not say is not forgotten."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.customers.addresses import address_hash
from feedback_service.customers.forbid import suppress, unsubscribe
from feedback_service.customers.keep import KeptCustomers, Person, keep_customers
from feedback_service.customers.models import Address, Customer, SuppressionReason

KEY = b"a privacy key for tests only"
NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
ANA = Person("ana", "ana@example.com", "Ana Souza", "pt-BR", "America/Sao_Paulo")


def keep(session: Session, *people: Person) -> KeptCustomers:
    kept = keep_customers(session, people, source="shop", key=KEY, now=NOW)
    session.commit()
    return kept


def test_a_new_person_is_kept_with_the_hash_of_their_address(session: Session) -> None:
    kept = keep(session, ANA)
    customer = session.scalars(select(Customer)).one()
    assert kept.customers == {"ana": customer}
    assert kept.changed == {"ana"}
    assert customer.address_hash == address_hash(KEY, "ana@example.com")
    assert session.get(Address, customer.address_hash) is not None


def test_the_same_description_again_changes_nothing(session: Session) -> None:
    keep(session, ANA)
    assert keep(session, ANA).changed == frozenset()


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "new@example.com"), ("name", "Ana S."), ("locale", "en"), ("time_zone", "UTC"), ("country", "BR")],
)
def test_a_new_fact_replaces_the_old_one(session: Session, field: str, value: str) -> None:
    keep(session, ANA)
    assert keep(session, replace(ANA, **{field: value})).changed == {"ana"}
    customer = session.scalars(select(Customer)).one()
    assert getattr(customer, field) == value
    assert customer.address_hash == address_hash(KEY, customer.email or "")


def test_an_empty_cell_does_not_erase_what_is_known(session: Session) -> None:
    keep(session, ANA)
    assert keep(session, Person("ana", None, None, None, None)).changed == frozenset()
    assert session.scalars(select(Customer)).one().email == "ana@example.com"


def test_of_two_rows_about_one_person_each_gives_what_it_knows(session: Session) -> None:
    keep(session, ANA, Person("ana", None, "Ana de Souza", None, None))
    customer = session.scalars(select(Customer)).one()
    assert (customer.email, customer.name, customer.locale) == ("ana@example.com", "Ana de Souza", "pt-BR")


def test_two_people_may_share_a_mailbox(session: Session) -> None:
    keep(session, ANA, Person("bo", "Ana@example.com", "Bo", None, None))
    assert session.scalar(select(func.count()).select_from(Address)) == 1
    assert len(set(session.scalars(select(Customer.address_hash)))) == 1


def test_an_address_is_forbidden_once_and_the_first_time_is_kept(session: Session) -> None:
    keep(session, ANA)
    place = address_hash(KEY, "ana@example.com")
    later = NOW.replace(month=4)
    for at in (NOW, later):
        unsubscribe(session, place, at)
        suppress(session, place, SuppressionReason.BAD_ADDRESS, at)
    session.commit()
    address = session.get_one(Address, place, populate_existing=True)
    assert (address.unsubscribed_at, address.suppressed_at) == (NOW, NOW)
    assert address.suppressed_reason == SuppressionReason.BAD_ADDRESS


def test_what_is_forbidden_survives_a_new_import(session: Session) -> None:
    keep(session, ANA)
    unsubscribe(session, address_hash(KEY, "ana@example.com"), NOW)
    keep(session, replace(ANA, name="Ana S."))
    assert session.scalars(select(Address)).one().unsubscribed_at == NOW
