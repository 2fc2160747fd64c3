"""The picture of an alert: the weeks before it, the one that raised it, and those after."""

from feedback_service.insights.alerts.behind import answers_behind
from feedback_service.insights.alerts.models import Alert
from feedback_service.insights.alerts.readings import Reading, Series
from feedback_service.insights.figures.figure import Event, Figure, Line, Mark, Scale, Shape
from feedback_service.insights.rules.alarms import MOST_BASELINE_WEEKS, Signal, Tally
from feedback_service.insights.rules.periods import Period

COUNTED = {
    Signal.THEME_SURGE: "Comments read",
    Signal.QUEUE_AGEING: "Deadlines",
    Signal.QUIET_FAILURE: "Number",
}


def alert_figure(alert: Alert, series: Series) -> Figure:
    """The series by week, from the weeks that were compared on."""
    raised = next((at for at, period in enumerate(series.periods) if period.first == alert.week), 0)
    first = max(0, raised - MOST_BASELINE_WEEKS)
    scale = {Signal.NPS_DROP: Scale.SCORE, Signal.QUIET_FAILURE: Scale.COUNT}.get(alert.signal, Scale.PERCENT)
    shown = list(zip(series.periods, series.weeks, strict=True))[first:]
    return Figure(
        name=f"alert-{alert.id}",
        title=f"{alert.subject}, by week",
        shape=Shape.TREND,
        scale=scale,
        lines=(Line("", tuple(_mark(series, period, week) for period, week in shown)),),
        events=(Event("Alert", raised - first),),
        count_of=COUNTED.get(alert.signal, "Answers"),
    )


def _mark(series: Series, period: Period, week: Reading) -> Mark:
    url = _url(series, period) if week.n else ""
    if isinstance(week, Tally):
        return Mark(period.label, float(week.number), n=week.number, url=url if week.number else "")
    told = week.estimate()
    return Mark(period.label, told.value, told.low, told.high, n=told.n, enough=told.enough, url=url)


def _url(series: Series, period: Period) -> str:
    survey_key = series.survey.key if series.survey else None
    return answers_behind(series.signal, survey_key, series.value, period.first, period.last)
