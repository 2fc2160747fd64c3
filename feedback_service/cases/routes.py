"""The queue and the case page."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.cases.forms import ActionForm, ClaimForm, ReleaseForm, ReopenForm, ResolveForm
from feedback_service.cases.models import Case, CaseState, EntryKind, Outcome
from feedback_service.cases.queries import (
    Cursor,
    View,
    case_with_story,
    cases_in_view,
    counts_by_view,
    log_of,
    names_of,
    revisions_of,
)
from feedback_service.cases.reading import correction_form, reading_of
from feedback_service.cases.recovery import recovery_answer
from feedback_service.cases.release import who_was_asked
from feedback_service.cases.shown import VIEW_WORDS, capped, case_page, queue_line
from feedback_service.cases.shown_answers import answers_shown, history, questions_of
from feedback_service.cases.shown_wishes import recovery_shown, told
from feedback_service.cases.timeline import timeline
from feedback_service.cases.work import CaseMovedError, claim, log_action, release, reopen, resolve, take_over
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.queries import survey_version
from feedback_service.questionnaires.questions import COMMENT
from feedback_service.responses.follow_ups.queries import answers_to_follow_ups
from feedback_service.responses.models import Response
from feedback_service.sentiment.correct import NothingToCorrectError, correct
from feedback_service.sentiment.reader import Reader

bp = Blueprint("cases", __name__)
Page = str | HttpResponse | tuple[str, int]


@bp.get("/")
def queue() -> Page:
    """The cases of one view."""
    try:
        view = View(request.args.get("view", View.OPEN))
    except ValueError:
        abort(404)
    now = clock.now()
    lines, following = cases_in_view(
        db.session, view, user_id=current_user.id, now=now, after=Cursor.read(request.args.get("after"))
    )
    counts = counts_by_view(db.session, user_id=current_user.id, now=now)
    return render_template(
        "cases/list.html",
        views=[(VIEW_WORDS[name], url_for(".queue", view=name), name == view, capped(counts[name])) for name in View],
        cases=[queue_line(line, url_for(".show", case_id=line.id), now) for line in lines],
        next_url=url_for(".queue", view=view, after=str(following)) if following else None,
        previous_url=url_for(".queue", view=view) if request.args.get("after") else None,
    )


@bp.get("/<int:case_id>")
def show(case_id: int) -> Page:
    """One case."""
    return page_of(case_of(case_id))


@bp.post("/<int:case_id>/claim")
def claim_case(case_id: int) -> Page:
    """Take it."""
    case, form = case_of(case_id), ClaimForm()
    if not form.validate_on_submit():
        return page_of(case, claim_form=form), 422

    def act(session: Session, **by: Any) -> None:
        if form.seen_owner.data:
            take_over(session, case.id, seen_owner=form.seen_owner.data, **by)
        else:
            claim(session, case.id, **by)

    return done(case, act, "The case is yours.")


@bp.post("/<int:case_id>/log")
def log_case(case_id: int) -> Page:
    """Say what was done."""
    case, form = case_of(case_id), ActionForm()
    if not form.validate_on_submit():
        return page_of(case, action_form=form), 422

    def act(session: Session, **by: Any) -> None:
        log_action(session, case.id, EntryKind(form.kind.data), form.text.data, **by)

    return done(case, act, "Added to the log.", typed=form, name="action_form")


@bp.post("/<int:case_id>/resolve")
def resolve_case(case_id: int) -> Page:
    """Close it."""
    case, form = case_of(case_id), ResolveForm()
    if not form.validate_on_submit():
        return page_of(case, resolve_form=form), 422

    def act(session: Session, **by: Any) -> None:
        resolve(
            session,
            case.id,
            root_cause=form.root_cause.data,
            outcome=Outcome(form.outcome.data),
            text=form.what_was_done.data,
            told=form.told.data if who_was_asked(session, case.id) else "",
            **by,
        )

    return done(case, act, "Resolved.", typed=form, name="resolve_form")


@bp.post("/<int:case_id>/release")
def release_case(case_id: int) -> Page:
    """Tell the customer what was done, or tell it better."""
    case, form = case_of(case_id), ReleaseForm()
    if who_was_asked(db.session, case.id) is None:
        flash("This customer has no page and no mail from us. Nothing was changed.", "error")
        return redirect(url_for(".show", case_id=case.id), 303)
    if not form.validate_on_submit():
        return page_of(case, release_form=form), 422

    def act(session: Session, **by: Any) -> None:
        release(session, case.id, form.told.data, mail=form.mail.data, **by)

    return done(case, act, "The customer can read it.", typed=form, name="release_form")


@bp.post("/<int:case_id>/reading")
def correct_reading(case_id: int) -> Page:
    """Say what the comment says; it beats the model's word."""
    case, reader = case_of(case_id), _reader()
    found = reading_of(db.session, case, reader, clock.now(), current_settings().zone)
    if found is None:
        flash("There is nothing to correct: the comment is gone, or has not been read yet.", "error")
        return redirect(url_for(".show", case_id=case.id), 303)
    form = correction_form(found, reader, filled=True)
    if not form.validate_on_submit():
        return page_of(case, correction_form=form), 422
    try:
        correct(db.session, found.response_id, **form.said, by=current_user.id, now=clock.now())
        db.session.commit()
    except NothingToCorrectError as gone:
        db.session.rollback()
        flash(str(gone), "error")
    else:
        flash("Noted. Your word beats the model's.")
    return redirect(url_for(".show", case_id=case.id), 303)


