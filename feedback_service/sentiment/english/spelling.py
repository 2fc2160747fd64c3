"""Finds the word that was meant: "excelent", "dissapointed", "recieved", "sooooo".

Only words that the model has never seen are looked at, and only opinions are found for them: a wrong guess there costs
little, and the names of people and goods stay what they are.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field

_VOWELS = re.compile(r"[aeiouy]+")
_TWICE = re.compile(r"(.)\1+")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_SHORTEST = 5
"""Letters: shorter words have too many neighbours."""
_VOWELS_FROM = 8
"""Letters from which a word may have other vowels as well as other double letters."""
_APART = 2
"""Letters by which a word and its misspelling may differ: one left out or added, or one taken for another."""

_BY_HAND: dict[str, str] = {
    "gr8": "great",
    "greate": "great",
    "grate": "great",
    "gud": "good",
    "luv": "love",
    "awsome": "awesome",
    "definately": "definitely",
    "definatly": "definitely",
    "nxt": "next",
    "thnx": "thanks",
    "tnx": "thanks",
    "thanx": "thanks",
    "ty": "thanks",
    "plz": "please",
    "pls": "please",
    "wrost": "worst",
    "costumer": "customer",
    "delivry": "delivery",
    "waisted": "wasted",
    "brocken": "broken",
    "shite": "crap",
}

_NO_SLIPS = frozenset(
    {"carrying", "chatting", "cherry", "compliant", "expansive", "reliably", "shooting", "stranger", "supper"}
)
"""Words of their own that look like an opinion misspelled."""


def skeleton(word: str) -> str:
    """``word`` with every run of vowels as one sign and no letter doubled: what most slips leave as it was."""
    return _TWICE.sub(r"\1", _VOWELS.sub("a", word))


@dataclass(frozen=True)
class Spelling:
    """``seen`` hold the words that need no correction; ``meant`` leads from a skeleton to the word with an opinion."""

    seen: Sequence[Container[str]]
    meant: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, seen: Sequence[Container[str]], opinions: Iterable[str]) -> "Spelling":
        """For ``opinions``, the likelier first where two have the same skeleton."""
        meant: dict[str, str] = {}
        for word in opinions:
            if len(word) >= _SHORTEST:
                meant.setdefault(skeleton(word), word)
        return cls(seen, meant)

    def corrected(self, word: str) -> str:
        """The word that was meant, or ``word`` where none is found."""
        if word in _BY_HAND:
            return _BY_HAND[word]
        if not word.isalpha() or self._knows(word):
            return word
        for kept in (r"\1\1", r"\1"):
            shorter = _DRAWN_OUT.sub(kept, word)
            if self._knows(shorter):
                return shorter
        found = self.meant.get(skeleton(word)) if len(word) >= _SHORTEST else None
        return found if found and _close(word, found) else word

    def _knows(self, word: str) -> bool:
        return word in _NO_SLIPS or any(word in words for words in self.seen)


def _close(word: str, meant: str) -> bool:
    if len(word) < _VOWELS_FROM and _TWICE.sub(r"\1", word) != _TWICE.sub(r"\1", meant):
        return False
    typed, spelled = Counter(word), Counter(meant)
    return ((typed - spelled) + (spelled - typed)).total() <= _APART
