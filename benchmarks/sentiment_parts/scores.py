"""The figures a sentiment method is judged by, from its labels and polarities."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SIDES = ("neg", "neu", "pos")


def scored(
    labels: Sequence[str], scores: Sequence[float], said: Sequence[str], polarity: Sequence[float]
) -> dict[str, float]:
    """``acc3``, ``f1_3``, ``acc2``, ``auc`` and ``r`` of a method that ``said`` a label and a polarity of each comment.

    ``labels`` and ``scores`` (−1..1) are people's. acc2 and auc look at the comments that people did not call
    neutral; a polarity of 0 counts as wrong in acc2. f1_3 is the mean over the labels that occur; r is Pearson's.
    """
    truth, told, value = np.array(labels), np.array(said), np.array(polarity, dtype=float)
    sided = truth != "neu"
    positive = truth == "pos"
    return {
        "acc3": float((truth == told).mean()),
        "f1_3": float(np.mean([_f1(truth == side, told == side) for side in SIDES if (truth == side).any()])),
        "acc2": float((np.sign(value[sided]) == np.where(positive[sided], 1, -1)).mean()),
        "auc": _auc(positive[sided], value[sided]),
        "r": _pearson(np.array(scores, dtype=float), value),
    }


def _f1(truth: NDArray[np.bool_], told: NDArray[np.bool_]) -> float:
    both = int((truth & told).sum())
    return 2.0 * both / (int(truth.sum()) + int(told.sum()))


def _auc(positive: NDArray[np.bool_], value: NDArray[np.float64]) -> float:
    """The chance that a positive comment gets the higher value (Mann and Whitney), ties counting half; or nan."""
    above, below = value[positive], np.sort(value[~positive])
    if not len(above) or not len(below):
        return float("nan")
    less, up_to = np.searchsorted(below, above, "left"), np.searchsorted(below, above, "right")
    return float((less + up_to).sum() / (2.0 * len(above) * len(below)))


def _pearson(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    if not first.std() or not second.std():
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])
