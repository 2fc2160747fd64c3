"""The loop in sentences, as a manager reads it on Monday morning."""

from datetime import date
from types import SimpleNamespace

from babel.dates import format_date

from feedback_service.cases.models import DeadlineKind
from feedback_service.cases.rules.recurrence import recurs
from feedback_service.insights.figures.figure import Scale
from feedback_service.insights.figures.words import write, write_range
from feedback_service.insights.frame import dimension_name, value_name
from feedback_service.insights.loop.effects import Effect, Sides
from feedback_service.insights.loop.measured import Measured, durations, usual_allowance
from feedback_service.insights.loop.queries import MOST_CASES
from feedback_service.insights.loop.reading import Reading
from feedback_service.insights.loop.shown import GROUPS, RESOLUTION, RESPONSE, VERDICTS, Which
from feedback_service.insights.loop.unhappy import MOST_BUYERS
from feedback_service.insights.rules.contacted import FROM_DAY, Aftermath
from feedback_service.insights.rules.metrics import METRIC_NAMES, Estimate, MetricKind, estimate
from feedback_service.insights.rules.percentiles import Durations
from feedback_service.insights.rules.rates import share
from feedback_service.insights.rules.verdicts import Comparison, Verdict, compare

OBSERVED = (
    "This is observed, not tried: nobody drew lots over who was contacted, so the two groups differ in other ways too, "
    "and a difference between them need not come from the contact."
)
REGRESSION = (
    "Compare the groups with each other, never with what they said at first. A very low score is partly a bad day, so "
    "most people score higher the next time whatever anybody does. That is called regression to the mean."
)


def looked_at(reading: Reading) -> str:
    """Which cases count, and what of the page is about something else."""
    scope = reading.page.scope
    survey = reading.page.survey
    if survey is None:
        return "All cases are counted, by the day on which they were opened."
    judged = "Buyers after contact and improvements are judged by all answers to this survey."
    if not reading.narrowed:
        return (
            "Cases of all surveys are counted, and those that came by mail, from silence or by hand, by the day on"
            f" which they were opened. {judged}"
        )
    only = f", {dimension_name(scope.by)}: {value_name(scope.by, scope.value)}" if scope.value else ""
    alone = " Only one kind of answers is looked at, so there is nothing beside it." if scope.versus else ""
    return (
        f"Counted are the cases about answers to “{survey.title}”{only}, by the day on which they were opened."
        f"{alone} {judged}"
    )


def times_told(reading: Reading) -> list[str]:
    """How long cases took."""
    cases = reading.cases
    if not cases:
        return []
    told = [_took(cases, RESPONSE, "answered"), _took(cases, RESOLUTION, "resolved")]
    again = sum(case.opened_again for case in cases)
    if again:
        told.append(f"{_cases(again)} {_were(again)} opened again; what is told here is their first end.")
    if reading.all_cases > len(cases):
        told.append(f"Measured are the newest {MOST_CASES:,} of {reading.all_cases:,} cases.")
    return told


def _took(cases: list[Measured], which: Which, what: str) -> str:
    times = durations([which(case) for case in cases])
    if not times.enough:
        return f"{_cases(times.n)}: too few to say how long it takes until one is {what}."
    left = times.still_open
    open_too = f" {_cases(left)} {_are(left)} not {what} yet, and {_counts(left)} with the time so far." if left else ""
    half, ninetieth = _half(times), _ninetieth(times)
    return f"Of {_cases(times.n)}, half were {what} within {half}, nine in ten within {ninetieth}.{open_too}"


def _half(times: Durations) -> str:
    return _reached(times.median.value, times.median.low, times.median.high, times.median.more_than)


def _ninetieth(times: Durations) -> str:
    reached = times.ninetieth
    return _reached(reached.value, reached.low, reached.high, reached.more_than)


def _reached(value: float | None, low: float | None, high: float | None, more_than: float | None) -> str:
    if value is None:
        return f"more than {write(more_than or 0, Scale.HOURS)} (it is too early to say)"
    if low is None or high is None:
        return write(value, Scale.HOURS)
    return f"{write(value, Scale.HOURS)} ({write_range(low, high, Scale.HOURS)})"


def deadlines_told(reading: Reading) -> list[str]:
    """How many deadlines were met, by kind over all teams."""
    told = []
    for kind, words in ((DeadlineKind.FIRST_RESPONSE, "first response"), (DeadlineKind.RESOLUTION, "resolution")):
        met = sum(kept.met for kept in reading.kept if kept.kind == kind)
        decided = met + sum(kept.missed for kept in reading.kept if kept.kind == kind)
        if decided:
            told.append(f"{met:,} of {decided:,} deadlines of {words} were met{_in_percent(share(met, decided))}.")
    return told


