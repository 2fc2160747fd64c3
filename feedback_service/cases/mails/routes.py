"""Mails and files of a case: writing one, putting one, giving one out."""

from io import BytesIO
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.advocacy.sign import first_name
from feedback_service.cases.form_parts import PressForm
from feedback_service.cases.mails.attach import attach
from feedback_service.cases.mails.forms import FileForm, ReplyForm, TemplateForm
from feedback_service.cases.mails.models import Attachment, ReplyTemplate
from feedback_service.cases.mails.queries import put_file, sent_file
from feedback_service.cases.mails.reply import reply
from feedback_service.cases.mails.shown import CHOSEN, FILE_FORM, REPLY_FORM, template_groups
from feedback_service.cases.mails.templates import (
    NameTakenError,
    TemplateMovedError,
    change,
    every_template,
    filled,
    mark,
    retire,
)
from feedback_service.cases.models import Case
from feedback_service.cases.routes import case_of, done, page_of
from feedback_service.cases.rules.reply_fields import FIELDS, fill
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.delivery.models import ReplyAttachment
from feedback_service.delivery.rules.files import LARGEST_FILE, KeptFile
from feedback_service.formats import language_name, moment
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.common_words import COMMON_WORDS
from feedback_service.scripts import scripted
from feedback_service.sentiment.themes.taxonomy import read_themes

bp = Blueprint("case_mails", __name__)
templates_bp = Blueprint("reply_templates", __name__)
Page = str | Response | tuple[str, int]
LARGEST_UPLOAD = LARGEST_FILE + 64 * 1024  # bytes; the file, and the form around it
DOWNLOAD_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
"""Should a browser show a file after all, it may load nothing, run nothing, and is no page of ours."""
EXAMPLE = {"name": "Alex Martin", "order": "A-1001"}
"""Somebody invented, for whom a template is filled before it is used."""
PREVIEW = "preview"
MOVED = "Somebody changed it meanwhile. What you typed is below; keep it again, and yours holds."


@bp.url_value_preprocessor
def _let_files_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything looks at the form; every other form has the usual bound."""
    if endpoint == "case_mails.upload":
        request.max_content_length = LARGEST_UPLOAD


@scripted
@bp.get("/<int:case_id>/reply")
def write(case_id: int) -> Page:
    """The case's page with the words of a template in the form, to be read and changed before they leave."""
    case = case_of(case_id)
    template = _template(request.args.get("template", type=int))
    words = filled(template.words, case, current_user, current_settings().shop_name) if template else ""
    form = ReplyForm(formdata=None, data={"seen": case.log_length, "words": words})
    return page_of(case, **{REPLY_FORM: form, CHOSEN: template.id if template else None})


@scripted
@bp.post("/<int:case_id>/reply")
def send(case_id: int) -> Page:
    """Send a mail to the customer."""
    case, form = case_of(case_id), ReplyForm()
    if not form.validate_on_submit():
        return page_of(case, **{REPLY_FORM: form}), 422

    def act(session: Session, **by: Any) -> None:
        reply(session, case.id, form.words.data or "", seen=form.seen.data, waits=form.waits.data, **by)

    said = "Sent. The case waits for the customer’s answer." if form.waits.data else "Sent; it leaves within a minute."
    return done(case, act, said, typed=form, name=REPLY_FORM)


@scripted
@bp.post("/<int:case_id>/files")
def upload(case_id: int) -> Page:
    """Put a file to the case."""
    case, form = case_of(case_id), FileForm()
    if not form.validate_on_submit() or form.kept is None:
        return page_of(case, **{FILE_FORM: form}), 422
    kept: KeptFile = form.kept

    def act(session: Session, **by: Any) -> None:
        attach(session, case.id, kept, **by)

    return done(case, act, "The file is with the case.", typed=form, name=FILE_FORM)


@bp.get("/<int:case_id>/files/<int:file_id>")
def put_download(case_id: int, file_id: int) -> Response:
    """A file that a colleague put to the case."""
    case = case_of(case_id)
    file = put_file(db.session, case.id, file_id) if file_id <= LARGEST_ID else None
    return _download(file)


@bp.get("/<int:case_id>/mails/files/<int:file_id>")
def sent_download(case_id: int, file_id: int) -> Response:
    """A file that came with one of the customer's mails."""
    case: Case = case_of(case_id)
    file = sent_file(db.session, case, file_id) if file_id <= LARGEST_ID else None
    return _download(file)


