"""The loop: how soon cases are answered and resolved, over what, and whether it helped."""

from functools import partial
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
from feedback_service.insights.loop.reading import CASES, EVERY, Reading
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
    looked_at,
    no_effect_told,
    recovery_told,
    team_rows,
    times_told,
)
from feedback_service.insights.recall import A_MOMENT, made_for, recalled
from feedback_service.insights.rules.metrics import METRIC_NAMES, MetricKind

bp = Blueprint("loop", __name__)
HERE = "loop.overview"


@bp.get("/loop")
def overview() -> str:
    """The whole page."""
    page = page_of(db.session, request.args)
    reading = _reading(db.session, page)
    kind = MetricKind(page.survey.kind) if page.survey else MetricKind.NPS
    return render_template(
        "insights/loop.html",
        **frame(db.session, page, HERE),
        survey=page.survey,
        which=_which(reading) if page.survey else [],
        narrowed=reading.narrowed,
        looked_at=looked_at(reading),
        figures=shown_figures(
            made_for(db.session, _place(), page.scope, lambda: all_figures(reading)),
            partial(_picture, reading),
            page.scope,
        ),
        times=times_told(reading),
        deadlines=deadlines_told(reading),
        teams=(TEAM_COLUMNS, team_rows(reading)),
        ages=ages_told(reading),
        causes=cause_rows(reading),
        recovery=recovery_told(reading),
        aftermath=aftermath_told(reading),
        cautions=(OBSERVED, REGRESSION),
        effects=[effect_told(effect, METRIC_NAMES.get(kind, "Score"), kind) for effect in reading.effects],
        no_effect=no_effect_told(reading),
    )


@bp.get("/loop/<name>.<any(svg, png, csv):form>")
def figure(name: str, form: Literal["svg", "png", "csv"]) -> Response:
    """One figure as a file."""
    return file_of(recalled(db.session, _place(), request.args, figures, A_MOMENT), name, form, request)


def _place() -> str:
    return f"{bp.name} {request.args.get(CASES) == EVERY}"


def figures(session: Session, page: Page) -> list[Figure]:
    """All of the page."""
    return all_figures(_reading(session, page))


def _reading(session: Session, page: Page) -> Reading:
    return Reading(session, page, clock.now(), current_settings().zone)


def _which(reading: Reading) -> list[tuple[str, str, bool]]:
    """The cases that may count: label, address, and whether they do."""
    here = f"{url_for(HERE)}?{reading.page.scope}"
    return [
        ("About this survey", here, reading.narrowed),
        ("All cases", f"{here}&{CASES}={EVERY}", not reading.narrowed),
    ]


def _picture(reading: Reading, name: str) -> str:
    path = url_for(".figure", name=name, form="svg")
    return path if reading.narrowed else f"{path}?{CASES}={EVERY}"
