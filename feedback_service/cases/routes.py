"""The queue and the case page."""

from types import SimpleNamespace
from typing import Any

from babel import Locale
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.cases.forms import (
    ACTION_WORDS,
    LARGEST_ID,
    ActionForm,
    ClaimForm,
    ReopenForm,
    ResolveForm,
    words,
)
from feedback_service.cases.models import Case, CaseEntry, CaseState, EntryKind, Outcome, RootCause
from feedback_service.cases.queries import (
    COUNT_CAP,
    CaseLine,
    Cursor,
    View,
    case_with_story,
    cases_in_view,
    counts_by_view,
    log_of,
    names_of,
)  # fmt: skip
from feedback_service.cases.rules.routing import HIGH, LOW, NORMAL, URGENT, CaseReason
from feedback_service.cases.work import CaseMovedError, claim, log_action, reopen, resolve, take_over
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.formats import moment, money, time_left, when
from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.models import Survey, SurveyKind
from feedback_service.responses.forms import as_kept
from feedback_service.responses.rules.bands import band
from feedback_service.sentiment.queries import assessment_of

bp = Blueprint("cases", __name__)
Page = str | HttpResponse | tuple[str, int]

VIEW_WORDS = {
    View.MINE: "Mine",
    View.UNASSIGNED: "Unassigned",
    View.OPEN: "All open",
    View.LATE: "Late",
    View.RESOLVED: "Resolved",
}
REASON_WORDS = {CaseReason.DETRACTOR: "Low score", CaseReason.CONTACT_WISH: "Asked for contact"}
PRIORITY_WORDS = {URGENT: "Urgent", HIGH: "High", NORMAL: "", LOW: ""}
"""Only what should catch the eye is said in the list."""
EXCERPT = 160  # characters of a comment in the list


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
        views=[(VIEW_WORDS[name], url_for(".queue", view=name), name == view, _capped(counts[name])) for name in View],
        cases=[_row(line, now) for line in lines],
        next_url=url_for(".queue", view=view, after=str(following)) if following else None,
        previous_url=url_for(".queue", view=view) if request.args.get("after") else None,
    )


def _capped(count: int) -> str:
    return f"{COUNT_CAP - 1}+" if count >= COUNT_CAP else str(count)


def _row(line: CaseLine, now: Any) -> SimpleNamespace:
    resolved = line.state == CaseState.RESOLVED
    comment = " ".join(line.comment.split())
    return SimpleNamespace(
        url=url_for(".show", case_id=line.id),
        score=line.score,
        metric=line.kind.value,
        band=_band(line.score, line.kind, Rules.model_validate(line.rules)),
        excerpt=f"{comment[:EXCERPT]}…" if len(comment) > EXCERPT else comment,
        customer=line.customer,
        owner=line.owner,
        time_left="Resolved" if resolved else time_left(line.due_at, now),
        late=not resolved and line.due_at <= now,
        reason="Asked for contact" if line.wants_contact else "",
        state="In progress" if line.state == CaseState.IN_PROGRESS else "",
        priority="" if resolved else PRIORITY_WORDS[line.priority],
    )


def _band(score: int, kind: SurveyKind, rules: Rules) -> str:
    return band(kind, score, rules.thresholds.detractor_max)


@bp.get("/<int:case_id>")
def show(case_id: int) -> Page:
    """One case."""
    return _page(_case(case_id))


@bp.post("/<int:case_id>/claim")
def claim_case(case_id: int) -> Page:
    """Take it."""
    case, form = _case(case_id), ClaimForm()
    if not form.validate_on_submit():
        return _page(case, claim_form=form), 422

    def act(session: Session, **by: Any) -> None:
        if form.seen_owner.data:
            take_over(session, case.id, seen_owner=form.seen_owner.data, **by)
        else:
            claim(session, case.id, **by)

    return _done(case, act, "The case is yours.")


@bp.post("/<int:case_id>/log")
def log_case(case_id: int) -> Page:
    """Say what was done."""
    case, form = _case(case_id), ActionForm()
    if not form.validate_on_submit():
        return _page(case, action_form=form), 422
    kind, text = EntryKind(form.kind.data), as_kept(form.text.data)

    def act(session: Session, **by: Any) -> None:
        log_action(session, case.id, kind, text, **by)

    return _done(case, act, "Added to the log.", typed=form, name="action_form")


@bp.post("/<int:case_id>/resolve")
def resolve_case(case_id: int) -> Page:
    """Close it."""
    case, form = _case(case_id), ResolveForm()
    if not form.validate_on_submit():
        return _page(case, resolve_form=form), 422

    def act(session: Session, **by: Any) -> None:
        resolve(
            session,
            case.id,
            root_cause=RootCause(form.root_cause.data),
            outcome=Outcome(form.outcome.data),
            text=as_kept(form.what_was_done.data),
            **by,
        )

    return _done(case, act, "Resolved.", typed=form, name="resolve_form")


@bp.post("/<int:case_id>/reopen")
def reopen_case(case_id: int) -> Page:
    """Open it again."""
    case, form = _case(case_id), ReopenForm()
    if not form.validate_on_submit():
        return _page(case, reopen_form=form), 422
    return _done(case, lambda session, **by: reopen(session, case.id, **by), "The case is open again.")


def _case(case_id: int) -> Case:
    found = case_with_story(db.session, case_id) if case_id <= LARGEST_ID else None
    if found is None:
        abort(404)
    return found


