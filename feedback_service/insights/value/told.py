"""What goodwill is worth, in sentences and rows of text, as a manager reads it on Monday morning."""

from babel.numbers import get_currency_precision

from feedback_service.formats import many, money
from feedback_service.insights.figures.figure import Scale
from feedback_service.insights.figures.words import DASH, write, write_range
from feedback_service.insights.rules.metrics import METRIC_NAMES, Estimate, MetricKind, estimate
from feedback_service.insights.rules.percentiles import Durations
from feedback_service.insights.rules.survival import HORIZONS, RepeatPurchase
from feedback_service.insights.rules.worth import Amounts, at_stake, lost
from feedback_service.insights.value.figures import punctual
from feedback_service.insights.value.groups import HAPPY, UNHAPPY, Group
from feedback_service.insights.value.queries import most_orders
from feedback_service.insights.value.reading import CHURNED, RETAINED, Reading, Referred

OBSERVED = (
    "This is observed, not tried. Nobody drew lots over who would be happy: people who buy often may also score higher,"
    " and a difference between the groups need not come from what they went through. Those who said the worst were"
    " partly just unlucky that day, and tend towards the others by themselves (regression to the mean)."
)
REPEAT_COLUMNS = (
    ("Who", "text"), ("Buyers", "number"), *((f"Within {days} days", "number") for days in HORIZONS),
    (f"Known of for {HORIZONS[-1]} days", "number"),
)  # fmt: skip
LIFETIME_COLUMNS = (
    ("Who", "text"), ("Currency", "text"), ("Buyers", "number"), ("Median", "number"), ("Mean", "number"),
)  # fmt: skip
REFERRED_COLUMNS = (
    ("Who", "text"), ("Buyers", "number"), ("Have a link", "number"), ("Openings", "number"), ("Orders", "number"),
    ("Worth", "number"),
)  # fmt: skip


def looked_at(reading: Reading) -> list[str]:
    """What of the scope is not, or not all, on the page."""
    scope, sample = reading.page.scope, reading.sample
    said = []
    if sample.every > 1:
        read = len(reading.buyers)
        said.append(
            f"{sample.answers:,} answers lie in this time. Buyers are followed from those of one day in {sample.every}:"
            f" {many(read, 'buyer')}. Scores are of all answers."
        )
    if scope.versus:
        said.append("This page looks at one at a time, so there is nothing beside it.")
    if scope.value and not reading.orders_are_told_apart:
        said.append("Retention, churn and deliveries are of all orders: only answers can be told apart like that.")
    if any(each.capped for each in reading.orders):
        said.append(
            f"Of each period, the first {most_orders(len(reading.periods)):,} orders are looked at where it has more."
        )
    return said


def repeat_told(reading: Reading) -> list[str]:
    """Who bought again, and the difference it makes."""
    if not reading.buyers:
        return []
    days = 90
    said = [_bought(reading, group, days) for group in reading.groups if reading.by_group[group.key]]
    return [" ".join(said), _gap_told(reading)]


def repeat_rows(reading: Reading) -> list[list[str]]:
    """Group, buyers, the share who bought again within each of the horizons, and of how many the last is known."""
    return [
        [
            group.name,
            f"{len(reading.by_group[group.key]):,}",
            *(_cell(repeat) for repeat in repeats),
            f"{repeats[-1].known:,}",
        ]
        for group in reading.groups
        for repeats in [reading.followed[group.key].bought_again(HORIZONS)]
    ]


def retention_told(reading: Reading) -> list[str]:
    """The latest period that is known to its end, for each of the two."""
    said = []
    for days, returned, words in (
        (RETAINED, True, "bought again within {} days"),
        (CHURNED, False, "bought nothing more for {} days: that is called churn here"),
    ):
        told = [
            (each.period.label, repeat)
            for each, repeat in zip(reading.orders, reading.returned[days], strict=True)
            if repeat.mature and repeat.estimate.enough
        ]
        if not told:
            said.append(f"No period with enough buyers could be followed for {days} days yet.")
            continue
        label, repeat = told[-1]
        found = repeat.estimate if returned else lost(repeat)
        said.append(f"Of {many(found.n, 'buyer')} of {label}, {_told(found)} {words.format(days)}.")
    return said


