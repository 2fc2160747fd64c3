"""A report on paper: what all surveys say in words, then a page of pictures for each."""

from feedback_service.insights.paper import Writer
from feedback_service.insights.reports.content import Content, Part

A_SURVEY = 80  # points that one survey's words may take; they stay on one page


def paper(content: Content, shop_name: str) -> bytes:
    """The report as a PDF."""
    writer = Writer()
    writer.line(shop_name, muted=True)
    writer.line(content.title, 18, bold=True, gap=4)
    if not content.parts:
        writer.line("There is no survey to report on yet.", gap=12)
    if content.improved:
        writer.line(f"Took effect in this time: {'; '.join(content.improved)}.", gap=12)
    for part in content.parts:
        writer.keep_together(A_SURVEY)
        _tell(writer, part, large=12)
    for part in content.parts:
        shown = [each for each in (part.trend, part.shares) if each.tells]
        if shown:
            writer.turn()
            _tell(writer, part, large=16)
            writer.line(part.headline.definition, 8, muted=True, gap=2)
            writer.draw(shown)
    return writer.pdf(content.title, shop_name)


def _tell(writer: Writer, part: Part, large: int) -> None:
    told = part.headline
    writer.line(told.name, bold=True, gap=14)
    writer.line(score_words(part), large, bold=True, gap=2)
    writer.line(f"{told.verdict_words} {told.change_text}".strip(), gap=2)


def score_words(part: Part) -> str:
    """The score with its interval and count: +26 (+6 to +37), 90 answers."""
    if not part.now.n:
        return "No answers"
    told = part.headline
    interval = f" ({told.interval_text})" if told.interval_text else ""
    return f"{told.value_text}{interval}, {told.n}"
