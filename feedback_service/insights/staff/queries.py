"""Reads what was told of colleagues: whole quarters, as they were written down once (see tell.py), and nothing else.

No other read of insights takes in a survey of colleagues, and what is written holds nothing but how often each score
was given: no words, no language, no team.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.insights.rules.anonymity import Release, months_of, release
from feedback_service.insights.rules.periods import Grain, Period, period_of, periods_between
from feedback_service.insights.staff.models import ToldQuarter
from feedback_service.insights.staff.written import read
from feedback_service.questionnaires.models import SurveyKind
from feedback_service.questionnaires.queries import SurveySummary, survey_summaries

USUAL_QUARTERS = 12
MOST_QUARTERS = 40  # in one picture


def pulses(session: Session) -> list[SurveySummary]:
    """The surveys of colleagues, by title."""
    found = [each for each in survey_summaries(session) if each.kind == SurveyKind.ENPS]
    return sorted(found, key=lambda each: (each.title, each.key))


def quarters(first: date | None, last: date) -> list[Period]:
    """The quarters that hold these days, oldest first; the usual number of them where `first` is None."""
    if first is not None:
        return periods_between(Grain.QUARTER, first, last)[-MOST_QUARTERS:]
    found = [period_of(Grain.QUARTER, last)]
    while len(found) < USUAL_QUARTERS:
        found.append(found[-1].previous)
    return found[::-1]


def releases(session: Session, survey_key: str, shown: Sequence[Period]) -> list[Release]:
    """All that was told of these quarters; those before the first that was told have no answers, others wait."""
    told: dict[date, dict[str, Any]] = dict(
        session.execute(
            select(ToldQuarter.quarter, ToldQuarter.release).where(ToldQuarter.survey_key == survey_key)
        ).all()
    )
    first = min(told, default=date.min)
    return [
        read(quarter, told[quarter.first]) if quarter.first in told else _untold(quarter, before=quarter.first < first)
        for quarter in shown
    ]


def _untold(quarter: Period, *, before: bool) -> Release:
    return release(quarter, [{} for _ in months_of(quarter)], settled=before)
