"""Puts a rehearsal into sentences and into the rows of two tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_service.formats import many
from feedback_service.invitations.rehearse import Forecast, Rehearsal
from feedback_service.invitations.rules.sending_hours import Deferral
from feedback_service.questionnaires.definition import Rules

ONLY_WHAT_IS_KNOWN = (
    "This counts what is known today. Orders to come are not guessed, nor who will answer or wish to be left alone."
)
PAUSED = "Sending is paused: this is how it would go if it went on now."


@dataclass(frozen=True)
class Comparison:
    """Two forecasts beside each other; each row ends with how many by the present rules, and by the others."""

    sentences: list[str]
    outcomes: list[tuple[str, int, int]]
    days: list[tuple[date, int, int]]
    """Only the days on which somebody is asked."""


def compared(
    rehearsal: Rehearsal, survey_key: str, titles: Mapping[str, str], present: Rules, new: Rules
) -> Comparison:
    """What other rules of one survey would change: for that survey in full, for the others in a sentence."""
    before, after = rehearsal.present, rehearsal.changed
    asked = (before.asked_by_day(survey_key), after.asked_by_day(survey_key))
    why = (before.reasons(survey_key), after.reasons(survey_key))
    reasons = sorted(why[0].keys() | why[1].keys(), key=lambda reason: (isinstance(reason, Deferral), -why[1][reason]))
    return Comparison(
        sentences=list(_sentences(rehearsal, survey_key, titles, present, new)),
        outcomes=[
            ("Asked", asked[0].total(), asked[1].total()),
            *((_outcome(reason.words, reason), why[0][reason], why[1][reason]) for reason in reasons),
        ],
        days=[(day, asked[0][day], asked[1][day]) for day in sorted(asked[0].keys() | asked[1].keys())],
    )


def _outcome(words: str, reason: object) -> str:
    return f"Put off: {words}" if isinstance(reason, Deferral) else f"Not asked: {words}"


def _sentences(
    rehearsal: Rehearsal, survey_key: str, titles: Mapping[str, str], present: Rules, new: Rules
) -> Iterator[str]:
    before, after = _asked(rehearsal, survey_key)
    title, days = titles[survey_key], rehearsal.days
    people = many(after, "person", "people")
    yield f"In the next {days} days {title} would ask {people}; by the present rules it asks {before:,}."
    for key, other in sorted(titles.items(), key=lambda item: item[1]):
        before, after = _asked(rehearsal, key)
        if key != survey_key and before != after:
            yield f"{other} would ask {many(after, 'person', 'people')} instead of {before:,}."
    before = _reminders(rehearsal.present, rehearsal, survey_key, present)
    after = _reminders(rehearsal.changed, rehearsal, survey_key, new)
    if before or after:
        follow = "1 reminder follows" if after == 1 else f"{after:,} reminders follow"
        yield f"If nobody answers, {follow} in these days; by the present rules {before:,}."
    if rehearsal.present == rehearsal.changed:
        yield "Nobody would be asked, left alone or asked on another day because of the change."
    if rehearsal.paused:
        yield PAUSED
    yield ONLY_WHAT_IS_KNOWN


def _asked(rehearsal: Rehearsal, survey_key: str) -> tuple[int, int]:
    forecasts = (rehearsal.present, rehearsal.changed)
    before, after = (forecast.asked_by_day(survey_key).total() for forecast in forecasts)
    return before, after


def _reminders(forecast: Forecast, rehearsal: Rehearsal, survey_key: str, rules: Rules) -> int:
    """How many reminders fall into the days, if nobody answers."""
    end, wait = rehearsal.first_day + timedelta(days=rehearsal.days), rules.asking.reminder_after_days
    return sum(
        number * sum(day + timedelta(days=wait * turn) < end for turn in range(1, rules.asking.reminders + 1))
        for day, number in forecast.asked_by_day(survey_key).items()
    )
