"""Improvements, as managers follow them; and "You said, we did", as anybody may read it."""

from collections.abc import Callable
from typing import Any

from babel import Locale
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.cases.causes.queries import OfferedCause, cause_with, offered_causes, titles
from feedback_service.cases.form_parts import PressForm
from feedback_service.cases.improvements.forms import (
    ChooseForm,
    EffectForm,
    ImprovementForm,
    LinkForm,
    PublishForm,
    UnlinkForm,
)
from feedback_service.cases.improvements.improve import (
    ImprovementError,
    change,
    described,
    drop,
    link,
    mark_of,
    publish,
    start,
    take_effect,
    take_up,
    unlink,
    withhold,
)
from feedback_service.cases.improvements.models import Improvement
from feedback_service.cases.improvements.queries import (
    LINKED_SHOWN,
    View,
    active_colleagues,
    count_by_view,
    improvements_in,
    linked_cases,
    open_improvements,
    published_improvements,
    usual_currency,
)
from feedback_service.cases.improvements.shown import (
    VIEW_WORDS,
    cost_of,
    day,
    improvement_line,
    linked_row,
    state_of,
    today_in,
    who_can_be_told,
)
from feedback_service.cases.improvements.tell import MOST_AT_ONCE, audience, tell
from feedback_service.cases.routes import case_of
from feedback_service.cases.shown import colleague_named
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.delivery.preferences.shown import Tongue
from feedback_service.formats import many, moment
from feedback_service.questionnaires.common_words import common_words
from feedback_service.questionnaires.fill import filled

bp = Blueprint("improvements", __name__)
improved_bp = Blueprint("improved", __name__)
Page = str | Response | tuple[str, int]


@improved_bp.get("/")
def improved() -> Page:
    """What was changed because of what customers said. Nothing on it is about a person."""
    wanted = [request.args.get("lang", ""), *request.accept_languages.values(), current_settings().shop_locale]
    locale, common = common_words(*[each for each in wanted if each])
    tongue = Tongue(Locale.parse(locale, sep="-"), current_settings().zone, current_settings().shop_name)
    return render_template(
        "improvements/improved.html",
        improvements=[
            (words, common.improved.since.format_map(tongue.facts(date=tongue.day(on))))
            for words, on in published_improvements(db.session)
        ],
        words=filled(common.improved, tongue.facts()),
        common=common,
        locale=locale,
        direction=tongue.locale.text_direction,
        shop_name=tongue.shop_name,
    )


@bp.get("/")
def overview() -> Page:
    """The improvements of one view."""
    try:
        view = View(request.args.get("view", View.OPEN))
    except ValueError:
        abort(404)
    counts, causes = count_by_view(db.session), titles(db.session)
    today = today_in(current_settings().zone, clock.now())
    return render_template(
        "improvements/list.html",
        views=[(VIEW_WORDS[each], url_for(".overview", view=each), each == view, counts[each]) for each in View],
        view=view,
        lines=[improvement_line(line, causes, today) for line in improvements_in(db.session, view)],
    )


@bp.get("/new")
def new() -> Page:
    """A form for one more; `cause` is the one that recurs."""
    cause = cause_with(db.session, request.args.get("cause", ""))
    data = {"cause": cause.key if cause else "", "owner": current_user.id}
    return render_template("improvements/new.html", form=_form(None, formdata=None, data=data), cause=cause)


@bp.post("/new")
def create() -> Page:
    """Make it."""
    form = _form(None)
    if not form.validate_on_submit():
        return render_template("improvements/new.html", form=form, cause=None), 422
    improvement = start(db.session, form.described, user_id=current_user.id, now=clock.now())
    db.session.commit()
    flash("The improvement is made. Link the cases that show why it is needed.")
    return redirect(url_for(".show", improvement_id=improvement.id), 303)


@bp.get("/<int:improvement_id>")
def show(improvement_id: int) -> Page:
    """One improvement."""
    return _page(_improvement(improvement_id))


