"""What managers see and change of queues: the rules in their order, queues, calendars, absences."""

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.accounts.absences import AbsenceError, cancel_absence
from feedback_service.accounts.models import Calendar
from feedback_service.cases.cover import enter_absence
from feedback_service.cases.form_parts import PressForm
from feedback_service.cases.queues.change import (
    CalendarSaid,
    ChangeError,
    MovedError,
    RuleSaid,
    TakenNameError,
    calendar_said,
    found_queue,
    mark,
    move_rule,
    queue_said,
    rule_said,
    save_calendar,
    save_queue,
    save_rule,
    switch_rule,
)
from feedback_service.cases.queues.filled import DAY_WORDS
from feedback_service.cases.queues.forms import (
    AbsenceForm,
    CalendarForm,
    NewQueueForm,
    Offered,
    QueueForm,
    RuleForm,
)
from feedback_service.cases.queues.models import Queue, RoutingRule
from feedback_service.cases.queues.queries import (
    absences_from,
    all_calendars,
    all_queues,
    examples_of,
    open_by_queue,
    people_by_address,
    people_named,
    rule_of,
    rules_in_order,
)
from feedback_service.cases.queues.shown import calendar_line, queue_line, rule_line, trial
from feedback_service.cases.queues.try_rules import try_rules
from feedback_service.cases.rules.conditions import read_conditions
from feedback_service.cases.rules.routing import Rule
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.formats import when
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.queries import survey_summaries
from feedback_service.sentiment.safety import read_safety
from feedback_service.sentiment.themes.taxonomy import read_themes

bp = Blueprint("queues", __name__)
Page = str | Response | tuple[str, int]
T = TypeVar("T", RoutingRule, Queue, Calendar)


@bp.get("/")
def overview() -> Page:
    """Rules, queues, calendars and absences."""
    return _overview(AbsenceForm(people_named(db.session), formdata=None))


@bp.get("/rules/new")
def new_rule() -> Page:
    """A form for one more rule."""
    return _rule_page(RuleForm.of(_offered(), None, ""), None)


@bp.post("/rules/new")
def create_rule() -> Page:
    """Keep it, or try it."""
    return _rule_sent(None)


@bp.get("/rules/<int:rule_id>")
def rule(rule_id: int) -> Page:
    """One rule."""
    row = _found(RoutingRule, rule_id)
    said = rule_said(row)
    return _rule_page(RuleForm.of(_offered(), said, mark(said)), row)


@bp.post("/rules/<int:rule_id>")
def change_rule(rule_id: int) -> Page:
    """Keep it as it was sent, or try it."""
    return _rule_sent(_found(RoutingRule, rule_id))


@bp.post("/rules/<int:rule_id>/move/<any(up, down):way>")
def move(rule_id: int, way: str) -> Page:
    """Let it change places with the next one."""
    if not PressForm().validate_on_submit():
        abort(400)
    moved = move_rule(db.session, rule_id, up=way == "up", by=current_user.id, now=clock.now())
    db.session.commit()
    flash(*(("Moved.", "done") if moved else ("It cannot move further. Nothing was changed.", "error")))
    return redirect(url_for(".overview", _anchor=f"rule-{rule_id}"), 303)


@bp.post("/rules/<int:rule_id>/switch/<any(on, off):switch>")
def switch(rule_id: int, switch: str) -> Page:
    """Let it hold, or not."""
    if not PressForm().validate_on_submit():
        abort(400)
    row = switch_rule(db.session, rule_id, active=switch == "on", by=current_user.id, now=clock.now())
    if row is None:
        abort(404)
    db.session.commit()
    flash(f"“{row.name}” is switched {switch}.")
    return redirect(url_for(".overview", _anchor=f"rule-{rule_id}"), 303)


@bp.get("/new")
def new_queue() -> Page:
    """A form for one more queue."""
    return render_template("queues/new_queue.html", form=NewQueueForm(formdata=None))


@bp.post("/new")
def create_queue() -> Page:
    """Found it; what holds for it is said on its page."""
    form = NewQueueForm()
    if not form.validate_on_submit():
        return render_template("queues/new_queue.html", form=form), 422
    try:
        row = found_queue(db.session, str(form.name.data), str(form.key.data), str(form.team.data))
    except TakenNameError as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return render_template("queues/new_queue.html", form=form), 422
    db.session.commit()
    flash(f"{row.name} is there. Say how it works.")
    return redirect(url_for(".queue", queue_id=row.id), 303)


