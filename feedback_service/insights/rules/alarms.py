"""What is so unlike the weeks before that a manager is called, and how seldom that happens for nothing.

Each closed week of each series, alone and together with the two before it, is set against the weeks before those. On
a steady shop all series together give at most one false alarm a year: see `level_for`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, reduce
from math import sqrt
from operator import add
from typing import Generic, Self, TypeVar

from feedback_service.insights.rules.metrics import MIN_ANSWERS, Moments
from feedback_service.insights.rules.tails import Reading, guarded_z, normal_tail, student_tail

WEEKS_A_YEAR = 53  # the longest ISO year
WIDTHS = (1, 3)  # weeks looked at together: a fall shows in one, a slide or a small shop's needs three
FEWEST_BASELINE_WEEKS = 8
MOST_BASELINE_WEEKS = 26  # half a year says how much weeks differ by themselves, and still means "lately"
CALM_Z = 1.0  # an alarm ends well inside the usual, not where it began, or it would come and go
CALM_WEEKS = 2
NEW_USUAL_WEEKS = 26  # after which what was alarming is how things are


class Signal(StrEnum):
    """What is watched, each with a kind of count."""

    NPS_DROP = "nps_drop"
    """`NpsCounts` of the week."""
    CSAT_DROP = "csat_drop"
    """`CsatCounts` of the week."""
    THEME_SURGE = "theme_surge"
    """`CsatCounts`: answers with the theme, of all that were read."""
    QUEUE_AGEING = "queue_ageing"
    """`CsatCounts`: deadlines missed, of those that fell into the week. (The age of what is open would tell the same
    old cases every week, and weeks would not be independent.)"""
    QUIET_FAILURE = "quiet_failure"
    """`Tally` of what should never stop: orders taken in, mails sent, answers."""

    @property
    def worse(self) -> int:
        """+1 where more is worse, -1 where less is."""
        return 1 if self in {Signal.THEME_SURGE, Signal.QUEUE_AGEING} else -1

    @property
    def fewest(self) -> int:
        """How much a window must hold to be judged."""
        return 1 if self is Signal.QUIET_FAILURE else MIN_ANSWERS


@dataclass(frozen=True)
class Tally:
    """How many of something there were in so many weeks; without any at all it still speaks."""

    number: int
    weeks: int = 1

    def __add__(self, other: Self) -> Self:
        """Both together."""
        return type(self)(self.number + other.number, self.weeks + other.weeks)

    @property
    def n(self) -> int:
        """The weeks."""
        return self.weeks

    @cached_property
    def observed(self) -> Moments:
        """The number a week, with Poisson's variance."""
        return Moments(self.number / self.weeks, self.number / self.weeks, self.weeks)

    @cached_property
    def adjusted(self) -> Moments:
        """With one imagined, so that none at all is not certainty."""
        a_week = (self.number + 1) / self.weeks
        return Moments(a_week, a_week, self.weeks)


class Outcome(StrEnum):
    """How an episode stands."""

    OPEN = "open"
    RECOVERED = "recovered"
    NEW_USUAL = "new_usual"
    """It stayed like this for so long that it is what later weeks are compared with."""


Read = TypeVar("Read", bound=Reading)


@dataclass(frozen=True)
class Episode(Generic[Read]):
    """One alarm, from the week that raised it to the week by which it was over.

    ``raised`` and ``ended`` are places in the weeks given; ``window`` is what raised it, of ``width`` weeks, and
    ``usual`` the weeks it was compared with.
    """

    raised: int
    width: int
    window: Read
    usual: Read
    p_value: float
    outcome: Outcome = Outcome.OPEN
    ended: int | None = None


def level_for(series: int, alarms_a_year: float = 1.0) -> float:
    """The p below which one look alarms, so that all looks at all `series` give `alarms_a_year` false ones at most.

    Bonferroni over series, weeks of the year and widths; a bound on the expected number whatever they have to do with
    each other. Raises ValueError for no series.
    """
    if series < 1:
        raise ValueError(f"Alarms need a series to watch, not {series}.")
    return alarms_a_year / (series * WEEKS_A_YEAR * len(WIDTHS))