def lifetime_rows(reading: Reading) -> list[list[str]]:
    """Group, currency, buyers, median with its interval and mean; currencies are never added up."""
    return [
        [group.name, currency, f"{of[group.key].n:,}", *_amounts(of[group.key], currency)]
        for currency, of in reading.lifetime.items()
        for group in reading.groups
        if group.key in of
    ]


def risk_told(reading: Reading) -> list[str]:
    """What is at stake, and what has to be assumed to say so."""
    risk, measured = reading.at_risk, reading.gap
    if not risk.customers:
        return ["No customer has an open case now, so nothing is at stake that we know of."]
    total = " + ".join(money(minor, currency) for currency, minor in risk.amounts.items())
    whose = f"{many(risk.customers, 'customer')} with an open case bought so far"
    said = [f"{total} is at risk: what {whose}." if total else f"What {whose} is not known."]
    if risk.by_order:
        said.append(f"Of {many(risk.by_order, 'customer')} only the orders of their cases are known.")
    if risk.unknown:
        said.append(f"Of {many(risk.unknown, 'customer')} no amount is known, so none is counted.")
    if measured is None:
        said.append("How much less often unhappy buyers come back cannot be told yet: there are too few of them.")
        return said
    if not risk.amounts:
        return said
    if measured.value <= 0:
        said.append("Unhappy buyers of these days bought again no less often than the others, so none of it is lost.")
        return said
    parts = [(currency, at_stake(minor, measured)) for currency, minor in risk.amounts.items()]
    value = " + ".join(_about(part[0], currency) for currency, part in parts)
    between = " + ".join(f"{_about(low, currency)} to {_about(high, currency)}" for currency, (_, low, high) in parts)
    said.append(
        f"Unhappy buyers bought again within {measured.days} days less often than the others by"
        f" {_points(measured.value)} ({_points(measured.low, unit=False)} to {_points(measured.high, unit=False)})."
    )
    said.append(f"So about {value} of it would be lost if their cases stayed open ({between}).")
    if not measured.real:
        said.append("That difference could be chance, so it may be nothing.")
    return said


ASSUMED = (
    "Each of these customers would buy as much again as they bought so far.",
    "With their case left open they come back as seldom as the unhappy buyers of these days.",
    "With their case put right they come back as often as the others.",
    "The whole difference comes from the matter not being put right. Nobody has tried that: it is observed.",
    "The interval is only that of the difference in repeat purchase, at 95 %. It is a scenario, not a forecast.",
)


def referred_rows(reading: Reading) -> list[list[str]]:
    """Group, buyers, links, openings, orders and what these came to."""
    return [
        [
            group.name,
            f"{len(reading.by_group[group.key]):,}",
            f"{found.links:,}",
            f"{found.clicks:,}",
            f"{found.orders:,}",
            _money(found) or DASH,
        ]
        for group in reading.groups
        for found in [reading.referred[group.key]]
    ]


def referred_told(reading: Reading) -> list[str]:
    """What the happiest brought."""
    found = reading.referred.get(HAPPY)
    group = next((each for each in reading.groups if each.key == HAPPY), None)
    if group is None or found is None or not sum(each.links for each in reading.referred.values()):
        return []
    buyers = len(reading.by_group[HAPPY])
    worth = _money(found)
    came_to = f", worth {worth}" if worth else ""
    return [
        f"Of {buyers:,} {group.people}, {found.links:,} took a link to recommend us by.",
        f"People opened these links {many(found.clicks, 'time')} and placed {many(found.orders, 'order')}{came_to}.",
    ]


def service_columns(reading: Reading) -> list[tuple[str, str]]:
    """The heads of `service_rows`."""
    heads = (
        "Answers",
        METRIC_NAMES.get(reading.kind, "Score"),
        "Deliveries",
        "On time",
        "Half within",
        "Nine in ten within",
    )
    return [("Period", "text"), *((head, "number") for head in heads)]


