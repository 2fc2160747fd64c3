"""A scorecard in words: what its reader needs to know, whoever that is."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace

from feedback_service.formats import many
from feedback_service.insights.figures.figure import Scale
from feedback_service.insights.figures.words import DASH, SPACE, write
from feedback_service.insights.rules.metrics import METRIC_NAMES, MIN_ANSWERS, CsatCounts, estimate
from feedback_service.insights.rules.verdicts import Comparison, Verdict, compare_counts
from feedback_service.insights.value.figures import punctual
from feedback_service.insights.value.queries import Bought, most_orders
from feedback_service.insights.value.reading import Reading
from feedback_service.insights.value.scorecards import Scorecard, Scorecards
from feedback_service.insights.value.told import percent_text, score_text
from feedback_service.insights.why.shown import SCORES
from feedback_service.insights.why.words import Row, apart, days


def listed_rows(cards: Scorecards, url: Callable[[Reading, str, str], str]) -> list[Row]:
    """The values with the most answers: score, answers, on-time share, deliveries."""
    kind = cards.reading.kind
    rows = []
    for each in cards.listed:
        told, punctuality = estimate(kind, each.scores), punctual(each.orders)
        cells = (score_text(kind, told), f"{told.n:,}", percent_text(punctuality), f"{punctuality.n:,}")
        rows.append(Row(each.value, url(cards.reading, cards.dimension, each.value), cells))
    return rows


def card_shown(card: Scorecard, names: Mapping[str, str]) -> SimpleNamespace:
    """All that its template needs besides the figures."""
    kind, page = card.reading.kind, card.reading.page
    told = estimate(kind, card.whole)
    orders = [order for each in card.orders for order in each]
    others = [order for each in card.other_orders for order in each]
    punctuality = punctual(orders)
    return SimpleNamespace(
        value=card.value,
        kind_of=card.kind_of,
        survey=page.survey.title if page.survey else "",
        days=days(page.scope.days[0], min(page.scope.days[1], page.scope.today)),
        metric=METRIC_NAMES[kind],
        nothing=not told.n and not orders,
        score=score_text(kind, told) if told.enough else "Too few to say",
        answers=many(told.n, "answer"),
        compared=_compared(card.compared),
        on_time=percent_text(punctuality),
        deliveries="1 delivery" if punctuality.n == 1 else f"{punctuality.n:,} deliveries",
        on_time_compared=_compared(compare_counts(_punctual(others), _punctual(orders))),
        took=_took(card),
        themes=_themes(card, names),
        few_comments="Too few comments to say.",
        notes=_notes(card),
    )


def _notes(card: Scorecard) -> str:
    """What its numbers are and are not, for whoever sees nothing but this card."""
    most = f"{most_orders(len(card.reading.periods)):,}"
    capped = f" Of each period, the first {most} orders are looked at where it has more." if card.capped else ""
    return (
        f"{SCORES.get(card.reading.kind, '')} Intervals are at 95{SPACE}%; below {MIN_ANSWERS} answers nothing is said."
        " On time means delivered by the day that was promised, of the deliveries that had one, by the day of the"
        f" order.{capped} All others are the orders and answers of every other value together. Nobody was assigned by"
        " lot: a difference can come from where and what is delivered, and what is lowest now tends to come back"
        " towards the middle by itself."
    )


def _punctual(orders: list[Bought]) -> CsatCounts:
    late = [order.days_late for order in orders if order.days_late is not None]
    return CsatCounts(sum(each <= 0 for each in late), len(late))


def _compared(found: Comparison) -> str:
    if found.verdict is Verdict.TOO_FEW:
        return "Too few to compare with the others."
    told = f"{apart(found, ' than all others together')}"
    if found.verdict is Verdict.REAL:
        return f"{told}: a real difference."
    return f"{told}: could be chance."


def _took(card: Scorecard) -> str:
    found = card.until_delivered
    if not found.n:
        return ""
    if not found.enough or found.median.value is None or found.ninetieth.value is None:
        return f"{many(found.n, 'order')}: too few to say how long deliveries take."
    return (
        f"Of {many(found.n, 'order')}, half were delivered within {write(found.median.value, Scale.DAYS)}, nine in ten"
        f" within {write(found.ninetieth.value, Scale.DAYS)}."
    )


def _themes(card: Scorecard, names: Mapping[str, str]) -> list[str]:
    mine, number = card.themes
    of_all, everything = card.themes_of_all
    if number < MIN_ANSWERS:
        return []
    return [
        f"{names.get(key, key)}: {write(100 * times / number, Scale.PERCENT)} of {number:,} answers"
        f" ({_share(of_all.get(key, 0), everything)} of all)"
        for key, times in mine
    ]


def _share(times: int, of: int) -> str:
    return write(100 * times / of, Scale.PERCENT) if of else DASH
