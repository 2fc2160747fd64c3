"""The figures of the page, as numbers."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from babel.numbers import get_currency_precision

from feedback_service.insights.figures.figure import Figure, Line, Mark, Scale, Shape
from feedback_service.insights.figures.immature import of_period
from feedback_service.insights.links import answers_url
from feedback_service.insights.rules.metrics import MIN_ANSWERS, Estimate
from feedback_service.insights.rules.percentiles import Durations, Percentile
from feedback_service.insights.rules.rates import share
from feedback_service.insights.rules.survival import RepeatPurchase
from feedback_service.insights.rules.worth import Amounts, lost
from feedback_service.insights.value.groups import Group
from feedback_service.insights.value.queries import Bought, PeriodOfOrders
from feedback_service.insights.value.reading import BY_PERIOD, CHURNED, RETAINED, Reading

HALF = 0.5
"""A curve is grey from where fewer of a group than this could be followed so long."""
BRIEFLY = "fewer than half of them could be followed so long"
NOT_FINAL = "not final, since not all could be followed so long yet"
NOT_YET = "nobody could be followed so long yet"


def repeat_purchase(reading: Reading) -> Figure:
    """The curves."""
    lines = [
        Line(group.name, tuple(_step(repeat) for repeat in reading.repeats[group.key]))
        for group in reading.groups
        if reading.by_group[group.key]
    ]
    return Figure(
        "repeat-purchase", "Share of buyers who bought again after their answer", Shape.STEPS, Scale.PERCENT,
        tuple(lines), first_column="After", count_of="Known of", value_name="Bought again",
    )  # fmt: skip


def repeat_by_period(reading: Reading) -> Figure:
    """Cohorts of answers; the young ones can only be told from those who were quick."""
    lines = []
    for group in reading.groups:
        marks = []
        for period, repeat in zip(reading.periods, reading.repeats_by_period[group.key], strict=True):
            url = _answers(reading, group, period.first, period.last)
            marks.append(_cohort(period.label, repeat.estimate, _maturity(repeat), url))
        lines.append(Line(group.name, tuple(marks)))
    return Figure(
        "repeat-by-period", f"Bought again within {BY_PERIOD} days, by when they answered", Shape.TREND, Scale.PERCENT,
        tuple(lines), first_column="Answered in", count_of="Buyers", value_name="Bought again",
    )  # fmt: skip


def retention(reading: Reading) -> Figure:
    """Of all buyers, asked or not."""
    told = zip(reading.orders, reading.returned[RETAINED], strict=True)
    marks = [_of_buyers(each, repeat.estimate, repeat) for each, repeat in told]
    return Figure(
        "retention", f"Retention: buyers of a period who bought again within {RETAINED} days", Shape.TREND,
        Scale.PERCENT, (Line("", tuple(marks)),), first_column="First bought in", count_of="Buyers",
        value_name="Retained",
    )  # fmt: skip


def churn(reading: Reading) -> Figure:
    """What is left of them after longer."""
    told = zip(reading.orders, reading.returned[CHURNED], strict=True)
    marks = [_of_buyers(each, lost(repeat), repeat) for each, repeat in told]
    return Figure(
        "churn", f"Churn: buyers of a period who bought nothing more for {CHURNED} days", Shape.TREND,
        Scale.PERCENT, (Line("", tuple(marks)),), first_column="First bought in", count_of="Buyers", value_name="Lost",
    )  # fmt: skip


def lifetime_value(reading: Reading) -> Figure:
    """The medians in the currency of most customers; the others stand in the page's table."""
    currency, of = next(iter(reading.lifetime.items()), ("", {}))
    marks = [
        _amount(group.name, of[group.key], currency, _answers(reading, group, *reading.page.scope.days))
        for group in reading.groups
        if group.key in of
    ]
    return Figure(
        "lifetime-value", f"Median lifetime value in {currency or 'money'}", Shape.WHISKERS, Scale.COUNT,
        (Line("", tuple(marks)),), first_column="Buyers who are", count_of="Buyers", value_name="Median",
    )  # fmt: skip


def on_time(reading: Reading) -> Figure:
    """By the day of the order, since that is when the promise was made."""
    marks = [
        _going_on(reading, each, _punctual(each.period.label, each.orders, _capped(each))) for each in reading.orders
    ]
    return Figure(
        "on-time", "Delivered by the promised day, by when it was ordered", Shape.TREND, Scale.PERCENT,
        (Line("", tuple(marks)),), first_column="Ordered in", count_of="Deliveries", value_name="On time",
    )  # fmt: skip


