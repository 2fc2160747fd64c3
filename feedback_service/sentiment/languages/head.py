"""What was learned of one language: a few ten thousand small numbers that tell praise, complaint and neither apart."""

import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from feedback_service.sentiment.languages import features, logistic
from feedback_service.sentiment.languages.explain import weightiest
from feedback_service.sentiment.languages.features import Counted, Vocabulary

LABELS = ("negative", "neutral", "positive")
"""In the order of the probabilities; the values of ``SentimentLabel``."""

MOST_KEPT = 60_000
"""How many n-grams a head keeps at most: some 300 KB."""

RARE = 2
"""An n-gram must stand in so many comments to be kept: what is in one alone may be somebody's name."""

_LARGEST = 127  # of a weight in one signed byte
_HEADER = struct.Struct("<I")
_READ_AT_A_TIME = 512


class HeadVerdict(NamedTuple):
    """What a head makes of a comment: ``label`` one of ``LABELS``, ``polarity`` = ``p_pos`` − ``p_neg``.

    ``words`` are those that weighed most, strongest first, in lower case as they stand in the text, each with its
    share of all that weighed (−1..1, below 0 for a complaint). ``known`` is how many of its n-grams the head knows:
    with none of them known, the figures say nothing but what is usual.
    """

    label: str
    polarity: float
    p_neg: float
    p_neu: float
    p_pos: float
    words: tuple[tuple[str, float], ...]
    known: int

    @property
    def probabilities(self) -> tuple[float, float, float]:
        """P(negative), P(neutral), P(positive)."""
        return self.p_neg, self.p_neu, self.p_pos


@dataclass(frozen=True)
class Head:
    """Weights in whole steps of ``scale`` (two, see ``logistic.SIDES``) for every n-gram; never changed once made."""

    language: str
    vocabulary: Vocabulary
    steps: NDArray[np.int8]
    scale: tuple[float, float]
    constants: tuple[float, float]

    @classmethod
    def of(cls, language: str, vocabulary: Vocabulary, fitted: logistic.Fitted) -> Self:
        """The head to keep of what was fitted: without what is rare, and in small numbers."""
        kept = np.flatnonzero(vocabulary.found_in >= RARE)
        if len(kept) > MOST_KEPT:
            heavy = np.lexsort((kept, -np.abs(fitted.weights[kept]).max(axis=1)))[:MOST_KEPT]
            kept = np.sort(kept[heavy])
        weights = fitted.weights[kept]
        scale = np.maximum(np.abs(weights).max(axis=0, initial=0.0), 1e-9) / _LARGEST
        steps = np.rint(weights / scale).astype(np.int8)
        return cls(language, vocabulary.only(kept), steps, _pair(scale), _pair(fitted.constants))

    def score(self, text: str) -> HeadVerdict:
        """The verdict on any text; reads ``features.MAX_CHARACTERS`` of it, in under a millisecond for most."""
        written = features.written_words(text)
        plain = [features.plain_word(word) for word in written]
        columns, values = self.vocabulary.row(features.counted_words(plain, self.language))
        weights = self._weights[columns]
        p_neg, p_neu, p_pos = self._chances(values @ weights)
        added = values[:-1] * weights[:-1, 0]
        label = LABELS[int(np.argmax((p_neg, p_neu, p_pos)))]
        words = weightiest(written, plain, self.language, self.vocabulary.keys[columns[:-1]], added)
        return HeadVerdict(label, p_pos - p_neg, p_neg, p_neu, p_pos, words, len(columns) - 1)

    def chances(self, comments: Sequence[Counted]) -> NDArray[np.float64]:
        """P(negative), P(neutral), P(positive) of many comments, (n, 3)."""
        portions = [
            logistic.probabilities(self.vocabulary.rows(comments[at : at + _READ_AT_A_TIME]).times(self._weights))
            for at in range(0, len(comments), _READ_AT_A_TIME)
        ]
        return np.concatenate([np.empty((0, 3)), *portions])

    def to_bytes(self) -> bytes:
        """All of it, for ``from_bytes``; the same head gives the same bytes."""
        about = {
            "features": features.VERSION,
            "language": self.language,
            "comments": self.vocabulary.comments,
            "size": len(self.vocabulary),
            "scale": self.scale,
            "constants": self.constants,
        }
        header = json.dumps(about, sort_keys=True).encode()
        gaps = np.diff(self.vocabulary.keys.astype(np.uint64), prepend=np.uint64(0)).astype("<u4")
        found_in = self.vocabulary.found_in.astype("<i4")
        # Bytes of the same rank lie side by side: most of them are 0, and pack well.
        body = b"".join(part.view(np.uint8).reshape(-1, 4).T.tobytes() for part in (gaps, found_in))
        return _HEADER.pack(len(header)) + header + zlib.compress(body + self.steps.T.tobytes(), 9)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """A head as it was stored. Raises ValueError where these are no weights, or for other features than today's."""
        try:
            (length,) = _HEADER.unpack_from(stored)
            about: dict[str, Any] = json.loads(stored[_HEADER.size : _HEADER.size + length])
            body = zlib.decompress(stored[_HEADER.size + length :])
            size = int(about["size"])
            numbers = np.frombuffer(body, np.uint8)
            if about["features"] != features.VERSION:
                raise ValueError(f"this head was learned with features of version {about['features']}")
            gaps, found_in = (
                numbers[at : at + 4 * size].reshape(4, size).T.copy().view("<u4").ravel() for at in (0, 4 * size)
            )
            steps = numbers[8 * size :].view(np.int8).reshape(2, size).T
            keys = np.cumsum(gaps.astype(np.uint64)).astype(np.uint32)
            vocabulary = Vocabulary(keys, found_in.astype(np.int32), int(about["comments"]))
            return cls(about["language"], vocabulary, steps, _pair(about["scale"]), _pair(about["constants"]))
        except (struct.error, zlib.error, KeyError, IndexError, TypeError) as error:
            raise ValueError("these are not the weights of a head") from error

    @cached_property
    def _weights(self) -> NDArray[np.float32]:
        """By column (d + 1, 2), the constants last."""
        return np.vstack([self.steps * np.array(self.scale), self.constants]).astype(np.float32)

    def _chances(self, sides: NDArray[np.float32]) -> tuple[float, float, float]:
        p_neg, p_neu, p_pos = logistic.probabilities(sides[None, :])[0]
        return float(p_neg), float(p_neu), float(p_pos)


def _pair(numbers: Iterable[float]) -> tuple[float, float]:
    first, second = (float(number) for number in numbers)
    return first, second
