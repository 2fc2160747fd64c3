"""How long until something happens, honest about those for whom it has not happened yet."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt

from feedback_service.insights.rules.metrics import MIN_ANSWERS, CsatCounts, Estimate, Z, holding

HORIZONS = (30, 90, 180)
"""Days after which repeat purchase is told."""

Times = Iterable[float] | Mapping[float, int]
"""One for each who was followed, or how many there were of each."""


@dataclass(frozen=True)
class Step:
    """A time at which it happened to somebody."""

    at: float
    at_risk: int
    """Those to whom it had not happened just before, and who were still being followed."""
    events: int
    survival: float
    """The share to whom it has not happened by now, this time with it."""
    greenwood: float
    """Σ d / (n (n - d)) up to here; infinite once it has happened to everybody."""

    @property
    def variance(self) -> float:
        """Of the survival, by Greenwood's formula (1926); 0 at the end, where it says nothing."""
        return self.survival**2 * self.greenwood if self.survival else 0.0

    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the survival, on the scale of log(-log S), which keeps it between 0 and 1.

        Source: Kalbfleisch and Prentice, "The Statistical Analysis of Failure Time Data" (1980), 1.3. At 1 and 0 that
        has no width, so there it is Wilson's on those at risk.
        """
        if not 0 < self.survival < 1:
            return CsatCounts(round(self.survival) * self.at_risk, self.at_risk).wilson()
        reach = Z * sqrt(self.greenwood) / abs(log(self.survival))
        return self.survival ** exp(reach), self.survival ** exp(-reach)


@dataclass(frozen=True)
class Curve:
    """A Kaplan-Meier estimate. Times are in whatever unit they were given in."""

    steps: tuple[Step, ...]
    happened: Counter[float]
    """To how many it happened at each time."""
    not_yet: Counter[float]
    """How many others were followed just so long."""

    @property
    def n(self) -> int:
        """All who were followed."""
        return self.happened.total() + self.not_yet.total()

    @property
    def longest(self) -> float | None:
        """How long the last of them was followed; None if nobody was."""
        return max(self.happened + self.not_yet, default=None)

    def followed(self, time: float) -> int:
        """How many were followed at least to `time` without its having happened before."""
        return sum(number for at, number in (self.happened + self.not_yet).items() if at >= time)

    def known(self, time: float) -> int:
        """Of how many it is known whether it had happened by `time`."""
        return self.n - sum(number for at, number in self.not_yet.items() if at < time)

    def at(self, time: float) -> Step | None:
        """The survival at `time`; None where nobody was followed so far and it has not happened to all."""
        reached = self.followed(time)
        last = bisect_right(self.steps, time, key=lambda step: step.at)
        if not reached and not (last and self.steps[last - 1].survival == 0):
            return None
        return self.steps[last - 1] if last else Step(time, reached, 0, 1.0, 0.0)


def kaplan_meier(happened: Times, not_yet: Times) -> Curve:
    """The share to whom something has not happened yet, over time.

    `happened` are the times until it did, `not_yet` how long the others have been followed so far (right censored). One
    who leaves at the time of an event was still at risk then. Source: Kaplan and Meier, Journal of the American
    Statistical Association 53 (1958) 457-481. It holds if those followed briefly are like the others, as they are when
    they merely came later. Raises ValueError for a negative time.
    """
    events, censored = Counter[float](happened), Counter[float](not_yet)
    leaving = events + censored
    if leaving and min(leaving) < 0:
        raise ValueError(f"Nothing takes a negative time; got {min(leaving)}.")
    steps = []
    at_risk, survival, greenwood = leaving.total(), 1.0, 0.0
    for time in sorted(leaving):
        if died := events[time]:
            left = at_risk - died
            survival *= left / at_risk
            greenwood += died / (at_risk * left) if left else inf
            steps.append(Step(time, at_risk, died, survival, greenwood))
        at_risk -= leaving[time]
    return Curve(tuple(steps), events, censored)


@dataclass(frozen=True)
class RepeatPurchase:
    """The share of a group of customers who bought again within so many days."""

    days: int
    estimate: Estimate
    """In percent; its `n` is the whole group, its value None where nobody could be followed so far."""
    variance: float | None
    """Greenwood's, of the share as a fraction."""
    known: int
    """Of whom it is known: they bought again by then, or were followed as far without."""

    @property
    def mature(self) -> bool:
        """Whether it is known of all, so that the figure is final; otherwise it is greyed."""
        return self.known == self.estimate.n


def repeat_purchases(until_next: Times, without: Times, horizons: Sequence[int] = HORIZONS) -> list[RepeatPurchase]:
    """Repeat purchase at each of the `horizons`, in days after the purchase that was asked about.

    `until_next` are the days until the next purchase of those who made one, `without` the days since of the others.
    """
    curve = kaplan_meier(until_next, without)
    return [_repeat(curve, days) for days in horizons]


def _repeat(curve: Curve, days: int) -> RepeatPurchase:
    known = curve.known(days)
    step = curve.at(days)
    if step is None:
        return RepeatPurchase(days, Estimate(None, None, None, curve.n, enough=False), None, known)
    value = 1 - step.survival
    low, high = step.interval()
    low, high = holding(value, 1 - high, 1 - low)
    shown = Estimate(100 * value, 100 * low, 100 * high, curve.n, known >= MIN_ANSWERS)
    return RepeatPurchase(days, shown, step.variance, known)
