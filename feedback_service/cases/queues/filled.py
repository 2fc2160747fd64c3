"""What the managers' forms of queues show of a rule, a queue and a calendar as they stand, and in which words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from feedback_service.accounts.business_hours import DAYS
from feedback_service.cases.queues.change import CalendarSaid, QueueSaid, RuleSaid
from feedback_service.cases.queues.fields import hours_words, lines_of, pair_lines, truth_words
from feedback_service.cases.queues.read_file import RUNGS_AT_MOST

NONE = "none"
KIND_WORDS = {
    "follow_up": "A case to follow up",
    "review": "A case to review: somebody decides what was meant",
    "thanks": "A call to say thank you",
    NONE: "No case; and no rule below opens one",
}
TICKS = ("surveys", "bands", "sentiment", "contradiction", "themes", "channels")
TRUTHS = ("unhappy", "contact", "put_right", "wrote", "safety", "top_tenth", "repeat")
NUMBERS = ("score_min", "score_max")
RUNGS = 6  # offered at least
MORE_RUNGS = 2  # offered after those that are there
STEP_WORDS = {
    "remind": "remind its owner",
    "reassign": "give it to somebody else, whoever has it",
    "manager": "tell the managers",
}
OF_WORDS = {"first_response": "the first response is due", "resolution": "it should be resolved"}
DAY_WORDS = dict(zip(DAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})")


def shown_rule(said: RuleSaid) -> dict[str, Any]:
    """A rule as its form has it."""
    when = said.conditions
    shown: dict[str, Any] = {name: when.get(name, []) for name in TICKS}
    shown |= {name: truth_words(when.get(name)) for name in TRUTHS}
    shown |= {name: when.get(name) for name in NUMBERS}
    return {
        **shown,
        "name": said.name,
        "active": said.active,
        "words": "\n".join(" ".join(phrase.split()) for phrase in when.get("words", [])),
        "languages": ", ".join(when.get("languages", [])),
        "order_value_min": pair_lines(when.get("order_value_min", {}), " "),
        "lifetime_value_min": pair_lines(when.get("lifetime_value_min", {}), " "),
        "attributes": pair_lines(when.get("attributes", {}), " = "),
        "one_in": one_in(when.get("sample")),
        "kind": said.kind or NONE,
        "queue": str(said.queue_id or ""),
        "owner_rule": said.owner_rule.value if said.owner_rule else "",
        "points": str(said.points),
        "tells_managers": said.tells_managers,
        "first_response": hours_words(said.first_response_minutes),
        "resolution": hours_words(said.resolution_minutes),
    }


def one_in(sample: float | None) -> int | None:
    """A share as the form has it, as near as it can."""
    return round(1 / sample) if sample else None


def shown_queue(said: QueueSaid, people: Mapping[str, int]) -> dict[str, Any]:
    """A queue as its form has it; `people` are ids by address."""
    addresses = {number: address for address, number in people.items()}
    owners = {value: addresses.get(number, "") for value, number in said.owners.items()}
    rungs = [
        {
            "hours": hours_words(abs(rung["minutes"])),
            "when": "before" if rung["minutes"] < 0 else "after",
            "of": rung["of"],
            "step": rung["step"],
        }
        for rung in said.ladder
    ]
    rungs += [{}] * max(RUNGS - len(rungs), min(MORE_RUNGS, RUNGS_AT_MOST - len(rungs)))
    return {
        "name": said.name,
        "calendar": str(said.calendar_id or ""),
        "open_to_all": said.open_to_all,
        "first_response": hours_words(said.first_response_minutes),
        "resolution": hours_words(said.resolution_minutes),
        "owner_rule": said.owner_rule.value if said.owner_rule else "",
        "owner_attribute": said.owner_attribute or "",
        "owners": pair_lines(owners, " = "),
        "needs_root_cause": said.needs_root_cause,
        "needs_what_was_done": said.needs_what_was_done,
        "needs_reached": said.needs_reached,
        "ladder": rungs,
    }


def shown_calendar(said: CalendarSaid) -> dict[str, Any]:
    """A calendar as its form has it."""
    return {
        "name": said.name,
        "zone": said.zone,
        **{day: span_words(said.hours.get(day, [])) for day in DAYS},
        "country": said.country or "",
        "holidays": "\n".join(said.holidays),
    }


def spans_of(text: str) -> list[list[str]]:
    """Hours as somebody typed them, such as "9:00–12:30, 13:30–18:00". Raises ValueError with a sentence."""
    spans = []
    for part in lines_of(text):
        found = _SPAN.fullmatch(part)
        if found is None:
            raise ValueError(f"“{part}” is not understood. Write it as 9:00–18:00, and leave a free day empty.")
        spans.append([f"{int(found[1]):02}:{found[2]}", f"{int(found[3]):02}:{found[4]}"])
    return spans


def span_words(spans: Sequence[Sequence[str]]) -> str:
    """The other way round."""
    return ", ".join(f"{start}–{end}" for start, end in spans)
