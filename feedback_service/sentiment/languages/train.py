"""Learns a language from a shop's answered comments, tries what was learned, and says whether it may be used."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_service.sentiment.languages.cross_validate import accuracy, balanced, clearly_better, left_out
from feedback_service.sentiment.languages.features import counted
from feedback_service.sentiment.languages.head import LABELS, Head
from feedback_service.sentiment.languages.learn import learn_counted, numbers
from feedback_service.sentiment.languages.logistic import NEGATIVE, POSITIVE, Labels

ENOUGH = 300
"""Answered comments in a language before it is learned."""

MOST_COMMENTS = 10_000
"""The newest so many are learned from: words change, and half a minute and 200 MB are enough."""

FEWEST_OF_A_SIDE = 20
"""Of complaints and of praise each: from fewer nobody can tell whether they are told apart."""

CLEAR = 0.6
"""What the lower end of the balanced accuracy must pass; always giving the same answer, or none, gets 0.5."""

STAFF_COUNTS = 4.0
"""How many times more a label counts that staff gave than one that the score gives."""

HIGHEST_NEGATIVE = {"nps": 6, "csat": 2, "ces": 3}
HIGHEST_NEUTRAL = {"nps": 8, "csat": 3, "ces": 4}
"""By kind of survey. Employees' comments (eNPS) are not here: they are about something else, and anonymous."""

Lexicon = Callable[[str], str]
"""From a comment to one of ``LABELS``, or anything else where it cannot tell."""


@dataclass(frozen=True)
class Comment:
    """What somebody wrote, and one of ``LABELS`` for it, given by the score or by staff."""

    text: str
    label: str
    by_staff: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of it. Without a ``head`` it stays as it was, for the ``reason`` given; figures as in LanguageHead."""

    head: Head | None
    reason: str
    comments: int
    corrected: int
    accuracy: float | None = None
    balanced: float | None = None
    baseline: float | None = None
    lexicon: float | None = None


def label_of_score(kind: str, score: int) -> str:
    """What a score says about the words beside it: NPS 0–6, 7–8, 9–10; CSAT 1–2, 3, 4–5; CES 1–3, 4, 5–7."""
    if score <= HIGHEST_NEGATIVE[kind]:
        return LABELS[NEGATIVE]
    return "neutral" if score <= HIGHEST_NEUTRAL[kind] else LABELS[POSITIVE]


def due(comments: int, learned_from: int) -> bool:
    """Whether it is time to learn: ``ENOUGH`` comments, and a third more than the last time."""
    return comments >= ENOUGH and 3 * comments >= 4 * learned_from


def train(comments: Sequence[Comment], language: str, lexicon: Lexicon | None = None) -> Outcome:
    """Learn from the first ``MOST_COMMENTS`` of ``comments`` and try it against ``lexicon``, if there is one.

    A head comes out only if it is clearly better than leaving comments unscored, and than the lexicon.
    """
    comments = comments[:MOST_COMMENTS]
    corrected = sum(comment.by_staff for comment in comments)
    labels = numbers(comment.label for comment in comments)
    if reason := _too_few(labels):
        return Outcome(None, reason, len(comments), corrected)
    grams = [counted(comment.text, language) for comment in comments]
    counts = np.array([STAFF_COUNTS if comment.by_staff else 1.0 for comment in comments])
    chances = left_out(grams, labels, language, counts)
    right = chances.argmax(axis=1) == labels
    told, sides = accuracy(right), balanced(chances, labels)
    theirs = _right_by(lexicon, comments) if lexicon else None
    baseline = float(np.bincount(labels).max()) / len(labels)
    figures = (told.value, sides.value, baseline, None if theirs is None else float(theirs.mean()))
    if sides.at_least <= CLEAR or told.at_least <= 1 / 2:
        reason = f"{_tried(*figures)} That is not clearly better than leaving them unscored."
        return Outcome(None, reason, len(comments), corrected, *figures)
    if theirs is not None and not clearly_better(right, theirs):
        reason = f"{_tried(*figures)} That is not clearly better than the lexicon."
        return Outcome(None, reason, len(comments), corrected, *figures)
    head = learn_counted(grams, labels, language, counts)
    return Outcome(head, _tried(*figures), len(comments), corrected, *figures)


def _too_few(labels: Labels) -> str:
    if len(labels) < ENOUGH:
        return f"There are {len(labels)} answered comments; it takes {ENOUGH}."
    negative, positive = int(np.sum(labels == NEGATIVE)), int(np.sum(labels == POSITIVE))
    if min(negative, positive) >= FEWEST_OF_A_SIDE:
        return ""
    fewer = f"{negative} came with a bad score" if negative < positive else f"{positive} came with a good score"
    return (
        f"Of {len(labels):,} answered comments only {fewer}: with fewer than {FEWEST_OF_A_SIDE} nobody could say"
        " whether complaints and praise are told apart."
    )


def _tried(told: float, sides: float, baseline: float, lexicon: float | None) -> str:
    beside = "" if lexicon is None else f", a lexicon in {lexicon:.0%}"
    return (
        f"Tried on comments that it had not seen, it gave the right one of three labels in {told:.0%} (always the most"
        f" frequent label: {baseline:.0%}{beside}), and told {sides:.0%} of complaints and praise apart."
    )


def _right_by(lexicon: Lexicon, comments: Sequence[Comment]) -> NDArray[np.bool_]:
    """Where a lexicon gives the right label; where it cannot tell, it is not right."""
    return np.array([lexicon(comment.text) == comment.label for comment in comments], bool)
