"""The loop: how soon cases are answered and resolved, over what, and whether it helped."""

from typing import Literal

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.insights.figures.answer import file_of
from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.figures.shown import shown_figures
from feedback_service.insights.frame import Page, frame, page_of
from feedback_service.insights.loop.reading import Reading
from feedback_service.insights.loop.shown import all_figures
from feedback_service.insights.loop.told import (
    OBSERVED,
    REGRESSION,
    TEAM_COLUMNS,
    aftermath_told,
    ages_told,
    cause_rows,
    deadlines_told,
    effect_told,
    recovery_told,
    team_rows,
    times_told,
)
from feedback_service.insights.recall import A_MOMENT, recalled
from feedback_service.insights.rules.metrics import METRIC_NAMES, MetricKind

bp = Blueprint("loop", __name__)


@bp.get("/loop")
def overview() -> str:
    """The whole page."""
    page = page_of(db.session, request.args)
    reading = _reading(db.session, page)
    kind = MetricKind(page.survey.kind) if page.survey else MetricKind.NPS
    return render_template(
        "insights/loop.html",
        **frame(db.session, page, "loop.overview"),
        survey=page.survey,
        figures=shown_figures(all_figures(reading), _picture, page.scope),
        times=times_told(reading),
        deadlines=deadlines_told(reading),
        teams=(TEAM_COLUMNS, team_rows(reading)),
        ages=ages_told(reading),
        causes=cause_rows(reading),
        recovery=recovery_told(reading),
        aftermath=aftermath_told(reading),
        cautions=(OBSERVED, REGRESSION),
        effects=[effect_told(effect, METRIC_NAMES.get(kind, "Score"), kind) for effect in reading.effects],
    )


@bp.get("/loop/<name>.<any(svg, png, csv):form>")
def figure(name: str, form: Literal["svg", "png", "csv"]) -> Response:
    """One figure as a file."""
    return file_of(recalled(db.session, bp.name, request.args, figures, A_MOMENT), name, form, request)


def figures(session: Session, page: Page) -> list[Figure]:
    """All of the page."""
    return all_figures(_reading(session, page))


def _reading(session: Session, page: Page) -> Reading:
    return Reading(session, page, clock.now(), current_settings().zone)


def _picture(name: str) -> str:
    return url_for(".figure", name=name, form="svg")
