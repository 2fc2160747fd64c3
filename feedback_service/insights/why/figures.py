"""The page's figures, as numbers."""

from feedback_service.insights.figures.figure import Figure, Line, Mark, Scale, Shape
from feedback_service.insights.figures.immature import of_period
from feedback_service.insights.links import answers_url
from feedback_service.insights.rules.decomposition import StratumChange
from feedback_service.insights.rules.discoveries import Finding
from feedback_service.insights.rules.metrics import METRIC_NAMES, MIN_ANSWERS
from feedback_service.insights.rules.rates import share
from feedback_service.insights.scope import Scope
from feedback_service.insights.why.findings import NOT_KNOWN, KeyDriver, Why
from feedback_service.insights.why.names import Names

MOST_DRIVERS = 12
MOST_FOUND = 8  # to either side
MOST_LINES = 3  # that can be told apart where they cross
MOST_PARTS = 8
CHANCE = "could be chance"


def all_figures(why: Why, scope: Scope, names: Names) -> list[Figure]:
    """All of the page, in its order; one that has nothing to show is empty."""
    return [make(why, scope, names) for make in (_drivers, _reach, _found, _parts)]


def link(why: Why, scope: Scope, dimension: str, value: str) -> str:
    """The answers of one value; none where only part of them were looked at, or where it is what is not known."""
    if scope.value or value == NOT_KNOWN:
        return ""
    return answers_url(scope, *scope.days, by=dimension, value=value)


def _drivers(why: Why, scope: Scope, names: Names) -> Figure:
    asked = [each for each in why.drivers if each.driver.q_value is not None][:MOST_DRIVERS]
    return Figure(
        "drivers",
        f"What goes with a lower or higher {METRIC_NAMES[why.kind]}",
        Shape.WHISKERS,
        Scale.POINTS,
        (Line("", tuple(_driver(why, scope, names, each) for each in asked)),),
        first_column="Driver",
        value_name="Difference",
    )


def _driver(why: Why, scope: Scope, names: Names, each: KeyDriver) -> Mark:
    driver = each.driver
    return Mark(
        names.driver(each.dimension, driver.name),
        driver.effect.change,
        driver.effect.low,
        driver.effect.high,
        driver.n,
        url=link(why, scope, each.dimension, driver.name),
        note="" if driver.found else CHANCE,
    )


def _reach(why: Why, scope: Scope, names: Names) -> Figure:
    """How many each of the costliest drivers reached, period by period."""
    costly = [each for each in why.drivers if each.driver.found and (each.driver.lift or 0) > 0][:MOST_LINES]
    periods = scope.periods
    lines = []
    for each in costly if len(periods) > 1 else ():
        marks = []
        for period, (n, of) in zip(periods, each.reaches, strict=True):
            told = share(n, of)
            url = "" if scope.value else answers_url(scope, period.first, period.last, each.dimension, each.driver.name)
            enough = of >= MIN_ANSWERS
            mark = Mark(period.label, told.value, told.low, told.high, of, enough, url if n else "")
            marks.append(of_period(mark, goes_on=scope.goes_on(period)))
        lines.append(Line(names.driver(each.dimension, each.driver.name), tuple(marks)))
    return Figure("reach", "Share of answers with what costs most", Shape.TREND, Scale.PERCENT, tuple(lines))


def _found(why: Why, scope: Scope, names: Names) -> Figure:
    """The lowest first, as a list of what to look into."""
    found = sorted(why.found, key=lambda each: each[1].comparison.change or 0.0)
    below = [each for each in found if (each[1].comparison.change or 0.0) < 0][:MOST_FOUND]
    above = [each for each in found if (each[1].comparison.change or 0.0) >= 0][-MOST_FOUND:]
    return Figure(
        "stands-out",
        f"What stands out, in points of {METRIC_NAMES[why.kind]} against the others",
        Shape.WHISKERS,
        Scale.POINTS,
        (Line("", tuple(_finding(why, scope, names, *each) for each in (*below, *above))),),
        first_column="What",
        value_name="Difference",
    )


def _finding(why: Why, scope: Scope, names: Names, dimension: str, finding: Finding) -> Mark:
    compared = finding.comparison
    url = link(why, scope, dimension, finding.value)
    label = names.of(dimension, finding.value)
    return Mark(label, compared.change, compared.low, compared.high, finding.n, url=url)


def _parts(why: Why, scope: Scope, names: Names) -> Figure:
    """What each part adds to the change; the smaller ones together, so that the bars sum to all of it."""
    split = why.split
    strata = split.parts.strata if split else ()
    shown, rest = strata[:MOST_PARTS], strata[MOST_PARTS:]
    marks = [_part(why, scope, names, split.dimension, each) for each in shown] if split else []
    if rest:
        n = sum(_answers(why, split.dimension, each.stratum) for each in rest) if split else 0
        marks.append(Mark(f"{len(rest)} others together", sum(each.total for each in rest), n=n))
    return Figure(
        "change",
        f"What the change of {METRIC_NAMES[why.kind]} is made of",
        Shape.BARS,
        Scale.POINTS,
        (Line("", tuple(marks)),),
        first_column="Part",
        value_name="Adds",
    )


def _part(why: Why, scope: Scope, names: Names, dimension: str, part: StratumChange) -> Mark:
    n = _answers(why, dimension, part.stratum)
    return Mark(names.of(dimension, part.stratum), part.total, n=n, url=link(why, scope, dimension, part.stratum))


def _answers(why: Why, dimension: str, value: str) -> int:
    """How many are of a value in the periods; of nobody known, those that are left."""
    values = why.values.get(dimension, {})
    if value != NOT_KNOWN:
        return sum(values.get(value, {}).values())
    return sum(why.now.values()) - sum(sum(scores.values()) for scores in values.values())
