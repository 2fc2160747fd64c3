"""Notices in words: a sentence on the page, and the same in a mail; never a customer's words."""

from collections.abc import Callable, Mapping
from typing import Any

from feedback_service.cases.notices.models import NoticeKind
from feedback_service.sentiment.safety import KIND_WORDS, SafetyKind

Facts = Mapping[str, Any]
PEOPLE = ("by", "from", "to")
"""Facts of a notice that are the ids of colleagues."""


class Told:
    """What a notice is about, as its sentence needs it; `names` are those of colleagues, by id."""

    def __init__(self, case_id: int | None, facts: Facts, names: Mapping[int, str]) -> None:
        self.case = f"case {case_id}" if case_id is not None else "an answer"
        self.facts = facts
        self._names = names

    def name(self, fact: str) -> str:
        """The colleague whom a fact names."""
        return self._names.get(self.facts.get(fact, 0), "A colleague")

    @property
    def because(self) -> str:
        """The reason, as the end of a sentence."""
        reason = self.facts.get("reason")
        return f": {reason}" if reason else ""


def people_named(facts: Facts) -> set[int]:
    """The ids of colleagues whose names the sentence needs."""
    return {facts[key] for key in PEOPLE if isinstance(facts.get(key), int)}


def sentence(kind: NoticeKind, case_id: int | None, facts: Facts, names: Mapping[int, str]) -> str:
    """What happened and what to do next."""
    said = _SENTENCES[kind](Told(case_id, facts, names))
    return f"{said[:1].upper()}{said[1:]}."


def subject(kind: NoticeKind, case_id: int | None) -> str:
    """Of the mail, in a few words."""
    return f"{_SUBJECTS[kind]} – case {case_id}" if case_id is not None else _SUBJECTS[kind]


def _reminded(told: Told) -> str:
    return f"{'nobody has taken ' if told.facts.get('unowned') else ''}{told.case}{_waits(told)}{told.because}"


def _waits(told: Told) -> str:
    return "" if told.facts.get("unowned") else " waits for you"


def _assigned(told: Told) -> str:
    if "by" in told.facts:
        return f"{told.name('by')} gave you {told.case}"
    if "to" in told.facts:
        return f"{told.case} is with {told.name('to')} now{told.because}"
    return f"{told.case} is yours now{told.because}"


def _promise(told: Told) -> str:
    if told.facts.get("broken"):
        return f"a promise in {told.case} was not kept in time. Keep it now, or tell the customer why not"
    if "by" in told.facts:
        return f"{told.name('by')} handed a promise in {told.case} on to you"
    if "from" in told.facts:
        return f"a promise in {told.case} falls to you while {told.name('from')} is away"
    return f"a promise in {told.case} falls due soon"


def _safety(told: Told) -> str:
    spoken_of = [KIND_WORDS[SafetyKind(kind)] for kind in told.facts.get("alerts", ())]
    return f"{told.case} speaks of {', '.join(spoken_of) or 'something that cannot wait'}. Look at it at once"


_SENTENCES: Mapping[NoticeKind, Callable[[Told], str]] = {
    NoticeKind.MENTIONED: lambda told: f"{told.name('by')} mentioned you in {told.case}",
    NoticeKind.ASSIGNED: _assigned,
    NoticeKind.REMINDED: _reminded,
    NoticeKind.ESCALATED: lambda told: f"{told.case} needs you{told.because}",
    NoticeKind.SAFETY: _safety,
    NoticeKind.PROMISE_DUE: _promise,
    NoticeKind.MAIL_CAME_BACK: lambda told: f"a mail to the customer of {told.case} did not arrive",
    NoticeKind.CUSTOMER_WROTE: lambda told: f"the customer wrote in {told.case}",
    NoticeKind.PRAISED: lambda told: f"a happy customer named you in {told.case}",
}
_SUBJECTS: Mapping[NoticeKind, str] = {
    NoticeKind.MENTIONED: "You were mentioned",
    NoticeKind.ASSIGNED: "It is yours now",
    NoticeKind.REMINDED: "A reminder",
    NoticeKind.ESCALATED: "It needs you",
    NoticeKind.SAFETY: "Look at once",
    NoticeKind.PROMISE_DUE: "A promise",
    NoticeKind.MAIL_CAME_BACK: "A mail did not arrive",
    NoticeKind.CUSTOMER_WROTE: "The customer wrote",
    NoticeKind.PRAISED: "You were praised",
}
