"""The inbox of all answers: reading them, noting that they were read, and opening a case from any."""

from dataclasses import replace
from types import SimpleNamespace

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.cases.count_up_to import capped
from feedback_service.cases.desk.visible import may_see, visible_queues
from feedback_service.cases.form_parts import PressForm
from feedback_service.cases.inbox.forms import ReadForm, as_read, in_address, read_filters
from feedback_service.cases.inbox.open_case import NoSuchAnswerError, open_for_answer
from feedback_service.cases.inbox.queries import AnswerLine, Band, Filters, InboxPage, Show, answers, count_unseen
from feedback_service.cases.inbox.seen import mark_read
from feedback_service.cases.inbox.shown import BAND_WORDS, SHOW_WORDS, answer_line, behind_words, nothing_here
from feedback_service.cases.models import Case
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.paths import STATIC, SURVEYS
from feedback_service.questionnaires.queries import survey_summaries
from feedback_service.scripts import scripted
from feedback_service.sentiment.reader import files_of

bp = Blueprint("inbox", __name__)
Page = str | HttpResponse | tuple[str, int]


@bp.get("/")
@scripted
def answers_page() -> Page:
    """Answers, newest first."""
    filters = read_filters(request.args)
    found = answers(db.session, filters, user_id=current_user.id)
    return render_template(
        "inbox/answers.html",
        views=_views(filters),
        filters=_choices(filters),
        answers=_shown(found),
        unread=[as_read(line.response) for line in found.lines if line.read_by_me is None],
        nothing=nothing_here(filters.show, narrow=filters.narrow),
        read_url=url_for(".read", **in_address(filters)),
        next_url=_at(filters.from_here(found.following)) if found.following is not None else None,
        previous_url=_at(filters.from_here(None)) if filters.before is not None else None,
        looked_through=found.looked_through,
    )


@bp.get("/answers.js")
def script() -> Page:
    """The keys of the inbox; it works without them."""
    response = current_app.response_class((STATIC / "answers.js").read_bytes(), mimetype="text/javascript")
    response.add_etag()
    return response.make_conditional(request)


@bp.post("/read")
def read() -> Page:
    """Note that answers were read; the page's script gets no page in return."""
    form = ReadForm()
    if not form.validate_on_submit():
        abort(422)
    read_of = form.revisions
    count = mark_read(db.session, read_of, read_of=read_of, user_id=current_user.id, now=clock.now())
    db.session.commit()
    if request.accept_mimetypes.best == "application/json":
        return current_app.response_class(status=204 if count else 409)  # after which the script loads the page anew
    if len(read_of) > 1:
        flash(f"{count} marked as read." if count else "You had read them all.")
    return redirect(_at(read_filters(request.args)), 303)


@bp.post("/<int:response_id>/case")
def open_case(response_id: int) -> Page:
    """Open a case from an answer, or go to the one that there is; either way it was read."""
    if response_id > LARGEST_ID:
        abort(404)
    if not PressForm().validate_on_submit():
        abort(422)
    settings, now = current_settings(), clock.now()
    try:
        case_id = open_for_answer(
            db.session,
            response_id,
            user_id=current_user.id,
            key=settings.privacy_secret,
            now=now,
            safety=files_of(settings.surveys_folder or SURVEYS)[1],
            zone=settings.zone,
        )
    except NoSuchAnswerError:
        abort(404)
    mark_read(db.session, [response_id], user_id=current_user.id, now=now)
    visible = may_see(db.session, current_user, db.session.get_one(Case, case_id))
    db.session.commit()
    if not visible:
        flash("The case is with another team.")
        return redirect(_at(read_filters(request.args)), 303)
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _at(filters: Filters) -> str:
    return url_for(".answers_page", **in_address(filters))


def _views(filters: Filters) -> list[tuple[str, str, bool, str | None]]:
    unseen = capped(count_unseen(db.session))
    return [
        (
            SHOW_WORDS[show],
            url_for(".answers_page", **in_address(replace(filters, show=show, before=None))),
            show is filters.show,
            unseen if show is Show.UNSEEN else None,
        )
        for show in Show
    ]


def _choices(filters: Filters) -> SimpleNamespace:
    """What the filter's form offers and has chosen."""
    return SimpleNamespace(
        show=filters.show.value if filters.show is not Show.ALL else "",
        words=filters.words,
        surveys=[(each.key, each.title, each.key == filters.survey) for each in survey_summaries(db.session)],
        bands=[(band.value, BAND_WORDS[band], band is filters.band) for band in Band],
        behind=behind_words(filters),
        kept=in_address(replace(filters, show=Show.ALL, words=False, survey=None, band=None, before=None)),
        narrow=replace(filters, show=Show.ALL).narrow,
        clear=url_for(".answers_page", **in_address(Filters(filters.show))),
    )


def _shown(found: InboxPage) -> list[SimpleNamespace]:
    settings, now = current_settings(), clock.now()
    taxonomy = files_of(settings.surveys_folder or SURVEYS)[0]
    queues = visible_queues(db.session, current_user)
    return [answer_line(line, taxonomy, _case_url(line, queues), now, settings.zone) for line in found.lines]


def _case_url(line: AnswerLine, queues: frozenset[int] | None) -> str | None:
    if line.case is None:
        return None
    visible = queues is None or line.case.queue_id in queues or line.case.owner_id == current_user.id
    return url_for("cases.show", case_id=line.case.id) if visible else ""
