"""Which answer to "did we put it right?" says that we did."""

from math import ceil
from typing import Final

OF_TEN: Final = 7
"""On a scale to 10. On another one it is the same share, rounded up: 4 of 5, 5 of 7."""
HIGHEST: Final = {"nps": 10, "enps": 10, "csat": 5, "ces": 7}
"""The top of each kind's scale."""


def lowest_recovered(kind: str) -> int:
    """The lowest score of a survey of this kind that counts as put right."""
    return ceil(OF_TEN * HIGHEST[kind] / HIGHEST["nps"])
