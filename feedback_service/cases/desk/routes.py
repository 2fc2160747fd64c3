"""The queue: a list that keeps itself up to date, and what is done from it without opening a case."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.accounts.models import Team
from feedback_service.cases.causes.queries import offered_causes, titles
from feedback_service.cases.count_up_to import capped
from feedback_service.cases.cursor import TimeCursor
from feedback_service.cases.desk import bulk
from feedback_service.cases.desk.bulk import Chosen
from feedback_service.cases.desk.counts import counts_by_view
from feedback_service.cases.desk.filters import OFF_THE_BAR, Filters, View, Viewer
from feedback_service.cases.desk.forms import (
    AssignForm,
    ChosenForm,
    CloseManyForm,
    HereForm,
    SaveViewForm,
    TakeForm,
)
from feedback_service.cases.desk.lines import PAGE, CaseLine, Page, found_by_words, lines_of, page_of_queue, surveys_of
from feedback_service.cases.desk.presence import be_here, others_at, writing_at
from feedback_service.cases.desk.saved_views import delete_view, save_view, views_of
from feedback_service.cases.desk.shown import (
    KIND_CHOICES,
    PRIORITY_CHOICES,
    VIEW_WORDS,
    chosen_words,
    empty_words,
    mark_of,
    queue_line,
)
from feedback_service.cases.desk.visible import seen_by, visible_queues
from feedback_service.cases.form_parts import PressForm
from feedback_service.cases.models import Case, Outcome
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.refused import RefusedError
from feedback_service.cases.shown import REASON_WORDS
from feedback_service.cases.work import CaseMovedError, claim
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.paths import STATIC
from feedback_service.questionnaires.models import Survey
from feedback_service.scripts import scripted

bp = Blueprint("desk", __name__)
Answer = str | Response | tuple[str, int]

_NUMBER = re.compile(r"[0-9]{1,18}")
BAR = tuple(view for view in View if view not in OFF_THE_BAR)
KEYS = {View.MINE: "m", View.UNASSIGNED: "u", View.OPEN: "a", View.LATE: "l", View.RESTING: "w", View.RESOLVED: "r"}
"""After g, these lead to a view."""


@bp.get("/")
@scripted
def queue() -> Answer:
    """The cases of a view, or what a search finds."""
    filters, viewer = _filters(request.args), _viewer()
    page, following = _page(filters, viewer)
    owners = bulk.possible_owners(db.session, viewer.queues)
    queues = _queues(viewer)
    choices, pairs = _choices(queues, owners), filters.pairs()
    return render_template(
        "cases/list.html",
        **_rows(page.lines, viewer),
        views=_views(filters, viewer),
        saved=_saved(filters),
        filters=filters,
        kept={name: value for name, value in pairs.items() if name not in {choice[0] for choice in choices}},
        choices=choices,
        chosen=chosen_words(filters, dict(queues), dict(owners), **_named(filters)),
        empty=empty_words(filters),
        plain_url=_url(Filters(view=View.OPEN if filters.view in OFF_THE_BAR else filters.view)),
        back=_back(request.args),
        assign_form=AssignForm(owners, formdata=None),
        save_form=SaveViewForm(formdata=None) if filters.narrowed else None,
        poll_url=_poll_url(filters, page),
        **_pager(filters, page, following),
        me=viewer.user_id,
    )


@bp.get("/lines")
def lines() -> Answer:
    """The lines of a page that is shown already, as they are now, and the counts; 304 where nothing moved."""
    filters, viewer = _filters(request.args), _viewer()
    until = TimeCursor.read(request.args.get("until"))
    after = TimeCursor.read(request.args.get("after"))
    if filters.text:
        found = _seen([int(text) for text in request.args.getlist("id")[:PAGE] if _NUMBER.fullmatch(text)], viewer)
    else:
        found = page_of_queue(db.session, filters, viewer, after=after, until=until).lines
    rows, views = _rows(found, viewer), _views(filters, viewer)
    mark = mark_of(rows["cases"], [(each.key, each.count) for each in views])
    if request.if_none_match.contains(mark):
        answer = current_app.response_class(status=304)
    else:
        answer = make_response(render_template("cases/lines.html", **rows, counts=views, back=_back(request.args)))
    answer.set_etag(mark)
    return answer


@bp.get("/desk.js")
def script() -> Answer:
    """Keys, choosing and keeping the list up to date; every page works without it."""
    return _script("desk.js")


@bp.get("/htmx.js")
def htmx() -> Answer:
    """The library that asks for lines."""
    return _script("htmx/htmx.min.js")


@bp.post("/<int:case_id>/take")
@scripted
def take(case_id: int) -> Answer:
    """Take a case, and stay at the list: its line alone is answered where the script asked."""
    form = TakeForm()
    if not form.validate_on_submit():
        abort(400)
    viewer = _viewer()
    if not _seen([case_id], viewer):
        abort(404)
    said, kind = f"Case {case_id} is yours.", "message"
    try:
        claim(db.session, case_id, user_id=viewer.user_id, key=current_settings().privacy_secret, now=viewer.now)
        db.session.commit()
    except CaseMovedError as moved:
        db.session.rollback()
        said, kind = str(moved), "error"
    if request.headers.get("HX-Request") != "true":
        flash(said, kind)
        return redirect(_back_url(form.back.data), 303)
    found = _rows(_seen([case_id], viewer), viewer)
    answer = make_response(render_template("cases/lines.html", **found, counts=[], back=form.back.data))
    answer.headers["HX-Trigger"] = json.dumps({"said": said})
    return answer


@bp.post("/<int:case_id>/here")
def here(case_id: int) -> Answer:
    """Note that somebody has the case open, and say who else has."""
    form, viewer = HereForm(), _viewer()
    if not form.validate_on_submit():
        abort(400)
    if not _seen([case_id], viewer):
        abort(404)
    be_here(db.session, case_id, viewer.user_id, writing=bool(form.writing.data), now=viewer.now)
    says = others_at(db.session, case_id, but=viewer.user_id, now=viewer.now)
    db.session.commit()
    return make_response({"says": says})


@bp.post("/assign")
@scripted
def assign() -> Answer:
    """Give the chosen cases to a colleague."""
    viewer = _viewer()
    form = AssignForm(bulk.possible_owners(db.session, viewer.queues))
    if not form.validate_on_submit() or not (form.owner.data or form.to_me.data):
        flash("Choose a colleague to give them to.", "error")
        return redirect(_back_url(form.back.data), 303)
    owner_id = viewer.user_id if form.to_me.data else int(form.owner.data)

    def act(chosen: Chosen) -> None:
        key = current_settings().privacy_secret
        bulk.assign(db.session, chosen, owner_id=owner_id, user_id=viewer.user_id, key=key, now=viewer.now)

    owner = "you" if owner_id == viewer.user_id else dict(form.owners)[owner_id]
    return _each(form, viewer, act, f"given to {owner}")


@bp.post("/close")
@scripted
def close() -> Answer:
    """Ask once how the chosen cases ended, then close each."""
    viewer, causes = _viewer(), offered_causes(db.session)
    if "outcome" not in request.form:
        form = CloseManyForm(causes, formdata=None)
        chosen = ChosenForm()
        if not chosen.chosen:
            flash("Choose the cases to close first.", "error")
            return redirect(_back_url(chosen.back.data), 303)
        return _closing(form, chosen)
    form = CloseManyForm(causes)
    if not form.validate_on_submit():
        return _closing(form, form), 422
    outcome, given = Outcome(form.outcome.data), form.given

    def act(chosen: Chosen) -> None:
        key = current_settings().privacy_secret
        bulk.close(db.session, chosen, given, outcome, user_id=viewer.user_id, key=key, now=viewer.now)

    return _each(form, viewer, act, "closed")


@bp.post("/views")
@scripted
def save() -> Answer:
    """Keep the present filters under a name."""
    form = SaveViewForm()
    if not form.validate_on_submit():
        abort(400)
    filters = _filters(dict(parse_qsl(form.back.data or "")))
    try:
        save_view(db.session, current_user.id, form.name.data or "", filters, clock.now())
        db.session.commit()
        flash("Saved. It stands beside the views.")
    except RefusedError as refused:
        db.session.rollback()
        flash(str(refused), "error")
    return redirect(_url(filters), 303)


@bp.post("/views/<int:view_id>/delete")
@scripted
def forget(view_id: int) -> Answer:
    """Forget a saved view."""
    if not PressForm().validate_on_submit():
        abort(400)
    gone = view_id <= LARGEST_ID and delete_view(db.session, current_user.id, view_id)
    db.session.commit()
    if not gone:
        abort(404)
    flash("The view is deleted. Its cases are where they were.")
    return redirect(url_for(".queue"), 303)


def _viewer() -> Viewer:
    return Viewer(current_user.id, visible_queues(db.session, current_user), clock.now(), current_settings().zone)


def _filters(args: Mapping[str, str]) -> Filters:
    try:
        return Filters.read(args)
    except ValueError:
        abort(404)


def _page(filters: Filters, viewer: Viewer) -> tuple[Page, int | None]:
    """One page, and for a search below which case the next begins."""
    if filters.text:
        below = request.args.get("below", "")
        number = int(below) if _NUMBER.fullmatch(below) else None
        found, following = found_by_words(db.session, filters, viewer, below=number)
        return Page(found, None, None), following
    places = {name: TimeCursor.read(request.args.get(name)) for name in ("after", "before")}
    return page_of_queue(db.session, filters, viewer, **places), None


def _seen(ids: Sequence[int], viewer: Viewer) -> list[CaseLine]:
    """The lines of those of these cases that one sees."""
    wanted = [case_id for case_id in ids if case_id <= LARGEST_ID]
    seen = set(db.session.scalars(select(Case.id).where(Case.id.in_(wanted), seen_by(viewer.user_id, viewer.queues))))
    return lines_of(db.session, [case_id for case_id in wanted if case_id in seen])


def _rows(found: Sequence[CaseLine], viewer: Viewer) -> dict[str, list[SimpleNamespace]]:
    """The lines in words."""
    surveys = surveys_of(db.session, found)
    writing = writing_at(db.session, [line.id for line in found], but=viewer.user_id, now=viewer.now)
    root = url_for(".queue")
    return {
        "cases": [
            queue_line(
                line,
                {"show": f"{root}{line.id}", "take": f"{root}{line.id}/take"},
                writing.get(line.id, []),
                surveys.get(line.survey or ""),
                viewer.now,
            )
            for line in found
        ]
    }


def _views(filters: Filters, viewer: Viewer) -> list[SimpleNamespace]:
    """The bar of views, each with its count."""
    counts = counts_by_view(db.session, viewer)
    plain = not filters.narrowed
    return [
        SimpleNamespace(
            key=KEYS[view],
            label=VIEW_WORDS[view],
            url=_url(Filters(view=view)),
            current=view is filters.view,
            exact=view is filters.view and plain,
            count=capped(counts[view]),
        )
        for view in BAR
    ]


def _saved(filters: Filters) -> list[SimpleNamespace]:
    """One's own views, each with the form that deletes it."""
    return [
        SimpleNamespace(
            name=view.name,
            url=f"{url_for('.queue')}?{view.filters}",
            current=view.filters == str(filters),
            delete_url=url_for(".forget", view_id=view.id),
        )
        for view in views_of(db.session, current_user.id)
    ]


