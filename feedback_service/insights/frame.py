"""What stands around every page of insights: the places one can go, and what is looked at, kept from page to page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace

from flask import url_for
from flask_security import current_user
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.cases.inbox.shown import dimension_words, value_words
from feedback_service.config import current_settings
from feedback_service.insights.looks.look import look_at
from feedback_service.insights.looks.save import looks_of
from feedback_service.insights.looks.shown import looks_menu
from feedback_service.insights.places import GRAINS, PLACES
from feedback_service.insights.rules.periods import today_in
from feedback_service.insights.scope import Scope
from feedback_service.insights.segments.dimensions import ATTRIBUTE, Dimension
from feedback_service.insights.segments.queries import scores_by_value
from feedback_service.questionnaires.models import SurveyKind
from feedback_service.questionnaires.queries import SurveySummary, survey_summaries

MOST_VALUES = 300  # in a list to choose from


@dataclass(frozen=True)
class Page:
    """What a page of insights begins with."""

    scope: Scope
    """With the survey that is shown."""
    survey: SurveySummary | None
    """None while there is none."""
    surveys: list[SurveySummary]
    args: Mapping[str, str] = field(default_factory=dict)
    """The whole address, of which a page may ask more than its scope."""


def asked_scope(args: Mapping[str, str]) -> Scope:
    """The scope in an address, today."""
    return Scope.read(args, today_in(current_settings().zone, clock.now()))


def page_of(session: Session, args: Mapping[str, str]) -> Page:
    """What an address looks at: the survey it names, or else the first by title that asks for NPS."""
    scope = asked_scope(args)
    surveys = [each for each in survey_summaries(session) if each.kind != SurveyKind.ENPS]
    named = next((each for each in surveys if each.key == scope.survey), None)
    if scope.survey and named is None:
        scope = scope.but(mistakes=(*scope.mistakes, "There is no such survey, so another one is shown."))
    survey = named or min(surveys, key=lambda each: (each.kind != SurveyKind.NPS, each.title), default=None)
    return Page(scope.but(survey=survey.key if survey else ""), survey, surveys, args)


def frame(session: Session, page: Page, endpoint: str) -> dict[str, object]:
    """What templates/insights/frame.html shows besides the page's own, for the page at that endpoint."""
    scope, here = page.scope, endpoint.partition(".")[0]
    looks, look = looks_of(session, current_user.id), look_at(endpoint, page.args, scope)
    values = _values(session, page)
    return {
        "places": [(name, f"{url_for(place)}?{scope}", place.partition(".")[0] == here) for name, place in PLACES],
        "looks": looks_menu(looks, page.surveys, scope, look),
        "scope": scope,
        "mistakes": (*scope.mistakes, *_unheard(scope, values)),
        "action": url_for(endpoint),
        "chosen": SimpleNamespace(
            surveys=[(each.key, each.title) for each in page.surveys],
            grains=[(grain.value, name) for grain, name in GRAINS.items()],
            dimensions=[(name, dimension_name(name)) for name in offered_dimensions()],
            values=[
                (value, value_name(scope.by, value))
                for value in dict.fromkeys((*values[:MOST_VALUES], *scope.segments))
            ],
        ),
    }


def offered_dimensions() -> tuple[str, ...]:
    """The dimensions that counts are kept ready of."""
    return (*Dimension, *(ATTRIBUTE + name for name in current_settings().order_dimensions))


def dimension_name(dimension: str) -> str:
    """As people call it; an attribute by its own name."""
    return dimension_words(dimension)


def _values(session: Session, page: Page) -> list[str]:
    """Those that answers of these days have, the most frequent first."""
    scope = page.scope
    if not scope.by or page.survey is None:
        return []
    found = scores_by_value(session, page.survey.key, scope.by, *scope.days)
    return sorted(found, key=lambda value: (-sum(found[value].values()), value))


def _unheard(scope: Scope, values: list[str]) -> list[str]:
    """What is looked at though no answer has it, each in a sentence."""
    name = dimension_name(scope.by) if scope.by else ""
    return [
        f"{name}: no answer of this time has “{value_name(scope.by, value)}”."
        for value in scope.segments
        if value not in values
    ]


def value_name(dimension: str, value: str) -> str:
    """As people call a value; what a shop wrote on its orders stays as it is."""
    return value_words(dimension, value)
