"""The overview: how each survey stands, what is done about it, and the trend of one."""

from types import SimpleNamespace
from typing import Literal

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.cases.recovered import recovered
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.insights.cards import (
    Card,
    contacted_card,
    open_card,
    promises_card,
    recovered_card,
    response_card,
    risk_card,
)
from feedback_service.insights.figures.answer import file_of
from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.figures.shown import shown_figure
from feedback_service.insights.frame import Page, frame, page_of
from feedback_service.insights.glance import (
    contacted_in_time,
    open_cases_now,
    promises_between,
    revenue_at_risk,
    sent_between,
)
from feedback_service.insights.overview_page import other_headlines, overview_of
from feedback_service.insights.recall import recalled
from feedback_service.insights.rules.periods import Period

bp = Blueprint("insights", __name__)


@bp.get("/")
def overview() -> str:
    """What a manager looks at on Monday morning."""
    page = page_of(db.session, request.args)
    found = overview_of(db.session, page)
    return render_template(
        "insights/overview.html",
        **frame(db.session, page, "insights.overview"),
        shown=found,
        others=other_headlines(db.session, page, found.period, url_for(".overview")) if found else [],
        cards=_cards(page, found.period) if found else [],
        figures=[_shown(page, figure) for figure in found.figures] if found and found.answered else [],
    )


@bp.get("/overview/<name>.<any(svg, png, csv):form>")
def figure(name: str, form: Literal["svg", "png", "csv"]) -> Response:
    """A figure's picture or its numbers."""
    return file_of(recalled(db.session, bp.name, request.args, _figures), name, form, request)


@bp.get("/<survey_key>")
def of_survey(survey_key: str) -> Response:
    """The survey's own page, as older addresses have it."""
    page = page_of(db.session, {"survey": survey_key})
    if page.scope.survey != survey_key:
        abort(404)
    return redirect(f"{url_for('.overview')}?{page.scope}")


def _figures(session: Session, page: Page) -> list[Figure]:
    return shown.figures if (shown := overview_of(session, page)) else []


def _shown(page: Page, found: Figure) -> SimpleNamespace:
    return shown_figure(found, url_for(".figure", name=found.name, form="svg"), page.scope)


def _cards(page: Page, period: Period) -> list[Card]:
    now, zone = clock.now(), current_settings().zone
    span = period.bounds(zone)
    return [
        response_card(sent_between(db.session, page.scope.survey, span, now), period, zone),
        open_card(open_cases_now(db.session, now)),
        contacted_card(contacted_in_time(db.session, span), period),
        recovered_card(recovered(db.session, *span, now), period),
        promises_card(promises_between(db.session, span, now), period),
        risk_card(revenue_at_risk(db.session)),
    ]
