"""What a person forbids holds wherever they are known; what they allow, for the address that was mailed."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.customers.addresses import address_hash
from feedback_service.customers.forbid import pause, purchases_only, unsubscribe
from feedback_service.customers.models import Address
from feedback_service.delivery.preferences.choose import PAUSE, Choice, choose
from feedback_service.invitations.models import Invitation
from tests.invitations.factories import NOW, PRIVACY_KEY, invitation, numbered, order

OLD, NEW = "old@example.com", "new@example.com"


@pytest.fixture
def asked(session: Session) -> Invitation:
    """Somebody who was mailed at the old address, and whom the shop knows by a new one since."""
    found = invitation(session, numbered(0), email=OLD)
    order(session, numbered(0), email=NEW)
    session.commit()
    return found


def at(session: Session, email: str) -> Address:
    return session.get_one(Address, address_hash(PRIVACY_KEY, email), populate_existing=True)


def forbid_everything(session: Session) -> None:
    for email in (OLD, NEW):
        hashed = address_hash(PRIVACY_KEY, email)
        unsubscribe(session, hashed, NOW)
        purchases_only(session, hashed, NOW)
        pause(session, hashed, NOW + timedelta(days=10), NOW)
    session.commit()


@pytest.mark.parametrize("choice", [Choice.ANYTHING, Choice.PAUSE, Choice.PURCHASES_ONLY])
def test_an_old_mail_s_link_lifts_nothing_at_the_new_address(
    session: Session, asked: Invitation, choice: Choice
) -> None:
    forbid_everything(session)
    choose(session, asked, choice, NOW)
    assert at(session, OLD).unsubscribed_at is None
    new = at(session, NEW)
    assert (new.unsubscribed_at, new.purchases_only) == (NOW, True)
    assert new.paused_until is not None


def test_only_after_purchases_does_not_end_a_pause_at_the_new_address(session: Session, asked: Invitation) -> None:
    forbid_everything(session)
    session.execute(update(Address).values(unsubscribed_at=None))
    choose(session, asked, Choice.PURCHASES_ONLY, NOW)
    assert at(session, OLD).paused_until is None
    assert at(session, NEW).paused_until == NOW + timedelta(days=10)


def test_what_forbids_more_holds_at_both(session: Session, asked: Invitation) -> None:
    choose(session, asked, Choice.PURCHASES_ONLY, NOW)
    choose(session, asked, Choice.PAUSE, NOW)
    for email in (OLD, NEW):
        assert (at(session, email).purchases_only, at(session, email).paused_until) == (True, NOW + PAUSE)
    choose(session, asked, Choice.NEVER, NOW)
    assert all(at(session, email).unsubscribed_at == NOW for email in (OLD, NEW))
