"""Reads of counts."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import extract, func, select, union_all
from sqlalchemy.orm import Session

from feedback_service.insights.models import DailyScore
from feedback_service.insights.rules.metrics import MIN_ANONYMOUS, MetricKind
from feedback_service.responses.models import ResponseChange


@dataclass(frozen=True)
class MonthOfScores:
    """A month's answers to one survey: how often each score was given, and how many of them were imported."""

    first_day: date
    counts: dict[int, int]
    imported: int
    hidden: bool = False
    """Colleagues could be told from it, so there is nothing in it."""


def scores_by_month(session: Session, survey_key: str) -> list[MonthOfScores]:
    """Every month from the first answer to the last, in order; months between without an answer are there, empty.

    Exact at any moment: the folded counts plus the changes not folded yet, in one statement.
    """
    folded = select(DailyScore.day, DailyScore.score, DailyScore.imported, DailyScore.count.label("number")).where(
        DailyScore.survey_key == survey_key
    )
    unfolded = select(
        ResponseChange.day, ResponseChange.score, ResponseChange.imported, ResponseChange.delta.label("number")
    ).where(ResponseChange.survey_key == survey_key)
    both = union_all(folded, unfolded).subquery()
    year, month = extract("year", both.c.day), extract("month", both.c.day)
    rows = session.execute(
        select(year, month, both.c.score, both.c.imported, func.sum(both.c.number)).group_by(
            year, month, both.c.score, both.c.imported
        )
    )
    counts: dict[date, Counter[int]] = defaultdict(Counter)
    imported: Counter[date] = Counter()
    for in_year, in_month, score, was_imported, number in rows:
        first_day = date(int(in_year), int(in_month), 1)
        counts[first_day][score] += int(number)
        if was_imported:
            imported[first_day] += int(number)
    answered = sorted(first_day for first_day, scores in counts.items() if any(scores.values()))
    if not answered:
        return []
    return [
        MonthOfScores(day, {score: n for score, n in sorted(counts[day].items()) if n}, imported[day])
        for day in _months(answered[0], answered[-1])
    ]


def shown_months(kind: str, months: list[MonthOfScores]) -> list[MonthOfScores]:
    """The months as they may be shown: one of colleagues with fewer than `MIN_ANONYMOUS` answers is emptied."""
    if MetricKind(kind) is not MetricKind.ENPS:
        return months
    return [
        MonthOfScores(month.first_day, {}, 0, hidden=True) if 0 < sum(month.counts.values()) < MIN_ANONYMOUS else month
        for month in months
    ]


def _months(first: date, last: date) -> list[date]:
    months = [first]
    while months[-1] < last:
        year, month = divmod(months[-1].year * 12 + months[-1].month, 12)
        months.append(date(year, month + 1, 1))
    return months
