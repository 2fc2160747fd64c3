"""Puts the month-by-month story of one survey into words and points; the page and the chart read the same months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from feedback_service.insights.charts import TrendPoint
from feedback_service.insights.queries import MonthOfScores
from feedback_service.insights.rules.metrics import (
    MIN_ANONYMOUS,
    MIN_ANSWERS,
    CsatCounts,
    Estimate,
    MetricKind,
    NpsCounts,
    count,
    estimate,
    mean,
)
from feedback_service.insights.rules.verdicts import Comparison, Verdict, compare

METRIC_NAMES = {"nps": "NPS", "csat": "CSAT", "ces": "CES", "enps": "eNPS"}
DEFINITIONS = {
    "nps": "Share of promoters (9–10) less share of detractors (0–6), in points from −100 to +100, over confirmed"
    " answers. The interval is the adjusted Wald of Rocks (2016) at 95 %.",
    "csat": "Share of confirmed answers that are 4 or 5 on a scale of 1 to 5. The interval is Wilson's at 95 %.",
    "ces": "Share of confirmed answers that call it easy, 5 to 7 on a scale of 1 to 7, with Wilson's interval at 95 %."
    " The mean is that of all answers.",
    "enps": "Share of colleagues who are promoters (9–10) less share of detractors (0–6), in points from −100 to +100."
    f" Answers are anonymous: a month is shown from {MIN_ANONYMOUS} answers on. The interval is the adjusted Wald of"
    " Rocks (2016) at 95 %.",
}
DASH = "–"
HIDDEN = f"Fewer than {MIN_ANONYMOUS} answers: not shown"


@dataclass(frozen=True)
class Headline:
    """What a manager reads first."""

    name: str
    value_text: str
    interval_text: str
    n: str
    verdict_words: str
    change_text: str
    definition: str


@dataclass(frozen=True)
class MonthRow:
    """A line of the table; the bands that the metric does not have are None."""

    month: str
    n: str
    promoters: str | None
    passives: str | None
    detractors: str | None
    satisfied: str | None
    value: str
    low: str
    high: str
    note: str


def month_name(first_day: date) -> str:
    """Such as Mar 2026."""
    return format_date(first_day, "MMM y", locale="en")


def trend_points(kind: str, months: Sequence[MonthOfScores]) -> list[TrendPoint]:
    """The chart's points."""
    return [TrendPoint(month_name(month.first_day), estimate(kind, month.counts)) for month in months]


def headline(kind: str, months: Sequence[MonthOfScores], today: date) -> Headline | None:
    """The newest month that is over (or the only one there is), against the month before it."""
    if not months:
        return None
    over = [month for month in months if month.first_day < today.replace(day=1)] or list(months)
    newest = over[-1]
    shown = estimate(kind, newest.counts)
    words, change = _verdict(kind, over)
    unit = "" if MetricKind(kind).by_band else " %"
    average = mean(newest.counts)
    told = f", {average:.1f} of 7 on average" if kind == MetricKind.CES and average is not None else ""
    return Headline(
        name=f"{METRIC_NAMES[kind]} in {month_name(newest.first_day)}",
        value_text=f"{_points(kind, shown.value)}{unit}" if shown.enough else "Too few to say",
        interval_text=f"{_points(kind, shown.low)} to {_points(kind, shown.high)}{unit}" if shown.enough else "",
        n=HIDDEN if newest.hidden else _answers(shown.n) + told,
        verdict_words=words,
        change_text=change,
        definition=DEFINITIONS[kind],
    )


def _verdict(kind: str, months: Sequence[MonthOfScores]) -> tuple[str, str]:
    if len(months) < 2:  # noqa: PLR2004 - a change needs two
        return "No earlier month to compare with.", ""
    before = month_name(months[-2].first_day)
    found = compare(kind, months[-2].counts, months[-1].counts)
    return {
        Verdict.REAL: f"A real change from {before}.",
        Verdict.COULD_BE_CHANCE: f"The change from {before} could be chance.",
        Verdict.TOO_FEW: f"Too few answers to compare with {before}.",
    }[found.verdict], _change(found)


def _change(found: Comparison) -> str:
    if found.verdict == Verdict.TOO_FEW:
        return f"Each month needs at least {MIN_ANSWERS} answers for a comparison."
    if found.change is None or found.low is None or found.high is None:
        return ""
    text = f"{found.change:+.0f} points, between {found.low:+.0f} and {found.high:+.0f}.".replace("-", "−")
    if found.verdict == Verdict.COULD_BE_CHANCE and found.answers_needed:
        text += f" {found.answers_needed:,} more answers in each month would tell, if the change stays what it is."
    return text


def _answers(number: int) -> str:
    return "1 answer" if number == 1 else f"{number:,} answers"


def _points(kind: str, value: float | None) -> str:
    if value is None:
        return DASH
    text = f"{value:+.0f}" if MetricKind(kind).by_band else f"{value:.0f}"
    return {"+0": "0", "-0": "0"}.get(text, text.replace("-", "−"))


def month_rows(kind: str, months: Sequence[MonthOfScores], today: date) -> list[MonthRow]:
    """The table under the chart, newest first: the same numbers."""
    return [_row(kind, month, today) for month in reversed(months)]


def _row(kind: str, month: MonthOfScores, today: date) -> MonthRow:
    shown: Estimate = estimate(kind, month.counts)
    counts = count(kind, month.counts)
    notes = []
    if month.first_day == today.replace(day=1):
        notes.append("Not over yet")
    if month.hidden:
        notes.append(HIDDEN)
    elif not shown.enough:
        notes.append(f"Too few to say (under {MIN_ANSWERS})" if shown.n else "No answers")
    if month.imported:
        notes.append("Imported" if month.imported == shown.n else f"{month.imported:,} imported")
    return MonthRow(
        month=month_name(month.first_day),
        n=DASH if month.hidden else f"{shown.n:,}",
        promoters=f"{counts.promoters:,}" if isinstance(counts, NpsCounts) else None,
        passives=f"{counts.passives:,}" if isinstance(counts, NpsCounts) else None,
        detractors=f"{counts.detractors:,}" if isinstance(counts, NpsCounts) else None,
        satisfied=f"{counts.satisfied:,}" if isinstance(counts, CsatCounts) else None,
        value=_points(kind, shown.value) if shown.enough else DASH,
        low=_points(kind, shown.low) if shown.enough else DASH,
        high=_points(kind, shown.high) if shown.enough else DASH,
        note=", ".join(notes),
    )
