"""What goodwill is worth: who buys again, what they are worth, and a scorecard for whoever delivers or supplies."""

import re
from io import BytesIO
from typing import Literal

from flask import Blueprint, abort, render_template, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.insights.figures.answer import file_of
from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.figures.shown import shown_figures
from feedback_service.insights.frame import Page, dimension_name, frame, offered_dimensions, page_of
from feedback_service.insights.paper import PDF
from feedback_service.insights.places import SCORECARD
from feedback_service.insights.recall import A_MOMENT, made_for, recalled
from feedback_service.insights.value import told
from feedback_service.insights.value.card_paper import card_paper
from feedback_service.insights.value.card_told import card_shown, listed_rows
from feedback_service.insights.value.figures import all_figures
from feedback_service.insights.value.reading import CHURNED, RETAINED, Reading
from feedback_service.insights.value.scorecards import Scorecard, Scorecards, can_have_cards, card_figures
from feedback_service.insights.why.names import names_for

bp = Blueprint("value", __name__)

HERE = "value.overview"


@bp.get("/value")
def overview() -> str:
    """The whole page."""
    page = page_of(db.session, request.args)
    reading = _reading(db.session, page)
    return render_template(
        "insights/value.html",
        **frame(db.session, page, HERE),
        survey=page.survey,
        figures=shown_figures(
            made_for(db.session, bp.name, page.scope, lambda: all_figures(reading)), _picture, page.scope
        ),
        looked_at=told.looked_at(reading),
        repeat=told.repeat_told(reading),
        repeat_table=(told.REPEAT_COLUMNS, told.repeat_rows(reading)),
        lifetime=(told.LIFETIME_COLUMNS, told.lifetime_rows(reading)),
        risk=told.risk_told(reading),
        assumed=told.ASSUMED if reading.at_risk.customers and reading.gap else (),
        retention=told.retention_told(reading) if any(each.orders for each in reading.orders) else [],
        days=(RETAINED, CHURNED),
        referred=told.referred_told(reading),
        referred_table=(told.REFERRED_COLUMNS, told.referred_rows(reading)),
        service=(told.service_columns(reading), told.service_rows(reading)),
        observed=told.OBSERVED,
        cards_by=_cards_by(page, reading.cards_by),
        cards=listed_rows(Scorecards(reading), _card_url) if reading.cards_by else [],
    )


@bp.get("/value/<name>.<any(svg, png, csv):form>")
def figure(name: str, form: Literal["svg", "png", "csv"]) -> Response:
    """One figure as a file."""
    return file_of(recalled(db.session, bp.name, request.args, figures, A_MOMENT), name, form, request)


def figures(session: Session, page: Page) -> list[Figure]:
    """All of the page."""
    return all_figures(_reading(session, page))


@bp.get("/value/scorecard")
def scorecard() -> str:
    """One carrier, store or supplier, to be printed or sent."""
    page = page_of(db.session, request.args)
    around = frame(db.session, page, SCORECARD)
    card = _card(db.session, page)
    if card is None:
        return render_template("insights/scorecard.html", **around, card=None, figures=[], back=_back(page))
    names = names_for(db.session, page.scope.survey).themes
    return render_template(
        "insights/scorecard.html",
        **around,
        card=card_shown(card, names),
        beside=(page.scope.versus, _card_url(card.reading, card.dimension, page.scope.versus)),
        figures=shown_figures(
            made_for(db.session, SCORECARD, page.scope, lambda: card_figures(card, names)), _card_picture, page.scope
        ).values(),
        pdf=f"{url_for('.scorecard_pdf')}?{page.scope}",
        back=_back(page),
    )


@bp.get("/value/scorecard.pdf")
def scorecard_pdf() -> Response:
    """The same on paper, where the page has something to say."""
    page = page_of(db.session, request.args)
    card = _card(db.session, page)
    if card is None:
        abort(404)
    names = names_for(db.session, page.scope.survey).themes
    shown = card_shown(card, names)
    if shown.nothing:
        abort(404)
    file = BytesIO(card_paper(shown, card_figures(card, names), current_settings().shop_name))
    name = "-".join(["scorecard", *re.findall(r"\w+", card.value)])
    return send_file(file, PDF, as_attachment=True, download_name=f"{name}.pdf")


@bp.get("/value/scorecard/<name>.<any(svg, png, csv):form>")
def scorecard_figure(name: str, form: Literal["svg", "png", "csv"]) -> Response:
    """One figure of a scorecard as a file."""
    return file_of(recalled(db.session, SCORECARD, request.args, figures_of_card, A_MOMENT), name, form, request)


def figures_of_card(session: Session, page: Page) -> list[Figure]:
    """All of a scorecard; none where the address names nothing that can have one."""
    card = _card(session, page)
    return card_figures(card, names_for(session, page.scope.survey).themes) if card else []


def _reading(session: Session, page: Page) -> Reading:
    return Reading(session, page, clock.now(), current_settings().zone)


def _picture(name: str) -> str:
    return url_for(".figure", name=name, form="svg")


def _card_picture(name: str) -> str:
    return url_for(".scorecard_figure", name=name, form="svg")


def _card(session: Session, page: Page) -> Scorecard | None:
    scope = page.scope
    if not (can_have_cards(scope.by) and scope.value):
        return None
    return Scorecard(Scorecards(_reading(session, page)), scope.value)


def _cards_by(page: Page, current: str) -> list[tuple[str, str, bool]]:
    """By what scorecards can be told: name, address, and whether they are."""
    whole = page.scope.but(value="", versus="")
    return [
        (dimension_name(each), f"{url_for(HERE)}?{whole.but(by=each)}#cards", each == current)
        for each in offered_dimensions()
        if can_have_cards(each)
    ]


def _card_url(reading: Reading, dimension: str, value: str) -> str:
    return f"{url_for('.scorecard')}?{reading.page.scope.but(by=dimension, value=value, versus='')}"


def _back(page: Page) -> str:
    return f"{url_for(HERE)}?{page.scope.but(value='', versus='')}#cards"
