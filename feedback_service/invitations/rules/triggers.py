"""When an order reaches the event that makes a survey ask."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Moment:
    """The event itself, and when to ask about it."""

    event_at: datetime
    due_at: datetime


def promise_passed_at(promised_on: date, zone: ZoneInfo) -> datetime:
    """The end of the promised day where the customer lives, in UTC."""
    return datetime.combine(promised_on + timedelta(days=1), time.min, zone).astimezone(UTC)


def trigger_moment(
    on: Literal["delivered", "delivered_or_promise_passed"],
    *,
    delivered_at: datetime | None,
    promised_on: date | None,
    zone: ZoneInfo,
    delay: timedelta,
) -> Moment | None:
    """When to ask about an order, or None while nothing has fixed it yet.

    A delivered parcel gets the delay, so that it is unpacked first. A broken promise gets none: the buyer
    is waiting already. A delivery after the promise passed is a broken promise.
    """
    passed = promise_passed_at(promised_on, zone) if promised_on and on == "delivered_or_promise_passed" else None
    if delivered_at is not None and (passed is None or delivered_at < passed):
        return Moment(delivered_at, delivered_at + delay)
    return Moment(passed, passed) if passed is not None else None
