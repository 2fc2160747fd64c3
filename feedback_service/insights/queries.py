"""Reads of counts."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from feedback_service.insights.models import DailyScore
from feedback_service.responses.models import ResponseChange


@dataclass(frozen=True)
class MonthOfScores:
    """A month's answers to one survey: how often each score was given, and how many of them were imported."""

    first_day: date
    counts: dict[int, int]
    imported: int


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
    rows = session.execute(
        select(both.c.day, both.c.score, both.c.imported, func.sum(both.c.number)).group_by(
            both.c.day, both.c.score, both.c.imported
        )
    )
    counts: dict[date, Counter[int]] = defaultdict(Counter)
    imported: Counter[date] = Counter()
    for day, score, was_imported, number in rows:
        month = day.replace(day=1)
        counts[month][score] += int(number)
        if was_imported:
            imported[month] += int(number)
    answered = sorted(month for month, scores in counts.items() if any(scores.values()))
    if not answered:
        return []
    return [
        MonthOfScores(month, {score: n for score, n in sorted(counts[month].items()) if n}, imported[month])
        for month in _months(answered[0], answered[-1])
    ]


def _months(first: date, last: date) -> list[date]:
    months = [first]
    while months[-1] < last:
        year, month = divmod(months[-1].year * 12 + months[-1].month, 12)
        months.append(date(year, month + 1, 1))
    return months