def _done(case: Case, act: Any, said: str, *, typed: Any = None, name: str = "") -> Page:
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
        return _page(_case(case.id), **{name: typed}), 409
    flash(said)
    return redirect(url_for(".show", case_id=case.id), 303)


def _page(case: Case, **forms: Any) -> str:
    mine = case.state == CaseState.IN_PROGRESS and case.owner_id == current_user.id
    offered = {
        "claim_form": None if mine or case.state == CaseState.RESOLVED else _claim_form(case),
        "action_form": ActionForm(formdata=None) if mine else None,
        "resolve_form": ResolveForm(formdata=None) if mine else None,
        "reopen_form": ReopenForm(formdata=None) if case.state == CaseState.RESOLVED else None,
    }
    return render_template(
        "cases/show.html",
        case=_shown(case),
        timeline=_timeline(case.id),
        urls=SimpleNamespace(
            queue=url_for(".queue"),
            claim=url_for(".claim_case", case_id=case.id),
            action=url_for(".log_case", case_id=case.id),
            resolve=url_for(".resolve_case", case_id=case.id),
            reopen=url_for(".reopen_case", case_id=case.id),
        ),
        **{**offered, **forms},
    )


def _claim_form(case: Case) -> ClaimForm:
    seen = case.owner_id if case.state == CaseState.IN_PROGRESS else None
    return ClaimForm(formdata=None, data={"seen_owner": seen})


def _shown(case: Case) -> SimpleNamespace:
    now, zone = clock.now(), current_settings().zone
    survey = db.session.get_one(Survey, case.response.survey_key)
    rules = Rules.model_validate(survey.rules)
    resolved = case.state == CaseState.RESOLVED
    assessment = assessment_of(db.session, case.response_id)
    return SimpleNamespace(
        id=case.id,
        reason=REASON_WORDS[case.reason],
        state={CaseState.OPEN: "Open", CaseState.IN_PROGRESS: "In progress", CaseState.RESOLVED: "Resolved"}[
            case.state
        ],
        resolved=resolved,
        taken=case.state == CaseState.IN_PROGRESS,
        score=case.response.latest_score,
        counted_score="" if case.response.latest_score == case.response.score else str(case.response.score),
        metric=survey.kind.value,
        band=_band(case.response.latest_score, survey.kind, rules),
        comment=case.response.comment,
        survey_title=rules.title,
        opened=when(case.opened_at, now, zone),
        due=moment(case.due_at, zone),
        time_left="" if resolved else time_left(case.due_at, now),
        late=not resolved and case.due_at <= now,
        owner=case.owner.name if case.owner else "",
        team=case.team.name,
        rule=case.rule,
        priority_words=case.priority_words,
        root_cause=words(case.root_cause) if resolved and case.root_cause else "",
        outcome=words(case.outcome) if resolved and case.outcome else "",
        customer=SimpleNamespace(
            name=(case.customer.name if case.customer else "") or "Unknown buyer",
            email=case.customer.email if case.customer else None,
            locale=Locale.parse(case.response.locale, sep="-").get_display_name("en"),
        ),
        order=SimpleNamespace(facts=_order_facts(case)) if case.order else None,
        sentiment=SimpleNamespace(
            label=assessment.label.value.capitalize(),
            polarity_words="" if assessment.polarity is None else f"{assessment.polarity:+.2f} of −1 to +1",
            reason=assessment.reason,
        )
        if assessment
        else None,
        wants_contact=case.response.wants_contact,
    )


def _order_facts(case: Case) -> list[tuple[str, str]]:
    order, zone = case.order, current_settings().zone
    if order is None:
        return []
    facts = [
        ("Order", order.external_id),
        ("Status", order.status.value.capitalize()),
        ("Ordered", moment(order.ordered_at, zone)),
        ("Promised", order.promised_on.strftime("%-d %b %Y") if order.promised_on else ""),
        ("Delivered", moment(order.delivered_at, zone) if order.delivered_at else "Not yet"),
        (
            "Amount",
            money(order.amount_minor, order.currency) if order.amount_minor is not None and order.currency else "",
        ),
    ]
    return facts + [(name.capitalize(), value) for name, value in sorted(order.attributes.items())]


def _timeline(case_id: int) -> list[SimpleNamespace]:
    now, zone = clock.now(), current_settings().zone
    entries = log_of(db.session, case_id)
    names = names_of(db.session, {entry.facts["owner"] for entry, _, _ in entries if "owner" in entry.facts})
    return [
        SimpleNamespace(when=when(entry.at, now, zone), who=who, what=_what(entry, names), text=text)
        for entry, text, who in entries
    ]


def _what(entry: CaseEntry, names: dict[int, str]) -> str:
    """What an entry says, as a line of the timeline."""
    facts = entry.facts
    if entry.kind == EntryKind.OPENED:
        return f"Opened by the rule “{facts['rule']}” at score {facts['score']}"
    if entry.kind == EntryKind.ASSIGNED:
        return f"Given to {names.get(facts['owner'], 'somebody')} by {facts['by']}"
    if entry.kind == EntryKind.ANSWER_CHANGED:
        wish = ", asks to be contacted" if facts["wants_contact"] else ""
        return f"The buyer added to the answer (score {facts['score']}{wish})"
    if entry.kind == EntryKind.RESOLVED:
        return f"Resolved: {words(RootCause(facts['root_cause']))}, {words(Outcome(facts['outcome'])).lower()}"
    plain = {
        EntryKind.CLAIMED: "Took over the case" if "from" in facts else "Took the case",
        EntryKind.REOPENED: "Opened again",
    }
    return plain.get(entry.kind) or ACTION_WORDS[entry.kind]
