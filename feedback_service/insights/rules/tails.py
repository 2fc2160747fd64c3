"""Tests that stay honest far out in the tails, for when many are made and only the most surprising is told.

At one test in twenty the tests of `verdicts` are right. At one in ten thousand they are not: with 20 answers of a shop
where 8 of 10 are satisfied, a test at 0.005 % by Newcombe's interval alarms eleven times as often as it says.
"""

from math import atan, cos, pi, sin, sqrt
from statistics import NormalDist
from typing import Protocol, Self

from feedback_service.insights.rules.metrics import Moments

_NORMAL = NormalDist()


class Reading(Protocol):
    """What was counted in some time or group, as its mean and variance."""

    @property
    def n(self) -> int:
        """How many were counted."""

    @property
    def observed(self) -> Moments:
        """As they are; needs at least one."""

    @property
    def adjusted(self) -> Moments:
        """With imagined ones, so that the variance is never nothing."""

    def __add__(self, other: Self) -> Self:
        """Both together."""


def guarded_z(first: Reading, second: Reading) -> float:
    """First minus second in standard errors, as far as can be said safely; needs an answer in both.

    z = (s₁ - s₂) / √(v (1/n₁ + 1/n₂)), with the means as they are and v the greater of the two adjusted variances.
    A mean that is far off by chance comes with a variance that is off too: too small on the one side, which the
    other group's sets right, and too great on the other, which the long tail there needs. Enumerated exactly for
    NPS and shares: from 20 answers on it alarms hardly more often than the normal distribution says, mostly far less.
    """
    one, two = first.observed, second.observed
    variance = max(first.adjusted.variance, second.adjusted.variance)
    return (one.mean - two.mean) / sqrt(variance * (1 / one.n + 1 / two.n))


def normal_tail(z: float) -> float:
    """The chance of a standard normal value above `z`."""
    return _NORMAL.cdf(-z)


def student_tail(t: float, freedom: int) -> float:
    """The chance of a value above `t` under Student's distribution with `freedom` degrees.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.3 and 26.7.4, which are finite sums
    for whole degrees. Accurate to about 1e-15, not relatively. Raises ValueError for less than one degree.
    """
    if freedom < 1:
        raise ValueError(f"Student's distribution needs a degree of freedom, not {freedom}.")
    angle = atan(t / sqrt(freedom))
    odd = freedom % 2
    term = cos(angle) if odd else 1.0
    total = 0.0
    for power in range(1 + odd, freedom, 2):
        total += term
        term *= cos(angle) ** 2 * power / (power + 1)
    inside = sin(angle) * total
    if odd:
        inside = (angle + inside) * 2 / pi
    return (1 - inside) / 2
