"""Says of one person what happened, what was decided, and by which rule: as lines with a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from feedback_service.customers.models import Address, AddressChange, AddressFact, Customer
from feedback_service.formats import moment, money
from feedback_service.invitations.events import zone_of
from feedback_service.invitations.models import Decision, DecisionStep, Invitation, LinkScope, LinkVisit, StepKind
from feedback_service.invitations.reach import forbids
from feedback_service.invitations.rules.eligibility import ORDER_ENDED
from feedback_service.invitations.rules.triggers import promise_passed_at
from feedback_service.invitations.rules.visits import VisitSuspicion
from feedback_service.orders.models import Order, Touchpoint, TouchpointKind
from feedback_service.questionnaires.models import Survey, SurveyKind

MOST = 500  # newest rows of each kind: beyond, nobody reads on

_FACTS = {
    AddressFact.UNSUBSCRIBED: "Asked not to be asked any more",
    AddressFact.PAUSED: "Asked for a pause",
    AddressFact.PURCHASES_ONLY: "Wants to be asked after purchases only",
    AddressFact.ANYTHING: "Takes all mails again",
    AddressFact.CONSENTED: "Gave consent",
    AddressFact.SUPPRESSED: "Mail to the address cannot arrive",
    AddressFact.REINSTATED: "Mail to the address arrives again",
}
_PAGES = {LinkScope.ANSWER: "the form", LinkScope.UNSUBSCRIBE: "the page to stop mails"}
_SUSPICIONS = {
    VisitSuspicion.KNOWN_AGENT: "by its name, a machine",
    VisitSuspicion.HEAD_FIRST: "it asked for the page's head, as machines do",
    VisitSuspicion.SEVERAL_AT_ONCE: "several links within a second, as machines do",
}


@dataclass(frozen=True)
class Line:
    """One thing that happened at `at` (UTC), in words, and the rule behind it where there is one."""

    at: datetime | None
    """None only for what lies ahead and has no time yet."""
    words: str
    rule: str = ""
    ahead: bool = False
    """It has not happened yet."""
    case_id: int | None = None


@dataclass(frozen=True)
class Person:
    """One person under every name by which the shop's sources know them."""

    customers: tuple[Customer, ...]
    hashes: frozenset[str]
    """Of every address that was ever theirs, as far as an invitation or a source says so."""

    @property
    def ids(self) -> tuple[int, ...]:
        """Of their rows."""
        return tuple(customer.id for customer in self.customers)


def person_behind(session: Session, customer_id: int) -> Person | None:
    """A customer, and whoever else has the same address; None where there is no such customer."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        return None
    customers = [customer]
    if customer.address_hash:
        same = select(Customer).where(Customer.address_hash == customer.address_hash, Customer.id != customer.id)
        customers += session.scalars(same.order_by(Customer.id).limit(MOST))
    ids = [known.id for known in customers]
    mailed = session.scalars(select(Invitation.address_hash).where(Invitation.customer_id.in_(ids)).distinct())
    hashes = {known.address_hash for known in customers if known.address_hash} | set(mailed)
    return Person(tuple(customers), frozenset(hashes))


_MOMENTS = {
    TouchpointKind.SUPPORT_CLOSED: ("support matter", "Support closed matter {number}"),
    TouchpointKind.LEFT: ("cancellation", "Cancelled, number {number}"),
    TouchpointKind.CASE_RESOLVED: ("case", "Case {number} was resolved"),
}
"""What a moment is called after "about", and what is said when it happened."""


def subject_words(title: str, order: Order | None, touchpoint: Touchpoint | None) -> str:
    """A survey and what it asks about, such as "Delivery CSAT about order A1"."""
    if order is not None:
        return f"{title} about order {order.external_id}"
    return f"{title} about {_MOMENTS[touchpoint.kind][0]} {touchpoint.external_id}" if touchpoint is not None else title


def titles(session: Session) -> dict[str, str]:
    """The surveys' titles by key."""
    return {key: rules["title"] for key, rules in session.execute(select(Survey.key, Survey.rules))}