@bp.get("/<int:queue_id>")
def queue(queue_id: int) -> Page:
    """One queue."""
    row = _found(Queue, queue_id)
    said = queue_said(row)
    return _queue_page(QueueForm.of(*_of_queues(), said, mark(said)), row)


@bp.post("/<int:queue_id>")
def change_queue(queue_id: int) -> Page:
    """Keep it as it was sent."""
    row = _found(Queue, queue_id)
    form = QueueForm(*_of_queues())
    if not form.validate_on_submit():
        return _queue_page(form, row), 422
    try:
        save_queue(db.session, row.id, form.said(), seen=str(form.seen.data))
    except ChangeError as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        row = _found(Queue, queue_id)
        form.seen.data = mark(queue_said(row))
        return _queue_page(form, row), 409 if isinstance(error, MovedError) else 422
    db.session.commit()
    flash("Saved. Open cases keep their deadlines; the next step that one takes is of the ladder as it is now.")
    return redirect(url_for(".overview", _anchor="queues"), 303)


@bp.get("/calendars/new")
def new_calendar() -> Page:
    """A form for one more calendar."""
    settings = current_settings()
    hours = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    said = CalendarSaid("", settings.zone.key, hours, settings.shop_country or None, [])
    return _calendar_page(CalendarForm.of(said, ""), None)


@bp.post("/calendars/new")
def create_calendar() -> Page:
    """Keep it."""
    return _calendar_sent(None)


@bp.get("/calendars/<int:calendar_id>")
def calendar(calendar_id: int) -> Page:
    """One calendar."""
    row = _found(Calendar, calendar_id)
    said = calendar_said(row)
    return _calendar_page(CalendarForm.of(said, mark(said)), row)


@bp.post("/calendars/<int:calendar_id>")
def change_calendar(calendar_id: int) -> Page:
    """Keep it as it was sent."""
    return _calendar_sent(_found(Calendar, calendar_id))


@bp.post("/absences")
def add_absence() -> Page:
    """Enter when somebody is away."""
    form = AbsenceForm(people_named(db.session))
    if not form.validate_on_submit():
        return _overview(form), 422
    try:
        enter_absence(
            db.session,
            user_id=int(form.user.data),
            first_day=form.first_day.data or date.max,
            last_day=form.last_day.data or date.min,
            taker_id=int(form.taker.data) if form.taker.data else None,
            entered_by=current_user.id,
            now=clock.now(),
            zone=current_settings().zone,
        )
    except AbsenceError as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return _overview(form), 422
    db.session.commit()
    flash("Entered. Cases that they have not begun move to others on the first day.")
    return redirect(url_for(".overview", _anchor="absences"), 303)


@bp.post("/absences/<int:absence_id>/cancel")
def take_absence_back(absence_id: int) -> Page:
    """They are there after all."""
    if not PressForm().validate_on_submit():
        abort(400)
    gone = cancel_absence(db.session, absence_id) if absence_id <= LARGEST_ID else False
    db.session.commit()
    flash("Taken back. What moved to others stays with them." if gone else "It was taken back before.")
    return redirect(url_for(".overview", _anchor="absences"), 303)


def _overview(absence_form: AbsenceForm) -> str:
    session, settings = db.session, current_settings()
    rules, counts = rules_in_order(session), open_by_queue(session)
    return render_template(
        "queues/list.html",
        rules=[rule_line(row, place) for place, row in enumerate(rules, start=1)],
        queues=[queue_line(row, counts.get(row.id, 0)) for row in all_queues(session)],
        calendars=[calendar_line(row) for row in all_calendars(session)],
        absences=absences_from(session, clock.now().astimezone(settings.zone).date()),
        absence_form=absence_form,
        press=PressForm(formdata=None),
    )


def _rule_sent(row: RoutingRule | None) -> Page:
    form = RuleForm(_offered(), rule_said(row) if row else None)
    if not form.validate_on_submit():
        return _rule_page(form, row), 422
    said, rule_id = form.said(), row.id if row else None
    if "try" in request.form:
        return _tried(form, said, rule_id)
    try:
        save_rule(db.session, rule_id, said, seen=str(form.seen.data), by=current_user.id, now=clock.now())
    except ChangeError as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        row = _found(RoutingRule, rule_id) if rule_id else None
        form.seen.data = mark(rule_said(row)) if row else ""
        return _rule_page(form, row), 409 if isinstance(error, MovedError) else 422
    db.session.commit()
    flash(f"“{said.name}” is saved. It decides about answers from now on.")
    return redirect(url_for(".overview", _anchor=f"rule-{rule_id}" if rule_id else "rules"), 303)


