"""The day under which an anonymous answer is kept: the same for everybody who was asked in one round."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def round_day(event_key: str, asked_at: datetime, zone: ZoneInfo) -> date:
    """The day that ends the event's key, as a pulse's does; else the first of the month in which one was asked."""
    try:
        return date.fromisoformat(event_key.rpartition(":")[2])
    except ValueError:
        return asked_at.astimezone(zone).date().replace(day=1)
