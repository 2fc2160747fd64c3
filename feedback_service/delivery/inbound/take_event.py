"""Takes in what is reported about a mail after it has left: once, whoever says it and however often."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.orm import Session

from feedback_service.customers.forbid import suppress, unsubscribe
from feedback_service.customers.models import Address, SuppressionReason
from feedback_service.database import insert_new
from feedback_service.delivery.inbound.find_message import (
    Found,
    known_address,
    latest_message_to,
    message_behind,
    names_another_mail,
)
from feedback_service.delivery.models import BounceKind, DeliveryEvent, DeliveryEventKind, Message
from feedback_service.delivery.rules.event import Event
from feedback_service.delivery.settle import settle
from feedback_service.delivery.unsubscribe import addresses_of
from feedback_service.invitations.models import Invitation

SOFT_BOUNCE_LIMIT = 5  # mails in a row; several weeks of them at the least, since nobody is asked more often

REPORTERS = {
    "mail": "a returned mail",
    "ses": "Amazon SES",
    "postmark": "Postmark",
    "mailgun": "Mailgun",
    "sendgrid": "SendGrid",
}
"""Who says so, as staff read it."""

BOUNCES = {DeliveryEventKind.HARD_BOUNCE: BounceKind.HARD, DeliveryEventKind.SOFT_BOUNCE: BounceKind.SOFT}
PROVES_ARRIVAL = frozenset({*BOUNCES, DeliveryEventKind.DELIVERED, DeliveryEventKind.COMPLAINT})
"""What nobody can say of a mail that never left."""


class Taken(StrEnum):
    """What became of a report."""

    COUNTED = "counted"
    SEEN_BEFORE = "seen before"
    NOT_OURS = "not about a mail of ours"


def take_event(session: Session, event: Event, now: datetime, *, key: bytes) -> Taken:
    """Keep the report as evidence and do what follows from it.

    A report that is not signed and does not name our Message-ID may have been written by anybody who knows the
    address: a bounce then only counts as a passing one, and everything else it says is evidence and no more.
    """
    address = known_address(session, event.recipient, key) if event.recipient else None
    found = message_behind(session, event.message_ids)
    if found is None and address is not None and not names_another_mail(event.message_ids):
        found = latest_message_to(session, address)
    at = min(event.at, now)
    if not _is_new(session, event, found, address, at, now):
        return Taken.SEEN_BEFORE
    if found is None:
        return Taken.NOT_OURS
    _follow(session, event, found, address, at, now)
    return Taken.COUNTED


def _is_new(
    session: Session, event: Event, found: Found | None, address: str | None, at: datetime, now: datetime
) -> bool:
    """Write the report down; the unique key decides between two workers, and between a report and its repetition."""
    made = session.execute(
        insert_new(session, DeliveryEvent)
        .values(
            source=event.source,
            event_key=event.key,
            kind=event.kind,
            message_id=found.message.id if found else None,
            address_hash=found.invitation.address_hash if found else address,
            at=at,
            received_at=now,
            detail=event.detail,
        )
        .returning(DeliveryEvent.id)
    )
    return made.first() is not None


def _follow(session: Session, event: Event, found: Found, named: str | None, at: datetime, now: datetime) -> None:
    """`named`: the hash of the address that the reporter names, where we have that address.

    A mail goes to the address that the shop has of the person at that moment, which may be another by now than when
    they were asked. All of them are changed in one order, so that two reports never wait in a ring.
    """
    message_id, proven = found.message.id, event.signed or found.by_id
    everywhere = addresses_of(found.invitation)
    named_one = [named] if named and (event.signed or named in everywhere) else []
    there = named_one or everywhere  # what is true of a mailbox, while what a person says holds for all of theirs
    by = REPORTERS.get(event.source, event.source)
    if event.kind in BOUNCES:
        kind = BOUNCES[event.kind] if proven else BounceKind.SOFT
        _bounced(session, message_id, there, kind, at, now, by=by, detail=event.detail)
    if not proven:
        return
    if event.kind in PROVES_ARRIVAL and found.by_id:
        settle(session, message_id, arrived=True, by=by, now=now)
    if event.kind == DeliveryEventKind.DELIVERED:
        _delivered(session, found, there, at)
    elif event.kind == DeliveryEventKind.COMPLAINT:
        _first(session, message_id, complained_at=at)
        for address in sorted({*everywhere, *named_one}):
            suppress(session, address, SuppressionReason.COMPLAINT, now, by=by, detail=event.detail)
            unsubscribe(session, address, now, by=by, detail="the person complained")
    elif event.kind == DeliveryEventKind.UNSUBSCRIBED:
        for address in sorted({*everywhere, *named_one}):
            unsubscribe(session, address, now, by=by, detail=event.detail)


def _bounced(
    session: Session,
    message_id: int,
    addresses: list[str],
    kind: BounceKind,
    at: datetime,
    now: datetime,
    *,
    by: str,
    detail: str,
) -> None:
    """A mail bounces once; that it will never arrive may still be learned after it had bounced for a passing reason."""
    news: ColumnElement[bool] = Message.bounce.is_(None)
    if kind == BounceKind.HARD:
        news = or_(news, Message.bounce == BounceKind.SOFT)
    changed = session.execute(
        update(Message)
        .where(Message.id == message_id, news)
        .values(bounced_at=at, bounce=kind)
        .returning(Message.id)
        .execution_options(synchronize_session="fetch")
    )
    if changed.first() is None:
        return
    for address in addresses:
        if kind == BounceKind.HARD:
            suppress(session, address, SuppressionReason.HARD_BOUNCE, now, by=by, detail=detail)
        else:
            _bounced_softly(session, message_id, address, now, by)


def _bounced_softly(session: Session, message_id: int, address: str, now: datetime, by: str) -> None:
    in_a_row = session.execute(
        update(Address)
        .where(Address.hash == address)
        .values(soft_bounces=case((_answered_since(message_id, address), 1), else_=Address.soft_bounces + 1))
        .returning(Address.soft_bounces)
        .execution_options(synchronize_session="fetch")
    ).scalar_one()
    if in_a_row >= SOFT_BOUNCE_LIMIT:
        suppress(session, address, SuppressionReason.SOFT_BOUNCES, now, by=by, detail=f"{in_a_row} mails in a row")


def _answered_since(message_id: int, address: str) -> ColumnElement[bool]:
    """Whether the person has answered since an earlier mail bounced: then one of them did arrive."""
    earlier = (
        select(func.max(Message.bounced_at))
        .join(Invitation, Invitation.id == Message.invitation_id)
        .where(Invitation.address_hash == address, Message.id != message_id)
        .scalar_subquery()
    )
    return Address.last_answered_at > earlier


def _delivered(session: Session, found: Found, addresses: list[str], at: datetime) -> None:
    """The mailbox takes mail; unless this very mail bounced, whose two reports may come in either order."""
    if found.by_id:
        _first(session, found.message.id, delivered_at=at)
    if session.scalar(select(Message.bounced_at).where(Message.id == found.message.id)) is not None:
        return
    for address in addresses:
        session.execute(
            update(Address)
            .where(Address.hash == address, Address.soft_bounces > 0)
            .values(soft_bounces=0)
            .execution_options(synchronize_session="fetch")
        )


def _first(session: Session, message_id: int, **moment: datetime) -> None:
    """Note when something first happened to a mail."""
    (name,) = moment
    session.execute(
        update(Message)
        .where(Message.id == message_id, getattr(Message, name).is_(None))
        .values(**moment)
        .execution_options(synchronize_session="fetch")
    )