def asking_lines(session: Session, person: Person, now: datetime, zone: ZoneInfo) -> list[Line]:
    """Events, decisions, personal links and wishes of one person, in no order."""
    named = titles(session)
    return [
        *_events(session, person, now, zone),
        *_decisions(session, person, named, now, zone),
        *_invitations(session, person, named, now),
        *_visits(session, person, named),
        *_wishes(session, person, now),
    ]


def _events(session: Session, person: Person, now: datetime, zone: ZoneInfo) -> Iterator[Line]:
    zones = {customer.id: zone_of(customer, zone) for customer in person.customers}
    orders = select(Order).where(Order.customer_id.in_(person.ids)).order_by(Order.id.desc()).limit(MOST)
    for order in session.scalars(orders):
        yield from _order(order, zones[order.customer_id], now)
    touchpoints = select(Touchpoint).where(Touchpoint.customer_id.in_(person.ids))
    for touchpoint in session.scalars(touchpoints.order_by(Touchpoint.id.desc()).limit(MOST)):
        happened = _MOMENTS[touchpoint.kind][1].format(number=touchpoint.external_id)
        yield Line(touchpoint.happened_at, f"{happened} ({touchpoint.source})")


def _order(order: Order, zone: ZoneInfo, now: datetime) -> Iterator[Line]:
    number = order.external_id
    worth = ""
    if order.amount_minor is not None and order.currency:
        worth = f", {money(order.amount_minor, order.currency)}"
    yield Line(order.ordered_at, f"Placed order {number} ({order.source}{worth})")
    if order.promised_on is not None:
        passed = promise_passed_at(order.promised_on, zone)
        day = format_date(order.promised_on, "d MMM y", locale="en")
        if order.delivered_at is None or order.delivered_at >= passed:
            over = passed <= now
            ends = "was over without a delivery" if over else "is over"
            yield Line(passed, f"The promised day of order {number}, {day}, {ends}", ahead=not over)
    if order.delivered_at is not None:
        yield Line(order.delivered_at, f"Order {number} was delivered")
    if order.status in ORDER_ENDED:
        yield Line(order.updated_at, f"Order {number} is known to be {order.status.value}")


def _decisions(
    session: Session, person: Person, named: dict[str, str], now: datetime, zone: ZoneInfo
) -> Iterator[Line]:
    decisions = session.scalars(
        select(Decision)
        .where(Decision.customer_id.in_(person.ids))
        .order_by(Decision.id.desc())
        .limit(MOST)
        .options(joinedload(Decision.order), joinedload(Decision.touchpoint))
    ).all()
    subjects = {
        decision.id: subject_words(named[decision.survey_key], decision.order, decision.touchpoint)
        for decision in decisions
    }
    taken = select(DecisionStep).where(DecisionStep.decision_id.in_(subjects)).order_by(DecisionStep.id)
    told = set()
    for step in session.scalars(taken):
        told.add(step.decision_id)
        yield _step(step, subjects[step.decision_id], zone)
    for decision in decisions:
        subject = subjects[decision.id]
        if decision.decided_at is None:
            yield _waiting(decision, subject, now)
        elif decision.id not in told:  # it was decided by a release that did not write its steps down
            reason = decision.reason
            words = f"Not asked by {subject}: {reason.words}" if reason else f"Asked by {subject}"
            yield Line(decision.decided_at, words)


def _step(step: DecisionStep, subject: str, zone: ZoneInfo) -> Line:
    due = moment(step.due_at, zone) if step.due_at else ""
    if step.reason is not None:
        rule = "" if step.rule == step.reason.words else step.rule
        return Line(step.at, f"Not asked by {subject}: {step.reason.words}", rule)
    words = {
        StepKind.PLANNED: f"{subject}: to be decided on {due}" if due else f"{subject}: planned, with no date yet",
        StepKind.MOVED: f"{subject}: moved to {due}" if due else f"{subject}: has no date any more",
        StepKind.DEFERRED: f"{subject}: put off until {due}"
        + (f", since {step.deferral.words}" if step.deferral else ""),
        StepKind.INVITED: f"Asked by {subject}",
    }
    return Line(step.at, words.get(step.kind, subject), step.rule)


