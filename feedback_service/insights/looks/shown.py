"""Puts saved looks into words, for the menu on every page and for the page on which they are renamed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

from flask import url_for

from feedback_service.cases.inbox.shown import dimension_words, value_words
from feedback_service.formats import days_in_words
from feedback_service.insights.looks.look import Look
from feedback_service.insights.looks.models import LONGEST_NAME, SavedLook
from feedback_service.insights.places import ASKED_OF, GRAINS, OVERVIEW, STAFF, place_name
from feedback_service.insights.rules.periods import Grain
from feedback_service.insights.scope import Scope
from feedback_service.insights.segments.dimensions import Dimension
from feedback_service.questionnaires.queries import SurveySummary


@dataclass(frozen=True)
class LookLine:
    """A saved look in a list."""

    id: int
    name: str
    told: str
    """What it looks at."""
    url: str
    current: bool
    """Whether it is what is looked at now."""


def look_lines(
    looks: Sequence[SavedLook], surveys: Sequence[SurveySummary], today: date, now: Look | None = None
) -> list[LookLine]:
    """Saved looks in words, in their order; `now` is what is looked at."""
    titles = {each.key: each.title for each in surveys}
    found = [(each, as_saved(each)) for each in looks]
    return [
        LookLine(each.id, each.name, look_words(look, titles, today), look_url(look), look == now)
        for each, look in found
    ]


def looks_menu(
    looks: Sequence[SavedLook], surveys: Sequence[SurveySummary], scope: Scope, now: Look | None
) -> SimpleNamespace:
    """What stands on every page: the looks, the way to all of them, and `now`, which can be saved, or None."""
    return SimpleNamespace(
        lines=look_lines(looks, surveys, scope.today, now),
        all_url=f"{url_for('looks.overview')}?{scope}",
        now=now,
        longest_name=LONGEST_NAME,
    )


def saved_words(saved: SavedLook, before: Look | None, surveys: Sequence[SurveySummary], today: date) -> str:
    """What became of a look that was saved under a name where `before` stood."""
    if before is None:
        return f"Saved as “{saved.name}”."
    if before == as_saved(saved):
        return f"“{saved.name}” is saved already, and shows just this."
    titles = {each.key: each.title for each in surveys}
    return f"“{saved.name}” shows this from now on, and no longer: {look_words(before, titles, today)}."


def as_saved(saved: SavedLook) -> Look:
    """What was saved; of a page that is no more, the overview."""
    return Look(saved.place if saved.place in ASKED_OF else OVERVIEW, saved.query)


def look_url(look: Look) -> str:
    """Where it is looked at."""
    return f"{url_for(look.place)}?{look.query}"


def look_words(look: Look, titles: dict[str, str], today: date) -> str:
    """The page, the survey, whose answers, the periods, and the days where they are fixed; else it goes with time."""
    args = look.args
    scope = Scope.read(args, today)
    if look.place == STAFF:  # whose page looks at no other survey, and its quarters are no choice of periods
        said = [GRAINS[Grain.MONTH if args.get("each") else Grain.QUARTER]]
    else:
        said = [titles.get(scope.survey, scope.survey), _whose(scope), _about(args), GRAINS[scope.grain]]
    days = days_in_words(scope.first, scope.last) if scope.first or scope.last else ""
    return " · ".join(words for words in (place_name(look.place), *said, days) if words)


def _whose(scope: Scope) -> str:
    if not scope.by:
        return ""
    name = dimension_words(scope.by)
    values = " beside ".join(value_words(scope.by, value) for value in scope.segments)
    return f"{name}: {values}" if values else f"By {name[0].lower()}{name[1:]}"


def _about(args: dict[str, str]) -> str:
    theme, word = args.get("theme"), args.get("word")
    if args.get("cases"):
        return "All cases"
    return f"About: {value_words(Dimension.THEME, theme)}" if theme else f"With “{word}”" if word else ""
