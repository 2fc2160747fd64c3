"""Where the answers behind an alert are read."""

from datetime import date, timedelta

from feedback_service.insights.alerts.models import Alert
from feedback_service.insights.alerts.readings import value_of
from feedback_service.insights.links import answers_url
from feedback_service.insights.rules.alarms import Signal
from feedback_service.insights.rules.periods import Grain, period_of
from feedback_service.insights.scope import Scope
from feedback_service.insights.segments.dimensions import Dimension


def answers_behind(signal: Signal, survey_key: str | None, value: str, first: date, last: date) -> str:
    """The answers of these days, both included; empty where the signal is not about answers."""
    if survey_key is None:
        return ""
    by = (Dimension.THEME, value) if signal is Signal.THEME_SURGE else (None, None)
    return answers_url(Scope(last, survey_key), first, last, *by)


def answers_of_alert(alert: Alert) -> str:
    """Those of the weeks that raised it."""
    first = alert.week - timedelta(weeks=alert.width - 1)
    last = period_of(Grain.WEEK, alert.week).last
    return answers_behind(alert.signal, alert.survey_key, value_of(alert.series), first, last)