def service_rows(reading: Reading) -> list[list[str]]:
    """By period, the newest first: the score beside what deliveries were like."""
    rows = []
    for scores, each, times in zip(reading.scores, reading.orders, reading.delivery_times, strict=True):
        punctuality = punctual(each.orders)
        rows.append(
            [
                each.period.label,
                f"{scores.n:,}",
                score_text(reading.kind, estimate(reading.kind, scores.counts)),
                f"{punctuality.n:,}",
                _told(punctuality) if punctuality.n else DASH,
                *_days(times),
            ]
        )
    return rows[::-1]


def score_text(kind: MetricKind, found: Estimate) -> str:
    """+38 (+31 to +45), or that there are too few."""
    if found.value is None:
        return DASH
    if not found.enough or found.low is None or found.high is None:
        return "too few"
    scale = Scale.SCORE if kind.by_band else Scale.PERCENT
    return f"{write(found.value, scale)} ({write_range(found.low, found.high, scale)})"


def percent_text(found: Estimate) -> str:
    """87 % (81 to 92 %), or that there are too few."""
    return _told(found) if found.n else DASH


def _bought(reading: Reading, group: Group, days: int) -> str:
    buyers = reading.by_group[group.key]
    found = reading.followed[group.key].bought_again((days,))[0]
    if not found.estimate.enough or found.estimate.value is None:
        return f"{group.name}: {len(buyers):,}, too few to say yet."
    return f"Of {len(buyers):,} {group.people}, {_told(found.estimate)} bought again within {days} days."


def _gap_told(reading: Reading) -> str:
    found = reading.gap
    unhappy = next((group.people for group in reading.groups if group.key == UNHAPPY), "unhappy buyers")
    if found is None:
        return f"The {unhappy} cannot be compared with the others yet: there are too few on one side."
    interval = f"({_points(found.low, unit=False)} to {_points(found.high, unit=False)})"
    if not found.real:
        return (
            f"Within {found.days} days, {unhappy} and the others differ by {_points(found.value)} {interval}: that"
            " could be chance."
        )
    way, low, high = ("less", found.low, found.high) if found.value > 0 else ("more", -found.high, -found.low)
    return (
        f"Within {found.days} days, {unhappy} bought again {way} often than the others, by"
        f" {_points(abs(found.value))} ({_points(low, unit=False)} to {_points(high, unit=False)})."
    )


def _cell(repeat: RepeatPurchase) -> str:
    found = repeat.estimate
    if found.value is None or not found.enough:
        return "too few" if found.n else DASH
    return _told(found)


def _told(found: Estimate) -> str:
    if found.value is None or found.low is None or found.high is None or not found.enough:
        return "too few to say"
    return f"{write(found.value, Scale.PERCENT)} ({write_range(found.low, found.high, Scale.PERCENT)})"


def _amounts(found: Amounts, currency: str) -> list[str]:
    if not found.enough:
        return ["too few", "too few"]
    median, low, high, mean = (
        money(round(each), currency) for each in (found.median, found.low, found.high, found.mean)
    )
    return [f"{median} ({low} to {high})", mean]


def _days(found: Durations) -> list[str]:
    if not found.n:
        return [DASH, DASH]
    if not found.enough:
        return ["too few", "too few"]
    return [
        f"over {write(each.more_than or 0, Scale.DAYS)}" if each.value is None else write(each.value, Scale.DAYS)
        for each in (found.median, found.ninetieth)
    ]


def _money(found: Referred) -> str:
    return " + ".join(money(minor, currency) for currency, minor in sorted(found.minor.items()))


def _about(minor: int, currency: str) -> str:
    """An amount without its smallest units, which a scenario does not know."""
    return money(round(minor, -get_currency_precision(currency)), currency).removesuffix(".00")


def _points(value: float, *, unit: bool = True) -> str:
    number = write(value, Scale.COUNT) if abs(value) < 10 else write(round(value), Scale.COUNT)  # noqa: PLR2004 - digits
    return f"{number} {'point' if number == '1' else 'points'}" if unit else number
