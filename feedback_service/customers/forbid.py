"""What a person, or their mail server, forbids: kept on the address, so that every survey honours it."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.customers.models import Address, SuppressionReason


def unsubscribe(session: Session, address_hash: str, now: datetime) -> None:
    """No survey is mailed there any more; the first time is the one that is kept."""
    session.execute(
        update(Address)
        .where(Address.hash == address_hash, Address.unsubscribed_at.is_(None))
        .values(unsubscribed_at=now)
    )


def suppress(session: Session, address_hash: str, reason: SuppressionReason, now: datetime) -> None:
    """Nothing is mailed there any more, because it cannot arrive."""
    session.execute(
        update(Address)
        .where(Address.hash == address_hash, Address.suppressed_at.is_(None))
        .values(suppressed_at=now, suppressed_reason=reason)
    )
