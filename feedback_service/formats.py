"""Dates, times, money and languages as staff read them: relative up to a week, then in full."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, get_currency_precision

_MINUTE, _HOUR, _DAY, _WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


def span(length: timedelta) -> str:
    """A positive length in its largest fitting unit: 5 min, 3 h, 2 d."""
    if length < _HOUR:
        return f"{max(1, length // _MINUTE)} min"
    return f"{length // _HOUR} h" if length < 2 * _DAY else f"{length // _DAY} d"


def when(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A moment: "3 h ago", "in 2 d", or the date and time in the shop's zone once it is a week away."""
    apart = now - at
    if abs(apart) < _MINUTE:
        return "just now"
    if abs(apart) < _WEEK:
        return f"{span(apart)} ago" if apart > timedelta(0) else f"in {span(-apart)}"
    return moment(at, zone)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Date and time in full, such as 3 Mar 2026, 14:05."""
    local = at.astimezone(zone)
    return f"{format_date(local, 'd MMM y', locale='en')}, {local:%H:%M}"


def days_in_words(first: date | None, last: date | None) -> str:
    """The days from one to another, both included, either of which may be missing, but not both."""
    begins, ends = (day and format_date(day, "d MMM y", locale="en") for day in (first, last))
    if begins == ends:
        return f"{begins}"
    return f"{begins} to {ends}" if begins and ends else f"From {begins}" if begins else f"Up to {ends}"


def time_left(due_at: datetime, now: datetime) -> str:
    """How a deadline stands: "2 h left", "late by 1 d"."""
    return f"{span(due_at - now)} left" if due_at > now else f"late by {span(now - due_at)}"


def money(minor: int, currency: str) -> str:
    """An amount given in the currency's smallest unit."""
    return format_currency(Decimal(minor).scaleb(-get_currency_precision(currency)), currency, locale="en")


def language_name(code: str, otherwise: str | None = None) -> str:
    """A language as staff read it, such as Portuguese (Brazil); where Babel knows none, `otherwise` or its code."""
    try:
        return str(Locale.parse(code, sep="-").get_display_name("en") or code)
    except (ValueError, UnknownLocaleError):  # a shop's file may say anything
        return (code or "Unknown") if otherwise is None else otherwise


def many(number: int, thing: str, things: str = "") -> str:
    """A number of things: 1 case, 1,200 cases; `things` where these are not just a thing with an s."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"
