"""Reads of referrals and testimonials."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from feedback_service.advocacy.models import Referral, ReferralClick, ShownWhere, SignedAs, Testimonial
from feedback_service.advocacy.sign import signature
from feedback_service.customers.models import Customer
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order, OrderStatus

CAME_TO_NOTHING = (OrderStatus.CANCELLED, OrderStatus.REFUNDED)


def referral_code(session: Session, customer_id: int) -> str | None:
    """The customer's code, where they asked for one."""
    return session.scalar(select(Referral.code).where(Referral.customer_id == customer_id))


def referral_with(session: Session, code: str) -> int | None:
    """Whose code it is: the referral's id."""
    return session.scalar(select(Referral.id).where(Referral.code == code))


@dataclass(frozen=True)
class Worth:
    """The orders of one referral in one currency."""

    currency: str
    """Empty for orders whose amount is not known."""
    orders: int
    minor: int | None
    """Their sum in the currency's smallest unit."""


@dataclass(frozen=True)
class ReferralCount:
    """What came of one customer's link."""

    referral_id: int
    customer: str
    """Their name, or their id at the shop where no name is known."""
    source: str
    external_id: str
    code: str
    created_at: datetime
    clicks: int
    """Openings of the link that, by all that is known, no machine did."""
    orders: int
    """Of other people, neither cancelled nor refunded."""
    worth: tuple[Worth, ...]
    """What these orders came to, currency by currency."""


def referral_counts(session: Session, limit: int | None = None) -> list[ReferralCount]:
    """Referrals with what came of them, the most orders first, then the most clicks."""
    clicks, orders = _clicks(), _orders()
    number = func.coalesce(orders.c.orders, 0)
    opened = func.coalesce(clicks.c.clicks, 0)
    rows = session.execute(
        select(Referral, Customer.name, Customer.source, Customer.external_id, opened, number)
        .join(Customer, Customer.id == Referral.customer_id)
        .outerjoin(clicks, clicks.c.referral_id == Referral.id)
        .outerjoin(orders, orders.c.referral_id == Referral.id)
        .order_by(number.desc(), opened.desc(), Referral.id)
        .limit(limit)
    ).all()
    worth = _worth(session, None if limit is None else [referral.id for referral, *_ in rows])
    return [
        ReferralCount(
            referral_id=referral.id,
            customer=name or external_id,
            source=source,
            external_id=external_id,
            code=referral.code,
            created_at=referral.created_at,
            clicks=clicked,
            orders=ordered,
            worth=tuple(worth[referral.id]),
        )
        for referral, name, source, external_id, clicked, ordered in rows
    ]


def _clicks() -> Subquery:
    return (
        select(ReferralClick.referral_id, func.count().label("clicks"))
        .where(ReferralClick.suspected.is_(None))
        .group_by(ReferralClick.referral_id)
        .subquery()
    )


def _orders() -> Subquery:
    counted = _attributed().with_only_columns(Referral.id.label("referral_id"), func.count().label("orders"))
    return counted.group_by(Referral.id).subquery()


def _attributed() -> Select[Referral]:
    """Referrals beside the orders that count for them: a friend's, and one that came to something."""
    owner, buyer = aliased(Customer), aliased(Customer)
    return (
        select(Referral)
        .join(owner, owner.id == Referral.customer_id)
        .join(Order, Order.referral_code == Referral.code)
        .join(buyer, buyer.id == Order.customer_id)
        .where(_somebody_else(owner, buyer), Order.status.not_in(CAME_TO_NOTHING))
    )


def _somebody_else(owner: type[Customer], buyer: type[Customer]) -> ColumnElement[bool]:
    """One mailbox is one person, under however many ids the shop knows them."""
    return and_(
        owner.id != buyer.id,
        or_(
            owner.address_hash.is_(None),
            buyer.address_hash.is_(None),
            owner.address_hash != buyer.address_hash,
        ),
    )


def _worth(session: Session, referral_ids: Sequence[int] | None) -> defaultdict[int, list[Worth]]:
    """By referral; None for all of them, since a list of all is longer than a statement may be."""
    statement = (
        _attributed()
        .with_only_columns(Referral.id, Order.currency, func.count(), func.sum(Order.amount_minor))
        .where(*([] if referral_ids is None else [Referral.id.in_(referral_ids)]))
        .group_by(Referral.id, Order.currency)
        .order_by(Referral.id, func.coalesce(Order.currency, ""))
    )
    worth: defaultdict[int, list[Worth]] = defaultdict(list)
    for referral_id, currency, orders, minor in session.execute(statement):
        worth[referral_id].append(Worth(currency or "", orders, None if minor is None else int(minor)))
    return worth


@dataclass(frozen=True)
class Brought:
    """What came of one customer's link."""

    clicks: int
    """As for `ReferralCount`."""
    worth: tuple[Worth, ...]

    @property
    def orders(self) -> int:
        """Of other people, neither cancelled nor refunded."""
        return sum(each.orders for each in self.worth)


def brought_by(session: Session, customer_ids: Sequence[int]) -> dict[int, Brought]:
    """By customer, for those of them who have a link. No more ids than one statement may name."""
    links = select(Referral.id, Referral.customer_id).where(Referral.customer_id.in_(customer_ids))
    owners: dict[int, int] = dict(session.execute(links).all())
    if not owners:
        return {}
    counted = (
        select(ReferralClick.referral_id, func.count())
        .where(ReferralClick.referral_id.in_(owners), ReferralClick.suspected.is_(None))
        .group_by(ReferralClick.referral_id)
    )
    clicks: dict[int, int] = dict(session.execute(counted).all())
    worth = _worth(session, list(owners))
    return {customer: Brought(clicks.get(id, 0), tuple(worth.get(id, ()))) for id, customer in owners.items()}


def number_of_referrals(session: Session) -> int:
    """How many customers have a link."""
    return session.scalar(select(func.count()).select_from(Referral)) or 0


def testimonial_of(session: Session, invitation_id: int) -> Testimonial | None:
    """What somebody allowed after that invitation, standing or withdrawn."""
    return session.scalar(select(Testimonial).where(Testimonial.invitation_id == invitation_id))


@dataclass(frozen=True)
class ShownWords:
    """Words that may be shown, as they were agreed to."""

    number: int
    words: str
    signature: str
    """The name to put under them; empty for none."""
    shown_where: ShownWhere
    signed_as: SignedAs
    locale: str
    consented_at: datetime
    consent_words: str


def standing_testimonials(session: Session, limit: int | None = None) -> list[ShownWords]:
    """All words that may be shown at present, newest first. What was withdrawn is nowhere in it."""
    rows = session.execute(
        select(Testimonial, Customer.name, Invitation.locale)
        .join(Invitation, Invitation.id == Testimonial.invitation_id)
        .join(Customer, Customer.id == Invitation.customer_id)
        .where(Testimonial.withdrawn_at.is_(None))
        .order_by(Testimonial.id.desc())
        .limit(limit)
    )
    return [
        ShownWords(
            number=testimonial.id,
            words=testimonial.words,
            signature=signature(testimonial.signed_as, name),
            shown_where=testimonial.shown_where,
            signed_as=testimonial.signed_as,
            locale=locale,
            consented_at=testimonial.consented_at,
            consent_words=testimonial.consent_words,
        )
        for testimonial, name, locale in rows
    ]


def consent_counts(session: Session) -> tuple[int, int]:
    """How many testimonials stand, and how many were withdrawn."""
    standing = func.count().filter(Testimonial.withdrawn_at.is_(None))
    row = session.execute(select(standing, func.count()).select_from(Testimonial)).one()
    return row[0], row[1] - row[0]
