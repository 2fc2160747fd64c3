"""The tree of causes, as managers read and change it."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.cases.causes.change import CauseError, add, bring_back, change, move, retire
from feedback_service.cases.causes.forms import NO_GROUP, AddForm, ChangeForm
from feedback_service.cases.causes.models import Cause
from feedback_service.cases.causes.queries import cause_with, tree
from feedback_service.cases.causes.shown import CauseRow, cause_rows
from feedback_service.cases.form_parts import PressForm
from feedback_service.cases.rules.recurrence import FEWEST, PERIOD
from feedback_service.database import db

bp = Blueprint("causes", __name__)
Page = str | Response | tuple[str, int]


@bp.get("/")
def overview() -> Page:
    """Every cause, how often it was named, and a form for one more."""
    return _list(AddForm(_groups(), formdata=None))


@bp.post("/")
def add_one() -> Page:
    """A new cause or group."""
    form = AddForm(_groups())
    if not form.validate_on_submit():
        return _list(form), 422
    try:
        cause = add(db.session, form.title.data or "", form.group.data or None)
        db.session.commit()
    except CauseError as error:
        db.session.rollback()
        form.title.errors = [str(error)]
        return _list(form), 422
    flash(f"{cause.title} can be chosen now." if cause.parent_key else f"{cause.title} is a new group.")
    return redirect(url_for(".overview"), 303)


@bp.get("/<cause_key>")
def show(cause_key: str) -> Page:
    """One cause, and what can be changed about it."""
    cause = _cause(cause_key)
    return _page(cause, _change_form(cause, filled=False))


@bp.post("/<cause_key>")
def change_one(cause_key: str) -> Page:
    """Rename it, or move it to another group."""
    cause = _cause(cause_key)
    form = _change_form(cause, filled=True)
    if not form.validate_on_submit():
        return _page(cause, form), 422
    group = form.group.data if "group" in form else NO_GROUP
    try:
        change(db.session, cause_key, form.title.data or "", group or None, seen=form.seen.data or "")
        db.session.commit()
    except CauseError as error:
        db.session.rollback()
        form.title.errors = [str(error)]
        return _page(_cause(cause_key), form), 422
    flash("Kept. Cases closed over it read the new title.")
    return redirect(url_for(".overview"), 303)


@bp.post("/<cause_key>/move")
def move_one(cause_key: str) -> Page:
    """Up or down among its neighbours."""
    up = request.form.get("way") == "up"
    return _pressed(cause_key, lambda: move(db.session, cause_key, up=up), "")


@bp.post("/<cause_key>/retire")
def retire_one(cause_key: str) -> Page:
    """Offer it no more."""
    return _pressed(
        cause_key,
        lambda: retire(db.session, cause_key, clock.now()),
        "Retired: cases keep it, and new ones do not get it.",
    )


@bp.post("/<cause_key>/bring-back")
def bring_one_back(cause_key: str) -> Page:
    """Offer it again."""
    return _pressed(cause_key, lambda: bring_back(db.session, cause_key), "It can be chosen again.")


def _pressed(cause_key: str, act: Callable[[], None], said: str) -> Page:
    _cause(cause_key)
    if not PressForm().validate_on_submit():
        abort(400)
    try:
        act()
        db.session.commit()
    except CauseError as error:
        db.session.rollback()
        flash(str(error), "error")
        return redirect(url_for(".show", cause_key=cause_key), 303)
    if said:
        flash(said)
    return redirect(url_for(".overview"), 303)


def _cause(cause_key: str) -> Cause:
    cause = cause_with(db.session, cause_key)
    if cause is None:
        abort(404)
    return cause


def _groups() -> list[tuple[str, str]]:
    return [(group.key, group.title) for group, _ in tree(db.session) if group.retired_at is None]


def _change_form(cause: Cause, *, filled: bool) -> ChangeForm:
    groups = _groups()
    if cause.parent_key is not None and cause.parent_key not in dict(groups):
        groups = [(cause.parent_key, db.session.get_one(Cause, cause.parent_key).title), *groups]
    data = {"title": cause.title, "group": cause.parent_key or NO_GROUP, "seen": cause.title}
    options = {} if filled else {"formdata": None, "data": data}
    return ChangeForm(None if cause.parent_key is None else groups, **options)


def _list(form: AddForm) -> str:
    return render_template(
        "causes/list.html",
        groups=cause_rows(db.session, clock.now()),
        days=PERIOD.days,
        fewest=FEWEST,
        form=form,
        press_form=PressForm(formdata=None),
    )


def _page(cause: Cause, form: ChangeForm) -> str:
    rows = cause_rows(db.session, clock.now())
    flat = [row for group in rows for row in (group.row, *group.causes)]
    row: CauseRow = next(row for row in flat if row.key == cause.key)
    return render_template(
        "causes/show.html",
        cause=row,
        group=next((group.row.title for group in rows if row in group.causes), ""),
        days=PERIOD.days,
        form=form,
        press_form=PressForm(formdata=None),
        retire_url=url_for(".retire_one", cause_key=cause.key),
        back_url=url_for(".bring_one_back", cause_key=cause.key),
    )
