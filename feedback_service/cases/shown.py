"""Puts the page of a case into words. Its log is put into words in timeline.py."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from babel.dates import format_date

from feedback_service.cases.models import Case, CaseState, EntryKind
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.cases.shown_answers import came_by
from feedback_service.cases.shown_wishes import wish_words
from feedback_service.customers.models import Customer
from feedback_service.delivery.models import Reply
from feedback_service.formats import language_name, moment, money, time_left, when
from feedback_service.orders.models import Order
from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.models import SurveyKind
from feedback_service.responses.models import Response
from feedback_service.responses.rules.bands import band

REASON_WORDS = {
    CaseReason.DETRACTOR: "Low score",
    CaseReason.CONTACT_WISH: "Asked for contact",
    CaseReason.WROTE: "Wrote back to the mail",
    CaseReason.SAFETY: "Safety, law or threat",
    CaseReason.CONTRADICTION: "Score and words disagree",
    CaseReason.SILENCE: "Fell silent",
    CaseReason.SAMPLED: "Drawn by chance",
    CaseReason.THANKS: "Worth a thank-you",
    CaseReason.BY_HAND: "Opened by a colleague",
    CaseReason.RULE: "A rule of the shop",
}
DISPUTED = "Not settled, says the customer"
"""A case that came back because the customer did not take what was done as the end of it."""
STATE_WORDS = {
    CaseState.OPEN: "Open",
    CaseState.IN_PROGRESS: "In progress",
    CaseState.RESOLVED: "Resolved",
    CaseState.MERGED: "Merged",
}
ACTION_WORDS = {
    EntryKind.CALLED: "Called the customer",
    EntryKind.MAILED: "Wrote to the customer",
    EntryKind.REFUNDED: "Refunded",
    EntryKind.REPLACED: "Sent a replacement",
    EntryKind.APOLOGISED: "Apologised",
    EntryKind.FIXED_CAUSE: "Fixed the cause",
    EntryKind.NOTED: "Note",
}


def words(value: StrEnum) -> str:
    """An enumerated value as people read it."""
    return words_of(value.value)


def words_of(key: str) -> str:
    """A key as people read it."""
    return key.replace("_", " ").capitalize()


def buyer_named(name: str | None) -> str:
    """A customer's name, where there is one."""
    return name or "Unknown buyer"


def colleague_named(name: str | None, *, active: bool | None) -> str:
    """A colleague's name; says so where they can no longer sign in, since then nobody works on what is theirs."""
    if not name:
        return ""
    return name if active else f"{name} (switched off)"


@dataclass(frozen=True)
class Asked:
    """What the page says of the survey that asked."""

    kind: SurveyKind
    rules: Rules


def case_page(case: Case, survey: Asked | None, now: datetime, zone: ZoneInfo) -> SimpleNamespace:
    """A case as its page shows it; `survey` is the one that asked."""
    resolved = case.state == CaseState.RESOLVED
    response, reply = case.response, case.reply
    return SimpleNamespace(
        id=case.id,
        reason=REASON_WORDS[case.reason],
        also_wants_contact=bool(response and response.wants_contact) and case.reason != CaseReason.CONTACT_WISH,
        state=STATE_WORDS[case.state],
        taken=case.state == CaseState.IN_PROGRESS,
        opened=when(case.opened_at, now, zone),
        due=moment(case.due_at, zone),
        time_left="" if resolved else time_left(case.due_at, now),
        late=not resolved and case.due_at <= now,
        owner=colleague_named(case.owner.name, active=case.owner.active) if case.owner else "",
        team=case.queue.team.name,
        queue=case.queue.name,
        merged_into=case.merged_into_id,
        rule=case.rule,
        priority_words=case.priority_words,
        root_cause=words_of(case.root_cause) if resolved and case.root_cause else "",
        outcome=words(case.outcome) if resolved and case.outcome else "",
        survey_title=survey.rules.title if survey else "",
        answer=_answer(response, survey, zone) if response and survey else None,
        came_by=came_by(response) if response else "",
        letter=_letter(reply, now, zone) if reply else None,
        customer=_customer(case.customer, _locale(case)),
        order_facts=_order_facts(case.order, zone) if case.order else [],
    )


def _answer(response: Response, survey: Asked, zone: ZoneInfo) -> SimpleNamespace:
    return SimpleNamespace(
        score=response.latest_score,
        counted_score="" if response.latest_score == response.score else str(response.score),
        metric=survey.kind.value,
        band=band(survey.kind, response.latest_score, survey.rules.thresholds.detractor_max),
        comment=response.comment,
        wish=wish_words(response),
        claimed_order=response.claimed_order or "",
        withdrawn=moment(response.withdrawn_at, zone) if response.withdrawn_at else "",
    )


def _letter(reply: Reply, now: datetime, zone: ZoneInfo) -> SimpleNamespace:
    """What a person wrote back, instead of an answer or beside one."""
    return SimpleNamespace(
        words=reply.words, subject=reply.subject, sender=reply.sender, when=when(reply.received_at, now, zone)
    )


def _locale(case: Case) -> str | None:
    """The language in which the person was asked; else the one the shop knows, if any."""
    if case.response:
        return case.response.locale
    if case.reply and case.reply.invitation:
        return case.reply.invitation.locale
    return case.customer.locale if case.customer else None


def _customer(customer: Customer | None, locale: str | None) -> SimpleNamespace:
    return SimpleNamespace(
        name=buyer_named(customer.name if customer else None),
        email=customer.email if customer else None,
        language=language_name(locale or "", otherwise=""),
    )


def _order_facts(order: Order, zone: ZoneInfo) -> list[tuple[str, str]]:
    amount = ""
    if order.amount_minor is not None and order.currency:
        amount = money(order.amount_minor, order.currency)
    facts = [
        ("Order", order.external_id),
        ("Status", words(order.status)),
        ("Ordered", moment(order.ordered_at, zone)),
        ("Promised", format_date(order.promised_on, "d MMM y", locale="en") if order.promised_on else ""),
        ("Delivered", moment(order.delivered_at, zone) if order.delivered_at else "Not yet"),
        ("Amount", amount),
    ]
    # Only the first letter: the shop's own names may hold capitals that mean something, such as SKU.
    return facts + [(name[:1].upper() + name[1:], value) for name, value in sorted(order.attributes.items())]