def _waiting(decision: Decision, subject: str, now: datetime) -> Line:
    if decision.due_at is None:
        return Line(None, f"{subject} waits: neither a delivery nor a promised day is known", ahead=True)
    late = " as soon as the service gets to it" if decision.due_at <= now else ""
    return Line(decision.due_at, f"{subject} is decided{late}", ahead=True)


def _invitations(session: Session, person: Person, named: dict[str, str], now: datetime) -> Iterator[Line]:
    anonymous = set(session.scalars(select(Survey.key).where(Survey.kind == SurveyKind.ENPS)))
    for invitation in _asked(session, person):
        subject = subject_words(named[invitation.survey_key], invitation.order, invitation.touchpoint)
        # Whether a colleague took part in an anonymous survey is theirs to tell, and so is when they looked at it.
        if invitation.answered_at is not None and invitation.survey_key not in anonymous:
            yield Line(invitation.answered_at, f"Answered {subject}")
        if invitation.cancelled_at is not None:
            yield Line(invitation.cancelled_at, f"{subject} was taken back", invitation.cancelled_by or "")
            continue
        over = invitation.expires_at <= now
        yield Line(invitation.expires_at, f"The link of {subject} {'ended' if over else 'ends'}", ahead=not over)
        if invitation.remind_at is not None and not over and invitation.answered_at is None:
            refusal = forbids(session, invitation, now)
            words = f"{subject}: a reminder, unless there is an answer by then"
            if refusal is not None:
                words = f"{subject}: no reminder, since {refusal.words}"
            yield Line(max(invitation.remind_at, now), words, ahead=True)


def _asked(session: Session, person: Person) -> Iterable[Invitation]:
    return session.scalars(
        select(Invitation)
        .where(Invitation.customer_id.in_(person.ids))
        .order_by(Invitation.id.desc())
        .limit(MOST)
        .options(joinedload(Invitation.order), joinedload(Invitation.touchpoint))
    )


def _visits(session: Session, person: Person, named: dict[str, str]) -> Iterator[Line]:
    rows = session.execute(
        select(LinkVisit, Invitation)
        .join(Invitation, Invitation.id == LinkVisit.invitation_id)
        .join(Survey, Survey.key == Invitation.survey_key)
        .where(Invitation.customer_id.in_(person.ids), Survey.kind != SurveyKind.ENPS)
        .order_by(LinkVisit.id.desc())
        .limit(MOST)
        .options(joinedload(Invitation.order), joinedload(Invitation.touchpoint))
    )
    for visit, invitation in rows:
        subject = subject_words(named[invitation.survey_key], invitation.order, invitation.touchpoint)
        who = "A machine, it seems, opened" if visit.suspected else "Opened"
        rule = f"{_SUSPICIONS[visit.suspected]}: {visit.agent or 'no name'}" if visit.suspected else ""
        yield Line(visit.at, f"{who} {_PAGES[visit.scope]} of {subject}", rule)


def _wishes(session: Session, person: Person, now: datetime) -> Iterator[Line]:
    changes = session.scalars(
        select(AddressChange)
        .where(AddressChange.address_hash.in_(person.hashes))
        .order_by(AddressChange.id.desc())
        .limit(MOST)
    ).all()
    for change in changes:
        rule = ", ".join(part for part in (change.by, change.detail) if part)
        yield Line(change.at, _FACTS[change.fact], rule)
    said = {(change.address_hash, change.fact) for change in changes}
    for address in session.scalars(select(Address).where(Address.hash.in_(person.hashes))):
        for at, fact, rule in (
            (address.unsubscribed_at, AddressFact.UNSUBSCRIBED, ""),
            (address.suppressed_at, AddressFact.SUPPRESSED, address.suppressed_reason or ""),
            (address.consented_at, AddressFact.CONSENTED, ""),
        ):
            if at is not None and (address.hash, fact) not in said:  # before each change was written down
                yield Line(at, _FACTS[fact], rule.replace("_", " "))
        if address.paused_until is not None and address.paused_until > now:
            yield Line(address.paused_until, "The pause that the person asked for ends", ahead=True)
