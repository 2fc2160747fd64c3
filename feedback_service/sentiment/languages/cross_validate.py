"""How well a head would do on comments that it has not seen: each is left out in its turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from feedback_service.sentiment.languages.features import Counted
from feedback_service.sentiment.languages.learn import learn_counted
from feedback_service.sentiment.languages.logistic import NEGATIVE, POSITIVE, Labels

FOLDS = 5
Z = 1.96
"""Standard errors on either side of a figure: 95 %."""


@dataclass(frozen=True)
class Figure:
    """A share 0..1 and the lower end of its interval."""

    value: float
    at_least: float


def left_out(
    comments: Sequence[Counted], labels: Labels, language: str, counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """P(negative), P(neutral), P(positive) of every comment (n, 3), by a head learned from the other four fifths.

    The fifths are drawn by a fixed seed, each with its share of every label. Takes ``FOLDS`` comments or more.
    """
    chances = np.empty((len(comments), 3))
    fold_of = folds(labels)
    for fold in range(FOLDS):
        out = fold_of == fold
        seen = [comment for comment, left in zip(comments, out, strict=True) if not left]
        head = learn_counted(seen, labels[~out], language, counts[~out])
        chances[out] = head.chances([comment for comment, left in zip(comments, out, strict=True) if left])
    return chances


def folds(labels: Labels) -> NDArray[np.int64]:
    """In which fifth each comment is left out."""
    shuffled = np.random.default_rng(5).permutation(len(labels))
    by_label = shuffled[np.argsort(labels[shuffled], kind="stable")]
    fold_of = np.empty(len(labels), np.int64)
    fold_of[by_label] = np.arange(len(labels)) % FOLDS
    return fold_of


def accuracy(right: NDArray[np.bool_]) -> Figure:
    """The share that is right, with Wilson's interval (1927)."""
    n, share = len(right), float(right.mean())
    middle = share + Z * Z / (2 * n)
    half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return Figure(share, (middle - half) / (1 + Z * Z / n))


def balanced(chances: NDArray[np.float64], labels: Labels) -> Figure:
    """The mean of the shares of complaints and of praise that fall on their side; both must be there.

    Always giving the same answer gets a half, whatever the shop's comments are like. The interval is Wald's, each
    share with half an answer of either kind added, so that a perfect one of few is no certainty.
    """
    polarity = chances[:, POSITIVE] - chances[:, NEGATIVE]
    shares, variance = [], 0.0
    for side, right in ((NEGATIVE, polarity < 0), (POSITIVE, polarity > 0)):
        here = right[labels == side]
        shares.append(float(here.mean()))
        smooth = (float(here.sum()) + 0.5) / (len(here) + 1)
        variance += smooth * (1 - smooth) / (len(here) + 1) / 4
    value = sum(shares) / 2
    return Figure(value, value - Z * sqrt(variance))


def clearly_better(right: NDArray[np.bool_], than: NDArray[np.bool_]) -> bool:
    """Whether more are right than by another way, on the same comments, beyond chance (paired differences)."""
    gains = right.astype(float) - than.astype(float)
    return float(gains.mean()) > Z * float(gains.std()) / sqrt(len(gains))
