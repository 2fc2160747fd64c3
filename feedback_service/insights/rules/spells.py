"""Which values of an attribute stood out for a time, such as a carrier in one month, and not by chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add

from feedback_service.insights.rules.discoveries import Finding, adjusted_p_values, p_value
from feedback_service.insights.rules.metrics import MIN_ANSWERS, Counts
from feedback_service.insights.rules.verdicts import compare_counts

SPELL_RATE = 0.01
"""Of what is told, the share that may be chance: stricter than elsewhere, since most groups are small here."""

_Place = tuple[int, str]


@dataclass(frozen=True)
class Spell:
    """A value in one period, beside the other values of its attribute in the same period."""

    place: int
    """Of the period."""
    attribute: str
    finding: Finding


def find_spells(
    attributes: Mapping[str, Mapping[int, Mapping[str, Counts]]], rate: float = SPELL_RATE
) -> tuple[list[Spell], int]:
    """What stood out, the surest first, and how many values of periods were asked.

    `attributes` are the answers by attribute, period and value. First each attribute is asked as a whole, all its
    periods together, and only then which value in which period it was, as `discover` does: so an attribute that
    means nothing gets no chance for each of the periods.
    """
    families = {name: _asked(periods) for name, periods in attributes.items()}
    adjusted = {
        name: dict(zip(asked, adjusted_p_values([p_value(*pair) for pair in asked.values()]), strict=True))
        for name, asked in families.items()
        if asked
    }
    overall = dict(zip(adjusted, adjusted_p_values([min(each.values()) for each in adjusted.values()]), strict=True))
    passed = [name for name, q in overall.items() if q <= rate]
    penalty = len(overall) / max(1, len(passed))
    found = [
        Spell(place, name, _finding(value, families[name][place, value], q * penalty))
        for name in passed
        for (place, value), q in adjusted[name].items()
        if q * penalty <= rate
    ]
    found.sort(key=lambda spell: (spell.finding.q_value, spell.place, spell.attribute, spell.finding.value))
    return found, sum(map(len, families.values()))


def _asked(periods: Mapping[int, Mapping[str, Counts]]) -> dict[_Place, tuple[Counts, Counts]]:
    """Each value with the rest of its period, where both have answers enough."""
    asked: dict[_Place, tuple[Counts, Counts]] = {}
    for place, values in periods.items():
        if not values:
            continue
        whole = reduce(add, values.values())
        pairs = {value: (counts, whole - counts) for value, counts in values.items()}
        asked |= {(place, value): pair for value, pair in pairs.items() if min(each.n for each in pair) >= MIN_ANSWERS}
    return asked


def _finding(value: str, pair: tuple[Counts, Counts], q_value: float) -> Finding:
    counts, rest = pair
    return Finding(value, counts.n, compare_counts(rest, counts), q_value, found=True)
