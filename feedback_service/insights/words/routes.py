"""What buyers write: how it sounds over time, what it is about, and which words rose."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Literal

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.insights.figures.answer import file_of
from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.figures.shown import shown_figures
from feedback_service.insights.frame import Page, dimension_name, frame, page_of, value_name
from feedback_service.insights.recall import A_MOMENT, made_for, recalled
from feedback_service.insights.rules.metrics import MetricKind
from feedback_service.insights.why.names import names_for
from feedback_service.insights.words.queries import (
    Spoken,
    about,
    examples,
    rising_words,
    spoken,
    tones,
    week_told,
    with_words,
)
from feedback_service.insights.words.shown import (
    comment_lines,
    coverage,
    link,
    listed,
    named,
    next_page,
    rising_rows,
    sentiment_figure,
    sort_of,
    theme_words,
    themes_figures,
    themes_of,
)
from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.queries import SurveySummary
from feedback_service.responses.models import Response as Answer

bp = Blueprint("words", __name__)

HERE = "words.overview"
LONGEST_WORD = 80
MOST_SHOWN = 6  # themes with examples


@bp.get("/words")
def overview() -> str:
    """The whole page, or the comments about one theme, or with one word."""
    page = page_of(db.session, request.args)
    theme, word = (request.args.get(name, "").replace("\0", "")[:LONGEST_WORD].strip() for name in ("theme", "word"))
    if page.survey is not None and (theme or word):
        return _comments(page, page.survey, theme, word)
    return render_template(
        "insights/words.html",
        **frame(db.session, page, HERE),
        told=_told(page, page.survey) if page.survey else None,
        comments=None,
    )


@bp.get("/words/<name>.<any(svg, png, csv):form>")
def figure(name: str, form: Literal["svg", "png", "csv"]) -> Response:
    """A figure's picture or its numbers."""
    return file_of(recalled(db.session, bp.name, request.args, figures, A_MOMENT), name, form, request)


def figures(session: Session, page: Page) -> list[Figure]:
    """All of the page; none while there is no survey."""
    return _figures(page, page.survey, spoken(session, page.scope, page.scope.value)) if page.survey else []


def _figures(page: Page, survey: SurveySummary, found: Spoken) -> list[Figure]:
    scope = page.scope
    figures = [sentiment_figure(scope, found, "sentiment", _whose(page, survey, scope.value))]
    if scope.versus:
        beside = spoken(db.session, scope, scope.versus)
        figures.append(sentiment_figure(scope, beside, "sentiment-beside", _whose(page, survey, scope.versus)))
    return [*figures, *themes_figures(scope, found, MetricKind(survey.kind), themes_of(found, _names(page)))]


def _told(page: Page, survey: SurveySummary) -> SimpleNamespace:
    scope = page.scope
    found = spoken(db.session, scope, scope.value)
    lines = themes_of(found, _names(page))
    toned = tones(db.session, scope) if lines else {}
    shown = lines[:MOST_SHOWN]
    said = examples(db.session, scope, [line.key for line in shown]) if shown else {}
    figures = made_for(db.session, bp.name, scope, lambda: _figures(page, survey, found))
    week = week_told(scope)
    return SimpleNamespace(
        coverage=coverage(found),
        left_out=sort_of(found),
        figures=shown_figures(figures, lambda name: url_for(".figure", name=name, form="svg"), scope),
        themes=[
            SimpleNamespace(
                key=line.key,
                name=line.name,
                url=link(scope, theme=line.key),
                words=theme_words(line, found, MetricKind(survey.kind), toned.get(line.key)),
                comments=_lines(survey, said.get(line.key, [])),
            )
            for line in shown
        ],
        week=week.label,
        # Days of the words' own week, so that the list behind a word is what was counted.
        rising=rising_rows(scope.but(first=week.first, last=week.last), rising_words(db.session, scope)),
    )


def _comments(page: Page, survey: SurveySummary, theme: str, word: str) -> str:
    scope, given = page.scope, request.args.get("before", type=int)
    before = given if given is not None and 0 < given <= LARGEST_ID else None
    what = {"theme": theme} if theme else {"word": word}
    found = about(db.session, scope, theme, before) if theme else with_words(db.session, scope, word, before)
    return render_template(
        "insights/words.html",
        **frame(db.session, page, HERE),
        told=None,
        comments=SimpleNamespace(
            heading=f"About: {named(_names(page))(theme)}" if theme else f"With “{word}”",
            keeps=what,
            back=link(scope),
            lines=_lines(survey, found.answers),
            next_url=next_page(scope, found, **what),
            first_url=link(scope, **what) if before is not None else "",
            looked_through=listed(found),
        ),
    )


def _lines(survey: SurveySummary, answers: Sequence[Answer]) -> list[SimpleNamespace]:
    rules = Rules.model_validate(db.session.get_one(Survey, survey.key).rules)
    return comment_lines(answers, survey, rules.thresholds.detractor_max, clock.now(), current_settings().zone)


def _names(page: Page) -> dict[str, str]:
    return dict(names_for(db.session, page.scope.survey).themes)


def _whose(page: Page, survey: SurveySummary, value: str) -> str:
    if not value:
        return survey.title
    return f"{survey.title}, {dimension_name(page.scope.by)}: {value_name(page.scope.by, value)}"
