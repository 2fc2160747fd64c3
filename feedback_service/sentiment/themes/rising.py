"""Words and phrases that comments use more than they used to, so that a new problem is seen before it has a name."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from feedback_service.sentiment.themes.words import BREAK, cut

PRIOR = 0.35
"""Strength of the prior, as a share of all usage there is. A weaker one lifts words by chance, a stronger one holds new
words down: on shuffled comments, where nothing rises, this one and ``SURE`` named no word in 60 weeks, and found a new
word that was planted in five comments of a week every time.
"""
MOST = 12
"""Words shown: as many as are read at a glance."""
SURE = 2.6
"""The z from which a word counts as rising. Thousands of words are looked at, so 2 would let chance lift some."""
FEWEST = 3
"""Comments of the week a word must stand in: one customer's word is not a trend."""
_SAME = 0.8  # A word that mostly stands in one rising phrase is told by the phrase.


@dataclass(frozen=True)
class Usage:
    """In how many comments each word and each pair of neighbours stands; a comment counts once for each."""

    comments: int
    counts: Mapping[str, int]
    written: Mapping[str, str]
    """How a folded word or pair was first written, in small letters."""

    @property
    def total(self) -> int:
        """All counts together."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Rising:
    """A word or a phrase of two words that rises."""

    phrase: str
    now: int
    """Comments of the week that use it."""
    before: int
    """Comments of the weeks before that did."""
    log_odds: float
    """How much more often than before: the natural logarithm of the ratio of the odds, shrunk by the prior."""
    z: float
    """``log_odds`` in standard errors."""


def usage(comments: Iterable[str], language: str) -> Usage:
    """What words and pairs the ``comments`` of one language use. Numbers alone are no words."""
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    read = 0
    for comment in comments:
        counts.update(_used(comment, language, written))
        read += 1
    return Usage(read, counts, written)


def _used(comment: str, language: str, written: dict[str, str]) -> set[str]:
    """The words and pairs of one comment; notes in ``written`` how each of them looks."""
    words = cut(comment, language)
    used: set[str] = set()
    before = BREAK
    begins = 0
    for word, start, end in zip(words.folded, words.starts, words.ends, strict=True):
        if word == BREAK or not word[0].isalpha():
            before = BREAK
            continue
        used.add(word)
        written.setdefault(word, comment[start:end].lower())
        if before != BREAK:
            pair = f"{before} {word}"
            used.add(pair)
            written.setdefault(pair, comment[begins:end].lower())
        before, begins = word, start
    return used


def rising(now: Usage, before: Usage, most: int = MOST) -> list[Rising]:
    """What ``now`` uses clearly more than ``before``, the surest first; nothing where either holds no comment.

    The log-odds ratio with an informative Dirichlet prior and its z-score: Monroe, Colaresi and Quinn 2008, "Fightin'
    Words", Political Analysis 16(4), equations 16, 20 and 22. The prior is the usage of both together, times ``PRIOR``.
    """
    if not now.comments or not before.comments:
        return []
    totals = now.total, before.total
    found = [
        _compared(word, count, before.counts.get(word, 0), totals)
        for word, count in now.counts.items()
        if count >= FEWEST
    ]
    sure = sorted((one for one in found if one.z >= SURE), key=lambda one: (-one.z, one.phrase))
    return [
        Rising(now.written[one.phrase], one.now, one.before, one.log_odds, one.z) for one in _told_once(sure)[:most]
    ]


def _compared(word: str, now: int, before: int, totals: tuple[int, int]) -> Rising:
    """One word's two counts, of ``totals`` counts in each of the two collections."""
    prior, all_prior = PRIOR * (now + before), PRIOR * sum(totals)
    here = math.log((now + prior) / (totals[0] + all_prior - now - prior))
    there = math.log((before + prior) / (totals[1] + all_prior - before - prior))
    error = math.sqrt(1 / (now + prior) + 1 / (before + prior))
    return Rising(word, now, before, here - there, (here - there) / error)


def _told_once(sure: list[Rising]) -> list[Rising]:
    """Without the words that a rising phrase tells already, and the phrases that add nothing to a surer word."""
    pairs = [one for one in sure if " " in one.phrase]
    words = {one.phrase: one for one in sure if " " not in one.phrase}
    kept_pairs = {
        pair.phrase
        for pair in pairs
        if all(word not in words or pair.now >= _SAME * words[word].now for word in pair.phrase.split(" "))
    }
    told = {word for pair in kept_pairs for word in pair.split(" ")}
    return [one for one in sure if one.phrase in kept_pairs or (" " not in one.phrase and one.phrase not in told)]
