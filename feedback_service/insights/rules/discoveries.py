"""Which of many regions, carriers and articles stand out, without those that stand out by chance."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from feedback_service.insights.rules.metrics import MIN_ANSWERS, Counts
from feedback_service.insights.rules.tails import guarded_z, normal_tail
from feedback_service.insights.rules.verdicts import Comparison, compare_counts

FALSE_DISCOVERY_RATE = 0.05
"""Of what is told, the share that may be chance."""


@dataclass(frozen=True)
class Finding:
    """One value of an attribute against all other values in the same period.

    ``comparison.change`` is the value's score less that of the rest, in points. ``q_value`` is None where either has
    too few answers to be asked.
    """

    value: str
    n: int
    comparison: Comparison
    q_value: float | None
    found: bool


@dataclass(frozen=True)
class AttributeRanking:
    """An attribute, whether it matters at all, and its values: what was found first, then the greatest effect."""

    attribute: str
    q_value: float | None
    found: bool
    findings: tuple[Finding, ...]

    @property
    def tested(self) -> int:
        """Values that have answers enough to be asked."""
        return sum(finding.q_value is not None for finding in self.findings)


def adjusted_p_values(p_values: Sequence[float]) -> list[float]:
    """Each p as the lowest false-discovery rate at which it would be told, in the order given.

    Source: Benjamini and Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289-300.
    """
    adjusted = [1.0] * len(p_values)
    lowest = 1.0
    descending = sorted(range(len(p_values)), key=p_values.__getitem__, reverse=True)
    for place, at in enumerate(descending):
        lowest = min(lowest, p_values[at] * len(p_values) / (len(p_values) - place))
        adjusted[at] = lowest
    return adjusted


def p_value(first: Counts, second: Counts) -> float:
    """Two-sided, by the test that is honest when many are made; 1 unless both have `MIN_ANSWERS`."""
    if min(first.n, second.n) < MIN_ANSWERS:
        return 1.0
    return 2 * normal_tail(abs(guarded_z(first, second)))


def discover(
    attributes: Mapping[str, Mapping[str, Counts]], rate: float = FALSE_DISCOVERY_RATE
) -> list[AttributeRanking]:
    """Rank attributes, each a mapping of its values to their answers of one period; those that matter come first.

    First each attribute is asked as a whole, by Simes' test on its values, and the attributes are held to `rate`
    together, so that asking many of them adds no discoveries; then the values of those that passed, at `rate` times the
    share that passed (Benjamini and Bogomolov, Journal of the Royal Statistical Society B 76 (2014) 297-318). So an
    attribute is found if and only if one of its values is. Every value is set against the rest of its attribute, so
    answers without the attribute stay out. An attribute can stand for another that causes it: a region for its carrier.
    """
    families = {name: _family(values) for name, values in attributes.items()}
    asked = {name: min(family.adjusted.values()) for name, family in families.items() if family.adjusted}
    overall = dict(zip(asked, adjusted_p_values(list(asked.values())), strict=True))
    passed = sum(q <= rate for q in overall.values())
    penalty = len(overall) / max(1, passed)
    rankings = [_ranking(name, family, overall.get(name), penalty, rate) for name, family in families.items()]
    return sorted(rankings, key=lambda one: (_last_if_none(one.q_value), one.attribute))


@dataclass(frozen=True)
class _Family:
    """An attribute's values: each against the rest, and its adjusted p among those that could be asked."""

    sizes: Mapping[str, int]
    comparisons: Mapping[str, Comparison]
    adjusted: Mapping[str, float]


def _family(values: Mapping[str, Counts]) -> _Family:
    present = {value: counts for value, counts in values.items() if counts.n}
    if not present:
        return _Family({}, {}, {})
    rests = _rests(present)
    asked = {
        value: p_value(counts, rests[value])
        for value, counts in present.items()
        if min(counts.n, rests[value].n) >= MIN_ANSWERS
    }
    return _Family(
        sizes={value: counts.n for value, counts in present.items()},
        comparisons={value: compare_counts(rests[value], counts) for value, counts in present.items()},
        adjusted=dict(zip(asked, adjusted_p_values(list(asked.values())), strict=True)),
    )


def _rests(values: Mapping[str, Counts]) -> dict[str, Counts]:
    whole = reduce(add, values.values())
    return {value: whole - counts for value, counts in values.items()}


def _ranking(name: str, family: _Family, overall: float | None, penalty: float, rate: float) -> AttributeRanking:
    found = overall is not None and overall <= rate
    findings = []
    for value, comparison in family.comparisons.items():
        adjusted = family.adjusted.get(value)
        q_value = None if adjusted is None else min(1.0, adjusted * penalty)
        told = found and q_value is not None and q_value <= rate
        findings.append(Finding(value, family.sizes[value], comparison, q_value, told))
    return AttributeRanking(name, overall, found, tuple(_by_effect(findings)))


def _by_effect(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(
        findings,
        key=lambda one: (not one.found, one.q_value is None, -abs(one.comparison.change or 0.0), one.value),
    )


def _last_if_none(q_value: float | None) -> float:
    return 2.0 if q_value is None else q_value
