"""Alerts: what is watched, what was found, and who hears of it."""

from types import SimpleNamespace
from typing import Literal

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.insights.alerts.behind import answers_of_alert
from feedback_service.insights.alerts.figures import alert_figure
from feedback_service.insights.alerts.forms import OFF, ON, MailForm
from feedback_service.insights.alerts.models import Alert
from feedback_service.insights.alerts.queries import MOST_PICTURES, newest_alerts, open_alerts, watching
from feedback_service.insights.alerts.readings import theme_names, watched_series, week_before, weeks_until
from feedback_service.insights.alerts.told import WATCHED, false_alarms, outcome, sentence, short
from feedback_service.insights.alerts.watch import switch_off, switch_on
from feedback_service.insights.figures.answer import figure_file
from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.figures.shown import shown_figure
from feedback_service.insights.frame import frame, page_of
from feedback_service.insights.rules.alarms import Outcome
from feedback_service.insights.rules.periods import Grain, period_of, today_in

bp = Blueprint("alerts", __name__)

HERE = "alerts.overview"


@bp.get("/alerts")
def overview() -> str:
    """What is so now, what was, and what is watched."""
    page = page_of(db.session, request.args)
    state = watching(db.session, current_user.id)
    now, newest = open_alerts(db.session), newest_alerts(db.session)
    figures = [figure for each in now[:MOST_PICTURES] if (figure := _figure(each))]
    return render_template(
        "insights/alerts.html",
        **frame(db.session, page, HERE),
        now=[_shown(each) for each in now],
        history=[_shown(each) for each in newest if each.outcome is not Outcome.OPEN],
        figures=[shown_figure(each, url_for(".figure", name=each.name, form="svg"), page.scope) for each in figures],
        watched=list(WATCHED.values()),
        looked=period_of(Grain.WEEK, state.last.week).label if state.last else "",
        series=state.last.series if state.last else 0,
        rate=false_alarms(state.last.series if state.last else 0),
        mailed=state.mailed,
        form=MailForm(mails=OFF if state.mailed else ON),
    )


@bp.get("/alerts/<name>.<any(svg, png, csv):form>")
def figure(name: str, form: Literal["svg", "png", "csv"]) -> Response:
    """An alert's picture or its numbers."""
    number = name.removeprefix("alert-")
    alert = db.session.get(Alert, int(number)) if number.isdecimal() and len(number) < 10 else None  # noqa: PLR2004
    found = _figure(alert) if alert else None
    return figure_file(found, form, request) if found else abort(404)


@bp.post("/alerts")
def choose() -> Response:
    """Mails about alerts, or none, for whoever asks."""
    form = MailForm()
    if not form.validate_on_submit():
        abort(422)
    if form.mails.data == OFF:
        switch_off(db.session, current_user.id, clock.now())
    else:
        switch_on(db.session, current_user.id)
    db.session.commit()
    flash("You get no more mails about alerts." if form.mails.data == OFF else "You get mails about alerts again.")
    return redirect(url_for(".overview"), 303)


def _figure(alert: Alert) -> Figure | None:
    """None where nothing of it is there any more."""
    settings = current_settings()
    week = week_before(today_in(settings.zone, clock.now()))
    found = watched_series(
        db.session, weeks_until(week), settings.zone, theme_names(settings.surveys_folder), alert.signal
    )
    series = next((each for each in found if each.key == alert.series), None)
    return alert_figure(alert, series) if series else None


def _shown(alert: Alert) -> SimpleNamespace:
    return SimpleNamespace(
        id=alert.id,
        short=short(alert),
        sentence=sentence(alert),
        outcome=outcome(alert),
        url=answers_of_alert(alert),
    )
