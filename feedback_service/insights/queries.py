"""Reads of all scores by period: the folded counts plus the changes not folded yet, so exact at any moment."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session

from feedback_service.cases.improvements.models import Improvement
from feedback_service.insights.models import CountedMonth, DailyScore, MonthlyScore
from feedback_service.insights.rules.periods import Grain, Period, periods_between
from feedback_service.insights.rules.whole_months import Span, joined, whole_months
from feedback_service.insights.segments.queries import scores_by_span
from feedback_service.insights.segments.spans import in_spans
from feedback_service.responses.models import ResponseChange

MOST_EVENTS = 12  # lines across one picture; the newest


@dataclass(frozen=True)
class PeriodOfScores:
    """A period's answers: how often each score was given, and how many of them were imported."""

    period: Period
    counts: dict[int, int]
    imported: int = 0
    """Not known of a segment."""

    @property
    def n(self) -> int:
        """All of them."""
        return sum(self.counts.values())


@dataclass
class SpanOfScores:
    """How often each score was given in a span of days, and how many of those answers were imported."""

    counts: Counter[int] = field(default_factory=Counter)
    imported: int = 0

    @property
    def given(self) -> dict[int, int]:
        """The scores that were given at all, in order."""
        return {score: number for score, number in sorted(self.counts.items()) if number}


def scores_of_surveys(
    session: Session, keys: Collection[str], periods: Sequence[Period]
) -> dict[str, list[PeriodOfScores]]:
    """For each of these surveys the answers of each period, in one statement; no two periods may share a day."""
    spans = scores_of_spans(session, keys, [(period.first, period.last) for period in periods])
    return {
        key: [PeriodOfScores(period, found.given, found.imported) for period, found in zip(periods, each, strict=True)]
        for key, each in spans.items()
    }


def scores_of_spans(session: Session, keys: Collection[str], spans: Sequence[Span]) -> dict[str, list[SpanOfScores]]:
    """For each of these surveys the answers of each of these spans of days, no two of which share a day."""
    found = {key: [SpanOfScores() for _ in spans] for key in keys}
    if not keys or not spans:
        return found
    in_order = sorted(range(len(spans)), key=lambda at: spans[at])
    begins = [spans[at][0] for at in in_order]
    for key, day, score, was_imported, number in session.execute(_counts(keys, spans)):
        here = found[key][in_order[bisect_right(begins, day) - 1]]
        here.counts[score] += int(number)
        here.imported += int(number) if was_imported else 0
    return found


def _counts(keys: Collection[str], spans: Sequence[Span]) -> Select[Any]:
    """Rows of (survey, day, score, imported, number); a fresh month stands as its first day."""
    parts = whole_months(spans)
    daily = (DailyScore.survey_key, DailyScore.day, DailyScore.score, DailyScore.imported, DailyScore.count)
    unfolded = (
        ResponseChange.survey_key,
        ResponseChange.day,
        ResponseChange.score,
        ResponseChange.imported,
        ResponseChange.delta,
    )
    rows = [select(*unfolded).where(ResponseChange.survey_key.in_(keys), in_spans(ResponseChange.day, joined(spans)))]
    if parts.days:
        rows.append(select(*daily).where(DailyScore.survey_key.in_(keys), in_spans(DailyScore.day, parts.days)))
    if parts.months:
        months = (
            select(CountedMonth.survey_key, CountedMonth.month, CountedMonth.last, CountedMonth.fresh)
            .where(CountedMonth.survey_key.in_(keys), in_spans(CountedMonth.month, parts.months))
            .cte("months")
        )
        monthly = (
            MonthlyScore.survey_key, MonthlyScore.month, MonthlyScore.score, MonthlyScore.imported, MonthlyScore.count
        )  # fmt: skip
        rows += [
            select(*monthly)
            .join(months, (months.c.survey_key == MonthlyScore.survey_key) & (months.c.month == MonthlyScore.month))
            .where(months.c.fresh),
            select(*daily)
            .join(
                months,
                (months.c.survey_key == DailyScore.survey_key) & DailyScore.day.between(months.c.month, months.c.last),
            )
            .where(months.c.fresh.is_(False)),
        ]
    return select(union_all(*rows).subquery())


def scores_by_month(session: Session, survey_key: str) -> list[PeriodOfScores]:
    """Every month from the first answer to the last, in order; months between without an answer are there, empty."""
    first, last = days_answered(session, survey_key)
    months = scores_of_periods(session, survey_key, periods_between(Grain.MONTH, first, last)) if first and last else []
    answered = [at for at, month in enumerate(months) if month.n]
    return months[answered[0] : answered[-1] + 1] if answered else []


def days_answered(session: Session, survey_key: str) -> tuple[date | None, date | None]:
    """The first day and the last that have answers, or had some before these were withdrawn; None for none."""
    days = union_all(
        select(DailyScore.day).where(DailyScore.survey_key == survey_key),
        select(ResponseChange.day).where(ResponseChange.survey_key == survey_key),
    ).subquery()
    first, last = session.execute(select(func.min(days.c.day), func.max(days.c.day))).one()
    return first, last


def scores_of_periods(
    session: Session, survey_key: str, periods: Sequence[Period], by: str = "", value: str = ""
) -> list[PeriodOfScores]:
    """The answers to one survey in each period: all, or those of one value of a dimension."""
    if not value:
        return scores_of_surveys(session, [survey_key], periods)[survey_key]
    spans = [(period.first, period.last) for period in periods]
    found = scores_by_span(session, survey_key, by, spans, value).get(value, {}) if spans else {}
    return [PeriodOfScores(period, found.get(at, {})) for at, period in enumerate(periods)]


def improvements_between(session: Session, first: date, last: date) -> list[tuple[int, str, date]]:
    """Id, title and day of what took effect from `first` to `last`, in order; the newest `MOST_EVENTS`."""
    rows = session.execute(
        select(Improvement.id, Improvement.title, Improvement.took_effect_on)
        .where(Improvement.took_effect_on.between(first, last), Improvement.dropped_at.is_(None))
        .order_by(Improvement.took_effect_on.desc(), Improvement.id.desc())
        .limit(MOST_EVENTS)
    )
    return [(id, title, day) for id, title, day in rows if day is not None][::-1]
