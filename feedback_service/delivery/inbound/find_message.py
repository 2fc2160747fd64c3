"""Finds the mail of ours that a report or a reply is about."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.customers.addresses import BadAddressError, address_hash, normal_email
from feedback_service.customers.models import Address, Customer
from feedback_service.delivery.models import Message, MessageState
from feedback_service.delivery.rules.mime import Mail, headers
from feedback_service.invitations.models import Invitation

MOST_IDS = 50  # of a thread; the ones that matter stand first or last
MAY_HAVE_LEFT = (MessageState.SENT, MessageState.UNKNOWN, MessageState.HANDING)
REWRITTEN_BY = ("amazonses.com", "mtasv.net", "pphosted.com")
"""Relays that put a Message-ID of their own in place of ours, so that one of theirs does not speak against us."""

_UID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_ADDRESSED_IN = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
"""Where a mail says to whom it came: what servers on the way wrote, then what its writer did."""
_TAG = re.compile(r"\+([0-9a-f]{32})@", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """A mail of ours, and by what it was recognised."""

    message: Message
    invitation: Invitation
    by_id: bool
    """By the random id in its Message-ID, which nobody else knows; else only by its recipient."""


def message_behind(session: Session, message_ids: Iterable[str]) -> Found | None:
    """The newest mail of ours among these Message-IDs."""
    ids = list(message_ids)
    uids = {each.partition("@")[0] for each in (*ids[:MOST_IDS], *ids[-MOST_IDS:])}
    known = [uid for uid in uids if _UID.fullmatch(uid)]
    if not known:
        return None
    row = session.execute(
        select(Message, Invitation)
        .join(Invitation, Invitation.id == Message.invitation_id)
        .where(Message.uid.in_(known))
        .order_by(Message.id.desc())
        .limit(1)
    ).first()
    return Found(row.Message, row.Invitation, by_id=True) if row else None


def message_answered(session: Session, mail: Mail, message_ids: Iterable[str]) -> Found | None:
    """The mail of ours that a person answers: by the address it came to, which only that mail told, else by its id.

    Programs drop the id when somebody writes anew; and the address when they answer all.
    """
    return message_behind(session, _tags(mail)) or message_behind(session, message_ids)


def _tags(mail: Mail) -> Iterator[str]:
    """What stands behind the + in the addresses that a mail came to."""
    for name in _ADDRESSED_IN:
        for line in headers(mail, name):
            yield from (tag.lower() for tag in _TAG.findall(line))


def latest_message_to(session: Session, address: str) -> Found | None:
    """The newest mail that may have left for the address with this hash, then or since it was corrected."""
    theirs = select(Invitation.id).where(Invitation.address_hash == address)
    since = select(Invitation.id).join(Customer, Customer.id == Invitation.customer_id)
    of_theirs = theirs.union(since.where(Customer.address_hash == address))
    row = session.execute(
        select(Message, Invitation)
        .join(Invitation, Invitation.id == Message.invitation_id)
        .where(Message.invitation_id.in_(of_theirs), Message.state.in_(MAY_HAVE_LEFT))
        .order_by(Message.id.desc())
        .limit(1)
    ).first()
    return Found(row.Message, row.Invitation, by_id=False) if row else None


def names_another_mail(message_ids: Iterable[str]) -> bool:
    """Whether a report says by its Message-ID that it is about a mail which is none of ours."""
    domains = [each.rpartition("@")[2].lower() for each in message_ids]
    return any(not domain.endswith(REWRITTEN_BY) for domain in domains)


def known_address(session: Session, recipient: str, key: bytes) -> str | None:
    """The hash of an address that we have; None for any other text."""
    try:
        hashed = address_hash(key, normal_email(recipient))
    except BadAddressError:
        return None
    return session.scalar(select(Address.hash).where(Address.hash == hashed))