@bp.post("/<int:improvement_id>")
def change_one(improvement_id: int) -> Page:
    """Describe it anew."""
    improvement = _improvement(improvement_id)
    form = _form(improvement)
    if not form.validate_on_submit():
        return _page(improvement, form=form), 422
    return _act(
        improvement, lambda: change(db.session, improvement_id, form.described, seen=form.seen.data or ""), "Kept."
    )


@bp.post("/<int:improvement_id>/effect")
def take_effect_on(improvement_id: int) -> Page:
    """Say since when it works."""
    improvement, form = _improvement(improvement_id), EffectForm()
    if not form.validate_on_submit():
        return _page(improvement, effect_form=form), 422
    today = today_in(current_settings().zone, clock.now())
    act = lambda: take_effect(db.session, improvement_id, form.on.data, today=today)  # noqa: E731 - one line of three
    return _act(improvement, act, "Good. Now customers can read of it.", typed=form.on, effect_form=form)


@bp.post("/<int:improvement_id>/no-effect")
def take_no_effect(improvement_id: int) -> Page:
    """It does not work after all."""
    today = today_in(current_settings().zone, clock.now())
    return _pressed(
        improvement_id, lambda: take_effect(db.session, improvement_id, None, today=today), "It is open again."
    )


@bp.post("/<int:improvement_id>/drop")
def drop_one(improvement_id: int) -> Page:
    """Pursue it no more."""
    return _pressed(improvement_id, lambda: drop(db.session, improvement_id, clock.now()), "Dropped.")


@bp.post("/<int:improvement_id>/take-up")
def take_up_one(improvement_id: int) -> Page:
    """Pursue it again."""
    return _pressed(improvement_id, lambda: take_up(db.session, improvement_id), "Taken up again.")


@bp.post("/<int:improvement_id>/publish")
def publish_one(improvement_id: int) -> Page:
    """Let customers read it."""
    improvement, form = _improvement(improvement_id), PublishForm()
    if not form.validate_on_submit():
        return _page(improvement, publish_form=form), 422
    return _act(
        improvement,
        lambda: publish(db.session, improvement_id, form.published_words.data or "", clock.now()),
        "Customers can read it now.",
        typed=form.published_words,
        publish_form=form,
    )


@bp.post("/<int:improvement_id>/withhold")
def withhold_one(improvement_id: int) -> Page:
    """Let nobody read it any more."""
    return _pressed(improvement_id, lambda: withhold(db.session, improvement_id), "Nobody reads it any more.")


@bp.post("/<int:improvement_id>/link")
def link_some(improvement_id: int) -> Page:
    """Link cases by their numbers."""
    improvement, form = _improvement(improvement_id), LinkForm()
    if not form.validate_on_submit():
        return _page(improvement, link_form=form), 422
    unknown = link(db.session, improvement_id, form.case_ids, clock.now())
    db.session.commit()
    if unknown:
        flash(f"There is no case {', '.join(str(number) for number in unknown)}.", "error")
    if len(unknown) < len(set(form.case_ids)):
        flash("Linked.")
    return redirect(url_for(".show", improvement_id=improvement_id), 303)


@bp.post("/<int:improvement_id>/unlink")
def unlink_one(improvement_id: int) -> Page:
    """Take a case out."""
    improvement, form = _improvement(improvement_id), UnlinkForm()
    if not form.validate_on_submit():
        abort(400)
    return _act(improvement, lambda: unlink(db.session, improvement_id, form.case_id.data or 0), "Taken out.")


@bp.post("/<int:improvement_id>/tell")
def tell_all(improvement_id: int) -> Page:
    """Write to everybody whose case is linked."""
    improvement = _improvement(improvement_id)
    if not PressForm().validate_on_submit():
        abort(400)
    try:
        number = tell(
            db.session,
            improvement_id,
            user_id=current_user.id,
            key=current_settings().privacy_secret,
            now=clock.now(),
        )
        db.session.commit()
    except ImprovementError as error:
        db.session.rollback()
        flash(str(error), "error")
    else:
        people = many(number, "person", "people")
        flash(f"A mail to {people} is on its way." if number else "Everybody was told before. No mail goes out.")
    return redirect(url_for(".show", improvement_id=improvement.id), 303)


