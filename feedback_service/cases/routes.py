"""The case page."""

from datetime import datetime, time
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.cases.closing import unkept_of
from feedback_service.cases.closing_form import close_form
from feedback_service.cases.correct_entry import correct_entry
from feedback_service.cases.desk.visible import may_see
from feedback_service.cases.forms import (
    ActionForm,
    ClaimForm,
    CorrectEntryForm,
    GoOnForm,
    MergeForm,
    ReleaseForm,
    ReopenForm,
    WaitForm,
)
from feedback_service.cases.merge import STANDS_ALREADY, merge, unmerge
from feedback_service.cases.models import Case, EntryKind, Outcome
from feedback_service.cases.news import refuse_unseen
from feedback_service.cases.note import write_down
from feedback_service.cases.page import CLOSE_FORM, CasePage, mergeable, snooze_form
from feedback_service.cases.queries import case_after, case_with_story
from feedback_service.cases.reading import reading_of
from feedback_service.cases.refused import RefusedError
from feedback_service.cases.release import who_was_asked
from feedback_service.cases.rest import resume, snooze, wait, wake
from feedback_service.cases.story.queries import story_beside
from feedback_service.cases.work import CaseMovedError, claim, release, reopen, resolve, take_over
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.paths import STATIC
from feedback_service.scripts import scripted
from feedback_service.sentiment.correct import NothingToCorrectError, correct

bp = Blueprint("cases", __name__)
Page = str | HttpResponse | tuple[str, int]

LONGEST_NUMBER = 10  # digits, of an entry in a log


@bp.get("/case.js")
def script() -> Page:
    """The keys of the case page, and who else is there; the page works without it."""
    response = current_app.response_class((STATIC / "case.js").read_bytes(), mimetype="text/javascript")
    response.add_etag()
    return response.make_conditional(request)


@bp.get("/<int:case_id>")
@scripted
def show(case_id: int) -> Page:
    """One case. `since` marks what came after so many entries as new, `correct` opens an entry to put it right."""
    case = case_of(case_id)
    page, ordinal = _page(case, _number("since")), _number("correct")
    entry_form = page.entry_form(ordinal) if ordinal is not None else None
    return page.draw({"entry_form": entry_form} if entry_form else {})


@bp.get("/<int:case_id>/next")
def next_case(case_id: int) -> Page:
    """Whatever is to be seen to after it: of one's own where it is one's own, else of all that one sees."""
    following = case_after(db.session, case_of(case_id), current_user)
    if following is None:
        flash("That was the last one.")
        return redirect(url_for("desk.queue"))
    return redirect(url_for("cases.show", case_id=following))


@bp.post("/<int:case_id>/claim")
@scripted
def claim_case(case_id: int) -> Page:
    """Take it."""
    case, form = case_of(case_id), ClaimForm()
    if not form.validate_on_submit():
        return page_of(case, claim_form=form), 422

    def act(session: Session, **by: Any) -> None:
        if form.seen_owner.data:
            _refuse_unseen(session, case, form, **by)
            take_over(session, case.id, seen_owner=form.seen_owner.data, **by)
        else:
            claim(session, case.id, **by)

    return done(case, act, "The case is yours.", seen=form.seen.data)


@bp.post("/<int:case_id>/log")
@scripted
def log_case(case_id: int) -> Page:
    """Say what was done."""
    case, form = case_of(case_id), ActionForm()
    if not form.validate_on_submit():
        return page_of(case, action_form=form), 422

    def act(session: Session, **by: Any) -> None:
        write_down(session, case.id, EntryKind(form.kind.data), form.text.data, reached=form.was_reached, **by)

    return done(case, act, "Added to the log.", typed=form, name="action_form")


@bp.post("/<int:case_id>/entry")
@scripted
def entry_case(case_id: int) -> Page:
    """Put an entry of one's own right."""
    case, form = case_of(case_id), CorrectEntryForm()
    if not form.validate_on_submit():
        return page_of(case, entry_form=form), 422

    def act(session: Session, **by: Any) -> None:
        correct_entry(session, case.id, form.ordinal.data or 0, form.words.data, **by)

    return done(case, act, "Put right. The earlier words stay, struck through.", typed=form, name="entry_form")


