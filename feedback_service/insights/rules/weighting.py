"""The score as it would be if those who answered were made up like those who were asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from feedback_service.insights.rules.metrics import (
    ADDED_DETRACTORS,
    ADDED_PASSIVES,
    ADDED_PROMOTERS,
    MIN_ANSWERS,
    NO_ANSWERS,
    Estimate,
    Moments,
    NpsCounts,
    holding,
)


@dataclass(frozen=True)
class Cover:
    """The weights of the strata that answered, which sum to 1, and what they leave out."""

    weights: Mapping[str, float]
    uncovered: float
    """The share of the population whose strata gave no answer, 0 to 1: nothing is known of it."""
    unplaced: int
    """Answers from strata that the population does not have; they weigh nothing."""


@dataclass(frozen=True)
class Weighted:
    """A post-stratified NPS."""

    estimate: Estimate
    variance: float | None
    """Σ W_h² v_h / n_h, the variance of the score on the scale of -1 to 1, of the answers as they are."""
    effective_n: float
    """Kish's: so many answers that all weigh the same would tell as much."""
    cover: Cover


def effective_size(weights: Iterable[float]) -> float:
    """(Σw)² / Σw² over the weights of single answers; 0 without any.

    Source: Kish, "Survey Sampling" (1965). Raises ValueError for a negative weight.
    """
    total = squares = 0.0
    for weight in weights:
        _refuse_negative(weight)
        total += weight
        squares += weight**2
    return total**2 / squares if squares else 0.0


def cover(answers: Mapping[str, int], population: Mapping[str, float]) -> Cover:
    """What `population`, of any total, weighs in the strata that have `answers`, made to sum to 1.

    Raises ValueError for a negative weight.
    """
    _refuse_negative(*population.values())
    present = {stratum: weight for stratum, weight in population.items() if weight and answers.get(stratum)}
    covered, whole = sum(present.values()), sum(population.values())
    return Cover(
        {stratum: weight / covered for stratum, weight in present.items()},
        uncovered=max(0.0, 1 - covered / whole) if whole else 0.0,
        unplaced=sum(n for stratum, n in answers.items() if stratum not in present),
    )


def post_stratified(answers: Mapping[str, NpsCounts], population: Mapping[str, float]) -> Weighted:
    """Weigh each stratum's NPS by its share of the `population`, such as the invitations sent by region.

    Σ W_h NPS_h with its variance Σ W_h² v_h / n_h (Cochran, "Sampling Techniques" (1977), 5A.9). The interval puts the
    variance of all answers in the place of every v_h, which makes it the adjusted Wald of Rocks (2016) on the weighted
    shares and Kish's effective size, after Korn and Graubard, Survey Methodology 24 (1998) 193-201: a stratum of one
    answer shows no variance of its own, and would otherwise pass for certain. With one stratum it is the plain
    interval. Too few is told by the effective size. Raises ValueError for a negative weight.
    """
    covered = cover({stratum: counts.n for stratum, counts in answers.items()}, population)
    strata = [(weight, answers[stratum]) for stratum, weight in covered.weights.items()]
    if not strata:
        return Weighted(NO_ANSWERS, None, 0.0, covered)
    effective_n = 1 / sum(weight**2 / counts.n for weight, counts in strata)
    value = 100 * sum(weight * counts.observed.mean for weight, counts in strata)
    low, high = holding(value, *_adjusted(strata, effective_n).wald())
    enough = round(effective_n, 6) >= MIN_ANSWERS
    n = sum(counts.n for _, counts in strata)
    return Weighted(
        Estimate(value, max(low, -100.0), min(high, 100.0), n, enough),
        variance=sum(weight**2 * counts.observed.variance / counts.n for weight, counts in strata),
        effective_n=effective_n,
        cover=covered,
    )


def _adjusted(strata: list[tuple[float, NpsCounts]], effective_n: float) -> Moments:
    promoters = sum(weight * counts.promoters / counts.n for weight, counts in strata)
    detractors = sum(weight * counts.detractors / counts.n for weight, counts in strata)
    return Moments.of(
        promoters * effective_n + ADDED_PROMOTERS,
        max(0.0, 1 - promoters - detractors) * effective_n + ADDED_PASSIVES,
        detractors * effective_n + ADDED_DETRACTORS,
    )


def _refuse_negative(*weights: float) -> None:
    if min(weights, default=0) < 0:
        raise ValueError(f"A weight cannot be negative; got {min(weights)}.")
