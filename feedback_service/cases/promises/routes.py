"""Promises: the page of those to be kept, and what can be done with one."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.cases.cursor import TimeCursor
from feedback_service.cases.desk.visible import sees_all
from feedback_service.cases.form_parts import PressForm
from feedback_service.cases.merge import standing_for
from feedback_service.cases.models import Case
from feedback_service.cases.promises.forms import HandOnForm, LetGoForm, PromiseForm
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.promises.promise import hand_on, keep, let_go, make
from feedback_service.cases.promises.queries import (
    colleagues_who_can,
    count_to_keep,
    promises_to_keep,
)
from feedback_service.cases.promises.shown import promise_line
from feedback_service.cases.routes import case_of, done, page_of
from feedback_service.cases.work import CaseMovedError
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.scripts import scripted

bp = Blueprint("promises", __name__)
Page = str | Response | tuple[str, int]
MINE, EVERYBODYS = "mine", "everybodys"
TYPED = "promises_typed"
"""Under this name the case's page gets a form that is shown again as it was sent."""


@bp.get("/")
def overview() -> Page:
    """What is to be kept, the first due first: one's own or, for managers, everybody's."""
    wanted = request.args.get("view", MINE)
    manager = sees_all(current_user)
    if wanted not in (MINE, EVERYBODYS) or (wanted == EVERYBODYS and not manager):
        abort(404)
    now, zone = clock.now(), current_settings().zone
    after = TimeCursor.read(request.args.get("after"))
    owner_id = current_user.id if wanted == MINE else None
    lines, following = promises_to_keep(db.session, owner_id=owner_id, after=after)
    kinds = [(MINE, "Mine", current_user.id), *([(EVERYBODYS, "Everybody’s", None)] if manager else [])]
    counts = {name: count_to_keep(db.session, whose, now) for name, _, whose in kinds}
    return render_template(
        "cases/promises.html",
        views=[(words, url_for(".overview", view=name), name == wanted, counts[name][0]) for name, words, _ in kinds],
        late=counts[wanted][1],
        lines=[promise_line(line, current_user, now, zone) for line in lines],
        everybodys=wanted == EVERYBODYS,
        keep_form=PressForm(formdata=None),
        next_url=url_for(".overview", view=wanted, after=str(following)) if following else None,
        previous_url=url_for(".overview", view=wanted) if after else None,
    )


@bp.post("/of-case/<int:case_id>")
@scripted
def make_one(case_id: int) -> Page:
    """Promise something."""
    case = case_of(case_id)
    zone = current_settings().zone
    form = PromiseForm(colleagues_who_can(db.session, case.queue_id), zone, clock.now())
    if not form.validate_on_submit():
        return page_of(case, **{TYPED: form}), 422

    def act(session: Session, **by: Any) -> None:
        told = {"words": form.words.data or "", "due_at": form.due_at, "owner_id": form.owner.data}
        make(session, case.id, **told, zone=zone, **by)

    return done(case, act, "Promised. It stands on the page of promises until it is kept.", typed=form, name=TYPED)


@bp.post("/<int:promise_id>/keep")
@scripted
def keep_one(promise_id: int) -> Page:
    """It was kept."""
    case = _case_of(promise_id)
    if not PressForm().validate_on_submit():
        abort(400)

    def act(session: Session, **by: Any) -> None:
        keep(session, promise_id, manager=sees_all(current_user), **by)

    if request.args.get("back") == "list":
        return _done_in_list(act, "Kept. Well done.")
    return done(case, act, "Kept. Well done.")


@bp.post("/<int:promise_id>/let-go")
@scripted
def let_one_go(promise_id: int) -> Page:
    """It will not be kept."""
    case, form = _case_of(promise_id), LetGoForm(promise_id)
    if not form.validate_on_submit():
        return page_of(case, **{TYPED: form}), 422

    def act(session: Session, **by: Any) -> None:
        let_go(session, promise_id, form.reason.data or "", manager=sees_all(current_user), **by)

    return done(case, act, "Let go, and the log says why.", typed=form, name=TYPED)


@bp.post("/<int:promise_id>/hand-on")
@scripted
def hand_one_on(promise_id: int) -> Page:
    """A colleague keeps it from now on."""
    case = _case_of(promise_id)
    form = HandOnForm(promise_id, colleagues_who_can(db.session, case.queue_id))
    if not form.validate_on_submit():
        return page_of(case, **{TYPED: form}), 422

    def act(session: Session, **by: Any) -> None:
        manager, zone = sees_all(current_user), current_settings().zone
        hand_on(session, promise_id, form.owner.data, manager=manager, zone=zone, **by)

    return done(case, act, "Handed on.", typed=form, name=TYPED)


def _case_of(promise_id: int) -> Case:
    """The case in which a promise is dealt with; 404 where there is none that this person sees."""
    promise = db.session.get(Promise, promise_id) if promise_id <= LARGEST_ID else None
    if promise is None:
        abort(404)
    return case_of(standing_for(db.session, promise.case_id))


def _done_in_list(act: Callable[..., None], said: str) -> Response:
    """Do it and commit, and stay on the page of promises."""
    try:
        act(db.session, user_id=current_user.id, key=current_settings().privacy_secret, now=clock.now())
        db.session.commit()
    except CaseMovedError as moved:
        db.session.rollback()
        flash(str(moved), "error")
    else:
        flash(said)
    return redirect(url_for(".overview"), 303)
