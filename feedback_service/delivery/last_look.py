"""A last look before a mail leaves: what happened since the decision may stop it, and the hour may make it wait.

It is taken when a mail is claimed, and again in the transaction that says `handing`: nothing that was committed before
that is overlooked. Since it is taken so often, one statement on the tables reads the facts for many mails at once; it
is built once, and no objects are made of what it finds.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from feedback_service.customers.models import Address, Customer
from feedback_service.database import Base
from feedback_service.delivery.models import NOTES, WITHDRAWAL_LASTS, Message, MessagePurpose, MessageState
from feedback_service.invitations.events import zone_of
from feedback_service.invitations.models import GoLive, Invitation
from feedback_service.invitations.reach import hours_for, question_of
from feedback_service.invitations.rules.eligibility import Reachability, SkipReason, unreachable
from feedback_service.invitations.rules.sending_hours import next_opening
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.questionnaires.definition import Rules

WRITTEN = frozenset({MessagePurpose.OUTCOME, MessagePurpose.REPLY, MessagePurpose.IMPROVEMENT})
"""Mails that are nothing without the words of staff in them."""
AT_ANY_HOUR = frozenset({MessagePurpose.WITHDRAWAL, MessagePurpose.REPLY})
"""Whoever has just asked to have an answer erased is awake, and whoever is written to by a person waits for it."""


@dataclass(frozen=True)
class Clocks:
    """Whose hours count where a customer's are not known; without quiet hours mail leaves at any time."""

    zone: ZoneInfo
    country: str
    quiet_hours: bool = True


@dataclass(frozen=True)
class Stop:
    """The mail must not leave any more, for a reason in words."""

    reason: str


@dataclass(frozen=True)
class Wait:
    """The mail may leave, but not at this hour."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Facts:
    """The present state of a mail and of its person, order and invitation, as far as it decides."""

    purpose: MessagePurpose
    queued_at: datetime
    has_words: bool
    recipient: str | None
    order_status: OrderStatus | None
    cancelled_by: str | None
    answered_at: datetime | None
    expires_at: datetime
    knows_address: bool
    unsubscribed: bool
    suppressed: bool
    paused_until: datetime | None
    purchases_only: bool | None
    consented: bool
    open_case: bool
    sending_paused: bool


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]


_message, _invitation, _customer = _table(Message), _table(Invitation), _table(Customer)
_order, _address, _go_live = _table(Order), _table(Address), _table(GoLive)
_complaining = _customer.alias()
_FACTS = (
    select(
        _message.c.id,
        _message.c.purpose,
        _message.c.created_at,
        _message.c.words.is_not(None),
        _customer.c.email,
        _order.c.status,
        _invitation.c.cancelled_by,
        _invitation.c.answered_at,
        _invitation.c.expires_at,
        _address.c.hash.is_not(None),
        _address.c.unsubscribed_at.is_not(None),
        _address.c.suppressed_at.is_not(None),
        _address.c.paused_until,
        _address.c.purchases_only,
        _address.c.consented_at.is_not(None),
        # A complaint counts under whichever name the person bought.
        select(_complaining.c.id)
        .where(_complaining.c.address_hash == _address.c.hash, _complaining.c.open_cases > 0)
        .exists(),
        select(_go_live.c.id).where(_go_live.c.paused_at.is_not(None)).exists(),
    )
    .join(_invitation, _invitation.c.id == _message.c.invitation_id)
    .join(_customer, _customer.c.id == _invitation.c.customer_id)
    .outerjoin(_order, _order.c.id == _invitation.c.order_id)
    .outerjoin(_address, _address.c.hash == _customer.c.address_hash)
    .where(
        _message.c.id.in_(bindparam("ids", expanding=True)),
        _message.c.lease_key == bindparam("held_under"),
        _message.c.state == MessageState.LEASED,
    )
)


def facts(session: Session, ids: Collection[int], lease_key: str) -> dict[int, Facts]:
    """The facts of those mails that are still leased under the key."""
    rows = session.connection().execute(_FACTS, {"ids": list(ids), "held_under": lease_key})
    return {message_id: Facts(*found) for message_id, *found in rows}


def last_look(found: Facts, customer: Customer, rules: Rules, clocks: Clocks, now: datetime) -> Stop | Wait | None:
    """None when the mail may leave now. `customer` says by whose clock; the rest is in the facts."""
    if found.purpose in NOTES:
        reason = _of_a_note(found, now)
    else:
        reason = _of_the_invitation(found, now) or _of_the_person(found, rules, now)
    if reason is not None:
        return Stop(reason)
    if found.sending_paused:
        return Wait(now, "somebody paused sending")
    if not clocks.quiet_hours or found.purpose in AT_ANY_HOUR:
        return None
    opening = next_opening(now, hours_for(rules.window, customer, clocks.country), zone_of(customer, clocks.zone))
    return Wait(opening.at, opening.deferral.words) if opening.deferral is not None else None


def _of_a_note(found: Facts, now: datetime) -> str | None:
    """It answers what the person did: only an address that takes no mail, or nothing left to say, stops it."""
    if not (found.knows_address and found.recipient):
        return SkipReason.NO_ADDRESS.words
    if found.suppressed:
        return SkipReason.SUPPRESSED.words
    if found.purpose is MessagePurpose.IMPROVEMENT and found.unsubscribed:
        return SkipReason.UNSUBSCRIBED.words
    if found.purpose in WRITTEN and not found.has_words:
        return "what it was to say has been erased"
    if found.purpose is MessagePurpose.WITHDRAWAL and now >= found.queued_at + WITHDRAWAL_LASTS:
        return "its link had stopped working before the mail could leave"
    return None


def _of_the_invitation(found: Facts, now: datetime) -> str | None:
    if found.cancelled_by is not None:
        return f"the invitation was taken back ({found.cancelled_by})"
    if found.answered_at is not None:
        return "the person has answered already"
    if found.expires_at <= now:
        return "its link had stopped working before the mail could leave"
    return None


def _of_the_person(found: Facts, rules: Rules, now: datetime) -> str | None:
    reach = Reachability(
        has_address=found.knows_address and bool(found.recipient),
        unsubscribed=found.unsubscribed,
        suppressed=found.suppressed,
        paused_until=found.paused_until,
        purchases_only=bool(found.purchases_only),
        consented=found.consented,
        open_case=found.open_case,
    )
    reason = unreachable(found.order_status, reach, question_of(rules), now)
    return reason.words if reason else None
