"""Trying other rules before they hold: nothing is kept until a manager says so."""

from babel.dates import format_date
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.invitations.explain import titles
from feedback_service.invitations.forms import RulesForm
from feedback_service.invitations.installation import shop_of
from feedback_service.invitations.rehearsal_rows import TooManyEventsError
from feedback_service.invitations.rehearsal_words import Comparison, compared
from feedback_service.invitations.rehearse import NotLiveError, rehearse
from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.publish import RulesMovedError, change_rules

rehearsal_bp = Blueprint("rehearsal", __name__)
Page = str | Response | tuple[str, int]

MOST_ON_A_PAGE = 2_000  # events: nobody looks at an empty page for longer; the command takes more


@rehearsal_bp.get("/<survey_key>")
def show(survey_key: str) -> Page:
    """The most usual rules of a survey; with values in the address, what they would change."""
    survey = _survey(survey_key)
    present = Rules.model_validate(survey.rules)
    if not request.args:
        return _page(survey, RulesForm.showing(present, survey.revision))
    form = RulesForm(formdata=request.args, meta={"csrf": False})
    new = form.applied_to(present) if form.validate() else None
    if new is None:
        return _page(survey, form), 422
    try:
        return _page(survey, form, comparison=_rehearsed(survey, present, new), is_new=new != present)
    except NotLiveError as error:
        return _page(survey, form, refusal=str(error), is_new=new != present)
    except TooManyEventsError as error:
        elsewhere = f"Whoever runs the service can try it with `feedback surveys rehearse {survey.key}`."
        return _page(survey, form, refusal=f"{error} {elsewhere}", is_new=new != present)


@rehearsal_bp.post("/<survey_key>")
def use(survey_key: str) -> Page:
    """Ask by these rules from now on."""
    survey, form = _survey(survey_key), RulesForm()
    new = form.applied_to(Rules.model_validate(survey.rules)) if form.validate_on_submit() else None
    if new is None:
        return _page(survey, form), 422
    try:
        change_rules(db.session, survey.key, new, seen_revision=form.revision.data or 0)
    except RulesMovedError as moved:
        db.session.rollback()
        flash(str(moved), "error")
        return redirect(url_for(".show", survey_key=survey_key), 303)
    db.session.commit()
    flash(f"{new.title} asks by these rules from now on.")
    return redirect(url_for(".show", survey_key=survey_key), 303)


def _survey(key: str) -> Survey:
    survey = db.session.get(Survey, key)
    if survey is None:
        abort(404)
    return survey


def _rehearsed(survey: Survey, present: Rules, new: Rules) -> Comparison:
    key, named = survey.key, titles(db.session)
    rehearsal = rehearse(db.session, {key: new}, now=clock.now(), shop=shop_of(current_settings()), most=MOST_ON_A_PAGE)
    return compared(rehearsal, key, named, present, new)


def _page(
    survey: Survey, form: RulesForm, *, comparison: Comparison | None = None, refusal: str = "", is_new: bool = False
) -> str:
    return render_template(
        "asking/rehearsal.html",
        key=survey.key,
        title=survey.rules["title"],
        form=form,
        comparison=comparison,
        days=[
            (format_date(day, "EEE d MMM", locale="en"), before, after)
            for day, before, after in (comparison.days if comparison else [])
        ],
        refusal=refusal,
        kept=_kept(form) if is_new else None,
    )


def _kept(form: RulesForm) -> RulesForm:
    """The same values once more, behind the button that keeps them; this one only works with our own token."""
    return RulesForm(formdata=None, data=form.data)