@bp.post("/<int:case_id>/wait")
@scripted
def wait_case(case_id: int) -> Page:
    """Wait for the customer."""
    case, form = case_of(case_id), WaitForm()
    if not form.validate_on_submit():
        return page_of(case, wait_form=form), 422

    def act(session: Session, **by: Any) -> None:
        wait(session, case.id, form.waiting_for.data, **by)

    return done(case, act, "It waits for the customer, and comes back when they write.", typed=form, name="wait_form")


@bp.post("/<int:case_id>/snooze")
@scripted
def snooze_case(case_id: int) -> Page:
    """Put it to sleep until a day."""
    case, zone = case_of(case_id), current_settings().zone
    form = snooze_form(clock.now(), zone)
    if not form.validate_on_submit() or form.until.data is None:
        return page_of(case, snooze_form=form), 422
    until = datetime.combine(form.until.data, time(), tzinfo=zone)

    def act(session: Session, **by: Any) -> None:
        snooze(session, case.id, until, form.why.data, **by)

    said = "It sleeps until then. Its deadline goes on, and it wakes when the customer writes."
    return done(case, act, said, typed=form, name="snooze_form")


@bp.post("/<int:case_id>/go-on")
@scripted
def go_on_case(case_id: int) -> Page:
    """Go on with a case that waits or sleeps."""
    case, form = case_of(case_id), GoOnForm()
    if not form.validate_on_submit():
        return page_of(case, go_on_form=form), 422

    def act(session: Session, **by: Any) -> None:
        resume(session, case.id, **by)
        wake(session, case.id, **by)

    return done(case, act, "It is back among the cases to be seen to.", seen=form.seen.data)


@bp.post("/<int:case_id>/merge")
@scripted
def merge_case(case_id: int) -> Page:
    """Let another case go on for it."""
    case = case_of(case_id)
    form = MergeForm(mergeable(story_beside(db.session, case), clock.now(), current_settings().zone))
    if not form.validate_on_submit():
        return page_of(case, merge_form=form), 422
    into = _seen_case(form.chosen)
    if into is None:
        form.form_errors = [f"There is no case {form.chosen} that you see."]
        return page_of(case, merge_form=form), 422

    def act(session: Session, **by: Any) -> None:
        _refuse_unseen(session, case, form, **by)
        merge(session, case.id, into.id, **by)

    return done(case, act, f"Case {into.id} goes on for this one.", typed=form, name="merge_form")


@bp.post("/<int:case_id>/unmerge")
@scripted
def unmerge_case(case_id: int) -> Page:
    """Let a merged case stand for itself again."""
    case, form = case_of(case_id), GoOnForm()
    if case.merged_into_id is None:  # its page has no place for the form
        return _refused(case, CaseMovedError(STANDS_ALREADY), None, "", form.seen.data)
    if not form.validate_on_submit():
        return page_of(case, unmerge_form=form), 422
    said = "It stands for itself again, as it was."
    return done(case, lambda session, **by: unmerge(session, case.id, **by), said, seen=form.seen.data)


@bp.post("/<int:case_id>/resolve")
@scripted
def resolve_case(case_id: int) -> Page:
    """Close it."""
    case = case_of(case_id)
    form = close_form(db.session, case, unkept_of(db.session, case.id))
    if not form.validate_on_submit():
        return page_of(case, **{CLOSE_FORM: form}), 422
    given = form.given

    def act(session: Session, **by: Any) -> None:
        _refuse_unseen(session, case, form, **by)
        resolve(
            session,
            case.id,
            root_cause=given.root_cause,
            outcome=Outcome(form.outcome.data),
            text=given.what_was_done,
            told=form.told.data or "" if who_was_asked(session, case.id) else "",
            reached=given.reached,
            promise_words=given.promise_words,
            **by,
        )

    return done(case, act, "Resolved.", typed=form, name=CLOSE_FORM)


