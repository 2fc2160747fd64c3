"""Puts people to call into words."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from babel.dates import format_date

from feedback_service.cases.calls.queries import CallLine
from feedback_service.formats import many, money, when
from feedback_service.questionnaires.definition import Rules
from feedback_service.responses.rules.bands import band

QUIET_DAYS = (30, 90, 180, 365)
"""How long nobody has spoken to them, as one may choose."""
USUAL_DAYS = 90


def call_line(line: CallLine, *, call_url: str, case_url: str | None, now: datetime, zone: ZoneInfo) -> SimpleNamespace:
    """Somebody to call; `case_url` leads to what goes on with them: None where nothing does, '' where another team does
    it."""
    customer, order = line.customer, line.order
    return SimpleNamespace(
        id=customer.id,
        name=customer.name or customer.email or "No name",
        email=customer.email or "",
        phone=line.phone or "",
        phone_link="".join(sign for sign in line.phone or "" if sign.isdigit() or sign == "+"),
        value=money(customer.lifetime_minor or 0, customer.lifetime_currency or ""),
        orders=many(customer.lifetime_orders, "order"),
        last_order=_day(order.ordered_at, zone) if order else "",
        order_number=order.external_id if order else "",
        score=_score(line),
        spoken=_spoken(customer.spoken_to_at, now, zone),
        call_url=call_url,
        case=line.case.id if line.case else None,
        case_url=case_url,
    )


def _spoken(at: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    """When; of what is further away than a week, the day is enough."""
    if at is None:
        return ""
    return when(at, now, zone) if now - at < timedelta(weeks=1) else _day(at, zone)


def _day(at: datetime, zone: ZoneInfo) -> str:
    return format_date(at.astimezone(zone), "d MMM y", locale="en")


def _score(line: CallLine) -> SimpleNamespace | None:
    if line.answer is None:
        return None
    response, survey = line.answer
    threshold = Rules.model_validate(survey.rules).thresholds.detractor_max
    return SimpleNamespace(
        score=response.latest_score,
        metric=survey.kind.value,
        band=band(survey.kind, response.latest_score, threshold),
        words=response.comment,
    )


def days_words(days: int) -> str:
    """A choice of how long."""
    return "a year" if days == 365 else f"{days} days"  # noqa: PLR2004 - a year's
