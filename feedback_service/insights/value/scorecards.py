"""One carrier, store or supplier beside all others: what a shop can send to it. No word or name of a buyer is on it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func, select

from feedback_service.insights.figures.figure import Figure, Line, Mark, Scale, Shape
from feedback_service.insights.figures.immature import of_period
from feedback_service.insights.frame import dimension_name, offered_dimensions
from feedback_service.insights.links import answers_url
from feedback_service.insights.queries import scores_of_periods
from feedback_service.insights.rules.metrics import METRIC_NAMES, MIN_ANSWERS, Estimate, count, estimate
from feedback_service.insights.rules.percentiles import Durations
from feedback_service.insights.rules.periods import Period
from feedback_service.insights.rules.rates import share
from feedback_service.insights.rules.verdicts import Comparison, compare_counts
from feedback_service.insights.segments.dimensions import ATTRIBUTE, LONGEST_VALUE, Dimension
from feedback_service.insights.segments.queries import scores_by_span, scores_by_value
from feedback_service.insights.segments.spans import Scores, by_span
from feedback_service.insights.value.figures import punctual
from feedback_service.insights.value.queries import Bought, PeriodOfOrders
from feedback_service.insights.value.reading import Reading
from feedback_service.insights.value.sample import answers_with
from feedback_service.sentiment.models import CommentTheme

MOST_LISTED = 20
MOST_THEMES = 6
OTHERS = "All others"


def can_have_cards(dimension: str) -> bool:
    """Whether a scorecard tells of its values: they are what shops write on their orders."""
    return dimension.startswith(ATTRIBUTE)


@dataclass(frozen=True)
class Listed:
    """A value with its answers and its orders, in all of the days."""

    value: str
    scores: Scores
    orders: Sequence[Bought]


class Scorecards:
    """All values of one attribute of orders, over the days of a page."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.dimension = reading, reading.cards_by

    @cached_property
    def scores(self) -> Mapping[str, Mapping[int, Scores]]:
        """By value, and by the place of the period."""
        reading, scope = self.reading, self.reading.page.scope
        if not scope.survey:
            return {}
        spans = [(period.first, period.last) for period in reading.periods]
        if self.dimension in offered_dimensions():
            return scores_by_span(reading.session, scope.survey, self.dimension, spans)
        rows = answers_with(reading.session, scope, reading.sample, self.dimension, None).subquery()
        columns = (rows.c.value, rows.c.day, rows.c.score)
        return by_span(reading.session, select(*columns, func.count().label("number")).group_by(*columns), spans)

    @property
    def orders(self) -> list[PeriodOfOrders]:
        """Of all values."""
        return self.reading.all_orders

    @cached_property
    def listed(self) -> list[Listed]:
        """The values with the most answers."""
        whole = {value: _whole(spans.values()) for value, spans in self.scores.items()}
        most = sorted(whole, key=lambda value: (-sum(whole[value].values()), value))[:MOST_LISTED]
        by_value: dict[str, list[Bought]] = {value: [] for value in most}
        for period in self.orders:
            for order in period.orders:
                if (name := (order.value or "")[:LONGEST_VALUE]) in by_value:
                    by_value[name].append(order)
        return [Listed(value, whole[value], by_value[value]) for value in most]


