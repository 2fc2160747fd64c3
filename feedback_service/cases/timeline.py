"""Puts a case's log into words, entry by entry."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from feedback_service.cases.models import CaseEntry, DeadlineKind, EntryKind, Outcome
from feedback_service.cases.shown import ACTION_WORDS, words, words_of
from feedback_service.cases.shown_wishes import REMEDY_WORDS
from feedback_service.formats import moment, when
from feedback_service.responses.models import Remedy
from feedback_service.sentiment.safety import KIND_WORDS, SafetyKind

Facts = Mapping[str, Any]
Names = Mapping[int, str]
Log = Sequence[tuple[CaseEntry, str, str]]
"""Entries, the words of each, and who wrote it."""
PEOPLE = ("owner", "to", "user", "taker")
"""Facts that name a colleague by id."""
BY_CUSTOMER = frozenset(
    {
        EntryKind.CUSTOMER_WROTE,
        EntryKind.ACCEPTED,
        EntryKind.DISPUTED,
        EntryKind.RECOVERY_ANSWERED,
        EntryKind.ANSWER_CHANGED,
        EntryKind.WITHDRAWN,
    }
)
"""What the service only wrote down: the customer did it."""
DEADLINE_WORDS = {DeadlineKind.FIRST_RESPONSE: "a first response", DeadlineKind.RESOLUTION: "the end of it"}


@dataclass(frozen=True)
class Told:
    """What a sentence needs besides the entry's facts."""

    names: Names
    zone: ZoneInfo
    causes: Mapping[str, str]
    """Titles of root causes by key."""

    def name(self, facts: Facts, *keys: str) -> str:
        """The colleague whom the first of these facts names."""
        found = next((facts[key] for key in keys if facts.get(key) is not None), None)
        return self.names.get(found, "somebody") if isinstance(found, int) else "somebody"

    def everybody(self, facts: Facts, *keys: str) -> str:
        """All whom "people" names, and how many where they are more than two, else the one of these facts; "" where
        nobody is named."""
        if facts.get("people"):
            people = [self.names.get(person, "somebody") for person in facts["people"]]
            return f"{len(people)} colleagues ({', '.join(people)})" if people[2:] else " and ".join(people)
        return self.name(facts, *keys) if any(facts.get(key) is not None for key in keys) else ""

    def time(self, iso: str) -> str:
        """A time in the facts, in full."""
        return moment(datetime.fromisoformat(iso), self.zone)


def timeline(
    log: Log,
    names: Names,
    now: datetime,
    zone: ZoneInfo,
    *,
    new: frozenset[int] = frozenset(),
    causes: Mapping[str, str] | None = None,
) -> list[SimpleNamespace]:
    """The log in words, in the order given; `names` are those of colleagues, by id.

    `new` are the ordinals that the person has not seen yet, `causes` the titles of root causes by key.
    """
    told = Told(names, zone, causes or {})
    erased = {ordinal: _erased(entry, zone) for entry, _, _ in log for ordinal in entry.erases}
    corrected = {entry.facts["corrects"]: entry.ordinal for entry, _, _ in log if entry.kind == EntryKind.CORRECTED}
    return [
        SimpleNamespace(
            ordinal=entry.ordinal,
            when=when(entry.at, now, zone),
            at=moment(entry.at, zone),
            who="The customer" if entry.actor_id is None and entry.kind in BY_CUSTOMER else who,
            what=_what(entry, told),
            text=text,
            erased=erased.get(entry.ordinal, ""),
            corrected_by=corrected.get(entry.ordinal),
            corrects=entry.facts["corrects"] if entry.kind == EntryKind.CORRECTED else None,
            case=_other_case(entry),
            by_customer=entry.kind in BY_CUSTOMER,
            calm=entry.actor_id is None and entry.kind not in BY_CUSTOMER and entry.kind not in _LOUD,
            new=entry.ordinal in new,
        )
        for entry, text, who in log
    ]


def people_in(log: Log) -> set[int]:
    """The ids of all colleagues whom the entries' facts name."""
    one = {entry.facts[key] for entry, _, _ in log for key in PEOPLE if isinstance(entry.facts.get(key), int)}
    return one.union(*(entry.facts["people"] for entry, _, _ in log if entry.facts.get("people")))


def in_short(kind: EntryKind, who: str) -> str:
    """What happened, as part of a sentence; `who` is the colleague, or "the service"."""
    return _SHORT.get(kind, "{who} added to the log").format(who=who)


def _erased(entry: CaseEntry, zone: ZoneInfo) -> str:
    return f"Erased on {moment(entry.at, zone)} by {entry.facts['by']}."


def _other_case(entry: CaseEntry) -> int | None:
    """The case that an entry is about besides its own."""
    if entry.kind not in (EntryKind.MERGED, EntryKind.TOOK_IN, EntryKind.UNMERGED):
        return None
    found: int | None = next((entry.facts[key] for key in ("into", "case", "from") if key in entry.facts), None)
    return found


def _what(entry: CaseEntry, told: Told) -> str:
    """What an entry says, as a line of the timeline."""
    said = SENTENCES.get(entry.kind) or ACTION_WORDS[entry.kind]
    return said if isinstance(said, str) else said(entry.facts, told)


