"""Key drivers: what the answers that name a theme or a reason score, and what it costs the whole."""

from collections.abc import Mapping
from dataclasses import dataclass

from feedback_service.insights.rules.discoveries import FALSE_DISCOVERY_RATE, adjusted_p_values, p_value
from feedback_service.insights.rules.metrics import MIN_ANSWERS, Counts, Estimate
from feedback_service.insights.rules.rates import share
from feedback_service.insights.rules.verdicts import Comparison, compare_counts


@dataclass(frozen=True)
class Driver:
    """A theme or a picked reason beside the answers that do not have it.

    What goes together is no proof of a cause: people who are angry name more themes.
    """

    name: str
    reach: Estimate
    """The share of answers that have it, in percent; its `n` is all answers."""
    n: int
    """Answers that have it."""
    effect: Comparison
    """Their score less that of the answers without it, in points, with its interval."""
    lift: float | None
    """Points by which the whole would be higher if those with it scored as those without: -reach x effect."""
    q_value: float | None
    """False-discovery rate among the drivers asked; None with too few answers on either side."""
    found: bool


def rank_drivers(total: Counts, having: Mapping[str, Counts], rate: float = FALSE_DISCOVERY_RATE) -> list[Driver]:
    """The drivers, those that hurt the whole most first, then those that help it, then those with too few answers.

    `total` are all answers of the period and `having` those of them with each theme; an answer may have several.
    Raises ValueError where a theme has more answers of a kind than there are.
    """
    without = {name: total - counts for name, counts in having.items()}
    asked = [name for name in having if min(having[name].n, without[name].n) >= MIN_ANSWERS]
    q_values = dict(
        zip(asked, adjusted_p_values([p_value(having[name], without[name]) for name in asked]), strict=True)
    )
    drivers = [_driver(name, counts, without[name], q_values.get(name), rate) for name, counts in having.items()]
    return sorted(drivers, key=_order)


def _driver(name: str, having: Counts, without: Counts, q_value: float | None, rate: float) -> Driver:
    effect = compare_counts(without, having)
    whole = having.n + without.n
    return Driver(
        name,
        reach=share(having.n, whole),
        n=having.n,
        effect=effect,
        lift=None if effect.change is None else -effect.change * having.n / whole,
        q_value=q_value,
        found=q_value is not None and q_value <= rate,
    )


def _order(driver: Driver) -> tuple[bool, float, str]:
    return driver.q_value is None, -(driver.lift or 0.0), driver.name
