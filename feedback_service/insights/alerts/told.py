"""Puts an alert into words: what happened, by how much, and how sure that is."""

from datetime import date, timedelta

from babel.dates import format_date

from feedback_service.insights.alerts.models import Alert
from feedback_service.insights.overview import points
from feedback_service.insights.rules.alarms import MOST_BASELINE_WEEKS, Outcome, Signal
from feedback_service.insights.rules.periods import Grain, period_of

WATCHED = {
    Signal.NPS_DROP: "NPS of each survey falls",
    Signal.CSAT_DROP: "CSAT or ease (CES) of each survey falls",
    Signal.THEME_SURGE: "A theme in the comments on a survey surges",
    Signal.QUEUE_AGEING: "A queue misses more of the deadlines that fall into the week",
    Signal.QUIET_FAILURE: "Answers to a survey, or the mails that ask for them, run dry",
}
"""What each signal stands for."""
LIST_OF = {
    Signal.NPS_DROP: "answers",
    Signal.CSAT_DROP: "answers",
    Signal.THEME_SURGE: "comments that were read",
    Signal.QUEUE_AGEING: "deadlines",
}
FINE_BELOW = 10  # under it, a digit after the point tells something
OUTCOMES = {
    Outcome.OPEN: "Still so",
    Outcome.RECOVERED: "Over by",
    Outcome.NEW_USUAL: "Has become the usual by",
}


def short(alert: Alert) -> str:
    """As a subject: NPS of Recommendation fell."""
    match alert.signal:
        case Signal.THEME_SURGE:
            return f"{alert.subject}: more than usual"
        case Signal.QUEUE_AGEING:
            return f"{alert.subject} misses deadlines"
        case Signal.QUIET_FAILURE:
            return f"{alert.subject}: fewer than usual"
        case _:
            return f"{alert.subject} fell"


def sentence(alert: Alert) -> str:
    """What happened, with its counts and intervals."""
    now, usual = alert.now, alert.usual
    when = weeks_words(alert.week, alert.width)
    before = f"in the weeks before it (at most {MOST_BASELINE_WEEKS})"
    match alert.signal:
        case Signal.QUIET_FAILURE:
            a_week = " a week" if alert.width > 1 else ""
            return (
                f"{alert.subject}: {_number(now['value'])}{a_week} {when}. {_number(usual['value'])} a week were usual"
                f" {before}."
            )
        case Signal.NPS_DROP:
            told = [f"{points('nps', each['value'])} ({points('nps', each['low'])} to {points('nps', each['high'])})"
                    for each in (now, usual)]  # fmt: skip
            return (
                f"{alert.subject} fell to {told[0]} from {int(now['n']):,} answers {when}. It was {told[1]} from"
                f" {int(usual['n']):,} {before}."
            )
        case _:
            shares = [f"{each['value']:.0f} % ({each['low']:.0f} to {each['high']:.0f} %)" for each in (now, usual)]
            things = LIST_OF[alert.signal]
            return (
                f"{_share_of(alert)} {shares[0]} of {int(now['n']):,} {things} {when}. It was {shares[1]} of"
                f" {int(usual['n']):,} {before}."
            )


def _share_of(alert: Alert) -> str:
    if alert.signal is Signal.THEME_SURGE:
        return f"{alert.subject} rose to"
    return f"{alert.subject} missed" if alert.signal is Signal.QUEUE_AGEING else f"{alert.subject} fell to"


def outcome(alert: Alert) -> str:
    """How it stands."""
    words = OUTCOMES[alert.outcome]
    return f"{words} the {period_of(Grain.WEEK, alert.ended).label}" if alert.ended else words


def weeks_words(monday: date, width: int) -> str:
    """In the week of 11 May 2026, or in the 3 weeks to 17 May 2026."""
    if width == 1:
        return f"in the {period_of(Grain.WEEK, monday).label}"
    return f"in the {width} weeks to {format_date(monday + timedelta(days=6), 'd MMM y', locale='en')}"


def false_alarms(series: int) -> str:
    """What the level means."""
    watched = f"the {series:,} things that are watched raise" if series > 1 else "all that is watched raises"
    return (
        f"While nothing changes in the shop, {watched} at most one false alarm a year, all together. Each look is set"
        " for that, and tests hold it against simulated shops."
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= FINE_BELOW or value == int(value) else f"{value:.1f}"
