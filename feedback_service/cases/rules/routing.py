"""Which answers need a person, and how urgently: the first rule that matches decides, in arithmetic that is printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from feedback_service.cases.rules.conditions import Conditions, Facts, matches
from feedback_service.sentiment.safety import KIND_WORDS, SafetyKind


class CaseReason(StrEnum):
    """Why a case was opened."""

    DETRACTOR = "detractor"
    CONTACT_WISH = "contact_wish"
    WROTE = "wrote"
    """Wrote back to a survey mail instead of answering it."""
    SAFETY = "safety"
    """Speaks of an injury, of law, of harm to somebody: a person looks at once, whatever the score."""
    CONTRADICTION = "contradiction"
    """Score and words say different things."""
    SILENCE = "silence"
    """Used to answer, and does no more."""
    SAMPLED = "sampled"
    """Drawn by chance from those who need nothing."""
    THANKS = "thanks"
    """Worth a call to say thank you."""
    BY_HAND = "by_hand"
    """Opened by a colleague."""
    RULE = "rule"
    """A rule of the shop's own asks for it."""


URGENT, HIGH, NORMAL, LOW = 1, 2, 3, 4
HOURS_AHEAD = {URGENT: 24, HIGH: 8, NORMAL: 2, LOW: 0}
"""How far before its due time a priority puts a case in the queue."""
FOLLOW_UP, REVIEW, THANKS = "follow_up", "review", "thanks"
"""Kinds of cases, by the values of `CaseKind`."""
WROTE_RULE = "Wrote back to the mail"
"""Which holds even where no rule matches: what somebody writes to us is never left lying."""
EVERY_ANSWER = Conditions()


@dataclass(frozen=True)
class Rule:
    """One rule of the shop."""

    name: str
    conditions: Conditions = EVERY_ANSWER
    kind: str | None = FOLLOW_UP
    """None: it opens nothing, and keeps the rules below from doing so."""
    points: int = 0
    """Added to the priority."""
    queue_id: int | None = None
    """None: the queue of the team that the survey names."""
    owner_rule: str | None = None
    first_response_minutes: int | None = None
    """Business minutes, as are the next; None: as the queue says, and the survey after it."""
    resolution_minutes: int | None = None
    tells_managers: bool = False
    id: int | None = None


@dataclass(frozen=True)
class Route:
    """What becomes of an answer that needs a person."""

    rule: Rule
    kind: str
    reason: CaseReason
    priority: int
    priority_words: str

    @property
    def awaited(self) -> bool:
        """Whether somebody out there is owed something: a case that was closed is opened again for no less."""
        return self.kind != THANKS and self.reason is not CaseReason.SAMPLED


def first_match(rules: Sequence[Rule], facts: Facts) -> Rule | None:
    """The rule that decides."""
    return next((rule for rule in rules if matches(rule.conditions, facts)), None)


def route(rules: Sequence[Rule], facts: Facts) -> Route | None:
    """What becomes of an answer; None where no rule matches, or the first one that does opens nothing."""
    rule = first_match(rules, facts)
    if rule is None and facts.wrote:
        rule = Rule(WROTE_RULE)
    return None if rule is None or rule.kind is None else routed(rule, rule.kind, facts)


def routed(rule: Rule, kind: str, facts: Facts) -> Route:
    """How a rule that matches treats an answer."""
    priority, words = _priority(rule, kind, facts)
    return Route(rule, kind, _reason(rule, kind, facts), priority, words)


def _reason(rule: Rule, kind: str, facts: Facts) -> CaseReason:
    """The gravest thing that is so, and what the rule looked for."""
    reasons = (
        (bool(facts.alerts), CaseReason.SAFETY),
        (facts.wrote, CaseReason.WROTE),
        (bool(rule.conditions.contradiction), CaseReason.CONTRADICTION),
        (kind == THANKS, CaseReason.THANKS),
        (facts.unhappy, CaseReason.DETRACTOR),
        (facts.asks, CaseReason.CONTACT_WISH),
        (rule.conditions.sample is not None, CaseReason.SAMPLED),
    )
    return next((reason for applies, reason in reasons if applies), CaseReason.RULE)


def _priority(rule: Rule, kind: str, facts: Facts) -> tuple[int, str]:
    """Start at low; one step up for each thing that makes waiting worse, and what the rule adds."""
    if facts.alerts:
        return URGENT, urgent_words(facts.alerts)
    waiting = (
        (facts.unhappy, "unhappy"),
        (facts.asks, "asked to have the order put right" if facts.put_right else "asked to be contacted"),
        (facts.wrote, "wrote instead of answering"),
        (facts.unhappy and facts.score == facts.lowest, "lowest score there is"),
        (facts.repeat, "had a case within a year before"),
        (facts.top_tenth, "top tenth by lifetime value"),
    )
    counted = [] if kind == THANKS else [words for applies, words in waiting if applies]
    if rule.points:
        counted.append(f"{rule.points} by the rule")
    return _sum(len(counted) - bool(rule.points) + rule.points, counted)


def _sum(steps: int, counted: Sequence[str]) -> tuple[int, str]:
    priority = max(URGENT, LOW - steps)
    said = f"Low + {steps}: {', '.join(counted)}" if counted else "Low"
    return priority, f"{said}{ahead_words(priority)}"


def by_hand_priority(points: int, why: str) -> tuple[int, str]:
    """The priority of what no rule opened, and its sum."""
    return _sum(points, [why])


def urgent_words(alerts: tuple[SafetyKind, ...]) -> str:
    """Why nothing is more urgent."""
    return f"Urgent: speaks of {', '.join(KIND_WORDS[kind] for kind in alerts)}{ahead_words(URGENT)}"


def ahead_words(priority: int) -> str:
    """How far before its deadline a case stands, as the end of the sum's sentence."""
    hours = HOURS_AHEAD[priority]
    return f"; sorted {hours} h ahead of its deadline" if hours else ""


def sort_at(due_at: datetime, priority: int) -> datetime:
    """The queue's order: due time less the priority's head start. It never changes with the clock."""
    return due_at - timedelta(hours=HOURS_AHEAD[priority])


def first_minutes(rule: Rule, facts: Facts, *, queue: int | None, survey: int, survey_contact: int) -> int:
    """Business minutes until the first response: the rule's, else the queue's, else the survey's.

    queue, survey, survey_contact: minutes, of which the last hold for whoever asks for something. A wish never makes
    a deadline later, and words of safety are answered like one.
    """
    own = rule.first_response_minutes or queue
    if own is not None:
        return own
    if facts.wrote and not facts.alerts:
        return survey_contact
    return min(survey, survey_contact) if facts.asks or facts.alerts else survey
