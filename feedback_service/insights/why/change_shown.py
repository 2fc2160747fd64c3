"""What the page says of the change since the days before: how sure it is, and what it is made of."""

from types import SimpleNamespace

from feedback_service.formats import many
from feedback_service.insights.frame import dimension_name
from feedback_service.insights.rules.decomposition import StratumChange
from feedback_service.insights.rules.metrics import METRIC_NAMES, MIN_ANSWERS, estimate
from feedback_service.insights.scope import Scope
from feedback_service.insights.why.figures import link
from feedback_service.insights.why.findings import Split, Why
from feedback_service.insights.why.names import Names
from feedback_service.insights.why.words import (
    Row,
    days,
    difference,
    percent,
    points,
    signed,
    value,
    verdict,
)

MOST_ROWS = 100
MOST_SAID = 3
SMALLEST_SAID = 0.05  # points; it shows as 0.1


def change_shown(why: Why, scope: Scope, names: Names) -> SimpleNamespace:
    """The change in a sentence, its parts in sentences, and every part in a row; ``sums`` is the last row."""
    split = why.split
    return SimpleNamespace(
        says=_change_says(why, scope),
        by=dimension_name(split.dimension) if split else "",
        split=_split_says(why, split, names) if split else [],
        columns=(
            split and dimension_name(split.dimension), "Share before", "Share now", f"{METRIC_NAMES[why.kind]} before",
            f"{METRIC_NAMES[why.kind]} now", "By the mix", "Within", "Together",
        ),
        rows=[_part(why, scope, names, split.dimension, each) for each in split.parts.strata[:MOST_ROWS]]
        if split
        else [],
        sums=("All", "", "", value(why.kind, split.parts.before), value(why.kind, split.parts.after),
              signed(split.parts.mix), signed(split.parts.within), signed(split.parts.change)) if split else (),
    )  # fmt: skip


def _change_says(why: Why, scope: Scope) -> str:
    before, now = estimate(why.kind, why.before), estimate(why.kind, why.now)
    then = days(*scope.before)
    if not before.n or not now.n:
        return f"There are no answers from {then} to compare with." if now.n else ""
    metric, compared = METRIC_NAMES[why.kind], why.change
    if compared.change is None or compared.low is None or compared.high is None:
        return ""
    moved = (
        "did not move"
        if not compared.change
        else f"{'fell' if compared.change < 0 else 'rose'} by {points(compared.change)}"
    )
    sure = {
        "real": "a real change",
        "could be chance": "which could be chance, so its parts may be chance as well",
        "too few to say": f"but that is too few answers to say: {MIN_ANSWERS} are needed in each time",
    }[verdict(compared)]
    return (
        f"{metric} {moved}, from {value(why.kind, before.value)} ({many(before.n, 'answer')}, {then}) to"
        f" {value(why.kind, now.value)} ({many(now.n, 'answer')}): {difference(compared)}, {sure}."
    )


def _split_says(why: Why, split: Split, names: Names) -> list[str]:
    parts = split.parts
    by = dimension_name(split.dimension).lower()
    whole = (
        f"Told apart by {by}: {signed(parts.mix)} comes from the mix, that is more or fewer answers of each, and"
        f" {signed(parts.within)} from how those of each answered."
    )
    telling = [part for part in parts.strata if abs(part.total) >= SMALLEST_SAID]
    return [whole, *(_part_says(why, split.dimension, each, names) for each in telling[:MOST_SAID])]


def _part_says(why: Why, dimension: str, part: StratumChange, names: Names) -> str:
    share = f"{percent(100 * part.weight_before)} of answers before and {percent(100 * part.weight_after)} now"
    if part.before is None or part.after is None:
        scores = "there were none before" if part.before is None else "there are none now"
    else:
        scores = f"{METRIC_NAMES[why.kind]} {value(why.kind, part.before)} before and {value(why.kind, part.after)} now"
    return f"{names.of(dimension, part.stratum)} adds {signed(part.total)}: {share}, {scores}."


def _part(why: Why, scope: Scope, names: Names, dimension: str, part: StratumChange) -> Row:
    return Row(
        names.of(dimension, part.stratum),
        link(why, scope, dimension, part.stratum),
        (
            percent(100 * part.weight_before),
            percent(100 * part.weight_after),
            value(why.kind, part.before),
            value(why.kind, part.after),
            signed(part.mix),
            signed(part.within),
            signed(part.total),
        ),
    )