def delivery_time(reading: Reading) -> Figure:
    """The median and the 90th percentile."""
    times = list(zip(reading.orders, reading.delivery_times, strict=True))
    lines = [
        Line(
            name,
            tuple(_going_on(reading, each, _took(each.period.label, found, which(found))) for each, found in times),
        )
        for name, which in (("Half of them", _median), ("Nine in ten", _ninetieth))
    ]
    return Figure(
        "delivery-time", "Days from order to delivery", Shape.TREND, Scale.DAYS, tuple(lines),
        first_column="Ordered in", count_of="Orders", value_name="Within",
    )  # fmt: skip


FIGURES: dict[str, Callable[[Reading], Figure]] = {
    "repeat-purchase": repeat_purchase,
    "repeat-by-period": repeat_by_period,
    "lifetime-value": lifetime_value,
    "retention": retention,
    "churn": churn,
    "on-time": on_time,
    "delivery-time": delivery_time,
}
"""In the order of the page, each by its name."""


def all_figures(reading: Reading) -> list[Figure]:
    """All of the page, in its order."""
    return [make(reading) for make in FIGURES.values()]


def punctual(orders: Sequence[Bought]) -> Estimate:
    """Delivered by the promised day, of those delivered that had one, in percent."""
    late = [order.days_late for order in orders if order.days_late is not None]
    return share(sum(days <= 0 for days in late), len(late))


def in_currency(minor: float, currency: str) -> float:
    """An amount in the currency itself rather than in its smallest unit."""
    digits: int = get_currency_precision(currency)
    return float(minor) / 10.0**digits


def _step(repeat: RepeatPurchase) -> Mark:
    """Without a link: no list holds those who are known of on one day."""
    found = repeat.estimate
    brief = repeat.days > 0 and repeat.known < HALF * found.n
    known = replace(found, n=repeat.known)  # so that one sees how many are left to tell from
    return _cohort(f"{repeat.days} days", known, BRIEFLY if brief else "")


def _answers(reading: Reading, group: Group, first: date, last: date) -> str:
    """Those that belong to a group by their score, where all answers of the days are read."""
    if reading.sample.every > 1:
        return ""
    return answers_url(reading.page.scope, first, last, low=group.low, high=group.high)


def _maturity(repeat: RepeatPurchase) -> str:
    if repeat.estimate.value is None:
        return NOT_YET
    return "" if repeat.mature else NOT_FINAL


def _of_buyers(orders: PeriodOfOrders, found: Estimate, repeat: RepeatPurchase) -> Mark:
    return _cohort(orders.period.label, found, _maturity(repeat))


def _capped(orders: PeriodOfOrders) -> str:
    return "the first orders of the period" if orders.capped else ""


def _punctual(label: str, orders: Sequence[Bought], note: str) -> Mark:
    return _mark(label, punctual(orders), note)


def _took(label: str, found: Durations, told: Percentile) -> Mark:
    if not found.n:
        return Mark(label, None, enough=False)
    both = told.low is not None and told.high is not None
    note = f"{found.still_open:,} under way" if found.still_open else ""
    return Mark(
        label, told.value, told.low if both else None, told.high if both else None, found.n, found.enough, note=note
    )


def _going_on(reading: Reading, orders: PeriodOfOrders, mark: Mark) -> Mark:
    """Grey where more will be ordered, and those that take longest are still under way."""
    return of_period(mark, goes_on=reading.page.scope.goes_on(orders.period))


def _median(found: Durations) -> Percentile:
    return found.median


def _ninetieth(found: Durations) -> Percentile:
    return found.ninetieth


def _amount(label: str, found: Amounts, currency: str, url: str) -> Mark:
    value, low, high = (in_currency(minor, currency) for minor in (found.median, found.low, found.high))
    return Mark(label, value, low, high, found.n, found.enough, url)


def _cohort(label: str, found: Estimate, young: str, url: str = "") -> Mark:
    """Grey where it says why it is too young."""
    return replace(_mark(label, found, young, url), immature=bool(young))


def _mark(label: str, found: Estimate, note: str = "", url: str = "") -> Mark:
    enough = found.enough and found.n >= MIN_ANSWERS
    return Mark(
        label, found.value, found.low, found.high, found.n, enough, url if found.n else "", note if found.n else ""
    )
