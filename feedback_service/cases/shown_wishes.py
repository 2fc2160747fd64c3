"""Puts into words what a customer would like, what they say to what was done, and what they were told."""

from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from feedback_service.cases.models import Case, Verdict
from feedback_service.formats import moment, when
from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.models import Survey
from feedback_service.responses.models import ContactHow, ContactWhen, Remedy, Response
from feedback_service.responses.rules.bands import band

REMEDY_WORDS = {
    Remedy.NOTE: "for nothing but that it is known",
    Remedy.CONTACT: "to be contacted",
    Remedy.PUT_RIGHT: "to have the order put right",
}
"""What an unhappy buyer asks (for); the sentence begins elsewhere."""
HOW_WORDS = {ContactHow.MAIL: "by mail", ContactHow.PHONE: "by phone"}
WHEN_WORDS = {
    ContactWhen.ANY: "at any time",
    ContactWhen.MORNING: "in the morning",
    ContactWhen.AFTERNOON: "in the afternoon",
    ContactWhen.EVENING: "in the evening",
}
VERDICT_WORDS = {Verdict.ACCEPTED: "Settled, says the customer", Verdict.DISPUTED: "Not settled, says the customer"}


def wish_words(response: Response) -> str:
    """What the person would like, how and when they want to be reached; "" where they did not say."""
    remedy = response.remedy
    if response.wants_contact and response.contact_how and remedy in (None, Remedy.NOTE):
        remedy = Remedy.CONTACT  # a wish with a number says it as well
    if remedy is None:
        return ""
    return wish_in_words(remedy, response.contact_how, response.contact_when, response.contact_phone)


def wish_in_words(remedy: Remedy, how: ContactHow | None, hours: ContactWhen | None, phone: str | None) -> str:
    """A wish as a sentence, with the ways to reach the person where they gave any."""
    number = phone if how != ContactHow.MAIL else ""  # left, perhaps, but not to be called
    said = (HOW_WORDS[how] if how else "", number or "", WHEN_WORDS[hours] if hours else "")
    ways = [part for part in said if part]
    return f"Asks {REMEDY_WORDS[remedy]}{': ' if ways else ''}{', '.join(ways)}."


def told(case: Case, *, reachable: bool, zone: ZoneInfo) -> SimpleNamespace:
    """What the customer reads, what they say to it, and whether there is a page and a mail for them at all."""
    return SimpleNamespace(
        reachable=reachable,
        words=case.released_words or "",
        when=moment(case.released_at, zone) if case.released_at else "",
        verdict=VERDICT_WORDS[case.verdict] if case.verdict else "",
        verdict_kind="done" if case.verdict is Verdict.ACCEPTED else "late",
    )


def recovery_shown(response: Response, survey: Survey, now: datetime, zone: ZoneInfo) -> SimpleNamespace:
    """What the customer said to "did we put it right?"; `survey` is the one that asked it."""
    rules = Rules.model_validate(survey.rules)
    return SimpleNamespace(
        score=response.latest_score,
        metric=survey.kind.value,
        band=band(survey.kind, response.latest_score, rules.thresholds.detractor_max),
        comment=response.comment,
        wish=wish_words(response) or ("Asks to be contacted." if response.wants_contact else ""),
        when=when(response.answered_at, now, zone),
    )
