"""Sheets of A4 that are mailed or downloaded: lines of words, and pictures under them."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from matplotlib.figure import Figure as Sheet

from feedback_service.insights.figures.draw import figures_on
from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.figures.measure import width_of
from feedback_service.insights.figures.paint import drawable, pdf_of
from feedback_service.insights.figures.words import plain
from feedback_service.insights.palette import palette

PDF = "application/pdf"
WIDTH, HEIGHT = 595, 842  # A4 in points
MARGIN = 48
INSET = 11  # of what is drawn in a picture, whose own edge then lies as much outside


class Writer:
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
        for words in _lines(drawable(plain(text)), size, bold=bold):
            self.keep_together(1.45 * size)
            self._y -= 1.45 * size
            self.sheets[-1].text(
                MARGIN / WIDTH, self._y / HEIGHT, words, size=size, weight="bold" if bold else "normal",
                color=colours.muted if muted else colours.ink, va="baseline",
            )  # fmt: skip

    def draw(self, figures: Sequence[Figure]) -> None:
        """Pictures in the room that is left."""
        figures_on(self.sheets[-1], figures, (MARGIN - INSET, MARGIN, WIDTH - MARGIN + INSET, self._y - 12))

    def pdf(self, title: str, author: str) -> bytes:
        """All that was written."""
        return pdf_of(self.sheets, title=title, author=author)


def _lines(text: str, size: int, *, bold: bool) -> Iterator[str]:
    """As many words as fit beside each other; one that is longer than a line is broken."""
    while text:
        ends = accumulate(width_of(letter, size, bold=bold) for letter in text)
        fits = max(1, sum(end <= WIDTH - 2 * MARGIN for end in ends))
        space = text.rfind(" ", 0, fits + 1) if fits < len(text) else 0
        end = space if space > 0 else fits
        yield text[:end]
        text = text[end:].lstrip(" ")
