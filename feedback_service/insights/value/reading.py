"""Everything that the page shows, each part read when it is first asked for."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from math import ceil
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_service.advocacy.queries import Brought, brought_by
from feedback_service.insights.frame import Page, offered_dimensions
from feedback_service.insights.glance import AtRisk, revenue_at_risk
from feedback_service.insights.queries import PeriodOfScores, scores_of_periods
from feedback_service.insights.rules.metrics import MetricKind
from feedback_service.insights.rules.percentiles import Durations, measure
from feedback_service.insights.rules.periods import Period
from feedback_service.insights.rules.survival import HORIZONS, RepeatPurchase, repeat_purchases
from feedback_service.insights.rules.worth import Amounts, Gap, amounts, gap
from feedback_service.insights.segments.dimensions import ATTRIBUTE, LATE, LONGEST_VALUE, Dimension
from feedback_service.insights.value.groups import UNHAPPY, Group, by_group, groups
from feedback_service.insights.value.queries import (
    Bought,
    Buyer,
    PeriodOfOrders,
    buyers_who_answered,
    in_chunks,
    orders_of_periods,
)
from feedback_service.insights.value.sample import Sample, sample_of
from feedback_service.questionnaires.queries import published_surveys

DAYS_OF_CURVE = tuple(range(0, 181, 15))
RETAINED, CHURNED = 90, 180
"""Days after the first purchase of a period: bought again by the one is retained; not by the other, lost."""
BY_PERIOD = 90
"""Days after the answer for which repeat purchase is told period by period."""
USUAL_CARDS = ("carrier", "supplier", "store")
"""Attributes of orders that scorecards are made of where nobody says of which."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Followed:
    """How long buyers were followed, in whole days, of which there are few: a purchase belongs to the day it ends."""

    until: Counter[float] = field(default_factory=Counter)
    """Until their next order."""
    without: Counter[float] = field(default_factory=Counter)
    """Up to now, without any."""

    def add(self, since: datetime, following: datetime | None, now: datetime) -> None:
        """One more."""
        if following is not None and following <= now:
            self.until[ceil((following - since) / _DAY)] += 1
        else:
            self.without[max(0, (now - since) // _DAY)] += 1

    def bought_again(self, days: Sequence[int]) -> list[RepeatPurchase]:
        """Repeat purchase so many days after."""
        return repeat_purchases(self.until, self.without, days)


def together(parts: Iterable[Followed]) -> Followed:
    """All of some who have nobody in common."""
    whole = Followed()
    for part in parts:
        whole.until.update(part.until)
        whole.without.update(part.without)
    return whole


@dataclass
class Referred:
    """What came of the links of one group."""

    links: int = 0
    clicks: int = 0
    orders: int = 0
    minor: Counter[str] = field(default_factory=Counter)
    """By currency; orders without an amount are not in it."""

    def add(self, brought: Brought) -> None:
        """One more link."""
        self.links += 1
        self.clicks += brought.clicks
        self.orders += brought.orders
        for each in brought.worth:
            if each.currency:
                self.minor[each.currency] += each.minor or 0


class Reading:
    """What goodwill is worth, over the days of a page."""

    def __init__(self, session: Session, page: Page, now: datetime, zone: ZoneInfo) -> None:
        self.session, self.page, self.now, self.zone = session, page, now, zone

    @cached_property
    def periods(self) -> list[Period]:
        """Those of the page."""
        return self.page.scope.periods

    @cached_property
    def kind(self) -> MetricKind:
        """Of the survey."""
        return MetricKind(self.page.survey.kind) if self.page.survey else MetricKind.NPS

    @cached_property
    def groups(self) -> list[Group]:
        """The survey's bands, the happiest first; none where there is no survey."""
        survey = self.page.survey
        published = published_surveys(self.session).get(survey.key) if survey else None
        return groups(self.kind, published.definition.rules.thresholds.detractor_max) if published else []

    @cached_property
    def sample(self) -> Sample:
        """The days whose answers are read."""
        return sample_of(self.session, self.page.scope)

    @cached_property
    def buyers(self) -> list[Buyer]:
        """Who answered, those of the value that the scope names; another one beside it is left out here."""
        if self.page.survey is None:
            return []
        return buyers_who_answered(self.session, self.page.scope, self.sample, self.page.scope.value)

    @cached_property
    def by_group(self) -> Mapping[str, list[Buyer]]:
        """The same by what they said."""
        return by_group(self.buyers, self.groups)

    @cached_property
    def followed_by_period(self) -> Mapping[str, list[Followed]]:
        """By group, those who answered in each period, since their answer."""
        begins = [begin for begin, _ in self._bounds]
        found = {key: [Followed() for _ in begins] for key in self.by_group}
        for key, buyers in self.by_group.items():
            for buyer in buyers:
                place = max(0, bisect_right(begins, buyer.answered_at) - 1)
                found[key][place].add(buyer.answered_at, buyer.next_order_at, self.now)
        return found

    @cached_property
    def followed(self) -> Mapping[str, Followed]:
        """By group, all of them."""
        return {key: together(parts) for key, parts in self.followed_by_period.items()}

    @cached_property
    def repeats(self) -> Mapping[str, list[RepeatPurchase]]:
        """By group, who bought again by each day of the curve."""
        return {key: followed.bought_again(DAYS_OF_CURVE) for key, followed in self.followed.items()}

    @cached_property
    def repeats_by_period(self) -> Mapping[str, list[RepeatPurchase]]:
        """By group, who bought again within `BY_PERIOD` days of an answer of each period."""
        return {
            key: [each.bought_again((BY_PERIOD,))[0] for each in parts]
            for key, parts in self.followed_by_period.items()
        }

    @cached_property
    def gap(self) -> Gap | None:
        """How much more often those bought again who were not unhappy, at the latest horizon that can be told."""
        others = together(followed for key, followed in self.followed.items() if key != UNHAPPY)
        unhappy = self.followed.get(UNHAPPY, Followed())
        found = map(gap, others.bought_again(HORIZONS), unhappy.bought_again(HORIZONS))
        return next((each for each in reversed(list(found)) if each), None)

    @cached_property
    def lifetime(self) -> dict[str, dict[str, Amounts]]:
        """By currency, that of the most customers first, and by group: what they bought so far."""
        each: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for key, buyers in self.by_group.items():
            for buyer in buyers:
                if buyer.currency is not None and buyer.lifetime_minor is not None:
                    each[buyer.currency][key].append(buyer.lifetime_minor)
        ranked = sorted(each, key=lambda currency: (-sum(map(len, each[currency].values())), currency))
        return {
            currency: {key: found for key, minor in each[currency].items() if (found := amounts(minor))}
            for currency in ranked
        }

    @cached_property
    def at_risk(self) -> AtRisk:
        """What the customers behind open cases bought, as the overview has it: of all surveys, and now."""
        return revenue_at_risk(self.session)

    @cached_property
    def referred(self) -> Mapping[str, Referred]:
        """By group, what came of the links of those who answered."""
        place = {buyer.customer_id: key for key, buyers in self.by_group.items() for buyer in buyers if buyer.has_link}
        found: dict[str, Referred] = {group.key: Referred() for group in self.groups}
        for some in in_chunks(place):
            for customer, brought in brought_by(self.session, some).items():
                found[place[customer]].add(brought)
        return found

    @cached_property
    def scores(self) -> list[PeriodOfScores]:
        """Of the scope's segment, or all, by period."""
        scope = self.page.scope
        if self.page.survey is None:
            return [PeriodOfScores(period, {}) for period in self.periods]
        return scores_of_periods(self.session, scope.survey, self.periods, scope.by if scope.value else "", scope.value)

    @cached_property
    def orders(self) -> list[PeriodOfOrders]:
        """What was bought in each period, of the scope's value where orders can be told apart by it."""
        return [
            PeriodOfOrders(each.period, [order for order in each.orders if self._is_meant(order)], each.capped)
            for each in self.all_orders
        ]

    @cached_property
    def all_orders(self) -> list[PeriodOfOrders]:
        """All that was bought in each period, each order with its value of the attribute that scorecards are by."""
        spans = zip(self.periods, self._bounds, strict=True)
        until = [(period, begins, min(ends, self.now)) for period, (begins, ends) in spans]
        return orders_of_periods(self.session, until, self.cards_by.removeprefix(ATTRIBUTE))

    @cached_property
    def returned(self) -> Mapping[int, list[RepeatPurchase]]:
        """For each of `RETAINED` and `CHURNED`, by period: who bought again so many days after their first order."""
        told = [_after_the_first(each.orders, self.now).bought_again((RETAINED, CHURNED)) for each in self.orders]
        return {RETAINED: [retained for retained, _ in told], CHURNED: [again for _, again in told]}

    @cached_property
    def delivery_times(self) -> list[Durations]:
        """By period of the order."""
        return [self.until_delivered(each.orders) for each in self.orders]

    @cached_property
    def cards_by(self) -> str:
        """By what orders are told apart: as the page does, or else by a declared attribute; "" where there is none."""
        if self.page.scope.by.startswith(ATTRIBUTE):
            return self.page.scope.by
        declared = [each for each in offered_dimensions() if each.startswith(ATTRIBUTE)]
        likely = [ATTRIBUTE + name for name in USUAL_CARDS]
        return next((each for each in (*likely, *declared) if each in declared), "")

    @property
    def orders_are_told_apart(self) -> bool:
        """Whether orders nobody answered about can have the scope's value; only answers have a theme or a language."""
        by = self.page.scope.by
        return by.startswith(ATTRIBUTE) or by == Dimension.DELIVERY

    def until_delivered(self, orders: Sequence[Bought]) -> Durations:
        """Days from order to delivery; an order under way counts with the days so far, if any was ever delivered."""
        over = [max(0.0, (o.delivered_at - o.ordered_at) / _DAY) for o in orders if o.delivered_at is not None]
        underway = [(self.now - o.ordered_at) / _DAY for o in orders if o.underway]
        return measure(over, underway if over else [])

    @cached_property
    def _bounds(self) -> list[tuple[datetime, datetime]]:
        """When each period begins and ends."""
        return [period.bounds(self.zone) for period in self.periods]

    def _is_meant(self, order: Bought) -> bool:
        scope = self.page.scope
        if not scope.value or not self.orders_are_told_apart:
            return True
        if scope.by.startswith(ATTRIBUTE):
            return (order.value or "")[:LONGEST_VALUE] == scope.value
        return order.days_late is not None and (order.days_late > 0) == (scope.value == LATE)


def _after_the_first(orders: Sequence[Bought], now: datetime) -> Followed:
    """Each buyer since the first of their orders."""
    first: dict[int, Bought] = {}
    for order in orders:
        first.setdefault(order.customer_id, order)
    followed = Followed()
    for order in first.values():
        followed.add(order.ordered_at, order.next_order_at, now)
    return followed
