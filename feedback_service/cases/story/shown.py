"""Puts a customer's story into short lines beside a case."""

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from babel.dates import format_date

from feedback_service.cases.models import ACTIVE_STATES, CaseState
from feedback_service.cases.shown import REASON_WORDS, STATE_WORDS, words
from feedback_service.cases.story.queries import NEWEST, EarlierAnswer, MailLine, OtherCase, Story
from feedback_service.customers.models import Customer
from feedback_service.delivery.models import MessageState
from feedback_service.formats import many, money, when
from feedback_service.orders.models import Order
from feedback_service.questionnaires.definition import Rules
from feedback_service.responses.rules.bands import band

EXCERPT = 90  # characters of an earlier comment
MAIL_WORDS = {
    MessageState.PENDING: "waits to leave",
    MessageState.LEASED: "is leaving",
    MessageState.HANDING: "is leaving",
    MessageState.SENT: "sent",
    MessageState.UNKNOWN: "perhaps sent",
    MessageState.FAILED: "could not be sent",
    MessageState.CANCELLED: "was not sent",
}


def story_shown(
    story: Story, customer: Customer, about: int | None, link: Callable[[int], str], now: datetime, zone: ZoneInfo
) -> SimpleNamespace:
    """The story in words. `about` is the order that the case is about; `link` gives a case's address, "" to hide it."""
    return SimpleNamespace(
        worth=_worth(customer),
        spoken=when(customer.spoken_to_at, now, zone) if customer.spoken_to_at else "",
        referred=_referred(story.referred),
        orders=[_order(order, about, zone) for order in story.orders],
        more_orders=len(story.orders) == NEWEST,
        answers=[_answer(answer, link, now, zone) for answer in story.answers],
        cases=[_case(other, link(other.id), now, zone) for other in story.cases],
        mails=[_mail(mail, now, zone) for mail in story.mails],
    )


def _worth(customer: Customer) -> str:
    if customer.lifetime_minor is None or customer.lifetime_currency is None:
        return ""
    return f"{money(customer.lifetime_minor, customer.lifetime_currency)} in {many(customer.lifetime_orders, 'order')}"


def _referred(orders: int | None) -> str:
    if orders is None:
        return ""
    return {0: "Has a link, nobody ordered by it yet", 1: "1 order of a friend"}.get(
        orders, f"{orders} orders of friends"
    )


def _order(order: Order, about: int | None, zone: ZoneInfo) -> SimpleNamespace:
    return SimpleNamespace(
        name=order.external_id,
        on=_day(order.ordered_at.astimezone(zone)),
        amount=_amount(order),
        fate=_fate(order, zone),
        late=_late_days(order, zone) > 0,
        about=order.id == about,
    )


def _amount(order: Order) -> str:
    if order.amount_minor is None or order.currency is None:
        return ""
    return money(order.amount_minor, order.currency)


def _fate(order: Order, zone: ZoneInfo) -> str:
    """How the delivery went, beside what was promised."""
    if order.delivered_at is None:
        promised = f", promised for {_day(order.promised_on)}" if order.promised_on else ""
        return f"{words(order.status)}{promised}"
    late = _late_days(order, zone)
    if late > 0:
        return f"Delivered {late} day{'s' if late > 1 else ''} late"
    return "Delivered on time" if order.promised_on else f"Delivered {_day(order.delivered_at.astimezone(zone))}"


def _late_days(order: Order, zone: ZoneInfo) -> int:
    if order.delivered_at is None or order.promised_on is None:
        return 0
    return (order.delivered_at.astimezone(zone).date() - order.promised_on).days


def _day(day: date) -> str:
    return str(format_date(day, "d MMM y", locale="en"))


def _answer(answer: EarlierAnswer, link: Callable[[int], str], now: datetime, zone: ZoneInfo) -> SimpleNamespace:
    rules = Rules.model_validate(answer.rules)
    comment = " ".join(answer.comment.split())
    return SimpleNamespace(
        score=answer.score,
        metric=answer.kind.value,
        band=band(answer.kind, answer.score, rules.thresholds.detractor_max),
        survey=rules.title,
        comment=f"{comment[:EXCERPT]}…" if len(comment) > EXCERPT else comment,
        when=when(answer.answered_at, now, zone),
        url=link(answer.case_id) if answer.case_id is not None else "",
    )


def _case(other: OtherCase, url: str, now: datetime, zone: ZoneInfo) -> SimpleNamespace:
    ended = other.resolved_at is not None and other.state == CaseState.RESOLVED
    return SimpleNamespace(
        id=other.id,
        url=url,
        reason=REASON_WORDS[other.reason],
        state=f"Merged into case {other.merged_into_id}" if other.merged_into_id else STATE_WORDS[other.state],
        owner=other.owner or "",
        active=other.state in ACTIVE_STATES,
        when=when(other.resolved_at if ended and other.resolved_at else other.opened_at, now, zone),
    )


def _mail(mail: MailLine, now: datetime, zone: ZoneInfo) -> SimpleNamespace:
    state = MAIL_WORDS[mail.state]
    if mail.bounce is not None:
        state = "came back"
    elif mail.complained:
        state = "called spam"
    elif mail.delivered:
        state = "arrived"
    return SimpleNamespace(
        what=mail.purpose.words,
        about=mail.survey_rules["title"],
        state=state,
        bad=mail.bounce is not None or mail.complained or mail.state == MessageState.FAILED,
        when=when(mail.at, now, zone),
    )
