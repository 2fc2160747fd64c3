"""Puts a case's log into words, entry by entry."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from feedback_service.cases.models import CaseEntry, EntryKind, Outcome
from feedback_service.cases.shown import ACTION_WORDS, words, words_of
from feedback_service.cases.shown_wishes import REMEDY_WORDS
from feedback_service.formats import moment, when
from feedback_service.responses.models import Remedy
from feedback_service.sentiment.safety import KIND_WORDS, SafetyKind

Facts = Mapping[str, Any]
Names = Mapping[int, str]


def timeline(
    log: Sequence[tuple[CaseEntry, str, str]], names: Names, now: datetime, zone: ZoneInfo
) -> list[SimpleNamespace]:
    """The log in words, in the order given: entry, its words, and who wrote it; `names` are those of owners, by id."""
    erased = {ordinal: _erased(entry, zone) for entry, _, _ in log for ordinal in entry.erases}
    return [
        SimpleNamespace(
            when=when(entry.at, now, zone),
            who=who,
            what=_what(entry, names),
            text=text,
            erased=erased.get(entry.ordinal, ""),
        )
        for entry, text, who in log
    ]


def _erased(entry: CaseEntry, zone: ZoneInfo) -> str:
    return f"Erased on {moment(entry.at, zone)} by {entry.facts['by']}."


def _what(entry: CaseEntry, names: Names) -> str:
    """What an entry says, as a line of the timeline."""
    if entry.kind in ACTION_WORDS:
        return ACTION_WORDS[entry.kind]
    said = SENTENCES[entry.kind]
    return said if isinstance(said, str) else said(entry.facts, names)


def _opened(facts: Facts, _names: Names) -> str:
    at_score = f" at score {facts['score']}" if "score" in facts else ""
    return f"Opened by the rule “{facts['rule']}”{at_score}{_asks(facts)}{_speaks(facts)}"


def _assigned(facts: Facts, names: Names) -> str:
    return f"Given to {names.get(facts['owner'], 'somebody')} by {facts['by']}"


def _claimed(facts: Facts, _names: Names) -> str:
    return "Took over the case" if "from" in facts else "Took the case"


def _answer_changed(facts: Facts, _names: Names) -> str:
    return f"The buyer added to the answer (score {facts['score']}{_asks(facts)}{_speaks(facts)})"


def _recovery_answered(facts: Facts, _names: Names) -> str:
    return f"Asked whether it was put right, the customer gave {facts['score']}{_asks(facts)}{_speaks(facts)}"


def _customer_wrote(facts: Facts, _names: Names) -> str:
    how = "The customer wrote back to the mail" if "reply" in facts else "The customer added something on their page"
    return f"{how}{_speaks(facts)}"


def _released(facts: Facts, _names: Names) -> str:
    return "Told the customer, on their page and by mail" if facts["mail"] else "Told the customer, on their page only"


def _resolved(facts: Facts, _names: Names) -> str:
    return f"Resolved: {words_of(facts['root_cause'])}, {words(Outcome(facts['outcome'])).lower()}"


def _asks(facts: Facts) -> str:
    """What the customer would like to happen, as the end of a sentence."""
    if "remedy" in facts:
        return f", asks {REMEDY_WORDS[Remedy(facts['remedy'])]}"
    return ", asks to be contacted" if facts.get("wants_contact") else ""


def _speaks(facts: Facts) -> str:
    """Why the case is urgent, as the end of a sentence."""
    spoken_of = [KIND_WORDS[SafetyKind(kind)] for kind in facts.get("alerts", ())]
    return f", speaks of {', '.join(spoken_of)}" if spoken_of else ""


SENTENCES: Mapping[EntryKind, str | Callable[[Facts, Names], str]] = {
    EntryKind.OPENED: _opened,
    EntryKind.ASSIGNED: _assigned,
    EntryKind.CLAIMED: _claimed,
    EntryKind.ANSWER_CHANGED: _answer_changed,
    EntryKind.CUSTOMER_WROTE: _customer_wrote,
    EntryKind.RELEASED: _released,
    EntryKind.ACCEPTED: lambda facts, _names: f"The customer says that this settles it{_speaks(facts)}",
    EntryKind.DISPUTED: lambda facts, _names: f"The customer says that this does not settle it{_speaks(facts)}",
    EntryKind.RECOVERY_ANSWERED: _recovery_answered,
    EntryKind.WITHDRAWN: "The customer took the answer back",
    EntryKind.RESOLVED: _resolved,
    EntryKind.REOPENED: "Opened again",
}
