"""Reports: what a manager gets by mail, and the same at once."""

from types import SimpleNamespace
from typing import Any

from babel.dates import format_date
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.cases.refused import RefusedError
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.insights.frame import frame, page_of
from feedback_service.insights.paper import PDF
from feedback_service.insights.reports.content import Content, content_of, surveys_to_report
from feedback_service.insights.reports.due import change, running_reports, stop, subscribe
from feedback_service.insights.reports.forms import WEEKDAYS, ReportForm, StopForm
from feedback_service.insights.reports.mail import XLSX
from feedback_service.insights.reports.models import Report
from feedback_service.insights.reports.paper import paper
from feedback_service.insights.reports.workbook import workbook
from feedback_service.insights.rules.report_times import MORNING, Every

bp = Blueprint("reports", __name__)
Page = str | Response | tuple[str, int]

HERE = "reports.overview"


@bp.get("/reports")
def overview() -> Page:
    """What one gets, and a form for more."""
    return _page(None, None)


@bp.post("/reports")
def start() -> Page:
    """One more."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form, None), 422
    try:
        report = subscribe(db.session, current_user.id, *form.chosen, clock.now(), current_settings().zone)
        db.session.commit()
        flash(f"You get it by mail; the first one on {_day(report)}.")
    except RefusedError as refused:
        db.session.rollback()
        flash(str(refused), "error")
    return redirect(url_for(".overview"), 303)


@bp.post("/reports/<int:report_id>")
def change_one(report_id: int) -> Page:
    """Another rhythm, day or choice."""
    report = _own(report_id)
    form = _form(report)
    if not form.validate_on_submit():
        return _page(form, report_id), 422
    try:
        change(db.session, report, *form.chosen, clock.now(), current_settings().zone)
        db.session.commit()
    except RefusedError as refused:
        db.session.rollback()
        form.form_errors.append(str(refused))
        return _page(form, report_id), 422
    flash(f"Changed; the next one comes on {_day(report)}.")
    return redirect(url_for(".overview"), 303)


@bp.post("/reports/<int:report_id>/stop")
def stop_one(report_id: int) -> Page:
    """No more of it."""
    report = _own(report_id)
    if not StopForm().validate_on_submit():
        abort(422)
    stop(report)
    db.session.commit()
    flash("You get it no more.")
    return redirect(url_for(".overview"), 303)


@bp.get("/reports/report.pdf")
def pdf() -> Response:
    """The report on the newest period that is over, as it would be mailed now."""
    content = _content()
    return _file(content, paper(content, current_settings().shop_name), PDF, "pdf")


@bp.get("/reports/report.xlsx")
def xlsx() -> Response:
    """The same as a workbook."""
    content = _content()
    return _file(content, workbook(content), XLSX, "xlsx")


def _content() -> Content:
    try:
        every = Every(request.args.get("every", Every.WEEK))
    except ValueError:
        abort(404)
    keys = {key.replace("\0", "") for key in request.args.getlist("survey")}
    content = content_of(db.session, every, keys, clock.now(), current_settings().zone)
    if keys and not content.parts:
        abort(404)
    return content


def _file(content: Content, data: bytes, media_type: str, ending: str) -> Response:
    response = Response(data, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{content.file_name}.{ending}"'
    return response


def _own(report_id: int) -> Report:
    """One's own report that runs; another's is not there."""
    report = db.session.get(Report, report_id) if report_id <= LARGEST_ID else None
    if report is None or report.user_id != current_user.id or report.next_at is None:
        abort(404)
    return report


def _form(report: Report | None = None, *, asked: bool = True) -> ReportForm:
    """As it was sent, or as the report is. Several stand on one page, so each has names of its own."""
    data = {"every": report.every.value, "weekday": report.weekday, "surveys": report.survey_keys} if report else None
    prefix = f"report{report.id}-" if report else ""
    form = ReportForm(prefix=prefix) if asked else ReportForm(None, data=data, prefix=prefix)
    form.offer([(each.key, each.title) for each in surveys_to_report(db.session)])
    return form


def _page(wrong: ReportForm | None, of: int | None) -> str:
    """With what was wrong in the form of the report `of`, or in that for a new one."""
    titles = {each.key: each.title for each in surveys_to_report(db.session)}
    mine = running_reports(db.session, current_user.id)
    return render_template(
        "insights/reports.html",
        **frame(db.session, page_of(db.session, request.args), HERE),
        reports=[_shown(each, titles, wrong if wrong and each.id == of else None) for each in mine],
        form=wrong if wrong and of is None else _form(asked=False),
        stop=StopForm(formdata=None),
        downloads=[_links(every, []) for every in Every],
        morning=MORNING.strftime("%H:%M"),
        zone=current_settings().shop_time_zone,
    )


def _shown(report: Report, titles: dict[str, str], wrong: ReportForm | None) -> SimpleNamespace:
    rhythm = "Every" if report.every is Every.WEEK else "Every month, on the first"
    return SimpleNamespace(
        id=report.id,
        name=f"{rhythm} {WEEKDAYS[report.weekday]}",
        surveys=[titles.get(key, key) for key in report.survey_keys],
        next=_day(report),
        form=wrong or _form(report, asked=False),
        open=wrong is not None,
        links=_links(report.every, report.survey_keys),
    )


def _links(every: Every, keys: list[str]) -> SimpleNamespace:
    asked: dict[str, Any] = {"every": every.value, "survey": keys}
    name = "Last week" if every is Every.WEEK else "Last month"
    return SimpleNamespace(name=name, pdf=url_for(".pdf", **asked), xlsx=url_for(".xlsx", **asked))


def _day(report: Report) -> str:
    day = (report.next_at or clock.now()).astimezone(current_settings().zone).date()
    return format_date(day, "EEEE, d MMM y", locale="en")
