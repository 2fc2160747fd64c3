"""From comments to rows of numbers: what stands in each, as 32-bit keys of n-grams with their weights.

Keys instead of words, so that what was learned holds no word of any customer's: it may be kept after a comment was
erased. Weights are sublinear term frequency times inverse document frequency, each block of a comment (words, letters)
scaled to length one (Manning, Raghavan and Schütze 2008, chapter 6).
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from feedback_service.sentiment.languages.sparse import Rows
from feedback_service.sentiment.ngrams import CLAUSE_MARKS, folded, grams, letters

Keys = NDArray[np.uint32]
Floats = NDArray[np.float32]
Columns = NDArray[np.int64]

VERSION = 1
"""Of the features. A head that was learned with others cannot be read with these."""

MAX_CHARACTERS = 2_000
MOST_WORDS = 500
"""How much of a comment is read: more than all but a few write, and a bound on the time."""

MOST_LEARNED = 150_000
"""How many n-grams are learned from at most, the most frequent ones: a bound on time and memory."""

_LONGEST_WORD = 30  # A longer one is a number, a link or a cat on the keyboard; its beginning will do.
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,200}>")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff"  # Thai, Lao, kana, Han: a sign at a time, and pairs of them
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+|[^\w\s]")
_LONG_NUMBER = re.compile(r"\d{3,}")
_REPEATED = re.compile(r"(.)\1{2,}")
_NO_KEYS = np.empty(0, np.uint32)


def written_words(text: str) -> list[str]:
    """The words of ``text`` as they stand there, in lower case, with marks, faces and numbers; raises for none."""
    plain = _LINK.sub(" ", _TAG.sub(" ", html.unescape(text[: 2 * MAX_CHARACTERS])))
    return _TOKEN.findall(unicodedata.normalize("NFC", plain[:MAX_CHARACTERS]).lower())[:MOST_WORDS]


@lru_cache(maxsize=20_000)
def plain_word(written: str) -> str:
    """The word that is meant: without accents, "muuuito" as "muuito", a long number as any other."""
    return _LONG_NUMBER.sub("000", _REPEATED.sub(r"\1\1", folded(written[:_LONGEST_WORD])))


@dataclass(frozen=True)
class Counted:
    """The n-grams of one comment in its two blocks, words and letters: ascending keys, and 1 + log of their counts."""

    words: tuple[Keys, Floats]
    letters: tuple[Keys, Floats]


def counted(text: str, language: str) -> Counted:
    """What stands in a comment."""
    return counted_words([plain_word(word) for word in written_words(text)], language)


def counted_words(words: Sequence[str], language: str) -> Counted:
    """The same from its ``plain_word``s."""
    return Counted(
        _counts(np.array([key_of(gram) for gram in grams(words, language)], np.uint32)),
        _counts(np.concatenate([_NO_KEYS, *(letter_keys(word) for word in words if word not in CLAUSE_MARKS)])),
    )


@lru_cache(maxsize=20_000)
def letter_keys(word: str) -> Keys:
    """The same words come again and again: cutting them up anew takes most of the time otherwise.

    A single letter or face is a word already.
    """
    if len(word) == 1:
        return _NO_KEYS
    return np.array([key_of(f"#{run}") for run in letters((word,))], np.uint32)


def key_of(gram: str) -> int:
    """The key of an n-gram: the same on every machine and in every run, which Python's own hash is not."""
    return crc32(gram.encode("utf-8", "surrogatepass"))


def _counts(keys: Keys) -> tuple[Keys, Floats]:
    found, times = np.unique(keys, return_counts=True)
    return found, (1.0 + np.log(times)).astype(np.float32)


@dataclass(frozen=True)
class Vocabulary:
    """N-grams and how many of ``comments`` hold them: ``keys`` ascending, ``found_in`` beside them."""

    keys: Keys
    found_in: NDArray[np.int32]
    comments: int

    @cached_property
    def rarity(self) -> Floats:
        """The inverse document frequency of each, smoothed."""
        rarity = np.log((1.0 + self.comments) / (1.0 + self.found_in)) + 1.0
        return np.asarray(rarity, np.float32)

    @classmethod
    def of(cls, comments: Sequence[Counted]) -> "Vocabulary":
        """All that stands in ``comments``, ``MOST_LEARNED`` n-grams at most."""
        keys, times = np.unique(np.concatenate([_NO_KEYS, *_all_keys(comments)]), return_counts=True)
        return cls(keys, times.astype(np.int32), len(comments)).most_frequent(MOST_LEARNED)

    def __len__(self) -> int:
        return len(self.keys)

    def most_frequent(self, limit: int) -> "Vocabulary":
        """No more than ``limit`` of them."""
        if len(self) <= limit:
            return self
        return self.only(np.sort(np.lexsort((self.keys, -self.found_in))[:limit]))

    def only(self, places: NDArray[np.int64]) -> "Vocabulary":
        """Those at ``places``, which ascend."""
        return Vocabulary(self.keys[places], self.found_in[places], self.comments)

    def row(self, comment: Counted) -> tuple[Columns, Floats]:
        """The columns that one comment fills, and with which values; the last column is a constant 1."""
        words, their = self._known(comment.words)
        runs, theirs = self._known(comment.letters)
        one = np.ones(1, np.float32)
        return np.concatenate([words, runs, [len(self)]]), np.concatenate([their, theirs, one])

    def rows(self, comments: Sequence[Counted]) -> Rows:
        """All comments as sparse rows, ``len(comments)`` by ``len(self) + 1``."""
        return Rows.of([self.row(comment) for comment in comments], len(self) + 1)

    def _known(self, block: tuple[Keys, Floats]) -> tuple[Columns, Floats]:
        keys, counts = block
        if not len(self.keys):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        hit = self.keys[places] == keys
        columns = places[hit]
        values = counts[hit] * self.rarity[columns]
        length = float(np.sqrt(values @ values))
        return columns, values / np.float32(length) if length else values


def _all_keys(comments: Iterable[Counted]) -> Iterable[Keys]:
    for comment in comments:
        yield comment.words[0]
        yield comment.letters[0]