def _opened(facts: Facts, _told: Told) -> str:
    at_score = f" at score {facts['score']}" if "score" in facts else ""
    by = f"Opened by the rule “{facts['rule']}”" if "rule" in facts else "Opened by hand"
    return f"{by}{at_score}{_asks(facts)}{_speaks(facts)}"


def _assigned(facts: Facts, told: Told) -> str:
    by = f" by {facts['by']}" if facts.get("by") else ""
    return f"Given to {told.name(facts, 'owner', 'to')}{by}"


def _claimed(facts: Facts, _told: Told) -> str:
    return "Took over the case" if "from" in facts else "Took the case"


def _called(facts: Facts, _told: Told) -> str:
    if "reached" not in facts:
        return ACTION_WORDS[EntryKind.CALLED]
    return "Called and spoke with the customer" if facts["reached"] else "Called, and nobody could be reached"


def _mailed(facts: Facts, _told: Told) -> str:
    return "Told the customer about an improvement" if "improvement" in facts else ACTION_WORDS[EntryKind.MAILED]


def _replied(facts: Facts, _told: Told) -> str:
    files = len(facts.get("attachments") or ())
    return f"Wrote to the customer by mail{_with_files(files)}"


def _with_files(count: int) -> str:
    return f", with {count} file{'s' if count > 1 else ''}" if count else ""


def _came_back(facts: Facts, _told: Told) -> str:
    return "The mail could not leave" if facts.get("left") is False else "The mail came back"


def _answer_changed(facts: Facts, _told: Told) -> str:
    return f"The buyer added to the answer (score {facts['score']}{_asks(facts)}{_speaks(facts)})"


def _rerouted(facts: Facts, _told: Told) -> str:
    return f"Another rule applies now: “{facts['rule']}”" if "rule" in facts else "Another rule applies now"


def _recovery_answered(facts: Facts, _told: Told) -> str:
    return f"Asked whether it was put right, the customer gave {facts['score']}{_asks(facts)}{_speaks(facts)}"


def _customer_wrote(facts: Facts, _told: Told) -> str:
    how = "The customer wrote back to the mail" if "reply" in facts else "The customer added something on their page"
    return f"{how}{_speaks(facts)}"


def _released(facts: Facts, _told: Told) -> str:
    return "Told the customer, on their page and by mail" if facts["mail"] else "Told the customer, on their page only"


def _snoozed(facts: Facts, told: Told) -> str:
    return f"Put to sleep until {told.time(facts['until'])}; the deadline goes on"


def _unmerged(facts: Facts, _told: Told) -> str:
    if "from" in facts:
        return f"Stands for itself again, apart from case {facts['from']}"
    return f"Case {facts['case']} stands for itself again"


def _promised(facts: Facts, told: Told) -> str:
    due = f", due {told.time(facts['due_at'])}" if facts.get("due_at") else ""
    keeper = f"; {told.name(facts, 'owner')} keeps it" if facts.get("owner") else ""
    return f"Promised{due}{keeper}"


def _promise_handed_on(facts: Facts, told: Told) -> str:
    return f"Handed a promise on to {told.name(facts, 'to', 'owner', 'taker')}"


def _missed(facts: Facts, _told: Told) -> str:
    kind = facts.get("deadline", facts.get("kind"))
    what = f" for {DEADLINE_WORDS[DeadlineKind(kind)]}" if kind in set(DeadlineKind) else ""
    return f"The deadline{what} has passed"


def _reminded(facts: Facts, told: Told) -> str:
    return f"Reminded {told.everybody(facts, 'to', 'owner', 'user') or 'the team'}{_because(facts)}"


def _escalated(facts: Facts, told: Told) -> str:
    whom = told.everybody(facts, "to", "user", "owner")
    if facts.get("step") == "reassign":
        return f"{f'Handed to {whom}' if whom else 'Could be handed to nobody'}{_because(facts)}"
    return f"Brought before {whom or 'a manager'}{_because(facts)}"


def _unassigned(facts: Facts, _told: Told) -> str:
    return f"Without an owner again{_because(facts)}"


def _resolved(facts: Facts, told: Told) -> str:
    cause = facts.get("root_cause")
    parts = [told.causes.get(cause) or words_of(cause)] if cause else []
    if facts.get("outcome"):
        outcome = words(Outcome(facts["outcome"]))
        parts.append(outcome.lower() if parts else outcome)
    if facts.get("reached") is not None:
        parts.append("customer reached" if facts["reached"] else "customer not reached")
    return f"Resolved: {', '.join(parts)}" if parts else "Resolved"


def _because(facts: Facts) -> str:
    """A reason in words that the service wrote, as the end of a sentence."""
    reason = facts.get("reason") or facts.get("by")
    return f": {reason}" if isinstance(reason, str) else ""


def _asks(facts: Facts) -> str:
    """What the customer would like to happen, as the end of a sentence."""
    if "remedy" in facts:
        return f", asks {REMEDY_WORDS[Remedy(facts['remedy'])]}"
    return ", asks to be contacted" if facts.get("wants_contact") else ""


