"""The regression: probabilities, even sides, and a fit that can be checked by hand."""

import numpy as np
import pytest

from feedback_service.sentiment.languages.logistic import NEGATIVE, NEUTRAL, POSITIVE, even_sides, fit, probabilities
from feedback_service.sentiment.languages.sparse import Rows


def _rows(full: list[list[float]]) -> Rows:
    return Rows.of(
        [(np.flatnonzero(row), np.array(row, np.float32)[np.flatnonzero(row)]) for row in map(np.array, full)],
        len(full[0]),
    )


def test_no_weight_means_no_opinion() -> None:
    assert np.allclose(probabilities(np.zeros((1, 2))), 1 / 3)
    assert np.allclose(probabilities(np.array([[800.0, 0.0]])), [0, 0, 1])


@pytest.mark.parametrize(
    ("negative", "positive", "ratio", "why"),
    [
        (10, 10, 1.0, "as many of each"),
        (10, 40, 4.0, "a complaint counts four times as much, so that both sides weigh the same"),
        (1, 999, 4.0, "but never more than that"),
        (0, 50, 4.0, "not even where there is none"),
    ],
)
def test_sides_are_made_even(negative: int, positive: int, ratio: float, why: str) -> None:
    labels = np.array([NEGATIVE] * negative + [POSITIVE] * positive + [NEUTRAL, NEGATIVE, POSITIVE])
    counts = even_sides(labels)
    assert counts[-2] / counts[-1] == pytest.approx(ratio, rel=0.1), why
    assert counts[-3] == 1.0, why


def test_what_stands_with_a_label_alone_speaks_for_it() -> None:
    labels = np.array([NEGATIVE, NEUTRAL, POSITIVE] * 20)
    full = [[float(label == each) for each in range(3)] + [1.0] for label in labels]
    fitted = fit(_rows(full), labels, np.ones(len(labels)))
    for label in range(3):
        sides = fitted.weights[label] + fitted.constants
        assert probabilities(sides[None, :])[0].argmax() == label
    assert fitted.constants[0] == pytest.approx(0, abs=1e-3)  # as many of each side


def test_one_label_alone_gives_finite_weights() -> None:
    fitted = fit(_rows([[1.0, 1.0]] * 30), np.full(30, POSITIVE), np.ones(30))
    assert np.all(np.isfinite(fitted.weights))
    assert probabilities((fitted.weights[0] + fitted.constants)[None, :])[0, POSITIVE] > 0.9