@bp.post("/of-case/<int:case_id>")
def link_case(case_id: int) -> Page:
    """Link a case from its own page."""
    case = case_of(case_id)
    form = ChooseForm([(each.id, each.title) for each in open_improvements(db.session)])
    if form.validate_on_submit():
        link(db.session, form.improvement.data, [case.id], clock.now())
        db.session.commit()
        flash("Linked to the improvement.")
    else:
        flash("That improvement is not open any more. Choose another one.", "error")
    return redirect(url_for("cases.show", case_id=case.id), 303)


def _pressed(improvement_id: int, act: Callable[[], None], said: str) -> Page:
    improvement = _improvement(improvement_id)
    if not PressForm().validate_on_submit():
        abort(400)
    return _act(improvement, act, said)


def _act(improvement: Improvement, act: Callable[[], None], said: str, *, typed: Any = None, **forms: Any) -> Page:
    """Do it and commit; what cannot be is said at the field, or above the page where there is none."""
    try:
        act()
        db.session.commit()
    except ImprovementError as error:
        db.session.rollback()
        if typed is not None:
            typed.errors = [str(error)]
            return _page(_improvement(improvement.id), **forms), 422
        flash(str(error), "error")
    else:
        flash(said)
    return redirect(url_for(".show", improvement_id=improvement.id), 303)


def _improvement(improvement_id: int) -> Improvement:
    found = db.session.get(Improvement, improvement_id) if improvement_id <= LARGEST_ID else None
    if found is None:
        abort(404)
    return found


def _form(improvement: Improvement | None, **options: Any) -> ImprovementForm:
    """The form for an improvement; what it has may be chosen though it is offered no more."""
    causes, colleagues = offered_causes(db.session), active_colleagues(db.session)
    if improvement is not None:
        if improvement.owner_id not in dict(colleagues):
            colleagues.append((improvement.owner_id, colleague_named(improvement.owner.name, active=False)))
        if improvement.cause_key and improvement.cause_key not in {cause.key for cause in causes}:
            causes.append(OfferedCause(improvement.cause_key, titles(db.session)[improvement.cause_key], "Retired"))
    return ImprovementForm(causes, colleagues, usual_currency(db.session), **options)


def _filled(improvement: Improvement) -> ImprovementForm:
    stands = described(improvement)
    cost = cost_of(improvement)
    data = {
        "title": stands.title,
        "words": stands.words,
        "cause": stands.cause_key or "",
        "owner": stands.owner_id,
        "due_on": stands.due_on,
        "cost": f"{cost.strip()}" if cost else "",
        "seen": mark_of(improvement),
    }
    return _form(improvement, formdata=None, data=data)


def _page(improvement: Improvement, **forms: Any) -> str:
    now, zone = clock.now(), current_settings().zone
    rows, linked = linked_cases(db.session, improvement.id)
    today = today_in(zone, now)
    offered: dict[str, Any] = {
        "form": _filled(improvement),
        "effect_form": EffectForm(formdata=None, data={"on": improvement.took_effect_on or today}),
        "publish_form": PublishForm(formdata=None, data={"published_words": improvement.published_words}),
        "link_form": LinkForm(formdata=None),
        "press_form": PressForm(formdata=None),
    }
    return render_template(
        "improvements/show.html",
        improvement=improvement,
        state=state_of(improvement),
        late=improvement.took_effect_on is None and improvement.dropped_at is None and improvement.due_on < today,
        cause=titles(db.session).get(improvement.cause_key or "", ""),
        due=day(improvement.due_on),
        effect=day(improvement.took_effect_on),
        cost=cost_of(improvement),
        published=moment(improvement.published_at, zone) if improvement.published_at else "",
        rows=[linked_row(row, zone) for row in rows],
        linked=linked,
        more=max(0, linked - LINKED_SHOWN),
        tellable=who_can_be_told(audience(db.session, improvement.id)),
        at_once=MOST_AT_ONCE,
        **{**offered, **forms},
    )
