"""Saved looks: what a manager looks at again and again, under names of their own."""

from types import SimpleNamespace
from urllib.parse import parse_qsl

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.cases.form_parts import PressForm
from feedback_service.cases.refused import RefusedError
from feedback_service.database import db
from feedback_service.insights.frame import frame, page_of
from feedback_service.insights.looks.forms import RenameLookForm, SaveLookForm
from feedback_service.insights.looks.look import look_at
from feedback_service.insights.looks.save import looks_of, remove_look, rename_look, save_look
from feedback_service.insights.looks.shown import LookLine, look_lines, look_url, saved_words

bp = Blueprint("looks", __name__)
Page = str | Response | tuple[str, int]

HERE = "looks.overview"


@bp.get("/looks")
def overview() -> Page:
    """One's own, to be renamed and removed."""
    return _page(None, None)


@bp.post("/looks")
def save() -> Page:
    """Keep what is looked at under a name, and go on looking at it."""
    form = SaveLookForm()
    if not form.validate_on_submit():
        abort(422)
    args = dict(parse_qsl(form.query.data or ""))
    page = page_of(db.session, args)
    look = look_at(form.place.data or "", args, page.scope)
    if look is None:
        abort(422)
    try:
        saved, before = save_look(db.session, current_user.id, form.name.data or "", look, clock.now())
        db.session.commit()
        flash(saved_words(saved, before, page.surveys, page.scope.today))
    except RefusedError as refused:
        db.session.rollback()
        flash(str(refused), "error")
    return redirect(look_url(look), 303)


@bp.post("/looks/<int:look_id>")
def rename(look_id: int) -> Page:
    """Another name for one's own."""
    form = _form(look_id)
    if not form.validate_on_submit():
        abort(422)
    try:
        look = rename_look(db.session, current_user.id, look_id, form.name.data or "")
        db.session.commit()
    except RefusedError as refused:
        db.session.rollback()
        form.name.errors = [str(refused)]
        return _page(look_id, form), 422
    if look is None:
        abort(404)
    flash(f"It is called “{look.name}” now.")
    return redirect(_back(), 303)


@bp.post("/looks/<int:look_id>/remove")
def remove(look_id: int) -> Page:
    """Forget one's own."""
    if not PressForm().validate_on_submit():
        abort(422)
    look = remove_look(db.session, current_user.id, look_id)
    db.session.commit()
    if look is None:
        abort(404)
    flash(f"“{look.name}” is removed. What it showed is where it was.")
    return redirect(_back(), 303)


def _page(wrong: int | None, form: RenameLookForm | None) -> str:
    """With what was wrong in the form of the look `wrong`."""
    page = page_of(db.session, request.args)
    lines = look_lines(looks_of(db.session, current_user.id), page.surveys, page.scope.today)
    return render_template(
        "insights/looks.html",
        **frame(db.session, page, HERE),
        lines=[_shown(each, form if each.id == wrong else None) for each in lines],
        remove=PressForm(formdata=None),
        kept=page.scope.pairs(),
    )


def _shown(line: LookLine, wrong: RenameLookForm | None) -> SimpleNamespace:
    return SimpleNamespace(line=line, form=wrong or _form(line.id, line.name), open=wrong is not None)


def _form(look_id: int, name: str | None = None) -> RenameLookForm:
    """As it was sent, or with the name as it is. Several stand on one page, so each has names of its own."""
    prefix = f"look{look_id}-"
    return RenameLookForm(prefix=prefix) if name is None else RenameLookForm(None, prefix=prefix, data={"name": name})


def _back() -> str:
    """To the list, with what other pages look at."""
    return f"{url_for('.overview')}?{page_of(db.session, request.args).scope}"