@bp.post("/<int:case_id>/release")
@scripted
def release_case(case_id: int) -> Page:
    """Tell the customer what was done, or tell it better."""
    case, form = case_of(case_id), ReleaseForm()
    if who_was_asked(db.session, case.id) is None:
        flash("This customer has no page and no mail from us. Nothing was changed.", "error")
        return redirect(url_for("cases.show", case_id=case.id), 303)
    if not form.validate_on_submit():
        return page_of(case, release_form=form), 422

    def act(session: Session, **by: Any) -> None:
        _refuse_unseen(session, case, form, **by)
        release(session, case.id, form.told.data, mail=form.mail.data, **by)

    return done(case, act, "The customer can read it.", typed=form, name="release_form")


@bp.post("/<int:case_id>/reading")
@scripted
def correct_reading(case_id: int) -> Page:
    """Say what the comment says; it beats the model's word."""
    case = case_of(case_id)
    found, form = reading_of(db.session, case, current_settings(), clock.now(), filled=True)
    if found is None or form is None:
        flash("There is nothing to correct: the comment is gone, or has not been read yet.", "error")
        return redirect(url_for("cases.show", case_id=case.id), 303)
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
    return redirect(url_for("cases.show", case_id=case.id), 303)


@bp.post("/<int:case_id>/reopen")
@scripted
def reopen_case(case_id: int) -> Page:
    """Open it again."""
    case, form = case_of(case_id), ReopenForm()
    if not form.validate_on_submit():
        return page_of(case, reopen_form=form), 422
    return done(case, lambda session, **by: reopen(session, case.id, **by), "The case is open again.")


def case_of(case_id: int) -> Case:
    """The case, with its story; 404 where there is none, or none that this person sees."""
    found = _seen_case(case_id)
    if found is None:
        abort(404)
    return found


def _seen_case(case_id: int) -> Case | None:
    found = case_with_story(db.session, case_id) if case_id <= LARGEST_ID else None
    return found if found is not None and may_see(db.session, current_user, found) else None


def done(case: Case, act: Any, said: str, *, typed: Any = None, name: str = "", seen: int | None = None) -> Page:
    """Do it and commit, or say how the case moved meanwhile, keep what was typed, and mark what is new.

    `typed` is the form, and `name` the one by which the page knows it; without it, `seen` is how much of the log the
    person had before them. A form that carries `seen` comes back having seen all: the next press is meant.
    """
    try:
        act(
            db.session,
            user_id=current_user.id,
            key=current_settings().privacy_secret,
            now=clock.now(),
        )
        db.session.commit()
    except (CaseMovedError, RefusedError) as no:
        db.session.rollback()
        return _refused(case_of(case.id), no, typed, name, seen)
    flash(said)
    seen = may_see(db.session, current_user, case)  # whoever came for a promise alone has kept it now
    return redirect(url_for("cases.show", case_id=case.id) if seen else url_for("desk.queue"), 303)


def _refused(case: Case, no: Exception, typed: Any, name: str, seen: int | None) -> Page:
    if typed is None:
        flash(str(no), "error")
        return redirect(url_for("cases.show", case_id=case.id, since=seen), 303)
    typed.form_errors = [str(no)]
    if not isinstance(no, CaseMovedError):
        return page_of(case, **{name: typed}), 422
    before = typed.seen.data if "seen" in typed else None
    if "seen" in typed:
        typed.seen.raw_data, typed.seen.data = None, case.log_length
    return page_of(case, new_after=before, **{name: typed}), 409


def page_of(case: Case, *, new_after: int | None = None, **forms: Any) -> str:
    """The case's page; `forms` are shown as they were sent, with their errors, in place of fresh ones.

    What others wrote after the first `new_after` entries of the log is marked as new.
    """
    return _page(case, new_after).draw(forms)


def _page(case: Case, new_after: int | None) -> CasePage:
    return CasePage(db.session, case, current_user, current_settings(), clock.now(), new_after)


def _refuse_unseen(session: Session, case: Case, form: Any, *, user_id: int, now: datetime, **_by: Any) -> None:
    refuse_unseen(session, case.id, form.seen.data, user_id=user_id, now=now)


def _number(name: str) -> int | None:
    """A small number in the address; None for anything else."""
    sent = request.args.get(name, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < LONGEST_NUMBER else None
