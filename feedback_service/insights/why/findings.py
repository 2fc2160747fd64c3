"""Compares what was read: what drives the score, what stands out, when, and what its change is made of."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from feedback_service.insights.rules.decomposition import Decomposition, decompose
from feedback_service.insights.rules.discoveries import AttributeRanking, Finding, discover
from feedback_service.insights.rules.drivers import Driver, rank_drivers
from feedback_service.insights.rules.metrics import Counts, CsatCounts, MetricKind, NpsCounts
from feedback_service.insights.rules.spells import Spell, find_spells
from feedback_service.insights.rules.verdicts import Comparison, compare_counts, compare_csat
from feedback_service.insights.segments.dimensions import LATE, ON_TIME, OWN, Dimension
from feedback_service.insights.segments.spans import Scores
from feedback_service.insights.why.queries import BEFORE, Answers, Spread

SEVERAL = frozenset({Dimension.THEME, Dimension.REASON})
"""Of these, one answer may have more than one value, so they are no parts of a whole."""
NOT_KNOWN = ""
"""The answers that have no value of a dimension, among its values."""


@dataclass(frozen=True)
class KeyDriver:
    """Something that decided, was written about or happened, beside the answers without it."""

    dimension: str
    driver: Driver
    """Its name is the dimension's value."""
    reach_change: Comparison
    """Its reach less that of the days before, in points of percent."""
    reach_before: float | None
    """In percent; None without answers."""
    reaches: tuple[tuple[int, int], ...]
    """For each period, the answers that have it, and those that might."""


@dataclass(frozen=True)
class Split:
    """The change of the score, told apart by a dimension; what is not known of it is a part too."""

    dimension: str
    chosen: bool
    """By whoever looks, not by what tells most."""
    parts: Decomposition


@dataclass(frozen=True)
class Why:
    """All that the page says."""

    kind: MetricKind
    now: Scores
    before: Scores
    values: Mapping[str, Mapping[str, Scores]]
    """What each value of each dimension scored in the periods."""
    drivers: tuple[KeyDriver, ...]
    ranking: tuple[AttributeRanking, ...]
    spells: tuple[Spell, ...]
    spells_tested: int
    change: Comparison
    split: Split | None
    splits: tuple[str, ...]
    """The dimensions by which the change can be told apart."""

    @property
    def tested(self) -> int:
        """Values of attributes that had answers enough."""
        return sum(each.tested for each in self.ranking)

    @property
    def untested(self) -> int:
        """Those that had not."""
        return sum(len(each.findings) for each in self.ranking) - self.tested

    @property
    def found(self) -> list[tuple[str, Finding]]:
        """What stands out, with its dimension, the surest dimension first."""
        return [
            (each.attribute, finding)
            for each in self.ranking
            for finding in each.findings
            if _worth_saying(finding, len(each.findings))
        ]


def why_of(kind: MetricKind, answers: Answers, split_by: str = "") -> Why:
    """What the answers say; their change is told apart by `split_by`, or by what sets answers apart most surely."""
    if kind.by_band:
        return _why(kind, NpsCounts.from_histogram, answers, split_by)
    counted = CsatCounts.of_effort if kind is MetricKind.CES else CsatCounts.from_histogram
    return _why(kind, counted, answers, split_by)


def _why(kind: MetricKind, counted: Callable[[Scores], Counts], answers: Answers, split_by: str) -> Why:
    now, before = _now(answers.total), answers.total.get(BEFORE, {})
    values = {
        dimension: {value: scores for value, spread in spreads.items() if (scores := _now(spread))}
        for dimension, spreads in answers.by.items()
    }
    ranking = tuple(discover(_each(counted, {name: values[name] for name in values if name not in OWN})))
    spells, spells_tested = _spells(counted, answers)
    return Why(
        kind=kind,
        now=now,
        before=before,
        values=values,
        drivers=tuple(sorted(_drivers(counted, answers), key=_costliest_first)),
        ranking=ranking,
        spells=spells,
        spells_tested=spells_tested,
        change=compare_counts(counted(before), counted(now)),
        split=_split(counted, answers, ranking, split_by),
        splits=tuple(name for name in answers.by if name not in SEVERAL),
    )


def _worth_saying(finding: Finding, values: int) -> bool:
    """Whether it was found; of only two values the lower one, since the other says the same the other way round."""
    return finding.found and (values > 2 or (finding.comparison.change or 0.0) < 0)  # noqa: PLR2004 - said above


def _now(spread: Spread) -> Scores:
    return _sum(scores for at, scores in spread.items() if at != BEFORE)


def _sum(several: Iterable[Mapping[int, int]]) -> Scores:
    total: Counter[int] = Counter()
    for scores in several:
        total.update(scores)
    return dict(total)


