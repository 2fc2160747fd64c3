"""Puts a score into words: the number, its interval, its count, and whether it changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from feedback_service.formats import many
from feedback_service.insights.queries import PeriodOfScores
from feedback_service.insights.rules.metrics import METRIC_NAMES, MetricKind, count, estimate, mean
from feedback_service.insights.rules.periods import Period
from feedback_service.insights.rules.verdicts import Comparison, Verdict, compare_counts

DEFINITIONS = {
    "nps": "Share of promoters (9–10) less share of detractors (0–6), in points from −100 to +100, over confirmed"
    " answers. The interval is the adjusted Wald of Rocks (2016) at 95 %.",
    "csat": "Share of confirmed answers that are 4 or 5 on a scale of 1 to 5. The interval is Wilson's at 95 %.",
    "ces": "Share of confirmed answers that call it easy, 5 to 7 on a scale of 1 to 7, with Wilson's interval at 95 %."
    " The mean is that of all answers.",
}
DASH = "–"
PERCENT = "\N{NO-BREAK SPACE}%"


@dataclass(frozen=True)
class Headline:
    """What a manager reads first of a survey."""

    name: str
    value_text: str
    interval_text: str
    n: str
    verdict_words: str
    change_text: str
    definition: str
    url: str = ""
    """Where the answers are, or the survey's own page."""


def period_told(answered: Sequence[tuple[Period, int]], today: date) -> Period:
    """Of the periods shown, each with its answers, the one told in words: the newest that is over and has any.

    One that goes on is told where none that is over has any; a rolling one always goes on. Needs a period.
    """
    over = [(period, n) for period, n in answered if period.is_closed(today) or period.grain.rolling]
    for period, n in (*reversed(over), *reversed(answered)):
        if n:
            return period
    return (over or answered)[-1][0]


def headline(kind: str, before: PeriodOfScores, shown: PeriodOfScores, *, title: str = "", url: str = "") -> Headline:
    """A period's score against that of the period just before it, which shares no day with it."""
    told = estimate(kind, shown.counts)
    unit = unit_of(kind)
    average = mean(shown.counts)
    besides = (
        f", {average:.1f} of 7 on average" if kind == MetricKind.CES and told.enough and average is not None else ""
    )
    words, change = _verdict(kind, before, shown)
    return Headline(
        name=title or f"{METRIC_NAMES[kind]} {shown.period.when}",
        value_text=f"{points(kind, told.value)}{unit}" if told.enough else "Too few to say" if told.n else DASH,
        interval_text=f"{points(kind, told.low)} to {points(kind, told.high)}{unit}" if told.enough else "",
        n=many(told.n, "answer") + besides,
        verdict_words=words,
        change_text=change,
        definition=DEFINITIONS[kind],
        url=url,
    )


def _verdict(kind: str, before: PeriodOfScores, shown: PeriodOfScores) -> tuple[str, str]:
    earlier = before.period.label
    if not (before.n and shown.n):
        return f"No answers {(before if shown.n else shown).period.when} to compare.", ""
    found = compare_counts(count(kind, before.counts), count(kind, shown.counts))
    return {
        Verdict.REAL: f"A real change from {earlier}.",
        Verdict.COULD_BE_CHANCE: f"The change from {earlier} could be chance.",
        Verdict.TOO_FEW: f"Too few answers to compare with {earlier}.",
    }[found.verdict], change_words(found, "in each period")


def side_by_side(
    kind: str, names: tuple[str, str], one: Mapping[int, int], two: Mapping[int, int], *, apart: bool
) -> str:
    """How two segments compare in one period; `apart`: no answer is in both, without which nothing can be tested."""
    if not apart:
        return "One answer can be in both, so whether they differ by chance cannot be told."
    found = compare_counts(count(kind, two), count(kind, one))
    first, second = names
    if found.verdict is Verdict.TOO_FEW or found.change is None:
        return f"Too few answers to compare {first} with {second}. {change_words(found, 'from each')}".strip()
    if found.verdict is Verdict.COULD_BE_CHANCE:
        return f"The difference between {first} and {second} could be chance. {change_words(found, 'from each')}"
    place = "above" if found.change > 0 else "below"
    ends = sorted(abs(end) for end in (found.low or 0.0, found.high or 0.0))
    return f"{first} lies {abs(found.change):.0f} points {place} {second} ({ends[0]:.0f} to {ends[1]:.0f})."


def change_words(found: Comparison, where: str) -> str:
    """A change with its interval, and how many more answers would tell `where`, such as "in each period"."""
    needed = found.answers_needed
    if found.verdict is Verdict.TOO_FEW:
        return f"{many(needed, 'more answer')} in the smaller of the two would tell." if needed else ""
    if found.change is None or found.low is None or found.high is None:
        return ""
    text = f"{_signed(found.change)} points, between {_signed(found.low)} and {_signed(found.high)}."
    if found.verdict is Verdict.COULD_BE_CHANCE and needed:
        text += f" {many(needed, 'more answer')} {where} would tell, if it stays what it is."
    return text


def _signed(change: float) -> str:
    """Near nothing with a decimal, so that what is real does not read as if it could be none."""
    text = f"{change:+.1f}" if abs(change) < 1 else f"{change:+.0f}"
    return {"+0.0": "0", "-0.0": "0"}.get(text, text.replace("-", "−"))


def points(kind: str, value: float | None) -> str:
    """A score as a person writes it: +38, −12, 87."""
    if value is None:
        return DASH
    text = f"{value:+.0f}" if MetricKind(kind).by_band else f"{value:.0f}"
    return {"+0": "0", "-0": "0"}.get(text, text.replace("-", "−"))


def unit_of(kind: str) -> str:
    """What stands behind a score."""
    return "" if MetricKind(kind).by_band else PERCENT
