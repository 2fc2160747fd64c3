"""What a person says, from the link in one of their mails, that they may be asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from feedback_service.customers.forbid import anything, pause, purchases_only
from feedback_service.customers.models import Address
from feedback_service.delivery.unsubscribe import addresses_of, unsubscribe_person
from feedback_service.invitations.models import Invitation

PAUSE = timedelta(days=90)


class Choice(StrEnum):
    """What can be chosen, from the most to the least."""

    ANYTHING = "anything"
    PURCHASES_ONLY = "purchases_only"
    PAUSE = "pause"
    NEVER = "never"


@dataclass(frozen=True)
class Standing:
    """What holds for the address that was mailed."""

    choice: Choice
    paused_until: datetime | None
    """Set where the choice is a pause."""
    undeliverable: bool
    """Mail comes back from there, or was called spam: no choice of the person's mends that."""


def standing(session: Session, invitation: Invitation, now: datetime) -> Standing:
    """What the person may be asked at present; of several things that they said, the one that forbids most."""
    address = session.get_one(Address, invitation.address_hash, populate_existing=True)
    dead = address.suppressed_at is not None
    if address.unsubscribed_at is not None:
        return Standing(Choice.NEVER, None, dead)
    if address.paused_until is not None and now < address.paused_until:
        return Standing(Choice.PAUSE, address.paused_until, dead)
    return Standing(Choice.PURCHASES_ONLY if address.purchases_only else Choice.ANYTHING, None, dead)


def choose(session: Session, invitation: Invitation, choice: Choice, now: datetime) -> None:
    """Let the choice hold, in place of what was chosen before.

    What forbids more holds for every address known of the person. What forbids less holds for the address that was
    mailed: the link may have been passed on, and says nothing of who reads at an address that the shop learned later.
    A pause interrupts "only after purchases" and does not end it.
    """
    if choice is Choice.NEVER:
        unsubscribe_person(session, invitation, now)
        return
    for known in addresses_of(invitation):  # in the one order in which addresses are locked
        if known == invitation.address_hash:
            _loosen(session, known, choice, now)
        if choice is Choice.PURCHASES_ONLY:
            purchases_only(session, known, now)
        elif choice is Choice.PAUSE:
            pause(session, known, now + PAUSE, now)


def _loosen(session: Session, mailed: str, choice: Choice, now: datetime) -> None:
    """Lift what was chosen before, where the choice forbids less."""
    address = session.get_one(Address, mailed, populate_existing=True)
    paused = address.paused_until is not None and now < address.paused_until
    ends_pause = choice is Choice.PURCHASES_ONLY and paused
    if choice is Choice.ANYTHING or address.unsubscribed_at is not None or ends_pause:
        anything(session, mailed, now)