def team_rows(reading: Reading) -> list[list[object]]:
    """Team, cases, allowed and taken hours of the first response, and of the resolution."""
    by_team: dict[int, list[Measured]] = {}
    for case in reading.cases:
        by_team.setdefault(case.team_id, []).append(case)
    return [
        [reading.teams[team], f"{len(cases):,}", *_cells(cases, RESPONSE), *_cells(cases, RESOLUTION)]
        for team, cases in sorted(by_team.items(), key=lambda each: reading.teams[each[0]])
    ]


TEAM_COLUMNS = (
    ("Team", "text"), ("Cases", "number"),
    *((f"{what}: {each}", "number") for what in ("Answer", "Resolution") for each in ("due in", "half", "nine in ten")),
)  # fmt: skip


def _cells(cases: list[Measured], which: Which) -> list[str]:
    taken = [which(case) for case in cases]
    times, allowed = durations(taken), usual_allowance(taken)
    due = "" if allowed is None else write(allowed, Scale.HOURS)
    if not times.enough:
        return [due, "too few", "too few"]
    return [due, *(_short(each.value, each.more_than) for each in (times.median, times.ninetieth))]


def _short(value: float | None, more_than: float | None) -> str:
    return f"> {write(more_than or 0, Scale.HOURS)}" if value is None else write(value, Scale.HOURS)


def ages_told(reading: Reading) -> str:
    """What is open now, in a sentence."""
    number, late = sum(age.open for age in reading.ages), sum(age.late for age in reading.ages)
    such = "such " if reading.narrowed else ""
    if not number:
        return f"No {such}case is open now."
    return f"{_cases(number, such)} {_are(number)} open now, {late:,} of them late, whatever days are chosen above."


def cause_rows(reading: Reading) -> list[SimpleNamespace]:
    """The tree: groups and, below each, its causes with what is done about those that recur."""
    named, before = reading.named
    rows = []
    for group, causes in sorted(reading.tree, key=lambda branch: -sum(named.get(each.key, 0) for each in branch[1])):
        found = [cause for cause in causes if named.get(cause.key) or before.get(cause.key)]
        counts = [sum(each.get(cause.key, 0) for cause in causes) for each in (named, before)]
        if found:
            rows.append(SimpleNamespace(title=group.title, group=True, now=counts[0], before=counts[1], recurs=False))
        rows += [
            SimpleNamespace(
                title=cause.title,
                group=False,
                now=named.get(cause.key, 0),
                before=before.get(cause.key, 0),
                recurs=recurs(*reading.lately.get(cause.key, (0, 0))),
                key=cause.key,
                improvement=reading.improved.get(cause.key),
            )
            for cause in sorted(found, key=lambda each: -named.get(each.key, 0))
        ]
    return rows


def recovery_told(reading: Reading) -> list[str]:
    """Whether it was put right."""
    found, _ = reading.recovered
    if not found.asked:
        return []
    told = []
    answers = f"{found.recovered:,} of {found.answers:,} who answered say that it was put right"
    told.append(f"{answers}{_in_percent(share(found.recovered, found.answers))}." if found.answers else "")
    if found.closed >= found.recovered and found.closed:
        whole = share(found.recovered, found.closed)
        told.append(
            f"Of {_cases(found.closed)} closed in this time, silence taken as a no, that is"
            f" {write(whole.value or 0, Scale.PERCENT)}."
        )
    if found.still_open:
        told.append(f"{found.still_open:,} of {found.asked:,} who were asked can still answer, so this may yet change.")
    return [each for each in told if each]


def aftermath_told(reading: Reading) -> list[str]:
    """What unhappy buyers said and did next, group by group."""
    survey, found = reading.page.survey, reading.aftermath
    if survey is None or found is None or not sum(group.people for group in found):
        return []
    kind = MetricKind(survey.kind)
    names = (f"{GROUPS[0]} within {FROM_DAY.days} days", GROUPS[1])
    told = [_group_told(name, group, kind) for name, group in zip(names, found, strict=True)]
    told.append(_beside_told(kind, *found))
    if sum(group.people for group in found) >= MOST_BUYERS:
        told.append(f"Looked at are the latest {MOST_BUYERS:,} unhappy answers of these days.")
    return told


def _group_told(name: str, group: Aftermath, kind: MetricKind) -> str:
    found = estimate(kind, group.following)
    n, people = found.n, f"{group.people:,} unhappy {'buyer' if group.people == 1 else 'buyers'}"
    if not group.people:
        return f"{name}: nobody."
    if not found.enough:
        return f"{name}: {people}, of whom {n or 'none'} answered this survey again. That is too few for a score."
    value = f"{write(found.value or 0, _scale(kind))}{_interval(found, kind)}"
    return f"{name}: {people}, of whom {n:,} answered this survey again. {METRIC_NAMES[kind]} then: {value}."


