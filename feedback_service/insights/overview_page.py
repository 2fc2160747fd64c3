"""What the overview shows of the scores; the page, its pictures and their files are all made from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.frame import Page, dimension_name, value_name
from feedback_service.insights.links import answers_url
from feedback_service.insights.overview import Headline, headline, period_told, side_by_side
from feedback_service.insights.overview_figures import Segment, shares_figure, trend_figure
from feedback_service.insights.queries import (
    PeriodOfScores,
    improvements_between,
    scores_of_periods,
    scores_of_surveys,
)
from feedback_service.insights.rules.metrics import METRIC_NAMES
from feedback_service.insights.rules.periods import Period
from feedback_service.insights.scope import Scope
from feedback_service.insights.segments.dimensions import Dimension
from feedback_service.questionnaires.queries import SurveySummary

_SHARED = {Dimension.THEME, Dimension.REASON}
"""An answer may have several values of these."""


@dataclass(frozen=True)
class Overview:
    """One survey over the periods of a page."""

    period: Period
    """The one that is told in words."""
    headlines: list[Headline]
    """One for each segment that is looked at, or one for all answers."""
    beside: str
    """How two segments compare."""
    answered: bool
    """Whether there is any answer to draw."""
    figures: list[Figure]


def overview_of(session: Session, page: Page) -> Overview | None:
    """The survey of a page; None where the shop has none."""
    survey, scope = page.survey, page.scope
    if survey is None:
        return None
    segments = [_read(session, scope, value) for value in scope.segments or ("",)]
    answered = [(period, sum(each[at].n for _, _, each in segments)) for at, period in enumerate(scope.periods)]
    period = period_told(answered, scope.today)
    told = [_told(session, scope, survey, segment, period) for segment in segments]
    improved = improvements_between(session, *scope.days)
    return Overview(
        period,
        [words for words, _ in told],
        _beside(scope, survey, segments, [shown for _, shown in told]),
        any(n for _, n in answered),
        _figures(scope, survey, segments, improved),
    )


def _read(session: Session, scope: Scope, value: str) -> Segment:
    name = value_name(scope.by, value) if value else ""
    return value, name, scores_of_periods(session, scope.survey, scope.periods, scope.by, value)


def _told(
    session: Session, scope: Scope, survey: SurveySummary, segment: Segment, period: Period
) -> tuple[Headline, PeriodOfScores]:
    value, name, periods = segment
    shown = next(each for each in periods if each.period == period)
    before = next((each for each in periods if each.period == period.previous), None)
    if before is None:
        (before,) = scores_of_periods(session, survey.key, [period.previous], scope.by, value)
    title = f"{METRIC_NAMES[survey.kind]} {period.when}"
    if name:
        title += f", {dimension_name(scope.by)}: {name}"
    url = answers_url(scope, period.first, period.last, scope.by or None, value or None) if shown.n else ""
    return headline(survey.kind, before, shown, title=title, url=url), shown


def _beside(scope: Scope, survey: SurveySummary, segments: Sequence[Segment], shown: Sequence[PeriodOfScores]) -> str:
    if not scope.versus:
        return ""
    (_, one, _), (_, two, _) = segments
    apart = scope.by not in _SHARED
    return side_by_side(survey.kind, (one, two), shown[0].counts, shown[1].counts, apart=apart)


def _figures(
    scope: Scope, survey: SurveySummary, segments: Sequence[Segment], improved: Sequence[tuple[int, str, date]]
) -> list[Figure]:
    trend = trend_figure(scope, survey.kind, survey.title, segments, improved)
    names = ("shares", "shares-beside")
    shares = [
        shares_figure(scope, survey.kind, survey.title, segment, name)
        for segment, name in zip(segments, names, strict=False)
    ]
    return [trend, *shares]


def _named(survey: SurveySummary) -> str:
    metric = METRIC_NAMES[survey.kind]
    return survey.title if metric in survey.title else f"{survey.title} ({metric})"


def other_headlines(session: Session, page: Page, period: Period, address: str) -> list[Headline]:
    """The other surveys in the same period, all answers to them; each leads to its own overview at `address`."""
    others = [each for each in page.surveys if page.survey is None or each.key != page.survey.key]
    found = scores_of_surveys(session, [each.key for each in others], [period.previous, period])
    return [
        headline(
            each.kind,
            *found[each.key],
            title=_named(each),
            url=f"{address}?{page.scope.but(survey=each.key, by='', value='', versus='')}",
        )
        for each in sorted(others, key=lambda each: (list(METRIC_NAMES).index(each.kind), each.title))
    ]