class Scorecard:
    """That of one value."""

    def __init__(self, cards: Scorecards, value: str) -> None:
        self._cards, self.value = cards, value
        self.reading, self.dimension = cards.reading, cards.dimension

    @property
    def kind_of(self) -> str:
        """What it is: Carrier."""
        return dimension_name(self.dimension)

    @cached_property
    def scores(self) -> list[Scores]:
        """By period."""
        return self._by_period({self.value})

    @cached_property
    def others(self) -> list[Scores]:
        """Of all other values together, by period; answers whose value is not known are in neither."""
        return self._by_period(set(self._cards.scores) - {self.value})

    @cached_property
    def whole(self) -> Scores:
        """Of all the days."""
        return _whole(self.scores)

    @cached_property
    def compared(self) -> Comparison:
        """Beside the others."""
        kind = self.reading.kind
        return compare_counts(count(kind, _whole(self.others)), count(kind, self.whole))

    @cached_property
    def orders(self) -> list[list[Bought]]:
        """By period."""
        return [[o for o in each.orders if self._is_mine(o)] for each in self._cards.orders]

    @cached_property
    def other_orders(self) -> list[list[Bought]]:
        """Of all other values together, by period."""
        return [[o for o in each.orders if o.value and not self._is_mine(o)] for each in self._cards.orders]

    @property
    def capped(self) -> bool:
        """Whether of some period only the first orders were looked at."""
        return any(each.capped for each in self._cards.orders)

    @cached_property
    def until_delivered(self) -> Durations:
        """Of all the days."""
        return self.reading.until_delivered([order for orders in self.orders for order in orders])

    @cached_property
    def themes(self) -> tuple[list[tuple[str, int]], int]:
        """What comments are about, the most frequent first, and of how many answers."""
        reading, scope = self.reading, self.reading.page.scope
        if not scope.survey:
            return [], 0
        chosen = answers_with(reading.session, scope, reading.sample, self.dimension, self.value).subquery()
        number = reading.session.scalar(select(func.count()).select_from(chosen)) or 0
        rows = reading.session.execute(
            select(CommentTheme.theme_key, func.count())
            .join(chosen, chosen.c.id == CommentTheme.response_id)
            .group_by(CommentTheme.theme_key)
        )
        found = sorted(((key, times) for key, times in rows), key=lambda each: (-each[1], each[0]))
        return found[:MOST_THEMES], number

    @cached_property
    def themes_of_all(self) -> tuple[dict[str, int], int]:
        """By theme, how many of all answers are about it, and how many there are; this value's with them."""
        reading, scope = self.reading, self.reading.page.scope
        if not scope.survey:
            return {}, 0
        found = scores_by_value(reading.session, scope.survey, Dimension.THEME, *scope.days)
        of_all = scores_of_periods(reading.session, scope.survey, reading.periods)
        return {key: sum(scores.values()) for key, scores in found.items()}, sum(each.n for each in of_all)

    def _by_period(self, values: set[str]) -> list[Scores]:
        return [
            _whole(self._cards.scores[value].get(at, {}) for value in values if value in self._cards.scores)
            for at in range(len(self.reading.periods))
        ]

    def _is_mine(self, order: Bought) -> bool:
        return (order.value or "")[:LONGEST_VALUE] == self.value


def score_figure(card: Scorecard, names: Mapping[str, str]) -> Figure:
    """Over the periods, beside the others."""
    reading, kind = card.reading, card.reading.kind
    lines = []
    for name, of, mine in ((card.value, card.scores, True), (OTHERS, card.others, False)):
        marks = []
        for period, scores in zip(reading.periods, of, strict=True):
            found = estimate(kind, scores)
            url = answers_url(reading.page.scope, period.first, period.last, card.dimension, card.value)
            marks.append(_mark(card, period, found, url if mine and found.n else ""))
        lines.append(Line(name, tuple(marks)))
    return Figure(
        "score", METRIC_NAMES[kind], Shape.TREND, Scale.SCORE if kind.by_band else Scale.PERCENT, tuple(lines),
        value_name=METRIC_NAMES[kind],
    )  # fmt: skip


def on_time_figure(card: Scorecard, names: Mapping[str, str]) -> Figure:
    """The same of deliveries."""
    lines = []
    for name, of in ((card.value, card.orders), (OTHERS, card.other_orders)):
        marks = []
        for period, orders in zip(card.reading.periods, of, strict=True):
            marks.append(_mark(card, period, punctual(orders)))
        lines.append(Line(name, tuple(marks)))
    return Figure(
        "on-time", "Delivered by the promised day", Shape.TREND, Scale.PERCENT, tuple(lines),
        first_column="Ordered in", count_of="Deliveries", value_name="On time",
    )  # fmt: skip


def themes_figure(card: Scorecard, names: Mapping[str, str]) -> Figure:
    """What comments are about, beside all answers."""
    mine, number = card.themes
    of_all, everything = card.themes_of_all
    told = [(key, times) for key, times in mine if key in of_all]
    here = tuple(_theme(names.get(key, key), times, number) for key, times in told)
    there = tuple(_theme(names.get(key, key), min(of_all[key], everything), everything) for key, _ in told)
    return Figure(
        "themes", "What comments are about, of all answers", Shape.WHISKERS, Scale.PERCENT,
        (Line(card.value, here), Line("All", there)) if told else (), first_column="Theme",
        value_name="Share",
    )  # fmt: skip


def card_figures(card: Scorecard, names: Mapping[str, str]) -> list[Figure]:
    """All of a scorecard; `names` are those of themes, by key."""
    return [make(card, names) for make in (score_figure, on_time_figure, themes_figure)]


def _mark(card: Scorecard, period: Period, found: Estimate, url: str = "") -> Mark:
    mark = Mark(period.label, found.value, found.low, found.high, found.n, found.enough, url)
    return of_period(mark, goes_on=card.reading.page.scope.goes_on(period))


def _theme(name: str, times: int, of: int) -> Mark:
    found = share(times, of)
    return Mark(name, found.value, found.low, found.high, of, of >= MIN_ANSWERS)


def _whole(parts: Iterable[Scores]) -> Scores:
    total: Counter[int] = Counter()
    for scores in parts:
        total.update(scores)
    return dict(sorted(total.items()))