def _tried(form: RuleForm, said: RuleSaid, rule_id: int | None) -> Page:
    """The form again, with what its rule would have done; nothing is saved."""
    db.session.rollback()  # what follows only reads: it may take seconds, and nobody waits for it
    db.session.info["read_only"] = True
    settings = current_settings()
    rules = _with(rules_in_order(db.session), said, rule_id)
    safety = read_safety(settings.surveys_folder or SURVEYS)
    tried = try_rules(db.session, rules, said.name, safety=safety, key=settings.privacy_secret, now=clock.now())
    now = clock.now()
    examples = [
        SimpleNamespace(
            score=line.score,
            survey=line.survey,
            comment=line.comment,
            when=when(line.answered_at, now, settings.zone),
            url=url_for("cases.show", case_id=line.case_id) if line.case_id else "",
        )
        for line in examples_of(db.session, tried.examples)
    ]
    row = db.session.get(RoutingRule, rule_id) if rule_id else None
    return _rule_page(form, row, trial(tried, rules, said.name), examples)


def _with(rows: Sequence[RoutingRule], said: RuleSaid, rule_id: int | None) -> list[Rule]:
    """The rules that would hold with this one as it was sent, in its place; a new one comes last."""
    edited = Rule(
        id=rule_id,
        name=said.name,
        conditions=read_conditions(said.conditions, "when"),
        kind=said.kind,
        points=said.points,
        queue_id=said.queue_id,
    )
    rules = []
    for row in rows:
        if row.id == rule_id:
            rules += [edited] if said.active else []
        elif row.active:
            rules.append(rule_of(row))
    return rules if rule_id or not said.active else [*rules, edited]


def _rule_page(
    form: RuleForm,
    row: RoutingRule | None,
    tried: SimpleNamespace | None = None,
    examples: Sequence[SimpleNamespace] = (),
) -> str:
    action = url_for(".change_rule", rule_id=row.id) if row else url_for(".create_rule")
    title = row.name if row else "A new rule"
    return render_template(
        "queues/rule.html", form=form, title=title, action=action, tried=tried, examples=examples, is_new=row is None
    )


def _queue_page(form: QueueForm, row: Queue) -> str:
    return render_template(
        "queues/queue.html",
        form=form,
        title=row.name,
        team=row.team.name,
        action=url_for(".change_queue", queue_id=row.id),
    )


def _calendar_sent(row: Calendar | None) -> Page:
    form, calendar_id = CalendarForm(), row.id if row else None
    if not form.validate_on_submit():
        return _calendar_page(form, row), 422
    try:
        save_calendar(db.session, calendar_id, form.said(), seen=str(form.seen.data))
    except ChangeError as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        row = _found(Calendar, calendar_id) if calendar_id else None
        form.seen.data = mark(calendar_said(row)) if row else ""
        return _calendar_page(form, row), 409 if isinstance(error, MovedError) else 422
    db.session.commit()
    flash("Saved. Deadlines that run keep their time; new ones go by it.")
    return redirect(url_for(".overview", _anchor="calendars"), 303)


def _calendar_page(form: CalendarForm, row: Calendar | None) -> str:
    action = url_for(".change_calendar", calendar_id=row.id) if row else url_for(".create_calendar")
    return render_template(
        "queues/calendar.html", form=form, title=row.name if row else "A new calendar", action=action, days=DAY_WORDS
    )


def _offered() -> Offered:
    """What a rule can name."""
    session, folder = db.session, current_settings().surveys_folder or SURVEYS
    return Offered(
        surveys=[(survey.key, survey.title) for survey in survey_summaries(session)],
        themes=[(key, theme.title("en")) for key, theme in read_themes(folder).themes.items()],
        queues=[(str(row.id), row.name) for row in all_queues(session)],
    )


def _of_queues() -> tuple[list[tuple[str, str]], dict[str, int]]:
    """What a queue's form offers: calendars, and people by address."""
    return [(str(row.id), row.name) for row in all_calendars(db.session)], people_by_address(db.session)


def _found(table: type[T], row_id: int | None) -> T:
    row = db.session.get(table, row_id) if row_id is not None and row_id <= LARGEST_ID else None
    if row is None:
        abort(404)
    return row
