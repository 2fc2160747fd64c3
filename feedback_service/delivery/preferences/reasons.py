"""Why somebody was asked, as facts: the event, the steps of the decision, and the rules of the survey."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.invitations.events import zone_of
from feedback_service.invitations.models import Decision, DecisionStep, Invitation, StepKind
from feedback_service.invitations.reach import forbids
from feedback_service.invitations.rules.sending_hours import Deferral
from feedback_service.invitations.rules.triggers import promise_passed_at
from feedback_service.questionnaires.definition import Rules, TriggerEvent
from feedback_service.questionnaires.queries import survey_version


@dataclass(frozen=True)
class Reasons:
    """One invitation's reasons, with every day in the customer's time zone."""

    event: TriggerEvent
    event_on: date
    order: str
    """Its number; empty where the event was no purchase."""
    decided_on: date
    waited_for: tuple[Deferral, ...]
    rules: Rules
    """As they are now: an older form of them is not kept."""
    keeps_holidays: bool
    """Whether any country's public holidays hold back the survey's mails to this person."""
    answered: bool
    reminder_ahead: bool
    """Whether one would still go out if nothing changed."""


def reasons_for(
    session: Session, invitation: Invitation, shop_zone: ZoneInfo, shop_country: str, now: datetime
) -> Reasons:
    """What made us ask, by which rules, and when that was decided. `shop_country` may be empty."""
    zone = zone_of(invitation.customer, shop_zone)
    decision = session.scalar(
        select(Decision).where(Decision.survey_key == invitation.survey_key, Decision.event_key == invitation.event_key)
    )
    rules = survey_version(session, invitation.version_id).definition.rules
    event_at = decision.event_at if decision and decision.event_at else invitation.created_at
    event = _event(invitation, rules.trigger.on, event_at, zone)
    return Reasons(
        event=event,
        event_on=_day(invitation, event, event_at, zone),
        order=invitation.order.external_id if invitation.order else "",
        decided_on=invitation.created_at.astimezone(zone).date(),
        waited_for=_waits(session, decision),
        rules=rules,
        keeps_holidays=not rules.window.holidays and bool(invitation.customer.country or shop_country),
        answered=invitation.answered_at is not None,
        reminder_ahead=invitation.remind_at is not None
        and invitation.cancelled_at is None
        and now < invitation.expires_at
        and forbids(session, invitation, now) is None,
    )


def _event(invitation: Invitation, trigger: TriggerEvent, event_at: datetime, zone: ZoneInfo) -> TriggerEvent:
    """What happened, by the rows and not by the rules alone, which may have changed since."""
    if invitation.touchpoint is not None:
        return TriggerEvent.SUPPORT_CLOSED
    if invitation.order is None:
        return TriggerEvent.PULSE if invitation.event_key.startswith(TriggerEvent.PULSE) else TriggerEvent.CHECK_IN
    if trigger in {TriggerEvent.ORDERED, TriggerEvent.DELIVERED, TriggerEvent.PROMISE_PASSED}:
        return trigger
    promised_on = invitation.order.promised_on
    promise_broken = promised_on is not None and event_at == promise_passed_at(promised_on, zone)
    return TriggerEvent.PROMISE_PASSED if promise_broken else TriggerEvent.DELIVERED


def _day(invitation: Invitation, event: TriggerEvent, event_at: datetime, zone: ZoneInfo) -> date:
    """The event's day; of a broken promise the day that was promised, which ends where the event begins."""
    if event is TriggerEvent.PROMISE_PASSED and invitation.order and invitation.order.promised_on:
        return invitation.order.promised_on
    return event_at.astimezone(zone).date()


def _waits(session: Session, decision: Decision | None) -> tuple[Deferral, ...]:
    """What moved the mail, each once, in its order."""
    if decision is None:
        return ()
    deferrals = session.scalars(
        select(DecisionStep.deferral)
        .where(DecisionStep.decision_id == decision.id, DecisionStep.kind == StepKind.DEFERRED)
        .order_by(DecisionStep.id)
    )
    return tuple(dict.fromkeys(deferral for deferral in deferrals if deferral is not None))
