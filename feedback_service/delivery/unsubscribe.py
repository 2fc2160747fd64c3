"""Ends all survey mail to a person, from the link in one of their mails."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback_service.customers.forbid import unsubscribe
from feedback_service.invitations.models import Invitation


def unsubscribe_person(session: Session, invitation: Invitation, now: datetime) -> None:
    """No survey is mailed to any address of theirs any more."""
    for address in addresses_of(invitation):
        unsubscribe(session, address, now)


def addresses_of(invitation: Invitation) -> list[str]:
    """The address that was mailed and, where the shop has written down another since, that one as well."""
    return sorted({invitation.address_hash, invitation.customer.address_hash or invitation.address_hash})
