"""What a set of scores says: NPS and CSAT as a point, its interval and its count."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from math import ceil, sqrt
from statistics import NormalDist
from typing import Self, TypeVar

from feedback_service.responses.rules.bands import LOWEST_PROMOTER

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)

# Below this an interval spans most of the scale, so a point would say more than the answers do.
MIN_ANSWERS = 10

NPS_SCORES = range(11)
LOWEST_PASSIVE = 7

CSAT_SCORES = range(1, 6)
LOWEST_SATISFIED = LOWEST_PROMOTER["csat"]

CES_SCORES = range(1, 8)
LOWEST_EASY = LOWEST_PROMOTER["ces"]

# Below this a colleague could be told from the result, so nothing is shown at all.
MIN_ANONYMOUS = 5

# Rocks (2016) adds three imagined answers, spread so that they pull towards an even split.
ADDED_PROMOTERS = ADDED_DETRACTORS = 0.75
ADDED_PASSIVES = 1.5


class MetricKind(StrEnum):
    """The question behind the scores, and so the formula."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    ENPS = "enps"

    @property
    def by_band(self) -> bool:
        """Whether promoters are set against detractors; the others are shares."""
        return self in {MetricKind.NPS, MetricKind.ENPS}


METRIC_NAMES: Mapping[str, str] = {"nps": "NPS", "csat": "CSAT", "ces": "CES", "enps": "eNPS"}
"""As everybody writes them."""


@dataclass(frozen=True)
class Estimate:
    """A metric in points (NPS -100 to 100, CSAT 0 to 100) with its 95 % interval.

    Without any answer `value`, `low` and `high` are None. `enough` is false below `MIN_ANSWERS`: show the
    count then, and no line.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    enough: bool


@dataclass(frozen=True)
class Moments:
    """Mean and variance of one answer counted as +1, 0 or -1, over `n` answers (real or adjusted)."""

    mean: float
    variance: float
    n: float

    @classmethod
    def of(cls, promoters: float, passives: float, detractors: float) -> Self:
        """Var = p + d - (p - d)² for the shares p and d. Needs at least one answer."""
        n = promoters + passives + detractors
        mean = (promoters - detractors) / n
        return cls(mean, max(0.0, (promoters + detractors) / n - mean**2), n)

    @property
    def standard_error(self) -> float:
        """√(Var/n), on the scale of -1 to 1."""
        return sqrt(self.variance / self.n)

    def wald(self) -> tuple[float, float]:
        """The 95 % Wald interval in points; it may reach past ±100."""
        reach = Z * self.standard_error
        return 100 * (self.mean - reach), 100 * (self.mean + reach)


@dataclass(frozen=True)
class NpsCounts:
    """Confirmed answers to the recommendation question, by band."""

    promoters: int = 0
    passives: int = 0
    detractors: int = 0

    def __post_init__(self) -> None:
        _refuse_negative(self.promoters, self.passives, self.detractors)

    @classmethod
    def from_histogram(cls, answers: Mapping[int, int]) -> Self:
        """Sort how often each score was given into bands; ValueError on a score outside 0 to 10."""
        _refuse_outside(answers, NPS_SCORES, "NPS")
        promoters = sum(count for score, count in answers.items() if score >= LOWEST_PROMOTER["nps"])
        detractors = sum(count for score, count in answers.items() if score < LOWEST_PASSIVE)
        return cls(promoters, sum(answers.values()) - promoters - detractors, detractors)

    def __add__(self, other: Self) -> Self:
        """The answers of both."""
        return type(self)(
            self.promoters + other.promoters, self.passives + other.passives, self.detractors + other.detractors
        )

    def __sub__(self, part: Self) -> Self:
        """The answers that are not in `part`; ValueError if it holds more than there are."""
        return type(self)(
            self.promoters - part.promoters, self.passives - part.passives, self.detractors - part.detractors
        )

    @property
    def n(self) -> int:
        """All confirmed answers."""
        return self.promoters + self.passives + self.detractors

    @cached_property
    def observed(self) -> Moments:
        """The answers as they are; needs at least one."""
        return Moments.of(self.promoters, self.passives, self.detractors)

    @cached_property
    def adjusted(self) -> Moments:
        """The answers and Rocks' three imagined ones; defined without any answer."""
        return Moments.of(
            self.promoters + ADDED_PROMOTERS,
            self.passives + ADDED_PASSIVES,
            self.detractors + ADDED_DETRACTORS,
        )

    def estimate(self) -> Estimate:
        """The raw NPS within its adjusted Wald interval, clipped to ±100.

        Source: Rocks, "Interval Estimation for the Net Promoter Score", The American Statistician 70 (2016).
        """
        if not self.n:
            return NO_ANSWERS
        value = 100 * self.observed.mean
        low, high = holding(value, *self.adjusted.wald())
        return Estimate(value, max(low, -100.0), min(high, 100.0), self.n, self.n >= MIN_ANSWERS)


