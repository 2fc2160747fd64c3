"""Draws figures: as SVG for pages, PNG for mails, and on a PDF's pages."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from threading import Lock

from matplotlib.figure import Figure as Page

from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.figures.layout import USUAL, WIDTHS, sketch
from feedback_service.insights.figures.paint import paint_on, png_of, svg_of
from feedback_service.insights.figures.words import describe, plain
from feedback_service.insights.palette import palette

VERSION = 1  # raise it when the drawing changes, or browsers keep the picture that they have
MOST_BYTES = 16 * 1024 * 1024  # of pictures kept in a process: some hundred pages' worth
PAPER_PX = 720  # a page of A4 across, so that letters come out at the size of the words beside them


class Kept:
    """Pictures that were drawn before; those not asked for longest go first.

    One thread draws: whoever asks while a picture is being drawn waits for that one, and drawing never takes more than
    one processor from those who answer customers.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._pictures: OrderedDict[str, bytes] = OrderedDict()
        self._under_way: dict[str, Future[bytes]] = {}
        self._bytes = 0
        self._lock = Lock()
        self._drawer = ThreadPoolExecutor(1, thread_name_prefix="drawing")

    def get(self, tag: str, draw: Callable[[], bytes]) -> bytes:
        """The picture of that tag, drawn now if it is not here. Raises what `draw` raises."""
        with self._lock:
            found = self._pictures.get(tag)
            if found is not None:
                self._pictures.move_to_end(tag)
                return found
            picture = self._under_way.get(tag)
            if picture is None:
                picture = self._under_way[tag] = self._drawer.submit(self._draw, tag, draw)
        return picture.result()

    def _draw(self, tag: str, draw: Callable[[], bytes]) -> bytes:
        try:
            drawn = draw()
            with self._lock:
                self._keep(tag, drawn)
        finally:
            with self._lock:
                del self._under_way[tag]
        return drawn

    def _keep(self, tag: str, drawn: bytes) -> None:
        self._pictures[tag] = drawn
        self._bytes += len(drawn)
        while self._bytes > self._most_bytes:
            _, oldest = self._pictures.popitem(last=False)
            self._bytes -= len(oldest)


_KEPT = Kept()


def figure_tag(figure: Figure, form: str, *, dark: bool = False, width: int = WIDTHS[USUAL]) -> str:
    """Name a file without making it: 64 hexadecimal digits of all that it depends on, the same in every process."""
    depends_on = (VERSION, figure, form) if form == "csv" else (VERSION, figure, form, palette(dark), width)
    return sha256(repr(depends_on).encode()).hexdigest()


def figure_svg(figure: Figure, *, dark: bool = False, width: int = WIDTHS[USUAL]) -> bytes:
    """The picture for a page, `width` CSS pixels wide, with its title and description."""

    def draw() -> bytes:
        return svg_of(sketch(figure, width), palette(dark), plain(figure.title), describe(figure))

    return _KEPT.get(figure_tag(figure, "svg", dark=dark, width=width), draw)


def figure_png(figure: Figure, dark: bool = False, width: int = WIDTHS[USUAL]) -> bytes:
    """The picture for a mail or a slide, with two pixels each way for every CSS pixel of `width`."""
    tag = figure_tag(figure, "png", dark=dark, width=width)
    return _KEPT.get(tag, lambda: png_of(sketch(figure, width), palette(dark)))


def figures_on(page: Page, figures: Sequence[Figure], box: tuple[float, float, float, float]) -> None:
    """Put pictures on a page of a PDF, light and one under the other, as large as all of them find room.

    `box` is the room's left, bottom, right and top, in points from the page's lower left corner.
    """
    left, bottom, right, top = box
    drawn = [sketch(figure, PAPER_PX) for figure in figures]
    scale = min((right - left) / PAPER_PX, (top - bottom) / sum(made.height for made in drawn))
    for made in drawn:
        top -= scale * made.height
        paint_on(page, made, palette(False), left, top, scale)
