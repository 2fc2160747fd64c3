"""Comments in a made-up language whose words are as unequal as those of a real one, and how many comments hold each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SYLLABLES = [consonant + vowel for consonant in "bdfghjklmnprstvwxyz" for vowel in "aeiou"]
WORDS = 300_000
"""So many that at a million comments some of them stand in a handful only, as names and slips of the pen do."""
SHORTEST, LONGEST = 4, 24  # words of a comment
SEED = 20_260_601


class Vocabulary:
    """Draws comments by Zipf's law, the word of rank r as often as 1/r, and counts in how many each word stands."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(SEED)
        share = 1 / np.arange(1, WORDS + 1)
        self._until: NDArray[np.float64] = np.cumsum(share / share.sum())
        self.documents: NDArray[np.int64] = np.zeros(WORDS, dtype=np.int64)

    def comments(self, count: int) -> list[str]:
        """The next `count` comments."""
        lengths = self.rng.integers(SHORTEST, LONGEST, count, endpoint=True)
        drawn = np.minimum(np.searchsorted(self._until, self.rng.random(int(lengths.sum()))), WORDS - 1)
        comment = np.repeat(np.arange(count), lengths)
        self.documents += np.bincount(np.unique(comment * WORDS + drawn) % WORDS, minlength=WORDS)
        said = [word(rank) for rank in drawn.tolist()]
        ends = np.cumsum(lengths).tolist()
        return [" ".join(said[start:end]) for start, end in zip([0, *ends[:-1]], ends, strict=True)]

    def word_in(self, comments: float) -> tuple[str, int]:
        """The word that stands nearest to so many comments, and in how many it does."""
        rank = int(np.argmin(np.abs(self.documents - comments)))
        return word(rank), int(self.documents[rank])


def word(rank: int) -> str:
    """Three syllables, each rank its own: no word is the beginning of another."""
    base = len(SYLLABLES)
    scattered = rank * 7919 % base**3  # neighbours in rank look nothing alike
    return SYLLABLES[scattered // base**2] + SYLLABLES[scattered // base % base] + SYLLABLES[scattered % base]


def name(number: int, first: Sequence[str] = ("Zoe", "Ben", "Ana", "María", "Robert", "Ingrid", "Åsa", "Li")) -> str:
    """A person's; five thousand family names."""
    return f"{first[number % len(first)]} {word(WORDS + number % 5000).capitalize()}"
