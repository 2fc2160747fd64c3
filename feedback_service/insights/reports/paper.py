"""A report on paper: what all surveys say in words, then a page of pictures for each."""

from collections.abc import Sequence
from textwrap import wrap

from matplotlib.figure import Figure as Sheet

from feedback_service.insights.figures.draw import figures_on
from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.figures.paint import drawable, pdf_of
from feedback_service.insights.palette import palette
from feedback_service.insights.reports.content import Content, Part

WIDTH, HEIGHT = 595, 842  # A4 in points
MARGIN = 48
LINE = 92  # letters of the usual size that fit beside each other
A_SURVEY = 80  # points that one survey's words may take; they stay on one page
INSET = 11  # of what is drawn in a picture, whose own edge then lies as much outside


def paper(content: Content, shop_name: str) -> bytes:
    """The report as a PDF."""
    writer = _Writer()
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
    return pdf_of(writer.sheets, title=content.title, author=shop_name)


class _Writer:
    """Writes lines down a sheet, and goes on upon the next."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self.turn()

    def turn(self) -> None:
        """Begin a sheet."""
        self.sheets.append(Sheet(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72, facecolor=palette(False).surface))
        self._y = float(HEIGHT - MARGIN)

    def keep_together(self, points: float) -> None:
        """Begin a sheet where this one has less room."""
        if self._y - points < MARGIN:
            self.turn()

    def line(self, text: str, size: int = 10, *, bold: bool = False, muted: bool = False, gap: float = 0) -> None:
        """Words, in as many lines as they take."""
        colours = palette(False)
        self._y -= gap
        for words in wrap(text, max(20, LINE * 10 // size)):
            self.keep_together(1.45 * size)
            self._y -= 1.45 * size
            self.sheets[-1].text(
                MARGIN / WIDTH, self._y / HEIGHT, drawable(words), size=size, weight="bold" if bold else "normal",
                color=colours.muted if muted else colours.ink, va="baseline",
            )  # fmt: skip

    def draw(self, figures: Sequence[Figure]) -> None:
        """Pictures in the room that is left."""
        figures_on(self.sheets[-1], figures, (MARGIN - INSET, MARGIN, WIDTH - MARGIN + INSET, self._y - 12))


def _tell(writer: _Writer, part: Part, large: int) -> None:
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
