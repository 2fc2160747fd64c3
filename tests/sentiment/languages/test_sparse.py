"""The two products of a sparse matrix, against the full one."""

import numpy as np

from feedback_service.sentiment.languages.sparse import Rows


def test_products_are_those_of_the_full_matrix() -> None:
    dice = np.random.default_rng(3)
    full = dice.random((7, 5), np.float32) * (dice.random((7, 5)) < 0.4)
    full[:, -1], full[0] = 1.0, 0.5  # no row and no column is empty
    rows = Rows.of([(np.flatnonzero(row), row[np.flatnonzero(row)]) for row in full], 5)
    right, left = dice.random((5, 2), np.float32), dice.random((7, 2), np.float32)
    assert len(rows) == 7
    assert np.allclose(rows.times(right), full @ right, atol=1e-6)
    assert np.allclose(rows.transposed().times(left), full.T @ left, atol=1e-6)
