"""What the page says, in sentences and rows of texts; templates/insights/why.html only sets them."""

from collections import defaultdict
from collections.abc import Sequence
from types import SimpleNamespace

from feedback_service.formats import many
from feedback_service.insights.figures.words import DASH, SPACE
from feedback_service.insights.frame import dimension_name
from feedback_service.insights.rules.discoveries import Finding
from feedback_service.insights.rules.metrics import METRIC_NAMES, MIN_ANSWERS, MetricKind, estimate, mean
from feedback_service.insights.rules.spells import Spell
from feedback_service.insights.scope import Scope
from feedback_service.insights.segments.dimensions import Dimension
from feedback_service.insights.why.change_shown import change_shown
from feedback_service.insights.why.figures import link
from feedback_service.insights.why.findings import KeyDriver, Why
from feedback_service.insights.why.names import HOW_REACHED, Names
from feedback_service.insights.why.queries import MOST_READ, Answers
from feedback_service.insights.why.words import (
    Row,
    Saying,
    apart,
    days,
    difference,
    percent,
    points,
    score,
    signed,
    sureness,
    verdict,
)

MOST_ROWS = 100
MOST_SAID = 3
SCORES = {
    MetricKind.NPS: "NPS is the share of promoters (9–10) less that of detractors (0–6), from −100 to +100.",
    MetricKind.CSAT: "CSAT is the share of answers that are 4 or 5 on a scale of 1 to 5; differences are in points of"
    " percent.",
    MetricKind.CES: "CES is the share of answers that call it easy, 5 to 7 on a scale of 1 to 7; differences are in"
    " points of percent.",
}


def shown(why: Why, read: Answers, scope: Scope, names: Names) -> SimpleNamespace:
    """All that the template needs besides the figures."""
    n = sum(why.now.values())
    return SimpleNamespace(
        n=n,
        metric=METRIC_NAMES[why.kind],
        definition=SCORES.get(why.kind, ""),
        of=_of(why, scope) if n else "",
        looked_at=_looked_at(read, scope, names),
        too_few=0 < n < MIN_ANSWERS,
        least=MIN_ANSWERS,
        drivers=_drivers(why, scope, names),
        standing=_standing(why, scope, names),
        spells=_spells(why, scope, names),
        change=change_shown(why, scope, names),
    )


def _of(why: Why, scope: Scope) -> str:
    told, metric = estimate(why.kind, why.now), METRIC_NAMES[why.kind]
    which = f"{many(told.n, 'answer')}, {days(scope.days[0], min(scope.days[1], scope.today))}"
    return f"{which}: {metric} {score(why.kind, told)}." if told.enough else f"{which}: too few for {metric}."


def _looked_at(read: Answers, scope: Scope, names: Names) -> list[str]:
    """What of the scope is not, or not all, on the page."""
    said = []
    if read.too_many:
        said.append(
            f"{many(read.too_many, 'answer')} lie in this time and just before it. By more than one thing at a time, at"
            f" most {MOST_READ:,} are read, so all answers are shown; choose fewer days to narrow them down."
        )
    if read.within:
        said.append(f"Only {names.of(*read.within)}.")
        if scope.versus:
            said.append("This page looks at one at a time, so there is nothing beside it.")
    return said


# What drives the score


def _drivers(why: Why, scope: Scope, names: Names) -> SimpleNamespace:
    asked = [each for each in why.drivers if each.driver.q_value is not None]
    found = [each for each in asked if each.driver.found]
    costly = [each for each in found if (each.driver.lift or 0) > 0][:MOST_SAID]
    helping = [each for each in reversed(found) if (each.driver.lift or 0) < 0][:MOST_SAID]
    return SimpleNamespace(
        costs=[_driver_says(why, scope, names, each, first=at == 0) for at, each in enumerate(costly)],
        helps=[_driver_says(why, scope, names, each, first=False) for each in helping],
        none="" if found else _no_driver(len(asked), len(why.drivers)),
        columns=(
            "Driver", "Answers", "Reach", "Before", f"{METRIC_NAMES[why.kind]} with it", "Against the others",
            "Without it", "How sure",
        ),
        rows=[_driver_row(why, scope, names, each) for each in why.drivers[:MOST_ROWS]],
    )  # fmt: skip


def _no_driver(asked: int, there: int) -> str:
    if asked:
        return f"Nothing stands out: {many(asked, 'driver was', 'drivers were')} looked at."
    if there:
        return f"Too few to say: no driver has {MIN_ANSWERS} answers with it and {MIN_ANSWERS} without."
    return ""


def _driver_says(why: Why, scope: Scope, names: Names, each: KeyDriver, *, first: bool) -> Saying:
    driver = each.driver
    name = names.of(each.dimension, driver.name)
    how = HOW_REACHED[Dimension(each.dimension)]
    costs = " costs most" if first else ""
    lift = driver.lift or 0.0
    way, metric = "higher" if lift > 0 else "lower", METRIC_NAMES[why.kind]
    whole = f" Were they like the others, {metric} would be {points(lift)} {way}."
    text = (
        f"{costs}: {percent(driver.reach.value)} of buyers {how} ({many(driver.n, 'answer')}), and they score"
        f" {apart(driver.effect)}.{whole} {_reach_says(each)}"
    )
    return Saying(name, link(why, scope, each.dimension, driver.name), text.rstrip())


