"""What goodwill is worth: who buys again how much more often, what customers are worth, and what is at stake."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, hypot, sqrt
from statistics import fmean, median

from feedback_service.insights.rules.metrics import MIN_ANSWERS, Estimate, Z, holding
from feedback_service.insights.rules.survival import RepeatPurchase


@dataclass(frozen=True)
class Gap:
    """By how many points of percent one group bought again more often than another, with its 95 % interval."""

    days: int
    value: float
    low: float
    high: float

    @property
    def real(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def gap(more: RepeatPurchase, less: RepeatPurchase) -> Gap | None:
    """`more` less `less`, of two groups without a common member; None where either is too few to say.

    The interval is made of the two groups' own, which may be lopsided: d ± √(reach² + reach²) on each side. Source: Zou
    and Donner, Statistics in Medicine 27 (2008) 1693-1702, of which Newcombe's for two shares is the simplest case.
    """
    one, two = more.estimate, less.estimate
    if not (one.enough and two.enough):
        return None
    if one.value is None or two.value is None or one.low is None or two.low is None:
        return None
    if one.high is None or two.high is None:
        return None
    difference = one.value - two.value
    low = difference - hypot(one.value - one.low, two.high - two.value)
    high = difference + hypot(one.high - one.value, two.value - two.low)
    return Gap(more.days, difference, max(low, -100.0), min(high, 100.0))


def lost(repeat: RepeatPurchase) -> Estimate:
    """The share who have not bought again by then, in percent: what is left of those who have."""
    found = repeat.estimate
    if found.value is None or found.low is None or found.high is None:
        return found
    return Estimate(100 - found.value, 100 - found.high, 100 - found.low, found.n, found.enough)


@dataclass(frozen=True)
class Amounts:
    """What the customers of a group bought, each their own amount, in one currency's smallest unit."""

    n: int
    median: float
    mean: float
    low: float
    high: float
    """The 95 % interval of the median."""

    @property
    def enough(self) -> bool:
        """Whether there are enough to say."""
        return self.n >= MIN_ANSWERS


def amounts(each: Sequence[int]) -> Amounts | None:
    """Sum up a group; None where it is empty.

    The interval of the median lies between the amounts at the ranks n/2 ± z √n / 2, which assumes nothing of how they
    spread. Source: Conover, "Practical Nonparametric Statistics" (1999), 3.2.
    """
    if not each:
        return None
    ranked, n = sorted(each), len(each)
    reach = Z * sqrt(n) / 2
    low = ranked[max(0, floor(n / 2 - reach) - 1)]
    high = ranked[min(n - 1, ceil(n / 2 + reach))]
    middle = median(ranked)
    return Amounts(n, middle, fmean(ranked), *holding(middle, low, high))


def at_stake(minor: int, measured: Gap) -> tuple[int, int, int]:
    """Of an amount, the part that the gap would cost, and within which bounds; none of them is below nothing."""
    value, low, high = (round(minor * max(0.0, share) / 100) for share in (measured.value, measured.low, measured.high))
    return value, low, high
