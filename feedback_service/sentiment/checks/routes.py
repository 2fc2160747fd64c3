"""Comments to be labelled blind, and how often people and models agreed on them."""

from types import SimpleNamespace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.database import LARGEST_ID, db
from feedback_service.formats import language_name
from feedback_service.sentiment.checks.forms import LabelForm
from feedback_service.sentiment.checks.label import label_blind
from feedback_service.sentiment.checks.queries import VersionChecks, checks_by_version, count_to_check, next_to_check
from feedback_service.sentiment.checks.views import views
from feedback_service.sentiment.correct import NothingToCorrectError
from feedback_service.sentiment.models import WEEKLY_CHECKS, CheckedLabel

bp = Blueprint("checks", __name__)
agreement_bp = Blueprint("agreement", __name__)
Page = str | HttpResponse | tuple[str, int]


@bp.get("/")
def check() -> Page:
    """The next comment, without a word of what the model says."""
    return _page(LabelForm(formdata=None))


@bp.post("/")
def label() -> Page:
    """Keep what somebody calls it."""
    form = LabelForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        response_id, said = form.said
        ours = label_blind(db.session, response_id, said, by=current_user.id, now=clock.now())
        db.session.commit()
    except NothingToCorrectError as gone:
        db.session.rollback()
        flash(str(gone), "error")
        return redirect(url_for(".check"), 303)
    if not ours:
        flash("Somebody had checked that one already. Here is the next.", "error")
    return redirect(url_for(".check"), 303)


def _page(form: LabelForm) -> str:
    after = request.args.get("after", type=int)
    found = next_to_check(db.session, after if after is not None and abs(after) <= LARGEST_ID else None)
    return render_template(
        "sentiment/check.html",
        views=views("checks.check"),
        comment=found,
        language=language_name(found.language) if found else "",
        waiting=count_to_check(db.session),
        weekly=WEEKLY_CHECKS,
        labels=[(each.value, each.value.capitalize()) for each in CheckedLabel],
        form=form,
    )


@agreement_bp.get("/")
def overview() -> Page:
    """How often each model was right, by blind checks alone."""
    versions = [_version(checks) for checks in checks_by_version(db.session)]
    return render_template(
        "sentiment/agreement.html",
        views=views("agreement.overview"),
        versions=versions,
        waiting=count_to_check(db.session),
        weekly=WEEKLY_CHECKS,
    )


def _version(checks: VersionChecks) -> SimpleNamespace:
    found = checks.agreement
    low, high = (round(100 * end) for end in found.interval())
    return SimpleNamespace(
        name=checks.model_version,
        words=found.words,
        value=f"{100 * found.share:.0f} %" if found.enough else "Too few",
        n=f"{found.checked:,} checked blind",
        interval=f"{low} to {high} %" if found.enough else "",
        rows=[
            [
                label.value.capitalize(),
                *[checks.pairs[label.value, person.value] for person in CheckedLabel],
                checks.saying(label.value).words if checks.saying(label.value).checked else "",
            ]
            for label in CheckedLabel
        ],
    )
