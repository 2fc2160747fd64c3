"""Puts queues, rules, calendars and trials into words."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from feedback_service.accounts.business_hours import DAYS
from feedback_service.accounts.models import Calendar
from feedback_service.cases.count_up_to import capped
from feedback_service.cases.queues.fields import OWNER_WORDS, hours_words
from feedback_service.cases.queues.filled import OF_WORDS, STEP_WORDS, span_words
from feedback_service.cases.queues.models import Queue, RoutingRule
from feedback_service.cases.queues.try_rules import Tried
from feedback_service.cases.rules.conditions import ConditionsError, in_words, read_conditions
from feedback_service.cases.rules.routing import Rule
from feedback_service.cases.rules.words_for_people import listed

OPENS_WORDS = {"follow_up": "a case", "review": "a review", "thanks": "a thank-you call", None: "nothing"}
DAY_SHORT = dict(zip(DAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))


def rule_line(row: RoutingRule, place: int) -> SimpleNamespace:
    """A rule as the list shows it."""
    return SimpleNamespace(
        id=row.id,
        place=place,
        name=row.name,
        active=row.active,
        when=conditions_words(row.conditions),
        then=_then(row),
    )


def conditions_words(raw: Mapping[str, Any]) -> str:
    """What must hold; a sentence that says so where the service no longer knows a condition."""
    try:
        words = in_words(read_conditions(raw, "It"))
    except ConditionsError:
        return "It holds a condition that is not known any more: open it and save it again."
    return f"{words[:1].upper()}{words[1:]}"


def _then(row: RoutingRule) -> str:
    said = [f"opens {OPENS_WORDS[row.kind]}" + (f" in {row.queue.name}" if row.queue and row.kind else "")]
    if row.points:
        said.append("one step more urgent" if row.points == 1 else f"{row.points} steps more urgent")
    if row.owner_rule is not None:
        said.append(f"for {lowered(OWNER_WORDS[row.owner_rule])}")
    if row.first_response_minutes is not None:
        said.append(f"wants an answer within {hours_words(row.first_response_minutes)} h")
    if row.tells_managers:
        said.append("the managers hear at once")
    return "; ".join(said) if row.kind else said[0]


def queue_line(row: Queue, open_cases: int) -> SimpleNamespace:
    """A queue as the list shows it."""
    return SimpleNamespace(
        id=row.id,
        name=row.name,
        team=row.team.name,
        works=row.team.calendar.name if row.team.calendar else "Around the clock",
        open_to_all=row.team.open_to_all,
        first_response=f"{hours_words(row.first_response_minutes)} h" if row.first_response_minutes else "by survey",
        resolution=f"{hours_words(row.resolution_minutes)} h",
        owner=lowered(OWNER_WORDS[row.owner_rule]) if row.owner_rule else "by survey",
        closing=_closing(row),
        ladder=ladder_words(row.ladder),
        open_cases=capped(open_cases),
    )


def _closing(row: Queue) -> str:
    needs = [
        words
        for needed, words in (
            (row.needs_root_cause, "the cause"),
            (row.needs_what_was_done, "what was done"),
            (row.needs_reached, "whether the customer was reached"),
        )
        if needed
    ]
    return listed(needs, "and") if needs else "nothing but a press"


def ladder_words(ladder: Sequence[Mapping[str, Any]]) -> list[str]:
    """The rungs, each as a line such as "1 h before the first response is due: remind its owner"."""
    return [
        f"{hours_words(abs(rung['minutes'])) or '0'} h {'before' if rung['minutes'] < 0 else 'after'}"
        f" {OF_WORDS[rung['of']]}: {STEP_WORDS[rung['step']]}"
        for rung in ladder
    ]


def calendar_line(row: Calendar) -> SimpleNamespace:
    """A calendar as the list shows it."""
    return SimpleNamespace(
        id=row.id,
        name=row.name,
        zone=row.zone,
        hours=week_words(row.hours),
        free=listed(
            [
                *([f"public holidays of {row.country}"] if row.country else []),
                *(
                    [f"{len(row.holidays)} more days" if len(row.holidays) > 1 else "1 more day"]
                    if row.holidays
                    else []
                ),
            ],
            "and",
        ),
    )


def week_words(hours: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """A week in short, days with the same hours together: "Mon to Fri 09:00–18:00"."""
    runs: list[tuple[list[str], str]] = []
    for day in DAYS:
        words = span_words(hours.get(day, []))
        if runs and runs[-1][1] == words:
            runs[-1][0].append(day)
        else:
            runs.append(([day], words))
    return "; ".join(f"{_days(days)} {words}" for days, words in runs if words) or "never"


def _days(days: Sequence[str]) -> str:
    names = [DAY_SHORT[day] for day in days]
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def lowered(words: str) -> str:
    """Words within a sentence."""
    return f"{words[:1].lower()}{words[1:]}"


def trial(tried: Tried, rules: Sequence[Rule], name: str) -> SimpleNamespace:
    """What a trial came to, with the rule in question first."""
    mine = tried.caught[name]
    kind = next((rule.kind for rule in rules if rule.name == name), None)
    verb = "opened" if kind is not None else "kept from opening a case"
    what = {"follow_up": "case", "review": "review", "thanks": "thank-you call"}.get(kind or "", "answer")
    if name not in {rule.name for rule in rules}:
        sentence = "This rule is switched off, so it would have decided nothing."
    else:
        sentence = f"This rule would have {verb} {mine:,} {what}{'' if mine == 1 else 's'} in the last 30 days."
    return SimpleNamespace(
        sentence=sentence,
        basis=(
            f"Tried on the {tried.looked_at:,} newest answers; there were more."
            if tried.bounded
            else f"Tried on all {tried.looked_at:,} answers."
        )
        + " Mails that were written back are not among them.",
        rows=[[rule.name, OPENS_WORDS[rule.kind], f"{tried.caught[rule.name]:,}"] for rule in rules],
        total=f"{tried.opened(rules):,}",
    )
