"""Makes the decisions that are due: each ends in one invitation or in a reason why not, or waits for its hour."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from feedback_service.customers.models import Address, Customer
from feedback_service.database import insert_new, spelled_out
from feedback_service.invitations.events import zone_of
from feedback_service.invitations.go_live import asking_since
from feedback_service.invitations.links import links_of
from feedback_service.invitations.models import (
    DailyAsks,
    Decision,
    DecisionState,
    DecisionStep,
    Invitation,
    StepKind,
)
from feedback_service.invitations.plan_calendar import look_at_again
from feedback_service.invitations.reach import hours_for, question_of, reachability
from feedback_service.invitations.rules.eligibility import (
    Patience,
    Refusal,
    SkipReason,
    out_of_patience,
    sampled_in,
    too_early_or_late,
    unreachable,
)
from feedback_service.invitations.rules.filters import filtered_out
from feedback_service.invitations.rules.sending_hours import Deferral, Opening, next_opening
from feedback_service.invitations.rules.triggers import day_begins
from feedback_service.invitations.rules.wordings import trigger_words
from feedback_service.orders.models import Order, Touchpoint
from feedback_service.questionnaires.definition import TriggerEvent
from feedback_service.questionnaires.queries import VersionedSurvey, published_surveys

MOST_RIVALS = 20  # decisions of one person that are looked at; nobody has more of them due within a quarantine
MONTH = timedelta(days=30.4375)  # on average; only for "has not bought anything for so many months"


@dataclass(frozen=True)
class Shop:
    """What the shop itself adds to a survey's rules."""

    zone: ZoneInfo
    locale: str
    country: str
    """ISO 3166, or empty: whose public holidays hold where a customer's country is not known."""
    link_keys: Sequence[bytes]
    quiet_hours: bool = True
    """False in the demo, whose mails reach nobody's bed: there a visitor at midnight wants to see one leave."""


@dataclass(frozen=True)
class _Due:
    """A decision that is due, with all it hangs on."""

    decision: Decision
    survey: VersionedSurvey
    customer: Customer
    order: Order | None
    touchpoint: Touchpoint | None
    address: Address | None

    @property
    def happened_at(self) -> datetime:
        """When the purchase, or whatever else it is about, was: what the go-live date is compared with."""
        if self.order is not None:
            return self.order.ordered_at
        return self.touchpoint.happened_at if self.touchpoint is not None else self.event_at

    @property
    def from_calendar(self) -> bool:
        """Whether nothing happened but that time passed."""
        return self.order is None and self.touchpoint is None

    @property
    def recovers(self) -> bool:
        """Whether somebody whom we let down is asked if it is good now: however lately we asked other things."""
        return self.survey.definition.rules.trigger.on is TriggerEvent.CASE_RESOLVED

    @property
    def attributes(self) -> dict[str, str]:
        """What the source says of the event besides the usual."""
        if self.order is not None:
            return self.order.attributes
        return self.touchpoint.attributes if self.touchpoint is not None else {}

    @property
    def event_at(self) -> datetime:
        """When the trigger was reached."""
        if self.decision.event_at is None:
            raise ValueError("a decision without an event is never due")
        return self.decision.event_at


def decide_due(session: Session, now: datetime, limit: int, *, shop: Shop) -> int:
    """Decide up to `limit` due events; returns how many were decided or moved. While sending is paused they wait."""
    go_live = asking_since(session)
    if go_live is None:
        return 0
    surveys = published_surveys(session)
    due = _due(session, surveys, now, limit)
    _take_turns(session, {item.address.hash for item in due if item.address is not None})
    for item in sorted(due, key=_turn):
        _decide(session, item, surveys, go_live, shop, now)
    session.flush()
    # One turn of the calendar leads to the next.
    look_at_again(session, {item.customer.id for item in due if item.from_calendar and _made(item.decision)})
    return len(due)


