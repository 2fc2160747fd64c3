"""Coverage: who was asked, who was not, who answered, and whom the score speaks for."""

from typing import Literal

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.insights.coverage.reading import Reading
from feedback_service.insights.coverage.shown import FIGURES
from feedback_service.insights.coverage.told import (
    cut_told,
    funnel_told,
    not_asked_told,
    waiting_told,
    weighing_told,
)
from feedback_service.insights.figures.answer import figure_file
from feedback_service.insights.figures.shown import shown_figure
from feedback_service.insights.frame import Page, dimension_name, frame, page_of

bp = Blueprint("coverage", __name__)


@bp.get("/coverage")
def overview() -> str:
    """The whole page."""
    page = page_of(db.session, request.args)
    reading = _reading(page)
    around = frame(db.session, page, "coverage.overview")
    if reading is None:
        return render_template("insights/coverage.html", **around, reading=None)
    figures = {name: make(reading) for name, make in FIGURES.items()}
    weighing, chosen, here = reading.weighing, reading.dimension, url_for(".overview")
    return render_template(
        "insights/coverage.html",
        **around,
        reading=reading,
        figures={
            name: shown_figure(figure, url_for(".figure", name=name, form="svg"), page.scope)
            for name, figure in figures.items()
            if not figure.empty
        },
        funnel=funnel_told(reading),
        cut=cut_told(reading),
        waiting=waiting_told(reading),
        not_asked=not_asked_told(reading),
        weighing=weighing_told(weighing) if weighing else [],
        ways=[
            (dimension_name(each), f"{here}?{page.scope.but(by=each, value='', versus='')}#weighing", each == chosen)
            for each in reading.dimensions
        ],
        narrowed=bool(page.scope.value),
    )


@bp.get("/coverage/<name>.<any(svg, png, csv):form>")
def figure(name: str, form: Literal["svg", "png", "csv"]) -> Response:
    """One figure as a file."""
    reading = _reading(page_of(db.session, request.args))
    if name not in FIGURES or reading is None:
        abort(404)
    return figure_file(FIGURES[name](reading), form, request)


def _reading(page: Page) -> Reading | None:
    if page.survey is None:
        return None
    settings = current_settings()
    return Reading(
        db.session, page, page.survey, attributes=settings.order_dimensions, now=clock.now(), zone=settings.zone
    )
