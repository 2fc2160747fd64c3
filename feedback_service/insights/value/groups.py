"""Buyers by what they said: the three bands of a score, named as the survey's question asks for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from feedback_service.insights.rules.metrics import CES_SCORES, CSAT_SCORES, NPS_SCORES, MetricKind
from feedback_service.insights.value.queries import Buyer
from feedback_service.responses.rules.bands import band

SCALES = {MetricKind.NPS: NPS_SCORES, MetricKind.CSAT: CSAT_SCORES, MetricKind.CES: CES_SCORES}
NAMES = {
    MetricKind.NPS: {"promoter": "Promoters", "passive": "Passives", "detractor": "Detractors"},
    MetricKind.CSAT: {"promoter": "Satisfied", "passive": "Neutral", "detractor": "Dissatisfied"},
    MetricKind.CES: {"promoter": "Found it easy", "passive": "In between", "detractor": "Found it hard"},
}
PEOPLE = {
    MetricKind.NPS: {"promoter": "promoters", "passive": "passives", "detractor": "detractors"},
    MetricKind.CSAT: {
        "promoter": "satisfied buyers", "passive": "neutral buyers", "detractor": "dissatisfied buyers",
    },
    MetricKind.CES: {
        "promoter": "buyers who found it easy", "passive": "buyers in between", "detractor": "buyers who found it hard",
    },
}  # fmt: skip
"""What a sentence calls them."""
HAPPY, UNHAPPY = "promoter", "detractor"


@dataclass(frozen=True)
class Group:
    """One band of a survey."""

    key: str
    name: str
    people: str
    """What a sentence calls them, such as promoters."""
    low: int
    high: int
    """The scores that belong to it, both included."""


def groups(kind: MetricKind, detractor_max: int) -> list[Group]:
    """The bands that have any score, the happiest first."""
    scores: dict[str, list[int]] = defaultdict(list)
    for score in SCALES[kind]:
        scores[band(kind, score, detractor_max)].append(score)
    return [
        Group(key, name, PEOPLE[kind][key], min(scores[key]), max(scores[key]))
        for key, name in NAMES[kind].items()
        if scores[key]
    ]


def by_group(buyers: Iterable[Buyer], of: Iterable[Group]) -> dict[str, list[Buyer]]:
    """Everybody in their group, by its key; a group of nobody is there, empty."""
    place = {score: group.key for group in of for score in range(group.low, group.high + 1)}
    found: dict[str, list[Buyer]] = {key: [] for key in place.values()}
    for buyer in buyers:
        if buyer.score in place:
            found[place[buyer.score]].append(buyer)
    return found
