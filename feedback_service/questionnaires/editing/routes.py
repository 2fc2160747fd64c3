"""A manager's surveys: a draft is changed press by press, seen as it will look, and published by a press of its own."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.formats import language_name
from feedback_service.paths import STATIC, SURVEYS
from feedback_service.questionnaires.common_words import COMMON_WORDS
from feedback_service.questionnaires.drafts import Document
from feedback_service.questionnaires.editing.alter import AlterationError, add_language, remove_language
from feedback_service.questionnaires.editing.keep import Alter, Conflict, Seen, all_of, keep_typed
from feedback_service.questionnaires.editing.pages import QUESTIONS_PAGE, RULES_PAGE, EditorPage, words_page
from feedback_service.questionnaires.editing.press import pressed
from feedback_service.questionnaires.editing.read_form import homeless_words
from feedback_service.questionnaires.editing.shown import Viewer, editor_page, survey_line, survey_page
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.publish import PublishingError, discard_draft, publish
from feedback_service.questionnaires.queries import present_document, published_surveys, survey_summaries, versions_of
from feedback_service.questionnaires.read_files import Bank, read_bank
from feedback_service.scripts import SCRIPTED

bp = Blueprint("editor", __name__)
Page = str | Response | tuple[str, int]

LAST_ANSWERS = "feedback_last_answers"
"""Under this name the app keeps a function of the session that a later stage has: the last answer by survey key."""


@bp.get("/")
def overview() -> Page:
    """Every survey."""
    answered = current_app.extensions[LAST_ANSWERS](db.session)
    lines = [survey_line(survey, answered.get(survey.key), _viewer()) for survey in survey_summaries(db.session)]
    return render_template("surveys/list.html", surveys=lines)


@bp.get("/editor.js")
def script() -> Page:
    """Draws the preview while somebody types; every page works without it."""
    response = current_app.response_class((STATIC / "editor.js").read_bytes(), mimetype="text/javascript")
    response.add_etag()
    return response.make_conditional(request)


@bp.get("/<survey_key>")
def survey(survey_key: str) -> Page:
    """One survey: what its draft changes, what it still lacks, its languages and its versions."""
    found = _survey(survey_key)
    return render_template(
        "surveys/survey.html",
        **survey_page(
            found,
            present_document(db.session, found),
            published_surveys(db.session)[survey_key].definition,
            versions_of(db.session, survey_key),
            spoken=_spoken(),
            viewer=_viewer(),
        ),
    )


@bp.route("/<survey_key>/rules", methods=["GET", "POST"])
def rules(survey_key: str) -> Page:
    """Who is asked, when, how often, and who answers for an unhappy score."""
    return _edit(survey_key, RULES_PAGE)


@bp.route("/<survey_key>/questions", methods=["GET", "POST"])
def questions(survey_key: str) -> Page:
    """What is asked after the score."""
    return _edit(survey_key, QUESTIONS_PAGE)


@bp.route("/<survey_key>/words/<locale>", methods=["GET", "POST"])
def words(survey_key: str, locale: str) -> Page:
    """What people read, in one language."""
    if locale not in _spoken():
        abort(404)
    return _edit(survey_key, words_page(locale))


for _view in (rules, questions, words):  # read by Flask-Talisman: these pages alone run a script, and only ours
    vars(_view)["talisman_view_options"] = {"content_security_policy": SCRIPTED}


def _edit(survey_key: str, page: EditorPage) -> Page:
    found = _survey(survey_key)
    document, _ = present_document(db.session, found)
    if request.method != "POST":
        if page.locale is not None and page.locale not in document["wordings"]:
            abort(404)
        return _editor(found, page, document)
    touched: list[str | None] = []

    def alter(present: Document) -> Document:
        typed = page.read(present, request.form)
        if page is QUESTIONS_PAGE:
            touched.append(pressed(typed, request.form, _bank()))
        return typed

    try:
        conflict = _keep(survey_key, alter, page.seen)
    except AlterationError as error:
        return _editor(found, page, page.read(document, request.form), refusal=str(error)), 422
    if conflict is not None:
        return _editor(found, page, conflict.typed, conflict=conflict), 409
    return redirect(_after(survey_key, page, next(iter(touched), None)), 303)


def _keep(survey_key: str, alter: Alter, part: Seen) -> Conflict | None:
    """Keep what was typed, and commit; a conflict, or an AlterationError, leaves nothing behind."""
    try:
        conflict = keep_typed(
            db.session,
            survey_key,
            alter,
            part,
            seen=request.form.get("seen", ""),
            by=current_user.email,
            now=clock.now(),
        )
    except AlterationError:
        db.session.rollback()
        raise
    if conflict is None:
        db.session.commit()
    else:
        db.session.rollback()
    return conflict


def _after(survey_key: str, page: EditorPage, touched: str | None) -> str:
    """Where to go once what was typed is safe."""
    verb, *names = request.form.get("do", "save").split(":")
    match verb, names:
        case "go", ["survey" | "rules" | "questions" as endpoint]:
            return url_for(f".{endpoint}", survey_key=survey_key)
        case "go", ["words", locale]:
            return url_for(".words", survey_key=survey_key, locale=locale)
        case "save", _:
            flash("Saved as a draft. It is not asked until you publish it.")
    anchor = f"g-structure-questions-{touched}" if touched else None
    return url_for(f".{page.endpoint}", survey_key=survey_key, locale=page.locale, _anchor=anchor)


def _editor(
    found: Survey, page: EditorPage, document: Document, *, conflict: Conflict | None = None, refusal: str = ""
) -> str:
    bank = _bank() if page is QUESTIONS_PAGE else Bank()
    shown = editor_page(found, page, document, bank=bank, conflict=conflict, viewer=_viewer())
    boxes = request.form if refusal else {}
    names = [field.name for group in page.groups(document) for field in group.fields]
    homeless = homeless_words(names, request.form) if conflict else []
    return render_template(f"surveys/{page.endpoint}.html", **shown, refusal=refusal, boxes=boxes, homeless=homeless)


@bp.post("/<survey_key>/languages")
def languages(survey_key: str) -> Page:
    """Speak one language more, or one less; either waits in the draft."""
    _survey(survey_key)
    locale, adds = request.form.get("locale", ""), request.form.get("do") == "add"
    change = partial(add_language, locale=locale, spoken=_spoken()) if adds else partial(remove_language, locale=locale)
    try:
        conflict = _keep(survey_key, change, all_of)
    except AlterationError as error:
        flash(str(error), "error")
        return redirect(url_for(".survey", survey_key=survey_key), 303)
    if conflict is not None:
        flash("Somebody changed the survey meanwhile. Look at it as it is now, and try again.", "error")
    elif adds:
        flash(f"{language_name(locale)} is added, with the words of the default language to begin with.")
        return redirect(url_for(".words", survey_key=survey_key, locale=locale), 303)
    else:
        flash(f"{language_name(locale)} is taken out of the draft.")
    return redirect(url_for(".survey", survey_key=survey_key), 303)


@bp.post("/<survey_key>/publish")
def publish_draft(survey_key: str) -> Page:
    """Ask as the draft says from now on."""
    return _decide(survey_key, partial(publish, now=clock.now()), "Published. From now on it is asked like this.")


@bp.post("/<survey_key>/discard")
def discard(survey_key: str) -> Page:
    """Forget the draft."""
    return _decide(survey_key, discard_draft, "The draft is gone. Nothing that is asked has changed.")


def _decide(survey_key: str, act: Callable[..., None], done: str) -> Page:
    """Do something with the draft that was seen, and no other."""
    _survey(survey_key)
    try:
        act(db.session, survey_key, seen=request.form.get("seen", ""))
        db.session.commit()
        flash(done)
    except PublishingError as error:
        db.session.rollback()
        flash(str(error), "error")
    return redirect(url_for(".survey", survey_key=survey_key), 303)


def _survey(key: str) -> Survey:
    found = db.session.get(Survey, key)
    if found is None:
        abort(404)
    return found


def _spoken() -> set[str]:
    """The languages in which the pages around a survey are there."""
    return set(current_app.extensions[COMMON_WORDS])


def _bank() -> Bank:
    return read_bank(current_settings().surveys_folder or SURVEYS)


def _viewer() -> Viewer:
    return Viewer(current_user.email, clock.now(), current_settings().zone)
