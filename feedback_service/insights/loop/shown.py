"""The figures of the loop."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain, pairwise
from operator import attrgetter

from feedback_service.cases.causes.models import Cause
from feedback_service.cases.desk.filters import Filters, View
from feedback_service.cases.models import CaseKind, DeadlineKind
from feedback_service.cases.recovered import Recovered
from feedback_service.cases.rules.recurrence import recurs
from feedback_service.cases.shown_times import KIND_WORDS
from feedback_service.insights.figures.figure import Figure, Line, Mark, Scale, Shape
from feedback_service.insights.figures.immature import of_period
from feedback_service.insights.links import cases_url
from feedback_service.insights.loop.effects import Effect
from feedback_service.insights.loop.measured import Measured, Taken, durations, usual_allowance
from feedback_service.insights.loop.queries import Kept
from feedback_service.insights.loop.reading import AGES, Reading
from feedback_service.insights.rules.contacted import Aftermath
from feedback_service.insights.rules.metrics import METRIC_NAMES, Estimate, MetricKind, estimate
from feedback_service.insights.rules.percentiles import Durations, Percentile
from feedback_service.insights.rules.periods import Period
from feedback_service.insights.rules.rates import share
from feedback_service.insights.rules.verdicts import Comparison, Verdict

MOST_PEOPLE = 20  # in one picture; those with the most cases
MOST_CAUSES = 20
Which = Callable[[Measured], Taken]
RESPONSE: Which = attrgetter("response")
RESOLUTION: Which = attrgetter("resolution")
GROUPS = ("Contacted", "Not contacted")
VERDICTS = {
    Verdict.REAL: "real",
    Verdict.COULD_BE_CHANCE: "could be chance",
    Verdict.TOO_FEW: "too few",
}


def first_response(reading: Reading) -> Figure:
    """How long buyers wait for somebody."""
    return _over_time(reading, "first-response", "Until somebody answers", RESPONSE, "answered")


def resolution(reading: Reading) -> Figure:
    """How long their matter takes."""
    return _over_time(reading, "resolution", "Until it is resolved", RESOLUTION, "resolved")


def teams(reading: Reading) -> Figure:
    """First response by team."""
    by_team: dict[str, list[Taken]] = defaultdict(list)
    ids: dict[str, int] = {}
    for case in reading.cases:
        name = reading.teams[case.team_id]
        by_team[name].append(case.response)
        ids[name] = case.team_id
    urls = {name: _opened(reading, *reading.page.scope.days, team=team) for name, team in ids.items()}
    return _by_somebody("teams", "Until somebody answers, by team", "Team", by_team, urls)


def colleagues(reading: Reading) -> Figure:
    """First response by whoever has the case."""
    by_owner: dict[str, list[Taken]] = defaultdict(list)
    ids: dict[str, int] = {}
    for case in reading.cases:
        if case.owner_id is not None:
            name = reading.people[case.owner_id]
            by_owner[name].append(case.response)
            ids[name] = case.owner_id
    urls = {name: _opened(reading, *reading.page.scope.days, owner=owner) for name, owner in ids.items()}
    return _by_somebody("colleagues", "Until somebody answers, by colleague", "Colleague", by_owner, urls)


def deadlines(reading: Reading) -> Figure:
    """The share of deadlines that were met."""
    marks = [_kept(reading, kept) for kept in reading.kept]
    return Figure(
        "deadlines", "Deadlines met", Shape.WHISKERS, Scale.PERCENT, (Line("", tuple(marks)),),
        first_column="Team", count_of="Deadlines",
    )  # fmt: skip


def root_causes(reading: Reading) -> Figure:
    """Over what cases were closed, group by group."""
    named, before = reading.named
    marks = []
    for group, causes in sorted(reading.tree, key=lambda branch: -_of(named, branch[1])):
        if _of(named, causes):
            number = _of(named, causes)
            marks.append(Mark(group.title, number, n=number, url=_closed_over(reading, group)))
        for cause in sorted(causes, key=lambda each: -named.get(each.key, 0)):
            if number := named.get(cause.key, 0):
                notes = [f"{before.get(cause.key, 0)} in the time before"]
                notes += ["recurs"] if recurs(*reading.lately.get(cause.key, (0, 0))) else []
                url = _closed_over(reading, cause)
                marks.append(Mark(f"– {cause.title}", number, n=number, url=url, note=", ".join(notes)))
    return Figure(
        "root-causes", "Root causes of closed cases", Shape.BARS, Scale.COUNT, (Line("", tuple(marks[:MOST_CAUSES])),),
        first_column="Cause", count_of="Cases",
    )  # fmt: skip


def recovery(reading: Reading) -> Figure:
    """Whether customers say that it was put right."""
    _, by_period = reading.recovered
    marks = [
        of_period(_recovered(period.label, counts), goes_on=reading.page.scope.goes_on(period))
        for period, counts in zip(reading.periods, by_period, strict=True)
    ]
    return Figure(
        "recovery", "“It was put right”, by when we asked", Shape.TREND, Scale.PERCENT, (Line("", tuple(marks)),),
    )  # fmt: skip


def next_score(reading: Reading) -> Figure:
    """What unhappy buyers said the next time."""
    survey, found = reading.page.survey, reading.aftermath
    kind = MetricKind(survey.kind) if survey else MetricKind.NPS
    marks = [_next(name, kind, group) for name, group in zip(GROUPS, found or (), strict=bool(found))]
    return Figure(
        "next-score", f"{METRIC_NAMES.get(kind, 'Score')} the next time unhappy buyers answered", Shape.WHISKERS,
        Scale.SCORE if kind.by_band else Scale.PERCENT, (Line("", tuple(marks)),), first_column="Unhappy buyers",
    )  # fmt: skip


def bought_again(reading: Reading) -> Figure:
    """Whether unhappy buyers bought again."""
    marks = [
        _bought(f"{name}, {repeat.days} days", repeat.estimate, group.people - repeat.known)
        for name, group in zip(GROUPS, reading.aftermath or (), strict=bool(reading.aftermath))
        for repeat in group.repeat
    ]
    return Figure(
        "bought-again", "Unhappy buyers who bought again", Shape.WHISKERS, Scale.PERCENT, (Line("", tuple(marks)),),
        first_column="Unhappy buyers", count_of="Buyers",
    )  # fmt: skip


def ageing(reading: Reading) -> Figure:
    """What is open, by how long it has been."""
    marks = []
    for label, age, (first, last) in zip(_age_labels(), reading.ages, reading.days_of_ages, strict=True):
        url = cases_url(reading.listed(Filters(View.STANDING, kind=CaseKind.FOLLOW_UP, first=first, last=last)))
        note = f"{age.late} late" if age.late else ""
        marks.append(Mark(label, age.open, n=age.open, note=note, url=url if age.open else ""))
    if not sum(age.open for age in reading.ages):
        marks = []
    return Figure(
        "ageing", "Open cases by age", Shape.BARS, Scale.COUNT, (Line("", tuple(marks)),),
        first_column="Opened", count_of="Cases",
    )  # fmt: skip


def improvements(reading: Reading) -> Figure:
    """What changed with each improvement."""
    return Figure(
        "improvements", "Change of the score with each improvement", Shape.WHISKERS, Scale.POINTS,
        (Line("", tuple(_improved(effect) for effect in reading.effects)),), first_column="Improvement",
    )  # fmt: skip


FIGURES: dict[str, Callable[[Reading], Figure]] = {
    "first-response": first_response,
    "resolution": resolution,
    "deadlines": deadlines,
    "teams": teams,
    "colleagues": colleagues,
    "ageing": ageing,
    "root-causes": root_causes,
    "recovery": recovery,
    "next-score": next_score,
    "bought-again": bought_again,
    "improvements": improvements,
}
"""In the order of the page, each by its name."""


def all_figures(reading: Reading) -> list[Figure]:
    """All of the page, in its order."""
    return [make(reading) for make in FIGURES.values()]


def _over_time(reading: Reading, name: str, title: str, which: Which, done: str) -> Figure:
    firsts = [period.first for period in reading.periods]
    by_period: list[list[Taken]] = [[] for _ in firsts]
    for case in reading.cases:
        by_period[bisect_right(firsts, case.opened_on) - 1].append(which(case))
    found = [durations(taken) for taken in by_period]
    lines = [
        Line(words, tuple(
            _of_period(reading, period, each, getattr(each, share), done)
            for period, each in zip(reading.periods, found, strict=True)
        ))
        for words, share in (("Half within", "median"), ("Nine in ten within", "ninetieth"))
    ]  # fmt: skip
    target = usual_allowance(each for taken in by_period for each in taken)
    return Figure(
        name, f"{title}, hours of the team’s time", Shape.TREND, Scale.HOURS, tuple(lines), count_of="Cases",
        target=target,
    )  # fmt: skip


def _of_period(reading: Reading, period: Period, times: Durations, reached: Percentile, done: str) -> Mark:
    """Grey until the period is over and all of its cases are done."""
    mark = _time(period.label, times, reached, done, _opened(reading, period.first, period.last))
    mark = replace(mark, immature=times.still_open > 0)
    return of_period(mark, goes_on=reading.page.scope.goes_on(period))


def _by_somebody(name: str, title: str, column: str, found: dict[str, list[Taken]], urls: dict[str, str]) -> Figure:
    most = sorted(found, key=lambda each: (-len(found[each]), each))[:MOST_PEOPLE]
    marks = [
        _time(each, times := durations(found[each]), times.median, "answered", urls.get(each, "")) for each in most
    ]
    return Figure(
        name, f"{title}: half of their cases within", Shape.WHISKERS, Scale.HOURS, (Line("", tuple(marks)),),
        first_column=column, count_of="Cases", target=usual_allowance(chain.from_iterable(found.values())),
    )  # fmt: skip


def _time(label: str, times: Durations, reached: Percentile, done: str, url: str) -> Mark:
    """What is not reached yet is at least so long, and its mark says so."""
    notes = [f"{times.still_open} not {done} yet"] if times.still_open else []
    value = reached.value
    if value is None and reached.more_than is not None:
        value, notes = reached.more_than, [*notes, "longer than shown"]
    known = reached.value is not None
    return Mark(
        label, value, reached.low if known else None, reached.high if known else None, times.n,
        times.enough and value is not None, url if times.n else "", ", ".join(notes), immature=not known,
    )  # fmt: skip


def _opened(reading: Reading, first: date, last: date, team: int | None = None, owner: int | None = None) -> str:
    """The cases opened in some days, where all of them were read."""
    if first < reading.read_from:
        return ""
    opened = Filters(View.ALL, owner=owner, kind=CaseKind.FOLLOW_UP, team=team, first=first, last=last)
    return cases_url(reading.listed(opened))


def _closed_over(reading: Reading, cause: Cause) -> str:
    first, last = reading.page.scope.days
    return cases_url(reading.listed(Filters(View.RESOLVED, cause=cause.key, first=first, last=last)))


def _kept(reading: Reading, kept: Kept) -> Mark:
    note = f"{kept.running} not due yet" if kept.running else ""
    label = f"{reading.teams[kept.team_id]}: {KIND_WORDS[DeadlineKind(kept.kind)].lower()}"
    first, last = reading.page.scope.days
    opened = Filters(View.ALL, kind=CaseKind.FOLLOW_UP, team=kept.team_id, first=first, last=last)
    return _estimated(label, share(kept.met, kept.met + kept.missed), note, cases_url(reading.listed(opened)))


def _recovered(label: str, counts: Recovered) -> Mark:
    note = f"{counts.still_open} can still answer" if counts.still_open else ""
    return replace(_estimated(label, share(counts.recovered, counts.answers), note), immature=bool(note))


def _next(label: str, kind: MetricKind, group: Aftermath) -> Mark:
    return _estimated(label, estimate(kind, group.following), f"of {group.people:,} people")


def _bought(label: str, found: Estimate, unknown: int) -> Mark:
    return _estimated(label, found, f"{unknown:,} not followed so long yet" if unknown else "")


def _improved(effect: Effect) -> Mark:
    found: Comparison = effect.score.comparison
    enough = found.verdict is not Verdict.TOO_FEW
    n = effect.score.before.n + effect.score.after.n
    url = f"/improvements/{effect.improvement_id}"
    note = VERDICTS[found.verdict] if enough else ""  # the mark says by itself that there are too few
    return Mark(effect.title, found.change, found.low, found.high, n, enough, url, note)


def _estimated(label: str, found: Estimate, note: str = "", url: str = "") -> Mark:
    return Mark(label, found.value, found.low, found.high, found.n, found.enough, url, note)


def _of(named: Mapping[str, int], causes: Iterable[Cause]) -> int:
    return sum(named.get(cause.key, 0) for cause in causes)


def _age_labels() -> Sequence[str]:
    spans = [f"{low} to {high - 1} days ago" for low, high in pairwise(AGES[1:])]
    return ["Today", *spans, f"{AGES[-1]} or more days ago"]
