"""Did it get better? One of three words on the change between two periods.

The periods must be disjoint: overlapping windows share answers, and no test here knows that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import hypot, inf
from statistics import NormalDist

from feedback_service.insights.rules.metrics import (
    CONFIDENCE,
    MIN_ANSWERS,
    CsatCounts,
    NpsCounts,
    Z,
    count,
    holding,
    sample_size,
)

# A number past this is no plan for any shop, so none is given.
MOST_ANSWERS_WORTH_NAMING = 100_000

# p is told to a few digits; sixty halvings of the search range go far past them.
HALVINGS = 60
WIDEST_Z = 40.0


class Verdict(StrEnum):
    """What a manager may conclude."""

    REAL = "real"
    COULD_BE_CHANCE = "could_be_chance"
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class Comparison:
    """The change from one period to a later, disjoint one.

    `change`, `low` and `high` are points (after minus before) and None, like `p_value`, where a period has no
    answer. `answers_needed` is how many more answers each period needs:

    * 0 for a change that is real;
    * for one that could be chance, the sample-size formula with the variances of both periods and the
      difference seen as the margin, less the answers that the smaller period has. It holds if the difference
      stays what it is, and None means that no realistic number would tell;
    * with too few answers, what is missing to `MIN_ANSWERS`: a difference among so few says nothing on how
      many would tell.
    """

    verdict: Verdict
    change: float | None
    low: float | None
    high: float | None
    p_value: float | None
    answers_needed: int | None


@dataclass(frozen=True)
class _Test:
    """What a method found: the interval of the change in points, p, and answers per period to be sure."""

    low: float
    high: float
    p_value: float
    sample: float


def compare(kind: str, before: Mapping[int, int], after: Mapping[int, int]) -> Comparison:
    """Judge the change of the metric `kind` between how often each score was given before and after.

    Raises ValueError for an unknown kind, a score outside the kind's scale or a negative count.
    """
    return compare_counts(count(kind, before), count(kind, after))


def compare_counts(before: NpsCounts | CsatCounts, after: NpsCounts | CsatCounts) -> Comparison:
    """Judge a change by the test that its counts ask for; TypeError where they are of two kinds."""
    if isinstance(before, NpsCounts) and isinstance(after, NpsCounts):
        return compare_nps(before, after)
    if isinstance(before, CsatCounts) and isinstance(after, CsatCounts):
        return compare_csat(before, after)
    raise TypeError("one kind is counted in one way")


def compare_nps(before: NpsCounts, after: NpsCounts) -> Comparison:
    """Judge a change of NPS by z on the adjusted counts; the change told is that of the raw scores."""
    if not (before.n and after.n):
        return _untold(before.n, after.n)
    change = 100 * (after.observed.mean - before.observed.mean)
    return _judge(change, min(before.n, after.n), _nps_test(before, after))


def compare_csat(before: CsatCounts, after: CsatCounts) -> Comparison:
    """Judge a change of CSAT by whether Newcombe's hybrid interval leaves zero out."""
    if not (before.n and after.n):
        return _untold(before.n, after.n)
    return _judge(100 * (after.share - before.share), min(before.n, after.n), _csat_test(before, after))


def nps_z(first: NpsCounts, second: NpsCounts) -> float:
    """z = (s₁ - s₂) / √(v₁/n₁ + v₂/n₂) on the adjusted counts, after Rocks (2016)."""
    one, two = first.adjusted, second.adjusted
    return (one.mean - two.mean) / hypot(one.standard_error, two.standard_error)


def newcombe(first: CsatCounts, second: CsatCounts, z: float = Z) -> tuple[float, float]:
    """The interval of the difference of two shares, first minus second, as fractions.

    Source: Newcombe, "Interval estimation for the difference between independent proportions",
    Statistics in Medicine 17 (1998) 873-890, method 10. Needs an answer in both.
    """
    difference = first.share - second.share
    (low1, high1), (low2, high2) = first.wilson(z), second.wilson(z)
    return (
        difference - hypot(first.share - low1, high2 - second.share),
        difference + hypot(high1 - first.share, second.share - low2),
    )


def _nps_test(before: NpsCounts, after: NpsCounts) -> _Test:
    one, two = before.adjusted, after.adjusted
    difference = two.mean - one.mean
    reach = Z * hypot(one.standard_error, two.standard_error)
    low, high = max(difference - reach, -2.0), min(difference + reach, 2.0)
    imagined = one.n - before.n  # part of the formula's n, but nobody has to give them
    return _Test(
        low=100 * low,
        high=100 * high,
        p_value=_two_sided(nps_z(before, after)),
        sample=_sample(one.variance + two.variance, difference) - imagined,
    )


def _csat_test(before: CsatCounts, after: CsatCounts) -> _Test:
    low, high = newcombe(after, before)
    variance = _shrunk_variance(before) + _shrunk_variance(after)
    return _Test(
        low=100 * low,
        high=100 * high,
        p_value=_two_sided(_widest_z_without_zero(after, before)),
        sample=_sample(variance, after.share - before.share),
    )


def _judge(change: float, smaller: int, test: _Test) -> Comparison:
    verdict = _verdict(smaller, test.p_value)
    low, high = holding(change, test.low, test.high)
    return Comparison(verdict, change, low, high, test.p_value, _answers_needed(verdict, smaller, test.sample))


def _verdict(smaller: int, p_value: float) -> Verdict:
    if smaller < MIN_ANSWERS:
        return Verdict.TOO_FEW
    return Verdict.REAL if p_value < 1 - CONFIDENCE else Verdict.COULD_BE_CHANCE


def _answers_needed(verdict: Verdict, smaller: int, sample: float) -> int | None:
    if verdict is Verdict.REAL:
        return 0
    if verdict is Verdict.TOO_FEW:
        return MIN_ANSWERS - smaller
    needed = max(1.0, sample - smaller)
    return int(needed) if needed <= MOST_ANSWERS_WORTH_NAMING else None


def _untold(before: int, after: int) -> Comparison:
    return Comparison(Verdict.TOO_FEW, None, None, None, None, MIN_ANSWERS - min(before, after))


def _sample(variance: float, difference: float) -> float:
    """Answers per period at which `difference` would just clear its interval; infinite for none at all."""
    return sample_size(variance, abs(difference)) if difference else inf


def _shrunk_variance(counts: CsatCounts) -> float:
    """p(1 - p) at Wilson's centre: a share of 0 or 1 would claim no variance at all."""
    centre = (counts.satisfied + Z**2 / 2) / (counts.total + Z**2)
    return centre * (1 - centre)


def _two_sided(z: float) -> float:
    return 2 * NormalDist().cdf(-abs(z))


def _widest_z_without_zero(first: CsatCounts, second: CsatCounts) -> float:
    """How wide Newcombe's interval can grow before it takes zero in.

    p comes from the interval itself, turned round, so that the two can never contradict each other; a
    separate z test would, now and then, at the edge.
    """
    inside, outside = 0.0, WIDEST_Z
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        low, high = newcombe(first, second, middle)
        if low <= 0 <= high:
            outside = middle
        else:
            inside = middle
    return inside
