"""Which answers need a person, how urgently, and by when: arithmetic that is printed on the case."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

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


@dataclass(frozen=True)
class Answer:
    """What routing looks at."""

    score: int
    lowest: int
    wants_contact: bool
    put_right: bool = False
    """Asked to have the order put right, which somebody has to talk about."""
    alerts: tuple[SafetyKind, ...] = ()
    """What the words speak of that cannot wait; the gravest first."""

    @property
    def asks(self) -> bool:
        """Whether somebody waits to hear from us."""
        return self.wants_contact or self.put_right


@dataclass(frozen=True)
class Route:
    """What becomes of an answer that needs a person."""

    reason: CaseReason
    rule: str
    priority: int
    priority_words: str
    due_at: datetime
    sort_at: datetime


def route(answer: Answer, *, detractor_max: int, due: timedelta, contact_due: timedelta, now: datetime) -> Route | None:
    """Whether an answer opens a case: a detractor, even one who wants nothing, or anybody who asks for something.

    Words of safety, law or threat open one at any score, and nothing is more urgent.
    """
    unhappy = answer.score <= detractor_max
    if answer.alerts:
        return _at_once(answer.alerts, now + min(due, contact_due))
    if not unhappy and not answer.asks:
        return None
    priority, words = _priority(answer, unhappy=unhappy)
    due_at = now + (min(due, contact_due) if answer.asks else due)
    return Route(
        reason=CaseReason.DETRACTOR if unhappy else CaseReason.CONTACT_WISH,
        rule="Detractors" if unhappy else _WISH_RULES[answer.put_right],
        priority=priority,
        priority_words=words,
        due_at=due_at,
        sort_at=sort_at(due_at, priority),
    )


def route_words(*, contact_due: timedelta, now: datetime, alerts: tuple[SafetyKind, ...] = ()) -> Route:
    """What becomes of a mail that somebody wrote instead of an answer: like a wish to be contacted, which it is."""
    priority = LOW - 1
    due_at = now + contact_due
    if alerts:
        return _at_once(alerts, due_at)
    return Route(
        reason=CaseReason.WROTE,
        rule="Wrote back to the mail",
        priority=priority,
        priority_words="Low + 1: wrote instead of answering",
        due_at=due_at,
        sort_at=sort_at(due_at, priority),
    )


def _at_once(alerts: tuple[SafetyKind, ...], due_at: datetime) -> Route:
    return Route(
        reason=CaseReason.SAFETY,
        rule="Words of safety, law or threat",
        priority=URGENT,
        priority_words=urgent_words(alerts),
        due_at=due_at,
        sort_at=sort_at(due_at, URGENT),
    )


def urgent_words(alerts: tuple[SafetyKind, ...]) -> str:
    """Why nothing is more urgent."""
    return f"Urgent: speaks of {', '.join(KIND_WORDS[kind] for kind in alerts)}"


_WISH_RULES = {False: "Asked to be contacted", True: "Asked to have the order put right"}


def _priority(answer: Answer, *, unhappy: bool) -> tuple[int, str]:
    """Start at low; one step up for each thing that makes waiting worse."""
    steps = [
        (unhappy, "unhappy"),
        (answer.asks, "asked to have the order put right" if answer.put_right else "asked to be contacted"),
        (unhappy and answer.score == answer.lowest, "lowest score there is"),
    ]
    counted = [words for applies, words in steps if applies]
    priority = LOW - len(counted)
    return max(URGENT, priority), f"Low + {len(counted)}: {', '.join(counted)}"


def sort_at(due_at: datetime, priority: int) -> datetime:
    """The queue's order: due time less the priority's head start. It never changes with the clock."""
    return due_at - timedelta(hours=HOURS_AHEAD[priority])
