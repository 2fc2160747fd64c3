"""Makes the decisions that are due: each ends in one invitation or in a reason why not."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from feedback_service.customers.models import Address, Customer
from feedback_service.database import spelled_out
from feedback_service.invitations.go_live import go_live_at
from feedback_service.invitations.links import links_of
from feedback_service.invitations.models import Decision, DecisionState, Invitation
from feedback_service.invitations.rules.eligibility import Reachability, SkipReason, skip_reason
from feedback_service.orders.models import Order
from feedback_service.questionnaires.queries import VersionedSurvey, published_surveys


def decide_due(session: Session, now: datetime, limit: int, *, link_keys: Sequence[bytes], shop_locale: str) -> int:
    """Decide up to `limit` due events; returns how many were decided. While sending is paused they wait."""
    go_live = go_live_at(session)
    if go_live is None:
        return 0
    due = session.execute(
        select(Decision, Order, Customer, Address)
        .join(Order, Order.id == Decision.order_id)
        .join(Customer, Customer.id == Decision.customer_id)
        .outerjoin(Address, Address.hash == Customer.address_hash)
        .where(Decision.state == spelled_out(DecisionState.WAITING), Decision.due_at <= now)
        .order_by(Decision.due_at, Decision.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Decision)
    ).all()
    if not due:
        return 0
    surveys = published_surveys(session)
    _take_turns(session, {address.hash for *_, address in due if address is not None})
    first_things_first = sorted(due, key=lambda row: -surveys[row[0].survey_key].definition.rules.asking.priority)
    for decision, order, customer, address in first_things_first:
        survey = surveys[decision.survey_key]
        reason = _reason_not_to(session, survey, surveys, decision, order, customer, address, go_live, now)
        decision.state = DecisionState.SKIPPED if reason else DecisionState.INVITED
        decision.reason = reason
        decision.decided_at = now
        if reason is None and address is not None:
            _invite(session, survey, decision, customer, address, link_keys, shop_locale, now)
    session.flush()
    return len(due)


def _take_turns(session: Session, people: set[str]) -> None:
    """Hold these people for this transaction, always in one order: two workers who share two of them would
    otherwise wait for each other. What is read here is what was true when it was our turn."""
    session.scalars(
        select(Address)
        .where(Address.hash.in_(people))
        .order_by(Address.hash)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _reason_not_to(
    session: Session,
    survey: VersionedSurvey,
    surveys: dict[str, VersionedSurvey],
    decision: Decision,
    order: Order,
    customer: Customer,
    address: Address | None,
    go_live: datetime,
    now: datetime,
) -> SkipReason | None:
    rules = survey.definition.rules
    reason = skip_reason(
        order_status=order.status,
        address=reachability(customer, address),
        ordered_at=order.ordered_at,
        event_at=decision.event_at or now,
        go_live=go_live,
        max_age=timedelta(days=rules.trigger.max_age_days),
        now=now,
    )
    if reason or address is None:
        return reason or SkipReason.NO_ADDRESS
    if session.scalar(select(select(Invitation.id).where(Invitation.order_id == order.id).exists())):
        return SkipReason.ORDER_ASKED_BEFORE  # safe to look: the person is held, and an order has one person
    quarantine = timedelta(days=rules.asking.quarantine_days)
    if _more_important_waits(session, surveys, rules.asking.priority, address, go_live, now + quarantine):
        return SkipReason.OTHER_SURVEY_FIRST
    return None if _claim_person(session, address, now, quarantine) else SkipReason.ASKED_RECENTLY


def reachability(customer: Customer, address: Address | None) -> Reachability:
    """What the rules need to know of an address."""
    return Reachability(
        has_address=bool(customer.email) and address is not None,
        unsubscribed=address is not None and address.unsubscribed_at is not None,
        suppressed=address is not None and address.suppressed_at is not None,
    )


def _more_important_waits(
    session: Session,
    surveys: dict[str, VersionedSurvey],
    priority: int,
    address: Address,
    go_live: datetime,
    until: datetime,
) -> bool:
    """Whether asking now would use up the person's patience before a survey of higher priority is due."""
    rivals = [key for key, survey in surveys.items() if survey.definition.rules.asking.priority > priority]
    if not rivals:
        return False
    waiting = (
        select(Decision.id)
        .join(Customer, Customer.id == Decision.customer_id)
        .join(Order, Order.id == Decision.order_id)
        .where(
            Order.ordered_at >= go_live,
            Customer.address_hash == address.hash,
            Decision.survey_key.in_(rivals),
            Decision.state == spelled_out(DecisionState.WAITING),
            Decision.due_at < until,
        )
    )
    return session.scalar(select(waiting.exists())) or False


def _claim_person(session: Session, address: Address, now: datetime, quarantine: timedelta) -> bool:
    """Mark the person as asked, unless they were within the quarantine: one statement, so two workers cannot both."""
    claimed = session.execute(
        update(Address)
        .where(
            Address.hash == address.hash,
            Address.unsubscribed_at.is_(None),
            Address.suppressed_at.is_(None),
            or_(Address.last_asked_at.is_(None), Address.last_asked_at <= now - quarantine),
        )
        .values(last_asked_at=now)
        .returning(Address.hash)
        .execution_options(synchronize_session=False)
    )
    return claimed.first() is not None


def _invite(
    session: Session,
    survey: VersionedSurvey,
    decision: Decision,
    customer: Customer,
    address: Address,
    link_keys: Sequence[bytes],
    shop_locale: str,
    now: datetime,
) -> None:
    invitation = Invitation(
        uid=secrets.token_hex(16),
        survey_key=decision.survey_key,
        event_key=decision.event_key,
        version_id=survey.version_id,
        customer_id=customer.id,
        address_hash=address.hash,
        order_id=decision.order_id,
        locale=survey.definition.locale_for(customer.locale or shop_locale),
        link_generation=len(link_keys),
        created_at=now,
        expires_at=now + timedelta(days=survey.definition.rules.asking.link_days),
    )
    session.add(invitation)
    session.flush()
    session.add_all(links_of(invitation, link_keys))