def _queues(viewer: Viewer) -> list[tuple[int, str]]:
    """Ids and names of the queues one sees."""
    found = select(Queue.id, Queue.name).order_by(Queue.name, Queue.id)
    if viewer.queues is not None:
        found = found.where(Queue.id.in_(sorted(viewer.queues)))
    return [(queue_id, name) for queue_id, name in db.session.execute(found)]


def _named(filters: Filters) -> dict[str, str | None]:
    """What the team, the cause and the survey are called."""
    team = db.session.get(Team, filters.team) if filters.team else None
    cause = titles(db.session).get(filters.cause) if filters.cause else None
    survey = db.session.get(Survey, filters.survey) if filters.survey else None
    return {
        "team": team.name if team else None, "cause": cause, "survey": survey.rules["title"] if survey else None,
    }  # fmt: skip


def _choices(
    queues: Sequence[tuple[int, str]], owners: Sequence[tuple[int, str]]
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What the list can be narrowed by: name in the address, label, and the choices."""
    return [
        ("queue", "Queue", [(str(key), words) for key, words in queues]),
        ("owner", "Owner", [(str(key), words) for key, words in owners]),
        ("priority", "Priority", [(str(key), words) for key, words in PRIORITY_CHOICES.items()]),
        ("reason", "Reason", [(key.value, words) for key, words in REASON_WORDS.items()]),
        ("kind", "Kind", [(key.value, words) for key, words in KIND_CHOICES.items()]),
    ]


def _url(filters: Filters, **more: object) -> str:
    told = {**filters.pairs(), **{name: str(value) for name, value in more.items() if value is not None}}
    return f"{url_for('.queue')}?{urlencode(told)}" if told else url_for(".queue")


def _pager(filters: Filters, page: Page, following: int | None) -> dict[str, str | None]:
    if filters.text:
        deeper = request.args.get("below")
        return {
            "next_url": _url(filters, below=following) if following else None,
            "previous_url": _url(filters) if deeper else None,
        }
    return {
        "next_url": _url(filters, after=page.after) if page.after else None,
        "previous_url": _url(filters, before=page.before) if page.before else None,
    }


def _poll_url(filters: Filters, page: Page) -> str:
    """Where the script asks for these very lines again; up to the last where others follow."""
    told = list(filters.pairs().items())
    if filters.text:
        told += [("id", str(line.id)) for line in page.lines]
    else:
        told += [("after", str(page.since))] if page.since else []
        told += [("until", str(page.after))] if page.after else []
    return f"{url_for('.lines')}?{urlencode(told)}"


def _back(args: Mapping[str, str]) -> str:
    """The present page as part of an address, to come back to."""
    wanted = {name: args.get(name) for name in ("after", "before", "below")}
    told = {**_filters(args).pairs(), **{name: value for name, value in wanted.items() if value}}
    return urlencode(told)


def _back_url(back: str | None) -> str:
    """The page somebody came from; only what a list can have in its address is taken."""
    return f"{url_for('.queue')}?{_back(dict(parse_qsl(back or '')))}".rstrip("?")


def _each(form: ChosenForm, viewer: Viewer, act: Callable[[Chosen], None], said: str) -> Answer:
    """Do it to every chosen case, each in a transaction of its own, and tell what became of each."""
    chosen = form.chosen
    if not chosen:
        flash("Choose some cases first.", "error")
        return redirect(_back_url(form.back.data), 303)
    seen = {line.id: line for line in _seen([each.case_id for each in chosen], viewer)}
    db.session.commit()
    left: list[tuple[CaseLine, str]] = []
    for each in chosen:
        if each.case_id not in seen:
            continue
        try:
            act(each)
            db.session.commit()
        except (CaseMovedError, RefusedError) as refused:
            db.session.rollback()
            left.append((seen[each.case_id], str(refused).removesuffix(" Nothing was changed.")))
    done = len(seen) - len(left)
    if not left:
        flash(f"{done} {'case' if done == 1 else 'cases'} {said}.")
        return redirect(_back_url(form.back.data), 303)
    lines_left = _rows([line for line, _ in left], viewer)["cases"]
    return render_template(
        "cases/bulk.html",
        done=done,
        said=said,
        left=list(zip(lines_left, [why for _, why in left], strict=True)),
        back_url=_back_url(form.back.data),
    )


def _closing(form: CloseManyForm, chosen: ChosenForm) -> str:
    """The page that asks how they ended."""
    return render_template(
        "cases/close_many.html",
        form=form,
        chosen=[text for text in chosen.case.data or [] if Chosen.read(text)],
        count=len(chosen.chosen),
        back=chosen.back.data or "",
        back_url=_back_url(chosen.back.data),
    )


@cache
def _content(name: str) -> tuple[bytes, str]:
    content = (STATIC / name).read_bytes()
    return content, sha256(content).hexdigest()[:12]


def _script(name: str) -> Response:
    content, digest = _content(name)
    answer = current_app.response_class(content, mimetype="text/javascript")
    answer.set_etag(digest)
    return answer.make_conditional(request)
