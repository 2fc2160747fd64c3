"""When an event happens that makes a survey ask, and when after it to ask."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from feedback_service.questionnaires.definition import Trigger, TriggerEvent

_PROMISED = {TriggerEvent.PROMISE_PASSED, TriggerEvent.DELIVERED_OR_PROMISE_PASSED}
_DELIVERED = {TriggerEvent.DELIVERED, TriggerEvent.DELIVERED_OR_PROMISE_PASSED}


@dataclass(frozen=True)
class Moment:
    """The event itself, and when to ask about it."""

    event_at: datetime
    due_at: datetime


def promise_passed_at(promised_on: date, zone: ZoneInfo) -> datetime:
    """The end of the promised day where the customer lives, in UTC."""
    return day_begins(promised_on + timedelta(days=1), zone)


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """A local day's first moment, in UTC."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def order_moment(
    trigger: Trigger,
    *,
    ordered_at: datetime,
    delivered_at: datetime | None,
    promised_on: date | None,
    zone: ZoneInfo,
) -> Moment | None:
    """When to ask about an order, or None while nothing has fixed it yet.

    A delivered parcel gets the delay, so that it is unpacked first. A broken promise gets none: the buyer
    is waiting already. A delivery after the promise passed is a broken promise.
    """
    delay = timedelta(days=trigger.delay_days)
    if trigger.on is TriggerEvent.ORDERED:
        return Moment(ordered_at, ordered_at + delay)
    passed = promise_passed_at(promised_on, zone) if promised_on and trigger.on in _PROMISED else None
    if delivered_at is not None and (passed is None or delivered_at < passed):
        return Moment(delivered_at, delivered_at + delay) if trigger.on in _DELIVERED else None
    return Moment(passed, passed) if passed is not None else None


def next_check_in(first_purchase: date, every_months: int, after: date) -> date:
    """The first day after `after` that lies a whole number of `every_months` after the first purchase.

    In a month without that day it is the month's last.
    """
    months = _months(after) - _months(first_purchase)
    turn = max(1, months // every_months)
    while (day := _months_later(first_purchase, turn * every_months)) <= after:
        turn += 1
    return day


def next_pulse(every_months: int, after: date) -> date:
    """The first day of the next month, after `after`, in which every colleague is asked: the same for all of them."""
    months = (_months(after) // every_months + 1) * every_months
    return date(months // 12, months % 12 + 1, 1)


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _months_later(day: date, months: int) -> date:
    year, month = divmod(_months(day) + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
