"""Why the score is what it is: a page, and its figures' files."""

from typing import Literal

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as HttpResponse

from feedback_service.database import db
from feedback_service.insights.figures.answer import file_of
from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.figures.shown import shown_figures
from feedback_service.insights.frame import Page, dimension_name, frame, offered_dimensions, page_of
from feedback_service.insights.recall import A_MOMENT, made_for, recalled
from feedback_service.insights.rules.metrics import MetricKind
from feedback_service.insights.why.figures import all_figures
from feedback_service.insights.why.findings import Why, why_of
from feedback_service.insights.why.names import Names, names_for
from feedback_service.insights.why.queries import Answers, answers_of
from feedback_service.insights.why.shown import shown

bp = Blueprint("why", __name__)

HERE = "why.overview"


@bp.get("/why")
def overview() -> str:
    """What drives the score, what stands out, when, and what its change is made of."""
    page = page_of(db.session, request.args)
    around = frame(db.session, page, HERE)
    if page.survey is None:
        return render_template("insights/why.html", **around, why=None, figures={}, splits=[])
    why, read, names = _looked_into(db.session, page)
    return render_template(
        "insights/why.html",
        **around,
        why=shown(why, read, page.scope, names),
        figures=shown_figures(
            made_for(db.session, bp.name, page.scope, lambda: all_figures(why, page.scope, names)), _picture, page.scope
        ),
        splits=_splits(page, why),
    )


@bp.get("/why/<name>.<any(svg, png, csv):form>")
def figure(name: str, form: Literal["svg", "png", "csv"]) -> HttpResponse:
    """A figure's picture or numbers."""
    return file_of(recalled(db.session, bp.name, request.args, figures, A_MOMENT), name, form, request)


def figures(session: Session, page: Page) -> list[Figure]:
    """All of the page; none while there is no survey."""
    if page.survey is None:
        return []
    why, _, names = _looked_into(session, page)
    return all_figures(why, page.scope, names)


def _looked_into(session: Session, page: Page) -> tuple[Why, Answers, Names]:
    scope = page.scope
    read = answers_of(session, scope, offered_dimensions())
    kind = MetricKind(page.survey.kind) if page.survey else MetricKind.NPS
    return why_of(kind, read, "" if scope.value else scope.by), read, names_for(session, scope.survey)


def _splits(page: Page, why: Why) -> list[tuple[str, str, bool]]:
    """By what the change can be told apart: name, address, and whether it is."""
    if page.scope.value:
        return []
    return [
        (dimension_name(each), f"{url_for(HERE)}?{page.scope.but(by=each)}#change",
         why.split is not None and why.split.dimension == each)
        for each in why.splits
    ]  # fmt: skip


def _picture(name: str) -> str:
    return url_for(".figure", name=name, form="svg")