def _download(file: Attachment | ReplyAttachment | None) -> Response:
    """To be saved, never shown: a browser is told not to guess, not to run, and not to keep it."""
    if file is None or file.content is None:
        abort(404)
    answer = send_file(BytesIO(file.content), file.media_type, as_attachment=True, download_name=file.name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


for _view in (put_download, sent_download):
    vars(_view)["talisman_view_options"] = {"content_security_policy": DOWNLOAD_POLICY}


def _template(template_id: int | None) -> ReplyTemplate | None:
    """The one that was chosen, unless it was retired meanwhile."""
    if template_id is None or not 0 < template_id <= LARGEST_ID:
        return None
    template = db.session.get(ReplyTemplate, template_id)
    return template if template is not None and template.retired_at is None else None


@templates_bp.get("/")
def overview() -> Page:
    """All templates of replies."""
    return render_template(
        "replies/list.html",
        groups=template_groups(every_template(db.session), _themes()),
        new_url=url_for(".new"),
        queues_url=url_for("queues.overview"),
    )


@templates_bp.route("/new", methods=["GET", "POST"])
def new() -> Page:
    """Write a template."""
    return _edit(None)


@templates_bp.route("/<int:template_id>", methods=["GET", "POST"])
def edit(template_id: int) -> Page:
    """Change a template, or look at it as a customer would."""
    return _edit(_found(template_id))


@templates_bp.post("/<int:template_id>/retire")
def retire_one(template_id: int) -> Page:
    """No longer offer a template, or offer it again."""
    template = _found(template_id)
    if not PressForm().validate_on_submit():
        abort(400)
    retired = request.form.get("act") != "offer"
    retire(db.session, template, retired=retired, user_id=current_user.id, now=clock.now())
    db.session.commit()
    flash("Retired; no case’s page offers it." if retired else "It is offered again.")
    return redirect(url_for(".edit", template_id=template.id), 303)


def _edit(template: ReplyTemplate | None) -> Page:
    form = _template_form(template)
    if request.method != "POST":
        return _edit_page(template, form)
    if not form.validate_on_submit():
        return _edit_page(template, form), 422
    if request.form.get("act") == PREVIEW:
        return _edit_page(template, form)
    try:
        kept = change(
            db.session,
            template,
            name=form.name.data or "",
            locale=form.locale.data,
            theme=form.theme.data or None,
            words=form.words.data or "",
            seen=form.seen.data or "",
            user_id=current_user.id,
            now=clock.now(),
        )
    except NameTakenError:
        form.name.errors = ["There is one of this name in this language. Choose another name or language."]
        return _edit_page(template, form), 422
    except TemplateMovedError:
        db.session.rollback()
        form.form_errors.append(MOVED)
        form.seen.data = mark(template) if template else ""
        return _edit_page(template, form), 409
    db.session.commit()
    flash("Kept. It is offered from now on." if template is None else "Kept.")
    return redirect(url_for(".edit", template_id=kept.id), 303)


def _template_form(template: ReplyTemplate | None) -> TemplateForm:
    locales = {locale: language_name(locale) for locale in sorted(current_app.extensions[COMMON_WORDS])}
    themes = _themes()
    if template is not None:  # a language or theme that is gone from the files can still be kept
        locales.setdefault(template.locale, language_name(template.locale))
        themes.setdefault(template.theme or "", template.theme or "")
    themes.pop("", None)
    shown = {"obj": template} if template is not None else {"data": {"locale": current_settings().shop_locale}}
    form = TemplateForm(locales, list(themes.items()), **shown)
    if template is not None and request.method != "POST":
        form.seen.data = mark(template)
    return form


def _edit_page(template: ReplyTemplate | None, form: TemplateForm) -> str:
    settings = current_settings()
    facts = {**EXAMPLE, "shop": settings.shop_name, "agent": first_name(current_user.name)}
    return render_template(
        "replies/edit.html",
        heading=template.name if template else "A new template",
        form=form,
        fields=list(FIELDS.items()),
        preview="" if form.words.errors else fill(form.words.data or "", facts),
        list_url=url_for(".overview"),
        retire=_retiring(template) if template else None,
        changed=f"Last changed on {moment(template.changed_at, settings.zone)}." if template else "",
    )


def _retiring(template: ReplyTemplate) -> dict[str, object]:
    return {
        "url": url_for(".retire_one", template_id=template.id),
        "form": PressForm(formdata=None),
        "retired": template.retired_at is not None,
    }


def _found(template_id: int) -> ReplyTemplate:
    template = db.session.get(ReplyTemplate, template_id) if template_id <= LARGEST_ID else None
    if template is None:
        abort(404)
    return template


def _themes() -> dict[str, str]:
    """Titles of the themes by key."""
    themes = read_themes(current_settings().surveys_folder or SURVEYS).themes
    return {key: theme.title("en") for key, theme in themes.items()}
