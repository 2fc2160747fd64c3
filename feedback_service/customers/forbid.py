"""What a person, or their mail server, forbids and allows: kept on the address, so that every survey honours it.

Each verb changes the address and adds an `AddressChange` in the same breath, or, where nothing would change, does
nothing: what is said twice stands once. `by` names who or what said so.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Session

from feedback_service.customers.models import Address, AddressChange, AddressFact, SuppressionReason

THE_LINK = "the link in a mail"
THE_MAIL_SERVER = "the mail server"


def unsubscribe(session: Session, address_hash: str, now: datetime, *, by: str = THE_LINK, detail: str = "") -> bool:
    """No survey is mailed there any more; the first time is the one that is kept. Whether this was it."""
    new = Address.unsubscribed_at.is_(None)
    return _learn(session, address_hash, AddressFact.UNSUBSCRIBED, new, {"unsubscribed_at": now}, now, by, detail)


def pause(session: Session, address_hash: str, until: datetime, now: datetime, *, by: str = THE_LINK) -> bool:
    """No survey is mailed there before `until`; a longer pause stands. Whether that was news."""
    new = or_(Address.paused_until.is_(None), Address.paused_until < until)
    detail = f"until {until:%Y-%m-%d}"
    return _learn(session, address_hash, AddressFact.PAUSED, new, {"paused_until": until}, now, by, detail)


def purchases_only(session: Session, address_hash: str, now: datetime, *, by: str = THE_LINK) -> bool:
    """Only surveys about a purchase are mailed there. Whether that was news."""
    new = Address.purchases_only.is_(False)
    return _learn(session, address_hash, AddressFact.PURCHASES_ONLY, new, {"purchases_only": True}, now, by)


def anything(session: Session, address_hash: str, now: datetime, *, by: str = THE_LINK) -> bool:
    """The person takes every survey again. Whether anything stood against it.

    What the address itself forbids stays: a mailbox that does not exist is not mended by a wish.
    """
    restricted = or_(
        Address.unsubscribed_at.is_not(None), Address.paused_until.is_not(None), Address.purchases_only.is_(True)
    )
    free = {"unsubscribed_at": None, "paused_until": None, "purchases_only": False}
    return _learn(session, address_hash, AddressFact.ANYTHING, restricted, free, now, by)


def consent(session: Session, address_hash: str, now: datetime, *, by: str, at: datetime | None = None) -> bool:
    """The person agreed, at `at` or now, to be asked; the first time is the one that is kept. Whether this was it."""
    new = Address.consented_at.is_(None)
    return _learn(session, address_hash, AddressFact.CONSENTED, new, {"consented_at": at or now}, now, by)


def suppress(
    session: Session,
    address_hash: str,
    reason: SuppressionReason,
    now: datetime,
    *,
    by: str = THE_MAIL_SERVER,
    detail: str = "",
) -> bool:
    """Nothing is mailed there any more, because it cannot arrive or must not. Whether that was news."""
    new = Address.suppressed_at.is_(None)
    said = f"{reason.value}: {detail}" if detail else reason.value
    fate = {"suppressed_at": now, "suppressed_reason": reason}
    return _learn(session, address_hash, AddressFact.SUPPRESSED, new, fate, now, by, said)


def reinstate(session: Session, address_hash: str, now: datetime, *, by: str) -> bool:
    """Somebody of the shop says that mail arrives there again. Whether it was suppressed."""
    suppressed = Address.suppressed_at.is_not(None)
    clean = {"suppressed_at": None, "suppressed_reason": None, "soft_bounces": 0}
    return _learn(session, address_hash, AddressFact.REINSTATED, suppressed, clean, now, by)


def _learn(
    session: Session,
    address_hash: str,
    fact: AddressFact,
    new: ColumnElement[bool],
    values: Mapping[str, object],
    now: datetime,
    by: str,
    detail: str = "",
) -> bool:
    """Change the address if the fact is new, by one statement: of two who say it at once, one is written down."""
    changed = session.execute(
        update(Address)
        .where(Address.hash == address_hash, new)
        .values(**values)
        .returning(Address.hash)
        .execution_options(synchronize_session="fetch")
    )
    if changed.first() is None:
        return False
    session.add(AddressChange(address_hash=address_hash, fact=fact, at=now, by=by[:254], detail=detail))
    session.flush()
    return True
