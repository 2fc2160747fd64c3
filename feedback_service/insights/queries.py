"""Reads of all scores by period: the folded counts plus the changes not folded yet, so exact at any moment."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, literal, select, union_all
from sqlalchemy.orm import Session

from feedback_service.cases.improvements.models import Improvement
from feedback_service.insights.models import DailyScore
from feedback_service.insights.rules.periods import Grain, Period, periods_between
from feedback_service.insights.segments.queries import scores_by_span
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


def scores_of_surveys(
    session: Session, keys: Collection[str], periods: Sequence[Period]
) -> dict[str, list[PeriodOfScores]]:
    """For each of these surveys the answers of each period, in one statement; no two periods may share a day."""
    counts: dict[tuple[str, int], Counter[int]] = defaultdict(Counter)
    imported: Counter[tuple[str, int]] = Counter()
    for key, at, score, was_imported, number in _rows(session, keys, periods) if keys and periods else ():
        counts[key, at][score] += int(number)
        imported[key, at] += int(number) if was_imported else 0
    return {
        key: [
            PeriodOfScores(period, {score: n for score, n in sorted(counts[key, at].items()) if n}, imported[key, at])
            for at, period in enumerate(periods)
        ]
        for key in keys
    }


def _rows(
    session: Session, keys: Collection[str], periods: Sequence[Period]
) -> Sequence[tuple[str, int, int, bool, int]]:
    first, last = min(period.first for period in periods), max(period.last for period in periods)
    folded = select(
        DailyScore.survey_key, DailyScore.day, DailyScore.score, DailyScore.imported, DailyScore.count.label("number")
    ).where(DailyScore.survey_key.in_(keys), DailyScore.day.between(first, last))
    unfolded = select(
        ResponseChange.survey_key,
        ResponseChange.day,
        ResponseChange.score,
        ResponseChange.imported,
        ResponseChange.delta.label("number"),
    ).where(ResponseChange.survey_key.in_(keys), ResponseChange.day.between(first, last))
    both = union_all(folded, unfolded).subquery()
    place = case(*((both.c.day.between(each.first, each.last), literal(at)) for at, each in enumerate(periods)))
    placed = select(both.c.survey_key, place.label("place"), both.c.score, both.c.imported, both.c.number).subquery()
    by = (placed.c.survey_key, placed.c.place, placed.c.score, placed.c.imported)
    rows = session.execute(select(*by, func.sum(placed.c.number)).where(placed.c.place.is_not(None)).group_by(*by))
    return [(key, at, score, was_imported, number) for key, at, score, was_imported, number in rows]


def scores_by_month(session: Session, survey_key: str) -> list[PeriodOfScores]:
    """Every month from the first answer to the last, in order; months between without an answer are there, empty."""
    days = union_all(
        select(DailyScore.day).where(DailyScore.survey_key == survey_key),
        select(ResponseChange.day).where(ResponseChange.survey_key == survey_key),
    ).subquery()
    first, last = session.execute(select(func.min(days.c.day), func.max(days.c.day))).one()
    months = scores_of_periods(session, survey_key, periods_between(Grain.MONTH, first, last)) if first else []
    answered = [at for at, month in enumerate(months) if month.n]
    return months[answered[0] : answered[-1] + 1] if answered else []


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
