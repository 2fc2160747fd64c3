"""Everything that the page shows, each part read when it is first asked for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from feedback_service.cases.about_answers import about
from feedback_service.cases.causes import queries as causes
from feedback_service.cases.causes.models import Cause
from feedback_service.cases.desk.filters import Filters
from feedback_service.cases.improvements.queries import improvements_for_causes
from feedback_service.cases.recovered import Recovered, recovered_in
from feedback_service.cases.rules.recurrence import PERIOD
from feedback_service.cases.search.find import EVERY_CASE
from feedback_service.insights.frame import Page
from feedback_service.insights.loop.effects import Effect, effects
from feedback_service.insights.loop.measured import Measured, measured
from feedback_service.insights.loop.queries import (
    MOST_CASES,
    Age,
    Kept,
    Span,
    ages,
    case_times,
    count_cases,
    deadlines_kept,
    team_names,
    user_names,
)
from feedback_service.insights.loop.unhappy import unhappy_buyers
from feedback_service.insights.rules.contacted import Aftermath, beside
from feedback_service.insights.rules.periods import Grain, Period, period_of, today_in
from feedback_service.questionnaires.queries import SurveySummary, published_surveys

AGES = (0, 1, 3, 7, 14, 30)
"""How many days ago the newest cases of a group of open ones were opened."""
_DAY = timedelta(days=1)
CASES, EVERY = "cases", "all"
"""What an address says for all cases there are, rather than for those about answers to the survey."""


class Reading:
    """The loop over the days of a page."""

    def __init__(self, session: Session, page: Page, now: datetime, zone: ZoneInfo) -> None:
        self._session, self.page, self.now, self.zone = session, page, now, zone

    @property
    def narrowed(self) -> bool:
        """Whether only cases about answers to the survey count, and of these where there is one only the segment's."""
        return self.page.survey is not None and self.page.args.get(CASES) != EVERY

    @cached_property
    def among(self) -> ColumnElement[bool]:
        """The condition on a case that counts."""
        scope = self.page.scope
        return about(self._session, scope.survey, scope.by, scope.value) if self.narrowed else EVERY_CASE

    def listed(self, filters: Filters) -> Filters:
        """The same list with no other cases than count here."""
        scope = self.page.scope
        if not self.narrowed:
            return filters
        by = scope.by if scope.value else ""
        return replace(filters, survey=scope.survey, by=by, value=scope.value)

    @property
    def periods(self) -> list[Period]:
        """Those of the page."""
        return self.page.scope.periods

    @property
    def span(self) -> Span:
        """From the first moment of the days up to the end."""
        return self._bounds(*self.page.scope.days)

    @property
    def span_before(self) -> Span:
        """As long a time just before."""
        return self._bounds(*self.page.scope.before)

    @cached_property
    def cases(self) -> list[Measured]:
        """The newest cases that were opened in these days."""
        return measured(self._session, case_times(self._session, self.span, self.among), self.now, self.zone)

    @property
    def read_from(self) -> date:
        """The first day of which all cases are read."""
        if len(self.cases) < self.all_cases:
            return self.cases[-1].opened_on + _DAY
        return self.page.scope.days[0]

    @cached_property
    def all_cases(self) -> int:
        """How many cases were opened, those with them whose times are not measured."""
        if len(self.cases) < MOST_CASES:
            return len(self.cases)
        return count_cases(self._session, self.span, self.among)

    @cached_property
    def kept(self) -> list[Kept]:
        """Deadlines by team."""
        return deadlines_kept(self._session, self.span, self.among)

    @cached_property
    def teams(self) -> dict[int, str]:
        """Their names."""
        return team_names(self._session)

    @cached_property
    def people(self) -> dict[int, str]:
        """Names of whoever has a case of these days."""
        return user_names(self._session, sorted({case.owner_id for case in self.cases if case.owner_id is not None}))

    @cached_property
    def ages(self) -> list[Age]:
        """What is open now, the newest first."""
        ends = [self._bounds(last, last)[1] for _, last in self.days_of_ages]
        return ages(self._session, self.now, ends, self.among)

    @property
    def days_of_ages(self) -> list[tuple[date | None, date]]:
        """The first and the last day on which the cases of each group were opened; the oldest have no first."""
        today = today_in(self.zone, self.now)
        spans = [(today - (high - 1) * _DAY, today - low * _DAY) for low, high in pairwise(AGES)]
        return [*spans, (None, today - AGES[-1] * _DAY)]

    @cached_property
    def tree(self) -> list[tuple[Cause, list[Cause]]]:
        """Groups of causes, each with its causes."""
        return causes.tree(self._session)

    @cached_property
    def named(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """How many cases were closed over each cause, in these days and in as many before."""
        now, before = (causes.counts(self._session, *span, self.among) for span in (self.span, self.span_before))
        return now, before

    @cached_property
    def lately(self) -> Mapping[str, tuple[int, int]]:
        """By cause: cases of the last quarter of a year, and of the one before, whatever is looked at."""
        return causes.lately(self._session, self.now)

    @cached_property
    def improved(self) -> dict[str, int]:
        """By cause, the improvement that is under way or took effect lately."""
        return improvements_for_causes(self._session, (self.now - PERIOD).astimezone(self.zone).date())

    @cached_property
    def recovered(self) -> tuple[Recovered, list[Recovered]]:
        """Whether it was put right, of all these days, and by the period in which the mail that asks it was sent."""
        spans = [period.bounds(self.zone) for period in self.periods]
        return recovered_in(self._session, spans, self.now, self.among)

    @cached_property
    def aftermath(self) -> tuple[Aftermath, Aftermath] | None:
        """What came after for unhappy buyers, contacted or not; None where there is no survey to be unhappy in."""
        survey = self.page.survey
        if survey is None:
            return None
        people = unhappy_buyers(self._session, survey.key, self._detractor_max(survey), self.span)
        return beside(people, self.now)

    @cached_property
    def effects(self) -> list[Effect]:
        """What improvements brought."""
        survey, scope = self.page.survey, self.page.scope
        if survey is None:
            return []
        return effects(self._session, survey.key, survey.kind, scope.days[1], scope.today)

    def _detractor_max(self, survey: SurveySummary) -> int:
        published = published_surveys(self._session).get(survey.key)
        return published.definition.rules.thresholds.detractor_max if published else -1

    def _bounds(self, first: date, last: date) -> Span:
        begins, _ = period_of(Grain.DAY, first).bounds(self.zone)
        _, ends = period_of(Grain.DAY, last).bounds(self.zone)
        return begins, ends