def _turn(item: _Due) -> tuple[int, str, datetime, int]:
    """The more important survey first; then in one order for all workers, who count towards the same daily caps."""
    decision = item.decision
    return (
        -item.survey.definition.rules.asking.priority,
        decision.survey_key,
        decision.due_at or item.event_at,
        decision.id,
    )


def _made(decision: Decision) -> bool:
    return decision.state is not DecisionState.WAITING


def _due(session: Session, surveys: dict[str, VersionedSurvey], now: datetime, limit: int) -> list[_Due]:
    rows = session.execute(
        select(Decision, Customer, Order, Touchpoint, Address)
        .join(Customer, Customer.id == Decision.customer_id)
        .outerjoin(Order, Order.id == Decision.order_id)
        .outerjoin(Touchpoint, Touchpoint.id == Decision.touchpoint_id)
        .outerjoin(Address, Address.hash == Customer.address_hash)
        .where(Decision.state == spelled_out(DecisionState.WAITING), Decision.due_at <= now)
        .order_by(Decision.due_at, Decision.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Decision)
    )
    return [
        _Due(decision, surveys[decision.survey_key], customer, order, touchpoint, address)
        for decision, customer, order, touchpoint, address in rows
    ]


def _take_turns(session: Session, people: set[str]) -> None:
    """Hold these people for this transaction, always in one order: two workers who share two of them would
    otherwise wait for each other. What is read here is what was true when it was our turn."""
    if not people:
        return
    session.scalars(
        select(Address)
        .where(Address.hash.in_(people))
        .order_by(Address.hash)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _decide(
    session: Session, item: _Due, surveys: dict[str, VersionedSurvey], go_live: datetime, shop: Shop, now: datetime
) -> None:
    refusal = (
        _unreachable(session, item, now)
        or _refusal_of_event(item, go_live, now)
        or (None if item.recovers else _out_of_patience(session, item, surveys, go_live, now))
    )
    if refusal is None and (opening := _opening(item, shop, now)).deferral is not None:
        _defer(session, item, opening, now)
        return
    if refusal is None and not _under_the_cap(session, item, shop, now):
        tomorrow = day_begins(now.astimezone(shop.zone).date() + timedelta(days=1), shop.zone)
        _defer(session, item, Opening(_opening(item, shop, tomorrow).at, Deferral.DAILY_CAP), now)
        return
    if refusal is None and item.address is not None and not _claim_person(session, item, now):
        refusal = Refusal(SkipReason.ASKED_RECENTLY, "another survey asked at the same moment")
    if refusal is not None or item.address is None:
        _skip(session, item, refusal or Refusal(SkipReason.NO_ADDRESS, SkipReason.NO_ADDRESS.words), now)
    else:
        _invite(session, item, item.address, shop, now)


def _refusal_of_event(item: _Due, go_live: datetime, now: datetime) -> Refusal | None:
    """Why this event is not asked about, whoever it happened to."""
    rules, decision = item.survey.definition.rules, item.decision
    if not rules.asks:
        return Refusal(SkipReason.SURVEY_PAUSED, f"survey.status = {rules.status}")
    if item.from_calendar:
        one_in = rules.asking.sample_one_in
        if not sampled_in(decision.event_key, decision.survey_key, one_in):
            return Refusal(SkipReason.SAMPLED_OUT, f"asking.sample_one_in = {one_in}")
    return too_early_or_late(
        happened_at=item.happened_at,
        event_at=item.event_at,
        go_live=go_live,
        max_age=timedelta(days=rules.trigger.max_age_days),
        now=now,
    ) or filtered_out(
        rules.filter,
        amount_minor=item.order.amount_minor if item.order else None,
        currency=item.order.currency if item.order else None,
        attributes=item.attributes,
    )


def _unreachable(session: Session, item: _Due, now: datetime) -> Refusal | None:
    """What the person, their mail server or the order's end forbids, whatever the survey's rules say."""
    order = item.order
    reach = reachability(session, item.customer, item.address)
    question = question_of(item.survey.definition.rules)
    reason = unreachable(order.status if order else None, reach, question, now)
    return Refusal(reason, reason.words) if reason is not None else None


def _out_of_patience(
    session: Session, item: _Due, surveys: dict[str, VersionedSurvey], go_live: datetime, now: datetime
) -> Refusal | None:
    """Why this person is not asked now, although they could be."""
    rules, order = item.survey.definition.rules, item.order
    if item.address is None:
        return Refusal(SkipReason.NO_ADDRESS, SkipReason.NO_ADDRESS.words)
    if order is not None and session.scalar(
        select(select(Invitation.id).where(Invitation.order_id == order.id).exists())
    ):
        # Safe to look: the person is held, and an order has one person.
        return Refusal(SkipReason.ORDER_ASKED_BEFORE, "an order is asked about once")
    if _inactive(session, item, now):
        return Refusal(SkipReason.NOT_ACTIVE, f"trigger.active_months = {rules.trigger.active_months}")
    quarantine = timedelta(days=rules.asking.quarantine_days)
    if refusal := out_of_patience(
        Patience(item.address.last_asked_at, item.address.last_answered_at),
        quarantine=quarantine,
        after_answer=timedelta(days=rules.asking.quarantine_after_answer_days),
        now=now,
    ):
        return refusal
    rival = _more_important(session, surveys, rules.asking.priority, item.address, go_live, now, now + quarantine)
    if rival is None:
        return None
    return Refusal(SkipReason.OTHER_SURVEY_FIRST, f"“{surveys[rival].definition.rules.title}” has a higher priority")


def _inactive(session: Session, item: _Due, now: datetime) -> bool:
    """Whether a check-in would come to somebody who is no customer any more."""
    trigger = item.survey.definition.rules.trigger
    if trigger.on is not TriggerEvent.CHECK_IN:
        return False
    recent = select(Order.id).where(
        Order.customer_id == item.customer.id, Order.ordered_at >= now - trigger.active_months * MONTH
    )
    return not session.scalar(select(recent.exists()))


def _more_important(
    session: Session,
    surveys: dict[str, VersionedSurvey],
    priority: int,
    address: Address,
    go_live: datetime,
    now: datetime,
    until: datetime,
) -> str | None:
    """The survey of higher priority that will want to ask before the person could be asked again after this one."""
    rivals = [key for key, survey in surveys.items() if survey.definition.rules.asking.priority > priority]
    if not rivals:
        return None
    waiting = session.execute(
        select(Decision, Customer, Order, Touchpoint)
        .join(Customer, Customer.id == Decision.customer_id)
        .outerjoin(Order, Order.id == Decision.order_id)
        .outerjoin(Touchpoint, Touchpoint.id == Decision.touchpoint_id)
        .where(
            Customer.address_hash == address.hash,
            Decision.survey_key.in_(rivals),
            # Not spelled out: SQLite would walk everything that is due, where the person's few rows are wanted.
            Decision.state == DecisionState.WAITING,
            Decision.due_at < until,
        )
        .order_by(Decision.due_at)
        .limit(MOST_RIVALS)
    )
    for decision, customer, order, touchpoint in waiting:
        rival = _Due(decision, surveys[decision.survey_key], customer, order, touchpoint, address)
        # One that will come to nothing by its own rules keeps nobody from asking.
        if _refusal_of_event(rival, go_live, max(decision.due_at or now, now)) is None:
            return decision.survey_key
    return None


def _opening(item: _Due, shop: Shop, now: datetime) -> Opening:
    if not shop.quiet_hours:
        return Opening(now, None)
    hours = hours_for(item.survey.definition.rules.window, item.customer, shop.country)
    return next_opening(now, hours, zone_of(item.customer, shop.zone))


def _under_the_cap(session: Session, item: _Due, shop: Shop, now: datetime) -> bool:
    """Count this person towards the day, unless the day is full: one statement, so two workers cannot both."""
    cap = item.survey.definition.rules.asking.daily_cap
    if cap == 0:
        return True
    key, day = item.decision.survey_key, now.astimezone(shop.zone).date()
    session.execute(insert_new(session, DailyAsks).values(survey_key=key, day=day, asked=0))
    counted = session.execute(
        update(DailyAsks)
        .where(DailyAsks.survey_key == key, DailyAsks.day == day, DailyAsks.asked < cap)
        .values(asked=DailyAsks.asked + 1)
        .returning(DailyAsks.asked)
        .execution_options(synchronize_session=False)
    )
    return counted.first() is not None


def _claim_person(session: Session, item: _Due, now: datetime) -> bool:
    """Mark the person as asked, unless they were within the quarantine: one statement, so two workers cannot both."""
    address = item.address
    if address is None:
        return False
    quarantine = timedelta(days=0 if item.recovers else item.survey.definition.rules.asking.quarantine_days)
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
    if claimed.first() is None:
        return False
    set_committed_value(address, "last_asked_at", now)  # the next decision of this run sees it
    return True


def _defer(session: Session, item: _Due, opening: Opening, now: datetime) -> None:
    """Move the decision to the opening; past the event's maximum age that is a no."""
    rules = item.survey.definition.rules
    max_age = timedelta(days=rules.trigger.max_age_days)
    deferral = opening.deferral or Deferral.HOURS
    if opening.at - item.event_at > max_age:
        rule = f"{deferral.words}, and the next opening was past trigger.max_age_days = {max_age.days}"
        _skip(session, item, Refusal(SkipReason.TOO_OLD, rule), now)
        return
    item.decision.due_at = opening.at
    rule = {
        Deferral.DAILY_CAP: f"asking.daily_cap = {rules.asking.daily_cap}",
        Deferral.HOLIDAY: "window.holidays = false",
    }.get(deferral, _window_words(item))
    _step(session, item, StepKind.DEFERRED, now, rule, deferral=deferral)


def _window_words(item: _Due) -> str:
    window = item.survey.definition.rules.window
    return (
        f"window = {', '.join(window.weekdays)}, {window.from_:%H:%M} to {window.until:%H:%M} by the customer's clock"
    )


def _skip(session: Session, item: _Due, refusal: Refusal, now: datetime) -> None:
    item.decision.reason = refusal.reason
    _close(item, DecisionState.SKIPPED, now)
    _step(session, item, StepKind.SKIPPED, now, refusal.rule, reason=refusal.reason)


def _close(item: _Due, state: DecisionState, now: datetime) -> None:
    item.decision.state = state
    item.decision.decided_at = now


def _step(
    session: Session,
    item: _Due,
    kind: StepKind,
    now: datetime,
    rule: str,
    *,
    reason: SkipReason | None = None,
    deferral: Deferral | None = None,
) -> None:
    session.add(
        DecisionStep(
            decision_id=item.decision.id,
            at=now,
            kind=kind,
            reason=reason,
            deferral=deferral,
            due_at=item.decision.due_at,
            rule=rule,
        )
    )


def _invite(session: Session, item: _Due, address: Address, shop: Shop, now: datetime) -> None:
    definition, decision = item.survey.definition, item.decision
    _close(item, DecisionState.INVITED, now)
    _step(
        session,
        item,
        StepKind.INVITED,
        now,
        f"“{definition.rules.title}” asks {trigger_words(definition.rules.trigger)}",
    )
    invitation = Invitation(
        uid=secrets.token_hex(16),
        survey_key=decision.survey_key,
        event_key=decision.event_key,
        version_id=item.survey.version_id,
        customer_id=item.customer.id,
        address_hash=address.hash,
        order_id=decision.order_id,
        touchpoint_id=decision.touchpoint_id,
        locale=definition.locale_for(item.customer.locale or shop.locale),
        link_generation=len(shop.link_keys),
        created_at=now,
        expires_at=now + timedelta(days=definition.rules.asking.link_days),
    )
    session.add(invitation)
    session.flush()
    session.add_all(links_of(invitation, shop.link_keys))
