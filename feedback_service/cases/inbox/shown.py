"""Puts answers into words for the inbox."""

from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from feedback_service.cases.inbox.dimensions import ATTRIBUTE, Dimension
from feedback_service.cases.inbox.forms import as_read
from feedback_service.cases.inbox.queries import AnswerLine, Band, Filters, Show
from feedback_service.cases.shown import buyer_named
from feedback_service.cases.shown_answers import came_by
from feedback_service.cases.shown_wishes import wish_words
from feedback_service.formats import days_in_words, language_name, moment, when
from feedback_service.questionnaires.definition import Rules
from feedback_service.responses.rules.bands import band
from feedback_service.sentiment.shown import theme_title
from feedback_service.sentiment.themes.taxonomy import Taxonomy

SHOW_WORDS = {Show.ALL: "All", Show.UNREAD: "Unread by me", Show.UNSEEN: "Read by nobody"}
BAND_WORDS = {Band.PROMOTER: "Promoters", Band.PASSIVE: "Passives", Band.DETRACTOR: "Detractors"}
DIMENSION_WORDS = {
    Dimension.TOUCHPOINT: "Touchpoint",
    Dimension.TEAM: "Staff team",
    Dimension.LANGUAGE: "Language",
    Dimension.VALUE_BAND: "Lifetime value",
    Dimension.DELIVERY: "Delivery",
    Dimension.SENTIMENT: "Sentiment",
    Dimension.THEME: "Theme",
    Dimension.REASON: "What decided",
}
LONGEST_IN_LINE = 420  # characters; more opens in place


def answer_line(
    line: AnswerLine, taxonomy: Taxonomy, case_url: str | None, now: datetime, zone: ZoneInfo
) -> SimpleNamespace:
    """An answer as a line; `case_url` leads to its case, None where there is none, empty where it is another team's."""
    response, rules = line.response, Rules.model_validate(line.survey.rules)
    return SimpleNamespace(
        id=response.id,
        as_read=as_read(response),
        score=response.latest_score,
        metric=line.survey.kind.value,
        band=band(line.survey.kind, response.latest_score, rules.thresholds.detractor_max),
        words=_beginning(response.comment),
        whole=response.comment if len(response.comment) > LONGEST_IN_LINE else "",
        themes=[theme_title(taxonomy, theme.theme_key) for theme in line.themes],
        wish=wish_words(response).rstrip("."),
        customer=buyer_named(response.customer.name if response.customer else None),
        when=when(response.answered_at, now, zone),
        read=line.read_by_me is not None,
        seen=response.read_at is not None,
        case=line.case.id if line.case else None,
        case_url=case_url,
        facts=[
            ("Survey", rules.title),
            ("Answered", moment(response.answered_at, zone)),
            ("Came by", came_by(response)),
            ("Order", response.order.external_id if response.order else ""),
            ("Language", language_name(response.locale)),
        ],
    )


def dimension_words(dimension: str) -> str:
    """As people call a dimension; an attribute by its own name."""
    if dimension.startswith(ATTRIBUTE):
        return dimension.removeprefix(ATTRIBUTE).replace("_", " ").capitalize()
    return DIMENSION_WORDS[Dimension(dimension)]


def value_words(dimension: str, value: str) -> str:
    """As people call a value of it; what a shop wrote on its orders stays as it is."""
    if dimension == Dimension.LANGUAGE:
        return language_name(value)
    if dimension.startswith(ATTRIBUTE):
        return value
    return value.replace("_", " ").capitalize()


def behind_words(filters: Filters) -> str:
    """Which answers stand behind the number that somebody came from: their days, segment and scores; else nothing."""
    said = [days_in_words(filters.first, filters.last)] if filters.first or filters.last else []
    if filters.value:
        said.append(f"{dimension_words(filters.by)}: {value_words(filters.by, filters.value)}")
    if filters.low is not None or filters.high is not None:
        said.append(_scores(filters.low, filters.high))
    return " · ".join(said)


def _scores(low: int | None, high: int | None) -> str:
    if low == high:
        return f"Score {low}"
    return f"Score {low or 0} to {high}" if high is not None else f"Score {low} and above"


def _beginning(comment: str) -> str:
    if len(comment) <= LONGEST_IN_LINE:
        return comment
    return comment[:LONGEST_IN_LINE].rpartition(" ")[0] + " …"


def nothing_here(show: Show, *, narrow: bool) -> Mapping[str, str]:
    """What stands where there is no answer."""
    if show is Show.UNREAD:
        return {"heading": "You have read them all", "text": "New answers appear here as they come in."}
    if show is Show.UNSEEN:
        return {"heading": "Every answer was read", "text": "An answer appears here until somebody has read it."}
    if narrow:
        return {"heading": "No such answer", "text": "Choose fewer filters to see more."}
    return {"heading": "No answers yet", "text": "What customers say appears here as soon as they say it."}
