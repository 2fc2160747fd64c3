"""Reads what may be told of colleagues: whole quarters, once nobody can answer for them any more, and nothing else.

No other read of insights takes in a survey of colleagues, and this one looks at nothing but how often each score was
given: no words, no language, no team.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.insights.queries import scores_of_surveys
from feedback_service.insights.rules.anonymity import Release, months_of, release, settles_on
from feedback_service.insights.rules.periods import Grain, Period, period_of, periods_between, today_in
from feedback_service.invitations.models import Invitation
from feedback_service.invitations.rules.triggers import next_pulse
from feedback_service.questionnaires.definition import Rules, TriggerEvent
from feedback_service.questionnaires.models import Survey, SurveyKind
from feedback_service.questionnaires.queries import SurveySummary, survey_summaries
from feedback_service.responses.rules.rounds import round_day

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


def releases(
    session: Session, survey_key: str, shown: Sequence[Period], *, zone: ZoneInfo, now: datetime
) -> list[Release]:
    """All that may be told of these quarters, whichever of them somebody looks at."""
    survey = session.get(Survey, survey_key)
    if survey is None or survey.kind != SurveyKind.ENPS or not shown:
        return []
    rules, waited_for = Rules.model_validate(survey.rules), _open_rounds(session, survey_key, zone, now)
    months = [month for quarter in shown for month in months_of(quarter)]
    scores = {each.period: each.counts for each in scores_of_surveys(session, [survey_key], months)[survey_key]}
    today = today_in(zone, now)
    return [
        release(
            quarter,
            [scores[month] for month in months_of(quarter)],
            settled=_settles_on(quarter, rules) <= today and not any(day in quarter for day in waited_for),
        )
        for quarter in shown
    ]


def _settles_on(quarter: Period, rules: Rules) -> date:
    trigger, link_days = rules.trigger, rules.asking.link_days
    if trigger.on is not TriggerEvent.PULSE or trigger.every_months is None:
        return settles_on(quarter, None, ask_within=trigger.max_age_days, link_days=link_days)
    rounds, day = [], next_pulse(trigger.every_months, quarter.first - timedelta(days=1))
    while day in quarter:
        rounds.append(day)
        day = next_pulse(trigger.every_months, day)
    return settles_on(quarter, rounds, ask_within=trigger.max_age_days, link_days=link_days)


def _open_rounds(session: Session, survey_key: str, zone: ZoneInfo, now: datetime) -> set[date]:
    """The days for which somebody could still answer, under whatever rules they were asked."""
    links = session.execute(
        select(Invitation.event_key, Invitation.created_at).where(
            Invitation.survey_key == survey_key,
            Invitation.expires_at > now,
            Invitation.answered_at.is_(None),
            Invitation.cancelled_at.is_(None),
        )
    )
    return {round_day(event_key, created_at, zone) for event_key, created_at in links}
