"""Everything that the page shows, each part read when it is first asked for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_service.insights.coverage.queries import (
    Decided,
    Sent,
    Span,
    Waiting,
    could_be_asked,
    crowded_before,
    decided_by_span,
    sent_by_span,
    waiting,
)
from feedback_service.insights.frame import Page
from feedback_service.insights.queries import scores_of_spans
from feedback_service.insights.rules.metrics import NpsCounts
from feedback_service.insights.rules.periods import Period, today_in
from feedback_service.insights.rules.rates import SendingCohort, is_mature
from feedback_service.insights.rules.weighting import Weighted, post_stratified
from feedback_service.insights.segments.dimensions import ATTRIBUTE, Dimension
from feedback_service.insights.segments.queries import scores_by_value
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.questionnaires.queries import SurveySummary, published_surveys

OF_ORDERS = (Dimension.DELIVERY, Dimension.VALUE_BAND)
"""Besides attributes: what is known of every order, whether its buyer answers or not."""


@dataclass(frozen=True)
class Weighing:
    """The score weighed by what the orders of the days are made of."""

    dimension: str
    population: Mapping[str, int]
    """Orders by value."""
    unknown: int
    """Orders that have no value, which are left out."""
    answers: Mapping[str, NpsCounts]
    raw: NpsCounts
    """All of those answers as they are."""
    weighted: Weighted
    imported_before: int
    """Answers of the days before the turn of the first of these orders, brought in from elsewhere."""


class Reading:
    """The coverage of one survey over the days of a page."""

    def __init__(
        self,
        session: Session,
        page: Page,
        survey: SurveySummary,
        *,
        attributes: Sequence[str],
        now: datetime,
        zone: ZoneInfo,
    ) -> None:
        self._session, self.page, self.survey, self.now, self.zone = session, page, survey, now, zone
        self.dimensions = (*(ATTRIBUTE + name for name in attributes), *OF_ORDERS)

    @cached_property
    def periods(self) -> list[Period]:
        """Those that are read: the page's, or the newest of them where there were too many mails."""
        asked = self.page.scope.periods
        crowded = crowded_before(self._session, (asked[0].bounds(self.zone)[0], asked[-1].bounds(self.zone)[1]))
        if crowded is None:
            return asked
        return [period for period in asked if period.bounds(self.zone)[0] > crowded] or asked[-1:]

    @property
    def spans(self) -> list[Span]:
        """Of the periods."""
        return [period.bounds(self.zone) for period in self.periods]

    @property
    def cut(self) -> bool:
        """Whether some periods of the page are not read."""
        return len(self.periods) < len(self.page.scope.periods)

    @cached_property
    def sent(self) -> list[Sent]:
        """By period."""
        return sent_by_span(self._session, self.survey.key, self.spans)

    @cached_property
    def decided(self) -> list[Decided]:
        """By period."""
        return decided_by_span(self._session, self.survey.key, self.spans)

    @cached_property
    def waiting(self) -> Waiting:
        """What may come later."""
        return waiting(self._session, self.survey.key)

    @property
    def total(self) -> Sent:
        """Of all periods."""
        return Sent(*(sum(getattr(each, name) for each in self.sent) for name in vars(Sent())))

    @property
    def skipped(self) -> Counter[SkipReason]:
        """Who was not asked, in all periods."""
        return sum((each.skipped for each in self.decided), Counter[SkipReason]())

    @property
    def asked(self) -> int:
        """Invitations: those whose mail left in these days, and those made in them whose mail never did."""
        return self.total.sent + sum(each.unsent for each in self.decided)

    @property
    def cohorts(self) -> list[SendingCohort]:
        """By period, as the rates take them."""
        return [SendingCohort(each.sent, each.bounced, each.opened, each.answered) for each in self.sent]

    @cached_property
    def answer_window(self) -> timedelta:
        """How long a link can be answered, by the survey's present rules."""
        published = published_surveys(self._session).get(self.survey.key)
        return timedelta(days=published.definition.rules.asking.link_days if published else 0)

    def is_mature(self, period: Period) -> bool:
        """Whether nobody asked in it can answer any more."""
        return is_mature(period.bounds(self.zone)[1], self.answer_window, self.now)

    @cached_property
    def weighing(self) -> Weighing | None:
        """Raw beside weighted; None where the survey does not ask for NPS."""
        if self.survey.kind != "nps":
            return None
        dimension = self.dimension
        first, last = self.periods[0].first, self.periods[-1].last
        found = scores_by_value(self._session, self.survey.key, dimension, first, last)
        answers = {value: NpsCounts.from_histogram(scores) for value, scores in found.items()}
        whole = self.spans[0][0], self.spans[-1][1]
        orders = could_be_asked(self._session, self.survey.key, dimension, whole)
        return Weighing(
            dimension,
            orders.by_value,
            orders.unknown,
            answers,
            sum(answers.values(), NpsCounts()),
            post_stratified(answers, orders.by_value),
            self._imported_before(orders.since),
        )

    def _imported_before(self, at: datetime | None) -> int:
        """Imported answers of the days that are read, as far as these lie before the day of a moment."""
        first = self.periods[0].first
        if at is None or today_in(self.zone, at) <= first:
            return 0
        days = first, today_in(self.zone, at) - timedelta(days=1)
        return scores_of_spans(self._session, [self.survey.key], [days])[self.survey.key][0].imported

    @property
    def dimension(self) -> str:
        """By which is weighed: what the page is narrowed by, where every order has that, or else the first that is."""
        by = self.page.scope.by
        if by in OF_ORDERS or by.startswith(ATTRIBUTE):
            return by
        return self.dimensions[0]
