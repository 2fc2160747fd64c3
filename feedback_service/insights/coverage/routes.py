"""Coverage: who was asked, who was not, who answered, and whom the score speaks for."""

from typing import Literal

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.insights.coverage.reading import Reading
from feedback_service.insights.coverage.shown import all_figures
from feedback_service.insights.coverage.told import (
    cut_told,
    funnel_told,
    not_asked_told,
    waiting_told,
    weighing_told,
)
from feedback_service.insights.figures.answer import file_of
from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.figures.shown import shown_figures
from feedback_service.insights.frame import Page, dimension_name, frame, page_of
from feedback_service.insights.recall import A_MOMENT, made_for, recalled

bp = Blueprint("coverage", __name__)


@bp.get("/coverage")
def overview() -> str:
    """The whole page."""
    page = page_of(db.session, request.args)
    reading = _reading(db.session, page)
    around = frame(db.session, page, "coverage.overview")
    if reading is None:
        return render_template("insights/coverage.html", **around, reading=None)
    weighing, chosen, here = reading.weighing, reading.dimension, url_for(".overview")
    return render_template(
        "insights/coverage.html",
        **around,
        reading=reading,
        figures=shown_figures(
            made_for(db.session, bp.name, page.scope, lambda: all_figures(reading)), _picture, page.scope
        ),
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
    return file_of(recalled(db.session, bp.name, request.args, figures, A_MOMENT), name, form, request)


def figures(session: Session, page: Page) -> list[Figure]:
    """All of the page; none while there is no survey."""
    reading = _reading(session, page)
    return all_figures(reading) if reading else []


def _reading(session: Session, page: Page) -> Reading | None:
    if page.survey is None:
        return None
    settings = current_settings()
    return Reading(
        session, page, page.survey, attributes=settings.order_dimensions, now=clock.now(), zone=settings.zone
    )


def _picture(name: str) -> str:
    return url_for(".figure", name=name, form="svg")
