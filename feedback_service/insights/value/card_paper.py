"""A scorecard on paper: what is sent to the carrier, store or supplier that it tells of."""

from collections.abc import Sequence
from types import SimpleNamespace

from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.paper import Writer


def card_paper(card: SimpleNamespace, figures: Sequence[Figure], shop_name: str) -> bytes:
    """The scorecard as a PDF: a sheet of what `card_shown` says, and one of its pictures where they tell anything.

    It leaves the shop, and no buyer is on it, as none is on the page: both have only counts and shares of answers and
    orders, the shop's own names of its survey and themes, and the one value of an attribute that the card is about.
    Comments, customers and orders are never read for them; the page's links to answers are not drawn.
    """
    title = f"{card.kind_of}: {card.value}"
    writer = Writer()
    writer.line(f"{shop_name} · Scorecard", muted=True)
    writer.line(title, 18, bold=True, gap=4)
    writer.line(f"{card.survey} · {card.days}", muted=True, gap=2)
    for name, score, *said in (
        (card.metric, card.score, card.answers, card.compared),
        ("Delivered on time", card.on_time, card.deliveries, card.on_time_compared, card.took),
    ):
        writer.line(name, bold=True, gap=16)
        writer.line(score, 16, bold=True, gap=2)
        for sentence in said:
            writer.line(sentence, gap=2)
    writer.line("What buyers write about", bold=True, gap=16)
    for sentence in card.themes or [card.few_comments]:
        writer.line(sentence, gap=2)
    writer.line(card.notes, 8, muted=True, gap=16)
    told = [each for each in figures if each.tells]
    if told:
        writer.turn()
        writer.line(f"{title} · {card.days}", muted=True)
        writer.draw(told)
    return writer.pdf(title, shop_name)
