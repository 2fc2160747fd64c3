"""The trend: a page, and its chart as SVG and PNG."""

from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, Literal

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.insights.charts import HEIGHT_PX, NARROW_PX, WIDE_PX, chart_tag, trend_chart
from feedback_service.insights.overview import METRIC_NAMES, headline, month_rows, trend_points
from feedback_service.insights.queries import scores_by_month, shown_months
from feedback_service.questionnaires.queries import SurveySummary, survey_summaries

bp = Blueprint("insights", __name__)


@bp.get("/")
def overview() -> str | HttpResponse:
    """The survey a manager most likely wants: NPS first."""
    surveys = survey_summaries(db.session)
    if not surveys:
        return render_template("insights/overview.html", surveys=[], headline=None, chart=None, rows=[])
    first = min(surveys, key=lambda survey: (survey.kind != "nps", survey.title))
    return redirect(url_for(".trend", survey_key=first.key))


@bp.get("/<survey_key>")
def trend(survey_key: str) -> str:
    """One survey, month by month."""
    surveys = survey_summaries(db.session)
    survey = _one_of(surveys, survey_key)
    months = shown_months(survey.kind, scores_by_month(db.session, survey.key))
    today = clock.now().astimezone(current_settings().zone).date()
    return render_template(
        "insights/overview.html",
        surveys=[(each.title, url_for(".trend", survey_key=each.key), each == survey) for each in surveys],
        headline=headline(survey.kind, months, today),
        chart=_chart_links(survey),
        rows=month_rows(survey.kind, months, today),
    )


def _one_of(surveys: list[SurveySummary], key: str) -> SurveySummary:
    found = next((survey for survey in surveys if survey.key == key), None)
    return found or abort(404)


def _chart_links(survey: SurveySummary) -> SimpleNamespace:
    def chart(form: str, **options: Any) -> str:
        return url_for(".trend_image", survey_key=survey.key, form=form, **options)

    return SimpleNamespace(
        wide_url=chart("svg"),
        narrow_url=chart("svg", width="narrow"),
        dark_wide_url=chart("svg", theme="dark"),
        dark_narrow_url=chart("svg", theme="dark", width="narrow"),
        png_url=chart("png"),
        wide_size=(WIDE_PX, HEIGHT_PX),
        narrow_size=(NARROW_PX, HEIGHT_PX),
        alt=f"{_title(survey)}: the table below holds the same numbers.",
    )


def _title(survey: SurveySummary) -> str:
    return f"{METRIC_NAMES[survey.kind]} by month, {survey.title}"


@bp.get("/<survey_key>/trend.<any(svg, png):form>")
def trend_image(survey_key: str, form: Literal["svg", "png"]) -> HttpResponse:
    """The chart; `theme=dark` and `width=narrow` choose its variant. A browser that has it already gets a 304."""
    survey = _one_of(survey_summaries(db.session), survey_key)
    points = trend_points(survey.kind, shown_months(survey.kind, scores_by_month(db.session, survey.key)))
    look: dict[str, Any] = {
        "title": _title(survey),
        "kind": survey.kind,
        "dark": request.args.get("theme") == "dark",
        "width_px": NARROW_PX if request.args.get("width") == "narrow" else WIDE_PX,
        "format": form,
    }
    response = Response(mimetype="image/svg+xml" if form == "svg" else "image/png")
    response.set_etag(chart_tag(points, **look), weak=True)  # another machine's fonts give other bytes
    response.make_conditional(request)
    if response.status_code == HTTPStatus.OK:  # drawing is the slow part
        response.set_data(trend_chart(points, **look))
    return response
