"""What a person forbids or allows is done once and written down once, with who said so."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.customers.forbid import (
    anything,
    consent,
    pause,
    purchases_only,
    reinstate,
    suppress,
    unsubscribe,
)
from feedback_service.customers.models import Address, AddressChange, AddressFact, SuppressionReason
from tests.responses.factories import at_once

ANA = "a" * 64


@pytest.fixture
def address(session: Session) -> str:
    session.add(Address(hash=ANA))
    session.commit()
    return ANA


def learned(session: Session) -> list[tuple[AddressFact, str, str]]:
    changes = session.scalars(select(AddressChange).order_by(AddressChange.id)).all()
    return [(change.fact, change.by, change.detail) for change in changes]


def state(session: Session) -> Address:
    return session.scalars(select(Address).execution_options(populate_existing=True)).one()


@pytest.mark.parametrize(
    ("act", "fact", "by"),
    [
        (lambda s, now: unsubscribe(s, ANA, now), AddressFact.UNSUBSCRIBED, "the link in a mail"),
        (lambda s, now: unsubscribe(s, ANA, now, by="opt-outs.csv"), AddressFact.UNSUBSCRIBED, "opt-outs.csv"),
        (lambda s, now: pause(s, ANA, now + timedelta(days=90), now), AddressFact.PAUSED, "the link in a mail"),
        (lambda s, now: purchases_only(s, ANA, now), AddressFact.PURCHASES_ONLY, "the link in a mail"),
        (lambda s, now: consent(s, ANA, now, by="consents.csv"), AddressFact.CONSENTED, "consents.csv"),
        (
            lambda s, now: suppress(s, ANA, SuppressionReason.BAD_ADDRESS, now),
            AddressFact.SUPPRESSED,
            "the mail server",
        ),
    ],
    ids=["the link", "a file", "a pause", "purchases only", "consent", "a refusal"],
)
def test_what_is_said_twice_stands_once(
    session: Session, address: str, now: datetime, act: Callable[..., bool], fact: AddressFact, by: str
) -> None:
    assert [act(session, now), act(session, now)] == [True, False]
    assert [(what, who) for what, who, _ in learned(session)] == [(fact, by)]


def test_the_first_opt_out_keeps_its_time(session: Session, address: str, now: datetime) -> None:
    unsubscribe(session, address, now)
    unsubscribe(session, address, now + timedelta(days=1))
    assert state(session).unsubscribed_at == now


def test_a_longer_pause_stands_and_a_shorter_one_does_not_end_it(session: Session, address: str, now: datetime) -> None:
    long = now + timedelta(days=90)
    assert pause(session, address, long, now)
    assert not pause(session, address, now + timedelta(days=5), now)
    assert state(session).paused_until == long
    assert learned(session) == [(AddressFact.PAUSED, "the link in a mail", "until 2026-06-18")]


def test_whoever_takes_anything_again_is_free_but_a_dead_mailbox_stays_dead(
    session: Session, address: str, now: datetime
) -> None:
    unsubscribe(session, address, now)
    pause(session, address, now + timedelta(days=90), now)
    purchases_only(session, address, now)
    suppress(session, address, SuppressionReason.HARD_BOUNCE, now, by="ses", detail="550 no such user")
    assert anything(session, address, now)
    found = state(session)
    assert (found.unsubscribed_at, found.paused_until, found.purchases_only) == (None, None, False)
    assert found.suppressed_reason == SuppressionReason.HARD_BOUNCE
    assert learned(session)[-2:] == [
        (AddressFact.SUPPRESSED, "ses", "hard_bounce: 550 no such user"),
        (AddressFact.ANYTHING, "the link in a mail", ""),
    ]


def test_a_reinstated_address_begins_to_count_again(session: Session, address: str, now: datetime) -> None:
    session.get_one(Address, address).soft_bounces = 5
    suppress(session, address, SuppressionReason.SOFT_BOUNCES, now)
    assert reinstate(session, address, now, by="Ana")
    assert not reinstate(session, address, now, by="Ana")
    found = state(session)
    assert (found.suppressed_at, found.suppressed_reason, found.soft_bounces) == (None, None, 0)


def test_consent_keeps_the_day_it_was_given(session: Session, address: str, now: datetime) -> None:
    given = now - timedelta(days=400)
    consent(session, address, now, by="consents.csv", at=given)
    assert state(session).consented_at == given


def test_an_address_that_nobody_knows_is_no_fault(session: Session, now: datetime) -> None:
    assert not unsubscribe(session, "f" * 64, now)
    assert learned(session) == []


def test_two_who_say_it_at_once_are_written_down_once(
    sessions: sessionmaker[Session], session: Session, address: str, now: datetime
) -> None:
    def say() -> bool:
        with sessions() as own:
            new = unsubscribe(own, ANA, now)
            own.commit()
            return new

    assert sorted(at_once(say, say)) == [False, True]
    assert len(learned(session)) == 1