def _beside_told(kind: MetricKind, contacted: Aftermath, others: Aftermath) -> str:
    found = compare(kind, others.following, contacted.following)
    if found.verdict is Verdict.TOO_FEW or found.change is None:
        return "That is too few to compare the two."
    apart = f"Those contacted scored {abs(found.change):.0f} points {'higher' if found.change >= 0 else 'lower'}"
    return f"{apart} than the others{_points(found)}, which {_verdict(found)}"


def no_effect_told(reading: Reading) -> str:
    """What stands where there is none: none yet, or none up to the last of these days."""
    scope = reading.page.scope
    if scope.days[1] < scope.today:
        return f"No improvement had taken effect by {_day(scope.days[1])}."
    return "No improvement has taken effect yet. Once one has, the score before and after stands here."


def effect_told(effect: Effect, metric: str, kind: MetricKind) -> SimpleNamespace:
    """One improvement: what it is judged by, what changed and what may be concluded."""
    days = (effect.after[1] - effect.after[0]).days + 1
    about = f"Answers that speak of {_title(effect.theme)}" if effect.by_theme else "All answers to this survey"
    told = [f"{about}, {days} {'day' if days == 1 else 'days'} before and after: {_sides(effect.score, metric, kind)}"]
    if effect.mentions:
        told.append(_mentions(effect.mentions, effect.theme))
    return SimpleNamespace(
        id=effect.improvement_id,
        title=effect.title,
        on=_day(effect.on),
        told=[each for each in told if each],
        verdict=_in_a_word(effect.score.comparison),
        look={True: "done", False: "late", None: ""}[_better(effect.score.comparison)],
    )


def _better(found: Comparison) -> bool | None:
    """Whether it is really better, or really worse; None where nobody can say."""
    return None if found.verdict is not Verdict.REAL or found.change is None else found.change > 0


def _in_a_word(found: Comparison) -> str:
    return {True: "Really better", False: "Really worse", None: VERDICTS[found.verdict].capitalize()}[_better(found)]


def _sides(sides: Sides, metric: str, kind: MetricKind) -> str:
    before, after, found = sides.before, sides.after, sides.comparison
    if found.verdict is Verdict.TOO_FEW or found.change is None:
        missing = f" {found.answers_needed:,} more would allow a first look." if found.answers_needed else ""
        return f"{before.n:,} and {after.n:,} answers. Too few to say.{missing}"
    moved = f"{metric} {write(before.value or 0, _scale(kind))} ({before.n:,} answers), then"
    return (
        f"{moved} {write(after.value or 0, _scale(kind))} ({after.n:,}). A change of"
        f" {write(found.change, Scale.POINTS)} points{_points(found)}, which {_verdict(found)}"
    )


def _mentions(sides: Sides, theme: str) -> str:
    before, after, found = sides.before, sides.after, sides.comparison
    if found.verdict is Verdict.TOO_FEW or found.change is None:
        return ""
    return (
        f"{write(before.value or 0, Scale.PERCENT)} of {before.n:,} answers spoke of {_title(theme)} before,"
        f" {write(after.value or 0, Scale.PERCENT)} of {after.n:,} after, which"
        f" {'is more than chance' if found.verdict is Verdict.REAL else 'could be chance'}."
    )


def _verdict(found: Comparison) -> str:
    if found.verdict is Verdict.REAL:
        return "is more than chance."
    if found.answers_needed is None:
        return "could be chance, and no number of answers within reach would tell."
    return f"could be chance; about {found.answers_needed:,} more answers on each side would tell."


def _points(found: Comparison) -> str:
    return "" if found.low is None or found.high is None else f" ({write_range(found.low, found.high, Scale.POINTS)})"


def _in_percent(found: Estimate) -> str:
    """ " (80 %, 60 to 91 %)", or that there are too few."""
    if not found.enough or found.value is None or found.low is None or found.high is None:
        return ", too few for a share"
    return f": {write(found.value, Scale.PERCENT)} ({write_range(found.low, found.high, Scale.PERCENT)})"


def _interval(found: Estimate, kind: MetricKind) -> str:
    return "" if found.low is None or found.high is None else f" ({write_range(found.low, found.high, _scale(kind))})"


def _scale(kind: MetricKind) -> Scale:
    return Scale.SCORE if kind.by_band else Scale.PERCENT


def _day(on: date) -> str:
    return format_date(on, "d MMM y", locale="en")


def _title(key: str) -> str:
    return f"“{key.replace('_', ' ')}”"


def _cases(number: int, such: str = "") -> str:
    return f"1 {such}case" if number == 1 else f"{number:,} {such}cases"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _counts(number: int) -> str:
    return "counts" if number == 1 else "count"
