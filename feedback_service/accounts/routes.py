"""The team page: who works here."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.accounts.forms import ActiveForm, ColleagueForm
from feedback_service.accounts.models import RoleName, User
from feedback_service.accounts.people import AccountError, add_user, set_active
from feedback_service.accounts.queries import colleagues
from feedback_service.database import LARGEST_ID, db

bp = Blueprint("accounts", __name__)
Page = str | Response | tuple[str, int]


@bp.get("/")
def team() -> Page:
    """Everybody, and a form for one more."""
    return _page(ColleagueForm(formdata=None))


def _page(form: ColleagueForm) -> str:
    return render_template(
        "accounts/team.html", people=colleagues(db.session), form=form, active_form=ActiveForm(formdata=None)
    )


@bp.post("/")
def add() -> Page:
    """Make an account."""
    form = ColleagueForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        user = add_user(
            db.session,
            email=_text(form.email.data).lower(),
            name=_text(form.name.data),
            password=form.password.data or "",
            role=RoleName(form.role.data),
            team=form.team.data or None,
            now=clock.now(),
        )
    except AccountError as error:
        form.email.errors = [str(error)]
        return _page(form), 422
    db.session.commit()
    flash(f"{user.name} can sign in now.")
    return redirect(url_for(".team"), 303)


def _text(value: str | None) -> str:
    return (value or "").strip()


@bp.post("/<int:user_id>/<any(on, off):switch>")
def switch_active(user_id: int, switch: str) -> Page:
    """Let somebody in, or out; nobody can lock themselves out."""
    user = db.session.get(User, user_id) if user_id <= LARGEST_ID else None
    if user is None:
        abort(404)
    if not ActiveForm().validate_on_submit():
        abort(400)
    if user.id == current_user.id:
        flash("You cannot sign yourself out for good. Ask another admin.", "error")
        return redirect(url_for(".team"), 303)
    set_active(db.session, user.id, active=switch == "on")
    db.session.commit()
    flash(f"{user.name} can sign in again." if switch == "on" else f"{user.name} can no longer sign in.")
    return redirect(url_for(".team"), 303)