@bp.post("/<int:case_id>/reopen")
def reopen_case(case_id: int) -> Page:
    """Open it again."""
    case, form = case_of(case_id), ReopenForm()
    if not form.validate_on_submit():
        return page_of(case, reopen_form=form), 422
    return done(case, lambda session, **by: reopen(session, case.id, **by), "The case is open again.")


def _reader() -> Reader:
    settings = current_settings()
    return Reader.of(db.session, settings.surveys_folder, settings.shop_locale, models=False)


def case_of(case_id: int) -> Case:
    """The case, with its story; 404 where there is none."""
    found = case_with_story(db.session, case_id) if case_id <= LARGEST_ID else None
    if found is None:
        abort(404)
    return found


def done(case: Case, act: Any, said: str, *, typed: Any = None, name: str = "") -> Page:
    """Do it and commit, or say how the case moved meanwhile and keep what was typed."""
    try:
        act(
            db.session,
            user_id=current_user.id,
            key=current_settings().privacy_secret,
            now=clock.now(),
        )
        db.session.commit()
    except CaseMovedError as moved:
        db.session.rollback()
        if typed is None:
            flash(str(moved), "error")
            return redirect(url_for(".show", case_id=case.id), 303)
        typed.form_errors = [str(moved)]
        return page_of(case_of(case.id), **{name: typed}), 409
    flash(said)
    return redirect(url_for(".show", case_id=case.id), 303)


def page_of(case: Case, **forms: Any) -> str:
    """The case's page; `forms` are shown as they were sent, with their errors, in place of fresh ones."""
    mine = case.state == CaseState.IN_PROGRESS and case.owner_id == current_user.id
    offered: dict[str, Any] = {
        "claim_form": None if mine or case.state == CaseState.RESOLVED else _claim_form(case),
        "action_form": ActionForm(formdata=None) if mine else None,
        "resolve_form": ResolveForm(formdata=None) if mine else None,
        "reopen_form": ReopenForm(formdata=None) if case.state == CaseState.RESOLVED else None,
        "release_form": _release_form(case) if case.state == CaseState.RESOLVED else None,
    }
    now, zone = clock.now(), current_settings().zone
    reader = _reader()
    found = reading_of(db.session, case, reader, now, zone)
    offered["correction_form"] = correction_form(found, reader, filled=False) if found else None
    asked = case.response or (case.reply.invitation if case.reply else None)
    survey = db.session.get(Survey, asked.survey_key) if asked else None
    log = log_of(db.session, case.id)
    names = names_of(db.session, {entry.facts["owner"] for entry, _, _ in log if "owner" in entry.facts})
    return render_template(
        "cases/show.html",
        case=case_page(case, survey, now, zone),
        said=_said(case.response, now) if case.response else None,
        reading=found,
        told=told(case, reachable=who_was_asked(db.session, case.id) is not None, zone=zone),
        recovery=_recovery(case, now),
        timeline=timeline(log, names, now, zone),
        urls=SimpleNamespace(
            queue=url_for(".queue"),
            asked=url_for("asking.person", customer_id=case.customer_id) if case.customer_id else "",
            claim=url_for(".claim_case", case_id=case.id),
            action=url_for(".log_case", case_id=case.id),
            resolve=url_for(".resolve_case", case_id=case.id),
            reopen=url_for(".reopen_case", case_id=case.id),
            release=url_for(".release_case", case_id=case.id),
            correct=url_for(".correct_reading", case_id=case.id),
        ),
        **{**offered, **forms},
    )


def _said(response: Response, now: datetime) -> SimpleNamespace:
    """What somebody answered besides the score, and all that they sent, in the words of the version they answered."""
    questions, zone = None, current_settings().zone
    if response.version_id is not None:
        facts = {
            "name": response.customer.name if response.customer else "",
            "shop": current_settings().shop_name,
            "order": response.order.external_id if response.order else "",
            "score": str(response.latest_score),
        }
        survey = survey_version(db.session, response.version_id).definition
        questions = questions_of(survey, response.latest_score, facts)
    return SimpleNamespace(
        comment_question=questions.label(COMMENT) if questions and questions.asks(COMMENT) else "",
        answers=answers_shown(questions, answers_to_follow_ups(db.session, response)) if questions else [],
        history=history(questions, revisions_of(db.session, response.id), now, zone),
    )


def _recovery(case: Case, now: datetime) -> SimpleNamespace | None:
    """What the customer said to "did we put it right?"."""
    answer = recovery_answer(db.session, case)
    if answer is None:
        return None
    return recovery_shown(answer, db.session.get_one(Survey, answer.survey_key), now, current_settings().zone)


def _release_form(case: Case) -> ReleaseForm:
    """A first word goes out by mail; a better one need not."""
    first = case.released_at is None or (case.resolved_at is not None and case.released_at < case.resolved_at)
    return ReleaseForm(formdata=None, data={"told": "" if first else case.released_words, "mail": first})


def _claim_form(case: Case) -> ClaimForm:
    seen = case.owner_id if case.state == CaseState.IN_PROGRESS else None
    return ClaimForm(formdata=None, data={"seen_owner": seen})