@dataclass(frozen=True)
class Baseline(Generic[Read]):
    """What is usual: at least two weeks, none of them empty."""

    weeks: tuple[Read, ...]

    @cached_property
    def together(self) -> Read:
        """All of them as one."""
        return reduce(add, self.weeks)

    @cached_property
    def dispersion(self) -> float:
        """How much the weeks differ, as a multiple of what chance alone would make them: Pearson's χ² by its freedom.

        Source: McCullagh and Nelder, "Generalized Linear Models" (1989), 4.5.
        """
        mean, variance = self.together.observed.mean, self.together.adjusted.variance
        return sum(week.n * (week.observed.mean - mean) ** 2 for week in self.weeks) / variance / self.freedom

    @property
    def freedom(self) -> int:
        """Degrees of freedom of the dispersion."""
        return len(self.weeks) - 1


def surprise(signal: Signal, window: Read, baseline: Baseline[Read]) -> float:
    """The chance that a steady shop would be at least this much worse, one-sided.

    The greater of two: by chance among the answers alone, and, since good and bad weeks can differ by more than that,
    by how much the weeks of the baseline do, which so few weeks tell only roughly (Student's distribution).
    """
    z = signal.worse * guarded_z(window, baseline.together)
    if not baseline.dispersion:
        return normal_tail(z)
    return max(normal_tail(z), student_tail(z / sqrt(baseline.dispersion), baseline.freedom))


def is_calm(signal: Signal, window: Read, baseline: Baseline[Read]) -> bool:
    """Whether things are at most `CALM_Z` standard errors worse than usual."""
    z = signal.worse * guarded_z(window, baseline.together)
    return z < CALM_Z * sqrt(max(1.0, baseline.dispersion))


def episodes(
    signal: Signal, weeks: Sequence[Read], level: float, *, told: Mapping[int, int] | None = None, judged_from: int = 0
) -> list[Episode[Read]]:
    """The alarms of one series, in order; only the last can be open.

    `weeks` are consecutive closed ones, oldest first, an empty one as a count of nothing. An episode raises no second
    alarm; its weeks are no baseline for later ones unless they have become the usual. Weeks before `judged_from` were
    judged when they closed: there, an alarm is raised where it was `told`, the width of what raised it by its week,
    and nowhere else, however the level or the counts have changed since.
    """
    watch = _Watch[Read](signal, level, told or {}, judged_from)
    for at, week in enumerate(weeks):
        watch.take(at, week)
    return watch.found


@dataclass
class _Watch(Generic[Read]):
    signal: Signal
    level: float
    told: Mapping[int, int] = field(default_factory=dict)
    judged_from: int = 0
    found: list[Episode[Read]] = field(default_factory=list)
    usual: list[Read] = field(default_factory=list)
    """The weeks outside of episodes, without empty ones."""
    since: int = 0
    """How many of them came after the last episode: only these may alarm."""
    baseline: Baseline[Read] | None = None
    """What the open episode was compared with, and is until it ends."""
    after: list[Read] = field(default_factory=list)
    """The weeks since the open episode was raised."""

    def take(self, at: int, week: Read) -> None:
        if not week.n:
            return
        if self.baseline:
            self._look_for_the_end(at, week, self.baseline)
            return
        self.usual.append(week)
        self.since += 1
        self._look_for_an_alarm(at)

    def _look_for_an_alarm(self, at: int) -> None:
        for width in WIDTHS:
            if self.since < width:
                return
            window: Read = reduce(add, self.usual[-width:])
            baseline = Baseline(tuple(self.usual[:-width][-MOST_BASELINE_WEEKS:]))
            if window.n < self.signal.fewest or len(baseline.weeks) < FEWEST_BASELINE_WEEKS:
                continue
            p_value = surprise(self.signal, window, baseline)
            alarms = p_value < self.level if at >= self.judged_from else self.told.get(at) == width
            if alarms:
                self.found.append(Episode(at, width, window, baseline.together, p_value))
                self.baseline, self.usual, self.after = baseline, self.usual[:-width], []
                return

    def _look_for_the_end(self, at: int, week: Read, baseline: Baseline[Read]) -> None:
        self.after.append(week)
        lately: Read = reduce(add, self.after[-CALM_WEEKS:])
        judged = len(self.after) >= CALM_WEEKS and lately.n >= self.signal.fewest
        if judged and is_calm(self.signal, lately, baseline):
            self._end(at, Outcome.RECOVERED)
        elif len(self.after) >= NEW_USUAL_WEEKS:
            self.usual = self.after
            self._end(at, Outcome.NEW_USUAL)

    def _end(self, at: int, outcome: Outcome) -> None:
        self.found[-1] = replace(self.found[-1], outcome=outcome, ended=at)
        self.baseline, self.since = None, 0
