"""Writes down what is told of each quarter of a pulse, once; pages read nothing else.

Worked out anew for whoever looks, it would go by the rules of that day: once links work for longer, five answers that
were told become six, and the sixth is known. What is written is not touched again, whatever comes, goes or is erased.

Quarters are told in order, from the first with answers on, so that no later answer makes one of an earlier quarter that
was shown as empty.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.database import insert_new
from feedback_service.insights.queries import days_answered, scores_of_surveys
from feedback_service.insights.rules.anonymity import Scores, months_of, release, settles_on
from feedback_service.insights.rules.periods import Grain, Period, period_of, periods_between, today_in
from feedback_service.insights.staff.models import ToldQuarter
from feedback_service.insights.staff.written import written
from feedback_service.invitations.models import Invitation
from feedback_service.invitations.rules.triggers import next_pulse
from feedback_service.questionnaires.definition import Rules, TriggerEvent
from feedback_service.questionnaires.models import Survey, SurveyKind
from feedback_service.responses.rules.rounds import round_day


def tell_quarters(session: Session, now: datetime, limit: int, *, zone: ZoneInfo) -> int:
    """Write down up to `limit` quarters to which no answer can come any more; returns how many were."""
    told = 0
    pulses = session.scalars(select(Survey).where(Survey.kind == SurveyKind.ENPS)).all()
    for survey in sorted(pulses, key=lambda each: each.key):  # in one order, so that no two workers wait for each other
        settled = _settled(session, survey, zone, now)[: limit - told]
        scores = _scores(session, survey.key, settled)
        for quarter in settled:
            told += _write(session, survey.key, quarter, [scores[month] for month in months_of(quarter)], now)
    return told


def _write(session: Session, survey_key: str, quarter: Period, months: Sequence[Scores], now: datetime) -> int:
    """1, or 0 where somebody else has written it meanwhile."""
    made = session.execute(
        insert_new(session, ToldQuarter)
        .values(
            survey_key=survey_key,
            quarter=quarter.first,
            release=written(release(quarter, months, settled=True)),
            told_at=now,
        )
        .returning(ToldQuarter.quarter)
    )
    return int(made.first() is not None)


def _settled(session: Session, survey: Survey, zone: ZoneInfo, now: datetime) -> list[Period]:
    """The quarters that come next and to which no answer can come any more."""
    rules, today = Rules.model_validate(survey.rules), today_in(zone, now)
    over = list(takewhile(lambda quarter: _settles_on(quarter, rules) <= today, _untold(session, survey.key, today)))
    if not over:
        return []
    waited_for = _open_rounds(session, survey.key, zone, now)
    return list(takewhile(lambda quarter: not any(day in quarter for day in waited_for), over))


def _untold(session: Session, survey_key: str, today: date) -> list[Period]:
    """All that have begun, from the one after the last that was told on, or else from the first with answers on."""
    last = session.scalar(select(func.max(ToldQuarter.quarter)).where(ToldQuarter.survey_key == survey_key))
    first = period_of(Grain.QUARTER, last).end if last else days_answered(session, survey_key)[0]
    return periods_between(Grain.QUARTER, first, today) if first else []


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


def _scores(session: Session, survey_key: str, quarters: Sequence[Period]) -> Mapping[Period, Scores]:
    """Of each month of these quarters."""
    months = [month for quarter in quarters for month in months_of(quarter)]
    return {each.period: each.counts for each in scores_of_surveys(session, [survey_key], months)[survey_key]}
