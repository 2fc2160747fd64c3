"""The loop: how soon cases are answered and resolved, over what, and whether it helped."""

from typing import Literal

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.insights.figures.answer import figure_file
from feedback_service.insights.figures.shown import shown_figure
from feedback_service.insights.frame import Page, frame, page_of
from feedback_service.insights.loop.reading import Reading
from feedback_service.insights.loop.shown import FIGURES, METRICS
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
from feedback_service.insights.rules.metrics import MetricKind

bp = Blueprint("loop", __name__)


@bp.get("/loop")
def overview() -> str:
    """The whole page."""
    page = page_of(db.session, request.args)
    reading = _reading(page)
    kind = MetricKind(page.survey.kind) if page.survey else MetricKind.NPS
    figures = {name: make(reading) for name, make in FIGURES.items()}
    return render_template(
        "insights/loop.html",
        **frame(db.session, page, "loop.overview"),
        survey=page.survey,
        figures={
            name: shown_figure(figure, url_for(".figure", name=name, form="svg"), page.scope)
            for name, figure in figures.items()
            if not figure.empty
        },
        times=times_told(reading),
        deadlines=deadlines_told(reading),
        teams=(TEAM_COLUMNS, team_rows(reading)),
        ages=ages_told(reading),
        causes=cause_rows(reading),
        recovery=recovery_told(reading),
        aftermath=aftermath_told(reading),
        cautions=(OBSERVED, REGRESSION),
        effects=[effect_told(effect, METRICS.get(kind, "Score"), kind) for effect in reading.effects],
    )


@bp.get("/loop/<name>.<any(svg, png, csv):form>")
def figure(name: str, form: Literal["svg", "png", "csv"]) -> Response:
    """One figure as a file."""
    if name not in FIGURES:
        abort(404)
    return figure_file(FIGURES[name](_reading(page_of(db.session, request.args))), form, request)


def _reading(page: Page) -> Reading:
    return Reading(db.session, page, clock.now(), current_settings().zone)
