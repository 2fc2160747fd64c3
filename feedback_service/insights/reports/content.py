"""What a report says of a period: each survey's score against the period before, and how it came to it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.overview import Headline, headline
from feedback_service.insights.overview_figures import shares_figure, trend_figure
from feedback_service.insights.queries import improvements_between, scores_of_periods
from feedback_service.insights.rules.metrics import METRIC_NAMES, Estimate, count, estimate
from feedback_service.insights.rules.periods import Period, today_in
from feedback_service.insights.rules.report_times import Every, period_told
from feedback_service.insights.rules.verdicts import Comparison, compare_counts
from feedback_service.insights.scope import Scope
from feedback_service.questionnaires.models import SurveyKind
from feedback_service.questionnaires.queries import SurveySummary, survey_summaries

NAMES = {Every.WEEK: "Weekly report", Every.MONTH: "Monthly report"}


@dataclass(frozen=True)
class Part:
    """One survey."""

    survey: SurveySummary
    metric: str
    headline: Headline
    """As the page of the overview words it."""
    now: Estimate
    change: Comparison
    """From the period before, which shares no day with it."""
    trend: Figure
    shares: Figure
    path: str
    """Where the same is on the page."""


@dataclass(frozen=True)
class Content:
    """A whole report."""

    every: Every
    period: Period
    parts: tuple[Part, ...]
    improved: tuple[str, ...]
    """Titles of what took effect in the period."""

    @property
    def title(self) -> str:
        """Weekly report, week of 9 Mar 2026."""
        return f"{NAMES[self.every]}, {self.period.label}"

    @property
    def file_name(self) -> str:
        """Of its files, without their endings."""
        return f"feedback-{self.every}-{self.period.first.isoformat()}"


def surveys_to_report(session: Session) -> list[SurveySummary]:
    """Every survey that a report may tell of, by title; never those among colleagues."""
    found = [each for each in survey_summaries(session) if each.kind != SurveyKind.ENPS]
    return sorted(found, key=lambda each: (list(METRIC_NAMES).index(each.kind), each.title))


def content_of(session: Session, every: Every, keys: Collection[str], now: datetime, zone: ZoneInfo) -> Content:
    """The report on the newest period that is over, of these surveys, or of all where none is named."""
    period = period_told(every, now, zone)
    surveys = [each for each in surveys_to_report(session) if not keys or each.key in keys]
    parts = tuple(_part(session, each, period, now, zone) for each in surveys)
    improved = tuple(title for _, title, _ in improvements_between(session, period.first, period.last))
    return Content(every, period, parts, improved)


def _part(session: Session, survey: SurveySummary, period: Period, now: datetime, zone: ZoneInfo) -> Part:
    scope = Scope(today_in(zone, now), survey.key, period.grain, last=period.last)
    periods = scores_of_periods(session, survey.key, scope.periods)
    before, shown = periods[-2:]
    improved = improvements_between(session, *scope.days)
    segment = ("", "", periods)
    return Part(
        survey,
        METRIC_NAMES[survey.kind],
        headline(survey.kind, before, shown, title=f"{METRIC_NAMES[survey.kind]}, {survey.title}"),
        estimate(survey.kind, shown.counts),
        compare_counts(count(survey.kind, before.counts), count(survey.kind, shown.counts)),
        trend_figure(scope, survey.kind, survey.title, [segment], improved),
        shares_figure(scope, survey.kind, survey.title, segment),
        f"/insights/?{scope}",
    )
