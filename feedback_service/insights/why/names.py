"""What people call the things the page speaks of: a reason by the survey's words, a theme by the shop's list."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback_service.config import current_settings
from feedback_service.formats import language_name
from feedback_service.insights.frame import dimension_name, value_name
from feedback_service.insights.segments.dimensions import (
    ATTRIBUTE,
    LATE,
    NO_EVENT,
    ON_TIME,
    OTHERS,
    TOP_TENTH,
    Dimension,
)
from feedback_service.insights.segments.live import ORDER
from feedback_service.insights.why.findings import NOT_KNOWN
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.questionnaires.questions import OTHER
from feedback_service.sentiment.themes.taxonomy import read_themes, shipped_themes

STAFF_LOCALE = "en"
WHOLE_NAMES = {
    (Dimension.DELIVERY, LATE): "Late delivery",
    (Dimension.DELIVERY, ON_TIME): "Delivery on time",
    (Dimension.VALUE_BAND, TOP_TENTH): "Buyers of the top tenth by lifetime value",
    (Dimension.VALUE_BAND, OTHERS): "Buyers below the top tenth by lifetime value",
    (Dimension.TOUCHPOINT, ORDER): "Answers about an order",
    (Dimension.TOUCHPOINT, NO_EVENT): "Answers about nothing in particular",
}
"""Values whose own name would not say what they are."""
HOW_REACHED = {
    Dimension.REASON: "picked it",
    Dimension.THEME: "write about it",
    Dimension.DELIVERY: "had it",
}
SOURCES = {
    Dimension.REASON: "picked",
    Dimension.THEME: "in comments",
    Dimension.DELIVERY: "",
}


@dataclass(frozen=True)
class Names:
    """The names of reasons and themes; the others need nothing from the database."""

    reasons: Mapping[str, str]
    themes: Mapping[str, str]

    def driver(self, dimension: str, value: str) -> str:
        """Such as “The delivery” (picked), Delivery (in comments), Late delivery."""
        source = SOURCES[Dimension(dimension)]
        name = self.of(dimension, value)
        return f"{name} ({source})" if source else name

    def of(self, dimension: str, value: str) -> str:
        """A value in a sentence of its own, without the list it belongs to: Carrier Tidewell, Late delivery."""
        if value == NOT_KNOWN:
            return "Not known"
        if dimension == Dimension.REASON:
            return f"“{self.reasons.get(value, value_name(dimension, value))}”"
        if dimension == Dimension.THEME:
            return self.themes.get(value, value_name(dimension, value))
        if dimension.startswith(ATTRIBUTE):
            return f"{dimension_name(dimension)} {value}"
        if dimension == Dimension.LANGUAGE:
            return f"Answers in {language_name(value)}"
        whole = WHOLE_NAMES.get((Dimension(dimension), value))
        return whole or f"{dimension_name(dimension)}: {value_name(dimension, value).lower()}"


def names_for(session: Session, survey_key: str) -> Names:
    """The words of a survey as it is asked now, and the shop's themes."""
    published = published_surveys(session).get(survey_key)
    folder = current_settings().surveys_folder
    themes = (read_themes(folder) if folder else shipped_themes()).themes
    return Names(
        reasons=_reasons(published.definition) if published else {},
        themes={key: theme.title(STAFF_LOCALE) for key, theme in themes.items()},
    )


def _reasons(definition: SurveyDefinition) -> dict[str, str]:
    question = next((each for each in definition.structure.questions if each.driver), None)
    spoken = (STAFF_LOCALE, definition.rules.default_locale)
    wording = next((definition.wordings[each] for each in spoken if each in definition.wordings), None)
    words = wording.questions.get(question.key) if question and wording else None
    if words is None:
        return {}
    return {**words.options, **({OTHER: words.other} if words.other else {})}
