"""Pages as they would look with what a manager is typing, drawn by the templates that buyers see; nothing is kept."""

from flask import Blueprint, abort, current_app, render_template, request
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.delivery.preview import preview
from feedback_service.questionnaires.common_words import COMMON_WORDS
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.drafts import Fault
from feedback_service.questionnaires.editing.pages import page_named
from feedback_service.questionnaires.editing.presentable import presentable
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.queries import present_document, published_surveys
from feedback_service.responses.previews.draw import Shown, draw

bp = Blueprint("previews", __name__)
Page = str | Response | tuple[str, int]

FRAMED = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "frame-ancestors": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "sandbox": "allow-same-origin",
}
"""A preview stands in a frame of the editor's, runs nothing and sends nothing; the editor may look into it."""
MAIL_FRAMED = {**FRAMED, "style-src": "'unsafe-inline'"}
"""A mail brings its own styles."""


@bp.route("/<survey_key>/preview/<locale>", methods=["GET", "POST"])
def page(survey_key: str, locale: str) -> Page:
    """A page of the survey: with what is typed where a form is sent, as the draft has it otherwise."""
    wanted = request.args.get("page", Shown.SCORE)
    if wanted not in list(Shown):
        abort(404)
    found = _looked_at(survey_key, locale)
    return draw(found, locale, Shown(wanted), clock.now()) if isinstance(found, SurveyDefinition) else _waits(found)


@bp.route("/<survey_key>/preview/<locale>/mail", methods=["GET", "POST"])
def mail(survey_key: str, locale: str) -> Page:
    """Its mail, likewise."""
    found = _looked_at(survey_key, locale)
    if not isinstance(found, SurveyDefinition):
        return _waits(found)
    try:
        return preview(found, locale, current_settings(), clock.now()).html
    except ValueError as error:  # a word that cannot stand in a header
        return _waits([Fault((), str(error))])


for _view, _policy in ((page, FRAMED), (mail, MAIL_FRAMED)):  # read by Flask-Talisman
    vars(_view)["talisman_view_options"] = {"frame_options": "SAMEORIGIN", "content_security_policy": _policy}


def _looked_at(survey_key: str, locale: str) -> SurveyDefinition | list[Fault]:
    survey = db.session.get(Survey, survey_key)
    if survey is None or locale not in current_app.extensions[COMMON_WORDS]:
        abort(404)
    document, _ = present_document(db.session, survey)
    if request.method == "POST":
        part = page_named(request.form.get("part", ""))
        if part is None:
            abort(400)
        document = part.read(document, request.form)
    if locale not in document["wordings"]:
        abort(404)
    found = presentable(published_surveys(db.session)[survey_key].definition, document, locale)
    db.session.rollback()  # nothing is kept, and SQLite's lock is not held while a page is drawn
    return found


def _waits(faults: list[Fault]) -> str:
    return render_template("surveys/preview_waits.html", sentences=list(dict.fromkeys(f.sentence for f in faults)))