def _each(
    counted: Callable[[Scores], Counts], values: Mapping[str, Mapping[str, Scores]]
) -> dict[str, dict[str, Counts]]:
    return {name: {value: counted(scores) for value, scores in each.items()} for name, each in values.items()}


def _drivers(counted: Callable[[Scores], Counts], answers: Answers) -> Iterable[KeyDriver]:
    for dimension in (Dimension.REASON, Dimension.THEME):
        spreads = answers.by.get(dimension, {})
        whole = _whole(answers.total, spreads.values())
        if not any(BEFORE in spread for spread in spreads.values()):
            whole.pop(BEFORE, None)  # nobody was asked then, or nothing was read: that is not known to be nobody
        yield from _of_dimension(counted, dimension, answers, whole, spreads)
    delivered = answers.by.get(Dimension.DELIVERY, {})
    if LATE in delivered and ON_TIME in delivered:
        known = _add(delivered.values())
        yield from _of_dimension(counted, Dimension.DELIVERY, answers, known, {LATE: delivered[LATE]})


def _add(spreads: Iterable[Spread]) -> dict[int, Scores]:
    several = list(spreads)
    places = sorted({at for spread in several for at in spread})
    return {at: _sum(spread.get(at, {}) for spread in several) for at in places}


def _whole(total: Spread, parts: Iterable[Spread]) -> dict[int, Scores]:
    """The total, but no part is greater: an answer may come in between the two being read."""
    whole = {at: dict(scores) for at, scores in total.items()}
    for part in parts:
        for at, scores in part.items():
            place = whole.setdefault(at, {})
            place.update({score: max(n, place.get(score, 0)) for score, n in scores.items()})
    return whole


def _of_dimension(
    counted: Callable[[Scores], Counts],
    dimension: Dimension,
    answers: Answers,
    whole: Spread,
    spreads: Mapping[str, Spread],
) -> Iterable[KeyDriver]:
    having = {value: counted(scores) for value, spread in spreads.items() if (scores := _now(spread))}
    for driver in rank_drivers(counted(_now(whole)), having):
        spread = spreads[driver.name]
        reaches = [(_n(spread, at), _n(whole, at)) for at in range(len(answers.spans))]
        before = CsatCounts(*reaches[BEFORE])
        yield KeyDriver(
            dimension,
            driver,
            reach_change=compare_csat(before, CsatCounts(driver.n, driver.reach.n)),
            reach_before=before.estimate().value,
            reaches=tuple(reaches[BEFORE + 1 :]),
        )


def _n(spread: Spread, at: int) -> int:
    return sum(spread.get(at, {}).values())


def _costliest_first(each: KeyDriver) -> tuple[bool, bool, float, str]:
    driver = each.driver
    return driver.q_value is None, not driver.found, -(driver.lift or 0.0), driver.name


def _spells(counted: Callable[[Scores], Counts], answers: Answers) -> tuple[tuple[Spell, ...], int]:
    """What stood out in single periods, the surest first, and how many values of periods were asked."""
    if len(answers.spans) <= BEFORE + 2:
        return (), 0  # of one period, that is what stands out anyway
    places = range(BEFORE + 1, len(answers.spans))
    periods = {
        name: {
            at - 1: {value: counted(spread[at]) for value, spread in spreads.items() if at in spread} for at in places
        }
        for name, spreads in answers.by.items()
        if name not in OWN
    }
    found, asked = find_spells(periods)
    return tuple(each for each in found if _worth_saying(each.finding, len(periods[each.attribute][each.place]))), asked


def _split(
    counted: Callable[[Scores], Counts], answers: Answers, ranking: tuple[AttributeRanking, ...], split_by: str
) -> Split | None:
    chosen = split_by in answers.by and split_by not in SEVERAL
    surest = next((each.attribute for each in ranking if len(each.findings) > 1), None)
    dimension = split_by if chosen else surest
    if dimension is None:
        return None
    spreads = dict(answers.by[dimension])
    spreads[NOT_KNOWN] = _rest(answers.total, spreads.values())
    parts = decompose(
        {value: counted(scores) for value, spread in spreads.items() if (scores := spread.get(BEFORE))},
        {value: counted(scores) for value, spread in spreads.items() if (scores := _now(spread))},
    )
    return Split(dimension, chosen, parts) if parts else None


def _rest(total: Spread, parts: Iterable[Spread]) -> dict[int, Scores]:
    known = _add(parts)
    return {
        at: {score: left for score, n in scores.items() if (left := n - known.get(at, {}).get(score, 0)) > 0}
        for at, scores in total.items()
    }
