"""Why a score changed: because others answered, or because the same people answered otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

from feedback_service.insights.rules.metrics import Counts
from feedback_service.insights.rules.weighting import Cover, cover


@dataclass(frozen=True)
class StratumChange:
    """What one stratum, such as a region, adds to the change, in points.

    ``before`` and ``after`` are its scores, None where it has no answers, and its weights are shares, 0 to 1.
    """

    stratum: str
    weight_before: float
    weight_after: float
    before: float | None
    after: float | None
    mix: float
    within: float

    @property
    def total(self) -> float:
        """Both parts."""
        return self.mix + self.within


@dataclass(frozen=True)
class Decomposition:
    """The change of a score in points; ``mix`` + ``within`` is ``change``, and the strata sum to each of them.

    ``cover_before`` and ``cover_after`` tell what share of a given population has no answers to speak for it.
    """

    before: float
    after: float
    mix: float
    within: float
    strata: tuple[StratumChange, ...]
    cover_before: Cover
    cover_after: Cover

    @property
    def change(self) -> float:
        """After less before."""
        return self.after - self.before


_Scores = tuple[Mapping[str, float], Mapping[str, float]]


def decompose(
    before: Mapping[str, Counts],
    after: Mapping[str, Counts],
    population_before: Mapping[str, float] | None = None,
    population_after: Mapping[str, float] | None = None,
) -> Decomposition | None:
    """Split the change between two disjoint periods; None unless both have answers.

    A stratum weighs its share of the period's answers, or of the population where that is given. Σ (W₂ - W₁)(s₁ + s₂)/2
    is the mix and Σ (W₁ + W₂)/2 (s₂ - s₁) what happened within (Kitagawa, Journal of the American Statistical
    Association 50 (1955) 1168-1194). Each stratum's mix is told against the score of both periods together, which
    changes no sum, since the weights' changes sum to nothing: so one that grew adds to the score only if it is better
    than most. A stratum absent from a period is taken to have scored there as it does in the other, so all that it
    brings is mix. The largest part comes first. Raises ValueError for a negative weight.
    """
    covers = _cover(before, population_before), _cover(after, population_after)
    if not (covers[0].weights and covers[1].weights):
        return None
    scores: _Scores = _scores(before, covers[0]), _scores(after, covers[1])
    totals = [
        sum(one.weights[stratum] * score[stratum] for stratum in one.weights)
        for one, score in zip(covers, scores, strict=True)
    ]
    parts = [_part(stratum, covers, scores, sum(totals) / 2) for stratum in dict.fromkeys([*scores[0], *scores[1]])]
    return Decomposition(
        before=totals[0],
        after=totals[1],
        mix=sum(part.mix for part in parts),
        within=sum(part.within for part in parts),
        strata=tuple(sorted(parts, key=lambda part: (-abs(part.total), part.stratum))),
        cover_before=covers[0],
        cover_after=covers[1],
    )


def _cover(answers: Mapping[str, Counts], population: Mapping[str, float] | None) -> Cover:
    numbers = {stratum: counts.n for stratum, counts in answers.items()}
    return cover(numbers, numbers if population is None else population)


def _scores(answers: Mapping[str, Counts], covered: Cover) -> dict[str, float]:
    return {stratum: 100 * answers[stratum].observed.mean for stratum in covered.weights}


def _part(stratum: str, covers: tuple[Cover, Cover], scores: _Scores, middle: float) -> StratumChange:
    weight_before, weight_after = (one.weights.get(stratum, 0.0) for one in covers)
    before, after = (score.get(stratum) for score in scores)
    known = [score for score in (before, after) if score is not None]
    one, two = known[0], known[-1]  # the same one where it is absent from a period
    return StratumChange(
        stratum,
        weight_before,
        weight_after,
        before,
        after,
        mix=(weight_after - weight_before) * ((one + two) / 2 - middle),
        within=(weight_before + weight_after) / 2 * (two - one),
    )