@dataclass(frozen=True)
class CsatCounts:
    """Confirmed answers to a question whose good ones are counted: of 4 or 5 (CSAT), of 5 to 7 (CES), out of all."""

    satisfied: int = 0
    total: int = 0

    def __post_init__(self) -> None:
        _refuse_negative(self.satisfied, self.total - self.satisfied)

    @classmethod
    def from_histogram(cls, answers: Mapping[int, int]) -> Self:
        """Count how often 4 or 5 was given; ValueError on a score outside 1 to 5."""
        _refuse_outside(answers, CSAT_SCORES, "CSAT")
        satisfied = sum(count for score, count in answers.items() if score >= LOWEST_SATISFIED)
        return cls(satisfied, sum(answers.values()))

    @classmethod
    def of_effort(cls, answers: Mapping[int, int]) -> Self:
        """Count how often 5, 6 or 7 was given to "how easy was it"; ValueError on a score outside 1 to 7."""
        _refuse_outside(answers, CES_SCORES, "CES")
        easy = sum(count for score, count in answers.items() if score >= LOWEST_EASY)
        return cls(easy, sum(answers.values()))

    def __add__(self, other: Self) -> Self:
        """The answers of both."""
        return type(self)(self.satisfied + other.satisfied, self.total + other.total)

    def __sub__(self, part: Self) -> Self:
        """The answers that are not in `part`; ValueError if it holds more than there are."""
        return type(self)(self.satisfied - part.satisfied, self.total - part.total)

    @property
    def n(self) -> int:
        """All confirmed answers."""
        return self.total

    @property
    def share(self) -> float:
        """Satisfied answers as a fraction; needs at least one answer."""
        return self.satisfied / self.total

    @cached_property
    def observed(self) -> Moments:
        """One answer counted as 1 or 0: the answers as they are; needs at least one."""
        return Moments.of(self.satisfied, self.total - self.satisfied, 0)

    @cached_property
    def adjusted(self) -> Moments:
        """The answers and two imagined ones, one of each kind; defined without any answer.

        Source: Agresti and Caffo, The American Statistician 54 (2000) 280-288.
        """
        return Moments.of(self.satisfied + 1, self.total - self.satisfied + 1, 0)

    def wilson(self, z: float = Z) -> tuple[float, float]:
        """The score interval of the share as fractions, `z` standard errors to either side.

        Source: Wilson (1927), as recommended by Newcombe, Statistics in Medicine 17 (1998) 857-872.
        """
        centre = self.satisfied + z**2 / 2
        reach = z * sqrt(self.satisfied * (self.total - self.satisfied) / self.total + z**2 / 4)
        scale = self.total + z**2
        # When all or none are satisfied, an end lies on the share itself; rounding must not push it past.
        low, high = holding(self.share, (centre - reach) / scale, (centre + reach) / scale)
        return max(low, 0.0), min(high, 1.0)

    def estimate(self) -> Estimate:
        """The share of satisfied answers in percent, within its Wilson interval."""
        if not self.n:
            return NO_ANSWERS
        low, high = self.wilson()
        return Estimate(100 * self.share, 100 * low, 100 * high, self.n, self.n >= MIN_ANSWERS)


Counts = TypeVar("Counts", NpsCounts, CsatCounts)
"""The counts of one kind of metric, the same throughout a call."""

NO_ANSWERS = Estimate(value=None, low=None, high=None, n=0, enough=False)


def count(kind: str, answers: Mapping[int, int]) -> NpsCounts | CsatCounts:
    """Sort `answers`, how often each score was given, for the metric `kind`, such as "nps".

    Raises ValueError for an unknown kind, a score outside the kind's scale or a negative count.
    """
    if MetricKind(kind).by_band:
        return NpsCounts.from_histogram(answers)
    return (CsatCounts.of_effort if MetricKind(kind) is MetricKind.CES else CsatCounts.from_histogram)(answers)


def estimate(kind: str, answers: Mapping[int, int]) -> Estimate:
    """The metric `kind` for how often each score was given; errors as for `count`.

    A result of colleagues is shown from `MIN_ANONYMOUS` answers, and below that not at all: hide it before.
    """
    found = count(kind, answers).estimate()
    return replace(found, enough=found.n >= MIN_ANONYMOUS) if MetricKind(kind) is MetricKind.ENPS else found


def mean(answers: Mapping[int, int]) -> float | None:
    """The plain mean of the scores, which is how effort (CES) is told as well; None without an answer."""
    n = sum(answers.values())
    return sum(score * times for score, times in answers.items()) / n if n else None


def sample_size(variance: float, margin: float) -> int:
    """Answers after which a 95 % interval reaches `margin` to either side: n = ⌈z² Var / m²⌉.

    `margin` is on the scale of the variance, so ±10 points are 0.1. Raises ValueError unless it is positive.
    """
    if margin <= 0:
        raise ValueError(f"A margin must be above 0, not {margin}.")
    return ceil(Z**2 * variance / margin**2)


def holding(point: float, low: float, high: float) -> tuple[float, float]:
    """The interval, widened to hold the point shown.

    An adjusted interval lies around a centre drawn towards zero, and a handful of answers that all agree can
    fall just outside it. Shown as it is, that would read as a mistake; wider is the safe side.
    """
    return min(low, point), max(high, point)


def _refuse_outside(answers: Mapping[int, int], scale: range, name: str) -> None:
    for score in answers:
        if score not in scale:
            raise ValueError(f"{name} scores run from {scale[0]} to {scale[-1]}; {score} is not one of them.")
    _refuse_negative(*answers.values())


def _refuse_negative(*counts: int) -> None:
    if min(counts, default=0) < 0:
        raise ValueError(f"A count of answers cannot be negative; got {min(counts)}.")