def _reach_says(each: KeyDriver) -> str:
    change, by = each.reach_change, each.reach_change.change
    if each.reach_before is None or by is None:
        return ""
    before = percent(each.reach_before)
    if verdict(change) == "real":
        return f"It is {'more' if by > 0 else 'less'} common than before ({before}), a real change."
    return f"Before, it was {before}; the difference {verdict(change)}." if verdict(change) != "too few to say" else ""


def _driver_row(why: Why, scope: Scope, names: Names, each: KeyDriver) -> Row:
    driver = each.driver
    told = driver.q_value is not None
    reach = driver.reach
    spread = "" if reach.low is None or reach.high is None else f" ({reach.low:.0f} to {reach.high:.0f}{SPACE}%)"
    before = f"{percent(each.reach_before)}, {verdict(each.reach_change)}" if each.reach_before is not None else DASH
    scores = why.values.get(each.dimension, {}).get(driver.name, {})
    return Row(
        names.driver(each.dimension, driver.name),
        link(why, scope, each.dimension, driver.name),
        (
            f"{driver.n:,}",
            f"{percent(reach.value)}{spread}",
            before,
            score(why.kind, estimate(why.kind, scores)),
            difference(driver.effect) if told else DASH,
            signed(driver.lift) if told else DASH,
            ("stands out" if driver.found else "could be chance") if told else "too few to say",
        ),
    )


# What stands out


def _standing(why: Why, scope: Scope, names: Names) -> SimpleNamespace:
    found = sorted(why.found, key=lambda each: each[1].comparison.change or 0.0)
    below = [each for each in found if (each[1].comparison.change or 0.0) < 0]
    above = [each for each in reversed(found) if (each[1].comparison.change or 0.0) > 0]
    everything = [(each.attribute, finding) for each in why.ranking for finding in each.findings]
    everything.sort(key=lambda each: not each[1].found)
    return SimpleNamespace(
        below=[_finding_says(why, scope, names, *each) for each in below[:MOST_ROWS]],
        above=[_finding_says(why, scope, names, *each) for each in above[:MOST_ROWS]],
        none="" if found else _nothing(why.tested),
        tested=_tested(why),
        columns=("What", "Answers", METRIC_NAMES[why.kind], "Mean", "Against the others", "q", "How sure"),
        rows=[_finding_row(why, scope, names, *each) for each in everything[:MOST_ROWS]] if why.tested else [],
        left_out=max(0, len(everything) - MOST_ROWS),
    )


def _nothing(tested: int) -> str:
    if tested:
        return f"Nothing stands out: {many(tested, 'value was', 'values were')} looked at."
    return f"There is nothing to compare yet: that takes two values with {MIN_ANSWERS} answers each."


def _tested(why: Why) -> str:
    of = _listed([dimension_name(each.attribute).lower() for each in why.ranking if each.tested])
    if not of:
        return ""
    less = f" {why.untested:,} more have too few on one side." if why.untested else ""
    return f"{many(why.tested, 'value', 'values')} of {of} with at least {MIN_ANSWERS} answers were looked at.{less}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def _finding_says(why: Why, scope: Scope, names: Names, dimension: str, finding: Finding) -> Saying:
    name = names.of(dimension, finding.value)
    text = f": {apart(finding.comparison)}, {many(finding.n, 'answer')}."
    return Saying(name, link(why, scope, dimension, finding.value), text)


def _finding_row(why: Why, scope: Scope, names: Names, dimension: str, finding: Finding) -> Row:
    scores = why.values[dimension][finding.value]
    average = mean(scores)
    told = finding.q_value is not None
    alone = finding.comparison.change is None
    untold = "nothing to compare with" if alone else "too few to say"
    return Row(
        names.of(dimension, finding.value),
        link(why, scope, dimension, finding.value),
        (
            f"{finding.n:,}",
            score(why.kind, estimate(why.kind, scores)),
            f"{average:.2f}" if told and average is not None else DASH,
            difference(finding.comparison) if told else DASH,
            sureness(finding.q_value),
            ("stands out" if finding.found else "could be chance") if told else untold,
        ),
    )


# What stood out for a time


def _spells(why: Why, scope: Scope, names: Names) -> SimpleNamespace:
    together: dict[tuple[str, str, bool], list[Spell]] = defaultdict(list)
    for spell in why.spells:  # the surest first, and so are the groups
        finding = spell.finding
        together[spell.attribute, finding.value, (finding.comparison.change or 0.0) < 0].append(spell)
    told = sorted(together.items(), key=lambda each: not each[0][2])
    return SimpleNamespace(
        said=[_spell_says(why, scope, names, spells) for _, spells in told[:MOST_ROWS]],
        tested=why.spells_tested,
    )


def _spell_says(why: Why, scope: Scope, names: Names, spells: list[Spell]) -> Saying:
    periods = scope.periods
    parts = [
        f"{apart(each.finding.comparison, '')} {periods[each.place].when}, {many(each.finding.n, 'answer')}"
        for each in sorted(spells, key=lambda spell: spell.place)
    ]
    first = spells[0]
    url = link(why, scope, first.attribute, first.finding.value)
    return Saying(names.of(first.attribute, first.finding.value), url, f": {'; '.join(parts)}.")
