"""How colleagues are: their anonymous pulse over time, quarter by quarter."""

from typing import Literal

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from feedback_service.database import db
from feedback_service.insights.figures.answer import file_of
from feedback_service.insights.figures.shown import shown_figure
from feedback_service.insights.frame import Page, frame, page_of
from feedback_service.insights.rules.metrics import MIN_ANONYMOUS
from feedback_service.insights.staff.queries import pulses, quarters, releases
from feedback_service.insights.staff.shown import Look, all_figures, headline, sentences
from feedback_service.questionnaires.queries import SurveySummary

bp = Blueprint("staff_pulse", __name__)

HERE = "staff_pulse.overview"
MONTHS = "month"
"""How `each` says in an address that months are wanted."""


@bp.get("/staff")
def overview() -> str:
    """The pulse of colleagues; of the filters of other pages only the days count here."""
    page, surveys = page_of(db.session, request.args), pulses(db.session)
    survey = _chosen(surveys)
    look = _look(page, survey) if survey else None
    pulse = survey.key if survey else ""
    figures = all_figures(look) if look and look.drawn else []
    return render_template(
        "insights/staff.html",
        **frame(db.session, page, HERE),
        pulses=[(each.key, each.title) for each in surveys],
        pulse=pulse,
        each=_each(),
        fewest=MIN_ANONYMOUS,
        headline=headline(look) if look else None,
        sentences=sentences(look) if look else [],
        figures=[
            shown_figure(
                made, url_for(".figure", name=made.name, form="svg", pulse=pulse, each=_each() or None), page.scope
            )
            for made in figures
        ],
    )


@bp.get("/staff/<name>.<any(svg, png, csv):form>")
def figure(name: str, form: Literal["svg", "png", "csv"]) -> Response:
    """A figure's picture or its numbers."""
    page, survey = page_of(db.session, request.args), _chosen(pulses(db.session))
    return file_of(all_figures(_look(page, survey)) if survey else [], name, form, request)


def _chosen(surveys: list[SurveySummary]) -> SurveySummary | None:
    named = next((each for each in surveys if each.key == request.args.get("pulse")), None)
    return named or (surveys[0] if surveys else None)


def _each() -> str:
    return MONTHS if request.args.get("each") == MONTHS else ""


def _look(page: Page, survey: SurveySummary) -> Look:
    scope = page.scope
    shown = quarters(scope.first, min(scope.last or scope.today, scope.today))
    return Look(survey.title, bool(_each()), releases(db.session, survey.key, shown))
