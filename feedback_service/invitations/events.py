"""What a survey may ask about, whatever it is: a purchase, a touchpoint, or a turn of the calendar."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from feedback_service.customers.models import Customer, PersonKind
from feedback_service.invitations.rules.triggers import Moment, day_begins, next_check_in, next_pulse, order_moment
from feedback_service.orders.models import Order, Touchpoint
from feedback_service.questionnaires.definition import SurveyDefinition, TriggerEvent


@dataclass(frozen=True)
class Event:
    """One event as one survey sees it; `moment` is None while nothing has fixed it yet."""

    survey: SurveyDefinition
    key: str
    customer: Customer
    moment: Moment | None
    order: Order | None = None
    touchpoint: Touchpoint | None = None

    @property
    def from_calendar(self) -> bool:
        """Whether nothing happened but that time passed."""
        return self.order is None and self.touchpoint is None


def zone_of(customer: Customer, shop_zone: ZoneInfo) -> ZoneInfo:
    """The person's time zone, or the shop's where it is not known."""
    return ZoneInfo(customer.time_zone) if customer.time_zone else shop_zone


def order_key(order: Order) -> str:
    """One order is one event for each survey, whatever happens to it later."""
    return f"order:{order.source}:{order.external_id}"


def about_order(survey: SurveyDefinition, order: Order, customer: Customer, shop_zone: ZoneInfo) -> Event:
    """What a survey that asks about purchases makes of this one."""
    moment = order_moment(
        survey.rules.trigger,
        ordered_at=order.ordered_at,
        delivered_at=order.delivered_at,
        promised_on=order.promised_on,
        zone=zone_of(customer, shop_zone),
    )
    return Event(survey, order_key(order), customer, moment, order=order)


def about_touchpoint(survey: SurveyDefinition, touchpoint: Touchpoint, customer: Customer) -> Event:
    """Such as a matter that support has closed."""
    happened = touchpoint.happened_at
    moment = Moment(happened, happened + timedelta(days=survey.rules.trigger.delay_days))
    key = f"{touchpoint.kind}:{touchpoint.source}:{touchpoint.external_id}"
    return Event(survey, key, customer, moment, touchpoint=touchpoint)


def about_person(
    survey: SurveyDefinition, person: Customer, first_purchase: datetime | None, shop_zone: ZoneInfo, now: datetime
) -> Event | None:
    """The person's next turn; None where the survey is not for them, or not yet."""
    zone = zone_of(person, shop_zone)
    day = _next_turn(survey, person, first_purchase, zone, now.astimezone(zone).date())
    if day is None:
        return None
    begins = day_begins(day, zone)
    moment = Moment(begins, begins + timedelta(days=survey.rules.trigger.delay_days))
    return Event(survey, f"{survey.rules.trigger.on}:{person.source}:{person.external_id}:{day}", person, moment)


def _next_turn(
    survey: SurveyDefinition, person: Customer, first_purchase: datetime | None, zone: ZoneInfo, today: date
) -> date | None:
    months = survey.rules.trigger.every_months or 0
    if survey.rules.trigger.on is TriggerEvent.PULSE:
        return next_pulse(months, today) if person.kind is PersonKind.EMPLOYEE else None
    if person.kind is PersonKind.EMPLOYEE or first_purchase is None:
        return None
    return next_check_in(first_purchase.astimezone(zone).date(), months, today)
