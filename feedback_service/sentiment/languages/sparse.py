"""Sparse matrices for learning, in numpy alone: just the two products that it takes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
Places = NDArray[np.int32]


@dataclass(frozen=True)
class Rows:
    """An n by d matrix by its rows, none of them empty: row i holds ``values[starts[i]:starts[i + 1]]``."""

    starts: NDArray[np.int64]
    columns: Places
    values: Numbers
    width: int

    @classmethod
    def of(cls, rows: Sequence[tuple[NDArray[np.int64], Numbers]], width: int) -> "Rows":
        """A matrix of ``width`` columns from (columns, values) of each row, which has at least one entry."""
        starts = np.concatenate([[0], np.cumsum([len(columns) for columns, _ in rows])]).astype(np.int64)
        columns = np.concatenate([columns for columns, _ in rows]).astype(np.int32)
        return cls(starts, columns, np.concatenate([values for _, values in rows]), width)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def times(self, weights: Numbers) -> Numbers:
        """This matrix (n, d) times ``weights`` (d, k): (n, k)."""
        return np.stack(
            [np.add.reduceat(self.values * column[self.columns], self.starts[:-1]) for column in weights.T], axis=1
        )

    def transposed(self) -> "Rows":
        """The d by n matrix; needs every column to be filled."""
        order = np.argsort(self.columns, kind="stable")
        row_of = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))
        filled = np.bincount(self.columns, minlength=self.width)
        starts = np.concatenate([[0], np.cumsum(filled)]).astype(np.int64)
        return Rows(starts, row_of[order], self.values[order], len(self))
