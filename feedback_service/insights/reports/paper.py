"""A report on paper: a page of words, and each survey's pictures."""

from textwrap import wrap

from matplotlib.figure import Figure as Sheet

from feedback_service.insights.figures.draw import figure_page
from feedback_service.insights.figures.paint import drawable, pdf_of
from feedback_service.insights.palette import palette
from feedback_service.insights.reports.content import Content, Part

WIDTH, HEIGHT = 595, 842  # A4 in points
MARGIN = 48
LINE = 80  # letters of the usual size that fit beside each other
PARTS_A_SHEET = 5


def paper(content: Content, shop_name: str) -> bytes:
    """The report as a PDF."""
    groups = [content.parts[at : at + PARTS_A_SHEET] for at in range(0, len(content.parts), PARTS_A_SHEET)] or [()]
    sheets = [_words(content, group, shop_name, first=at == 0) for at, group in enumerate(groups)]
    for part in content.parts:
        sheets += [figure_page(each) for each in (part.trend, part.shares) if each.tells]
    return pdf_of(sheets, title=content.title, author=shop_name)


class _Writer:
    """Writes lines down a sheet."""

    def __init__(self) -> None:
        self.sheet = Sheet(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72, facecolor=palette(False).surface)
        self._y = float(HEIGHT - MARGIN)

    def line(self, text: str, size: int = 10, *, bold: bool = False, muted: bool = False, gap: float = 0) -> None:
        colours = palette(False)
        self._y -= gap
        for words in wrap(text, max(20, LINE * 10 // size)):
            self._y -= 1.45 * size
            self.sheet.text(
                MARGIN / WIDTH, self._y / HEIGHT, drawable(words), size=size, weight="bold" if bold else "normal",
                color=colours.muted if muted else colours.ink, va="baseline",
            )  # fmt: skip


def _words(content: Content, parts: tuple[Part, ...], shop_name: str, *, first: bool) -> Sheet:
    writer = _Writer()
    if first:
        writer.line(shop_name, muted=True)
        writer.line(content.title, 18, bold=True, gap=4)
        if not content.parts:
            writer.line("There is no survey to report on yet.", gap=12)
        if content.improved:
            writer.line(f"Took effect in this time: {'; '.join(content.improved)}.", gap=12)
    for part in parts:
        told = part.headline
        writer.line(told.name, 12, bold=True, gap=16)
        writer.line(score_words(part), 16, bold=True, gap=2)
        writer.line(f"{told.verdict_words} {told.change_text}".strip(), gap=2)
        writer.line(told.definition, 8, muted=True, gap=2)
    return writer.sheet


def score_words(part: Part) -> str:
    """The score with its interval and count: +26 (+6 to +37), 90 answers."""
    if not part.now.n:
        return "No answers"
    told = part.headline
    interval = f" ({told.interval_text})" if told.interval_text else ""
    return f"{told.value_text}{interval}, {told.n}"