def _speaks(facts: Facts) -> str:
    """Why the case is urgent, as the end of a sentence."""
    spoken_of = [KIND_WORDS[SafetyKind(kind)] for kind in facts.get("alerts", ())]
    return f", speaks of {', '.join(spoken_of)}" if spoken_of else ""


SENTENCES: Mapping[EntryKind, str | Callable[[Facts, Told], str]] = {
    EntryKind.OPENED: _opened,
    EntryKind.ASSIGNED: _assigned,
    EntryKind.CLAIMED: _claimed,
    EntryKind.CALLED: _called,
    EntryKind.MAILED: _mailed,
    EntryKind.REPLIED: _replied,
    EntryKind.MAIL_CAME_BACK: _came_back,
    EntryKind.ATTACHED: "Put a file to the case",
    EntryKind.CORRECTED: "Put an earlier entry right",
    EntryKind.ANSWER_CHANGED: _answer_changed,
    EntryKind.REROUTED: _rerouted,
    EntryKind.CUSTOMER_WROTE: _customer_wrote,
    EntryKind.RELEASED: _released,
    EntryKind.ACCEPTED: lambda facts, _told: f"The customer says that this settles it{_speaks(facts)}",
    EntryKind.DISPUTED: lambda facts, _told: f"The customer says that this does not settle it{_speaks(facts)}",
    EntryKind.RECOVERY_ANSWERED: _recovery_answered,
    EntryKind.WITHDRAWN: "The customer took the answer back",
    EntryKind.WAITING: "Waits for the customer; the deadline stands still",
    EntryKind.RESUMED: "No longer waits for the customer; the deadline runs again",
    EntryKind.SNOOZED: _snoozed,
    EntryKind.WOKEN: "Awake again",
    EntryKind.MERGED: lambda facts, _told: f"Merged into case {facts['into']}, which goes on for both",
    EntryKind.TOOK_IN: lambda facts, _told: f"Took in case {facts['case']} and goes on for both",
    EntryKind.UNMERGED: _unmerged,
    EntryKind.PROMISED: _promised,
    EntryKind.PROMISE_KEPT: "Kept a promise",
    EntryKind.PROMISE_BROKEN: "A promise was not kept in time",
    EntryKind.PROMISE_LET_GO: "Let a promise go",
    EntryKind.PROMISE_HANDED_ON: _promise_handed_on,
    EntryKind.DEADLINE_MISSED: _missed,
    EntryKind.REMINDED: _reminded,
    EntryKind.ESCALATED: _escalated,
    EntryKind.UNASSIGNED: _unassigned,
    EntryKind.RESOLVED: _resolved,
    EntryKind.REOPENED: "Opened again",
}
_LOUD = frozenset({EntryKind.MAIL_CAME_BACK, EntryKind.PROMISE_BROKEN, EntryKind.DEADLINE_MISSED, EntryKind.REOPENED})
"""What the service wrote, and nobody should read past."""
_SHORT = {
    EntryKind.CUSTOMER_WROTE: "the customer wrote back",
    EntryKind.ANSWER_CHANGED: "the customer changed the answer",
    EntryKind.ACCEPTED: "the customer said that it is settled",
    EntryKind.DISPUTED: "the customer said that it is not settled",
    EntryKind.RECOVERY_ANSWERED: "the customer answered whether it was put right",
    EntryKind.WITHDRAWN: "the customer took the answer back",
    EntryKind.ASSIGNED: "the case was given to somebody",
    EntryKind.UNASSIGNED: "the case lost its owner",
    EntryKind.REROUTED: "another rule came to apply",
    EntryKind.ESCALATED: "the case was brought before a manager",
    EntryKind.MAIL_CAME_BACK: "a mail came back",
    EntryKind.PROMISE_BROKEN: "a promise was broken",
    EntryKind.REOPENED: "the case was opened again",
    EntryKind.RESUMED: "the case no longer waits",
    EntryKind.WOKEN: "the case woke up",
    EntryKind.CLAIMED: "{who} took the case",
    EntryKind.CALLED: "{who} called the customer",
    EntryKind.MAILED: "{who} wrote to the customer",
    EntryKind.REPLIED: "{who} wrote to the customer",
    EntryKind.RELEASED: "{who} told the customer what was done",
    EntryKind.RESOLVED: "{who} resolved the case",
    EntryKind.NOTED: "{who} left a note",
    EntryKind.REFUNDED: "{who} refunded",
    EntryKind.REPLACED: "{who} sent a replacement",
    EntryKind.PROMISED: "{who} promised something",
    EntryKind.MERGED: "{who} merged the case",
    EntryKind.TOOK_IN: "{who} merged another case into this one",
    EntryKind.UNMERGED: "{who} took a merged case apart",
    EntryKind.WAITING: "{who} let the case wait for the customer",
    EntryKind.SNOOZED: "{who} put the case to sleep",
    EntryKind.ATTACHED: "{who} put a file to the case",
    EntryKind.CORRECTED: "{who} put an entry right",
}
