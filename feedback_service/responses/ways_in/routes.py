"""Ways in besides the mail, as managers make, print, copy and close them."""

from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.formats import language_name, moment, when
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.responses.models import Channel
from feedback_service.responses.opened import tongue
from feedback_service.responses.walk_in.queries import FoundCollector, collector, collector_lines
from feedback_service.responses.walk_in.visits import Visit
from feedback_service.responses.ways_in.codes import as_png, as_svg, smallest_print_mm
from feedback_service.responses.ways_in.collectors import CollectorError, close_collector, open_collector
from feedback_service.responses.ways_in.forms import CHANNELS, CloseForm, CollectorForm
from feedback_service.responses.ways_in.shown import panel_on

bp = Blueprint("ways_in", __name__)
Page = str | Response | tuple[str, int]


@bp.get("/")
def overview() -> Page:
    """Every way in, and a form for one more."""
    return _list(_form(filled=False))


@bp.post("/")
def create() -> Page:
    """Make a way in."""
    form = _form(filled=True)
    if not form.validate_on_submit():
        return _list(form), 422
    survey = published_surveys(db.session)[form.survey.data].definition
    try:
        way = open_collector(db.session, form.described, survey, by=current_user.email, now=clock.now())
    except CollectorError as error:
        form.name.errors = [str(error)]
        return _list(form), 422
    db.session.commit()
    flash(f"{way.name} is open.")
    return redirect(url_for(".show", collector_id=way.id), 303)


def _form(*, filled: bool) -> CollectorForm:
    surveys = {key: survey.definition for key, survey in published_surveys(db.session).items()}
    locales = sorted({locale for survey in surveys.values() for locale in survey.wordings})
    options = {} if filled else {"formdata": None}
    return CollectorForm(surveys, {locale: language_name(locale) for locale in locales}, **options)


def _list(form: CollectorForm) -> str:
    now, zone = clock.now(), current_settings().zone
    lines = [
        (line, url_for(".show", collector_id=line.id), when(line.newest, now, zone) if line.newest else "")
        for line in collector_lines(db.session)
    ]
    kinds = {Channel.LINK: "Link and QR code", Channel.KIOSK: "Screen", Channel.EMBED: "Panel"}
    return render_template("ways_in/list.html", lines=lines, kinds=kinds, form=form)


@bp.get("/<int:collector_id>")
def show(collector_id: int) -> Page:
    """One way in: what to print, open or copy."""
    way, settings = _way(collector_id), current_settings()

    def said_when(at: datetime | None) -> str:
        return moment(at, settings.zone) if at else ""

    return render_template(
        "ways_in/show.html",
        way=way,
        kind=CHANNELS[way.channel],
        address=way.address(settings.base_url),
        smallest_mm=smallest_print_mm(way.address(settings.base_url)),
        opened=said_when(way.created_at),
        closed=said_when(way.closed_at),
        takes_answers=way.takes_answers,
        language=language_name(way.locale) if way.locale else "",
        panel=panel_on(way, settings.base_url),
        close_form=CloseForm(formdata=None),
    )


@bp.get("/<int:collector_id>/code.<any(svg, png):form>")
def code(collector_id: int, form: str) -> Page:
    """The QR code as a drawing or an image; `save` makes it a download."""
    way = _way(collector_id)
    address = way.address(current_settings().base_url)
    drawn, mimetype = (as_svg(address), "image/svg+xml") if form == "svg" else (as_png(address), "image/png")
    response = Response(drawn, mimetype=mimetype)
    if "save" in request.args:
        response.headers["Content-Disposition"] = f"attachment; filename=qr-{way.token}.{form}"
    return response


@bp.get("/<int:collector_id>/card/<any(a6, receipt):paper>")
def card(collector_id: int, paper: str) -> Page:
    """The question and its code, to be printed and cut."""
    way, settings = _way(collector_id), current_settings()
    visit = Visit(way, way.locale or way.survey.locale_for(settings.shop_locale))
    return render_template(
        "ways_in/card.html",
        paper=paper,
        question=visit.wording.page.question,
        scan=visit.common.walk_in.scan,
        address=way.address(settings.base_url),
        drawing=url_for(".code", collector_id=way.id, form="svg"),
        back=url_for(".show", collector_id=way.id),
        locale=visit.locale,
        direction=tongue(visit.locale).direction,
    )


@bp.post("/<int:collector_id>/close")
def close(collector_id: int) -> Page:
    """Take no more answers by it."""
    way = _way(collector_id)
    if not CloseForm().validate_on_submit():
        abort(400)
    closed = close_collector(db.session, way.id, by=current_user.email, now=clock.now())
    db.session.commit()
    flash(f"{way.name} is closed. Its answers stay." if closed else f"{way.name} was closed before.")
    return redirect(url_for(".show", collector_id=way.id), 303)


def _way(collector_id: int) -> FoundCollector:
    way = collector(db.session, collector_id) if collector_id <= LARGEST_ID else None
    if way is None:
        abort(404)
    return way
