"""Words and pairs of a comment as rows of numbers, from which themes are learned; without anybody's words in them.

Keys are hashes, so that what was learned can be kept after a comment was erased, and what stands in a single comment is
not kept at all. Weights are sublinear term frequency times inverse document frequency, each comment scaled to length
one (Manning, Raghavan and Schütze 2008, chapter 6).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from feedback_service.sentiment.ngrams import grams
from feedback_service.sentiment.themes.words import BREAK, cut

VERSION = 1
"""Of the features: what was learned with others is not read with these."""
RARE = 2
"""Comments that a feature must stand in to be kept: what stands in one may be somebody's name."""
MOST_FEATURES = 30_000

Keys = NDArray[np.uint32]
Floats = NDArray[np.float32]
Read = tuple[Keys, Floats]
"""Ascending keys of one comment, and 1 + the logarithm of their counts."""


def key_of(gram: str) -> int:
    """The same on every machine and in every run, which Python's own hash is not."""
    return crc32(gram.encode("utf-8", "surrogatepass"))


def read(text: str, language: str) -> Read:
    """The features of one comment; raises for no text."""
    words = ["." if word == BREAK else word for word in cut(text, language).folded]
    keys = np.array([key_of(gram) for gram in grams(words, language)], np.uint32)
    found, times = np.unique(keys, return_counts=True)
    return found, (1.0 + np.log(times)).astype(np.float32)


@dataclass(frozen=True)
class Known:
    """The features that count: ``keys`` ascending, and the inverse document frequency of each."""

    keys: Keys
    rarity: Floats

    def __len__(self) -> int:
        return len(self.keys)

    @classmethod
    def of(cls, comments: Sequence[Read]) -> "Known":
        """What ``RARE`` comments or more share, ``MOST_FEATURES`` at most, the most frequent ones."""
        keys, times = np.unique(
            np.concatenate([np.empty(0, np.uint32), *(found for found, _ in comments)]), return_counts=True
        )
        often = np.flatnonzero(times >= RARE)
        kept = np.sort(often[np.lexsort((keys[often], -times[often]))[:MOST_FEATURES]])
        rarity = np.log((1.0 + len(comments)) / (1.0 + times[kept])) + 1.0
        return cls(keys[kept], rarity.astype(np.float32))

    def columns(self, comment: Read) -> tuple[NDArray[np.int64], Floats]:
        """Which columns a comment fills, and with what: of length one, or empty."""
        keys, counts = comment
        if not len(self):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self) - 1)
        columns = places[self.keys[places] == keys]
        values = counts[self.keys[places] == keys] * self.rarity[columns]
        length = np.sqrt(values @ values)
        return columns, values / length if length else values

    def place(self, gram: str) -> int | None:
        """The column of one feature; None where it is not known."""
        key = key_of(gram)
        place = int(np.searchsorted(self.keys, key))
        return place if place < len(self) and self.keys[place] == key else None
