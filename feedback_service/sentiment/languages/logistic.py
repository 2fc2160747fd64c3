"""Logistic regression for the three labels, with an L2 penalty that spares the n-grams that tell labels apart.

The weights of the three labels add up to nothing where the penalised likelihood is highest, so that two numbers per
feature say all three: ``SIDES`` spreads them out. The first is the side (praise against complaint), the second whether
there is a side at all. It saves a third of the time and of the room.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_service.sentiment.languages.solver import Point, minimise
from feedback_service.sentiment.languages.sparse import Rows

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]
Shares = NDArray[np.float64]

NEGATIVE, NEUTRAL, POSITIVE = range(3)
SIDES = np.array([[-(0.5**0.5), 0.0, 0.5**0.5], [6**-0.5, -2 * 6**-0.5, 6**-0.5]])
"""Two rows of length one, at right angles to each other and to (1, 1, 1)."""

STRENGTH = 2.0
"""How much the comments count against the penalty (C in most libraries). By cross-validation in four languages
everything from 1.5 to 6 does about as well, with 300 comments as with 4,000, so that it need not be chosen anew."""

EVEN_PENALTY = 0.4
"""The part of the room for a weight that every n-gram has; the rest goes by how well it tells the labels apart."""

SMOOTHING = 0.5
"""Added to every count before ratios are taken."""

MOST_LEANING = 2.0
"""How many times more one of the rarer side may count, and one of the more frequent side less."""


@dataclass(frozen=True)
class Fitted:
    """Weights by feature (d, 2) and the constants (2,)."""

    weights: Floats
    constants: Floats


def even_sides(labels: Labels) -> Shares:
    """What each comment counts, so that praise and complaints count alike, however many of each there are.

    Which of the two prevails changes with the month and with who is asked; what a comment says should not depend on
    it. Only up to ``MOST_LEANING``: a dozen complaints among thousands must not be taken for half of the world.
    """
    negative, positive = (max(1, int(np.sum(labels == label))) for label in (NEGATIVE, POSITIVE))
    lean = min(MOST_LEANING, max(1 / MOST_LEANING, (positive / negative) ** 0.5))
    by_label = np.ones(3)
    by_label[NEGATIVE], by_label[POSITIVE] = lean, 1 / lean
    return np.asarray(by_label[labels])


def fit(rows: Rows, labels: Labels, counts: Shares) -> Fitted:
    """Learn from ``rows``, whose last column is a constant 1, what tells the ``labels`` apart.

    ``counts`` says how much each row counts. The constants are all but free.
    """
    columns = rows.transposed()
    truth = np.eye(3)[labels]
    room = np.sqrt(STRENGTH * _room(columns, truth * counts[:, None]))
    held = np.ones((rows.width, 1))
    held[-1] = 1e-4  # nothing runs away where one label is all there is

    def objective(flat: Point) -> tuple[float, Point]:
        scaled = flat.reshape(rows.width, 2)
        chances = probabilities(rows.times((scaled * room).astype(np.float32)))
        likelihood = float(counts @ np.log(np.sum(chances * truth, axis=1) + 1e-12))
        errors = ((chances - truth) * counts[:, None]) @ SIDES.T
        gradient = columns.times(errors.astype(np.float32)) * room + held * scaled
        return 0.5 * float(np.sum(held * scaled**2)) - likelihood, gradient.ravel()

    # In numbers scaled by their room the valley is round: the search takes some 20 steps instead of 60.
    found = minimise(objective, np.zeros(rows.width * 2)).reshape(rows.width, 2) * room
    weights = found.astype(np.float32)
    return Fitted(weights[:-1], weights[-1])


def probabilities(sides: NDArray[np.floating]) -> Shares:
    """P(negative), P(neutral), P(positive) by row, from (n, 2) sums of weights."""
    logits = np.asarray(sides, np.float64) @ SIDES
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _room(columns: Rows, seen: Shares) -> Shares:
    """The prior variance of every weight (d, 2), 1 on average: wider where the label ratios of naive Bayes are far.

    The idea is Wang and Manning's (2012, "Baselines and bigrams"), who scale the features by these ratios.
    columns: the features by comments. seen: how much each comment counts for each label.
    """
    present = Rows(columns.starts, columns.columns, np.ones_like(columns.values), columns.width)
    by_label = np.log(present.times(seen.astype(np.float32)) + SMOOTHING) - np.log(seen.sum(axis=0) + 1)
    negative, neutral, positive = by_label.T
    ratios = np.stack([positive - negative, np.logaddexp(positive, negative) - np.log(2) - neutral], axis=1) ** 2
    room = np.ones((len(columns), 2))
    usual = np.maximum(ratios[:-1].mean(axis=0), 1e-9) if len(columns) > 1 else 1.0
    room[:-1] = EVEN_PENALTY + (1 - EVEN_PENALTY) * ratios[:-1] / usual
    return room
