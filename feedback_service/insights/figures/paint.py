"""Draws a sketch with matplotlib: as SVG for a page, as PNG, or on a page of a PDF."""

import re
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from threading import Lock
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.lines import Line2D
from matplotlib.text import Text as Letters
from matplotlib.transforms import Affine2D

from feedback_service.insights.figures.sketch import Area, Dots, Sketch, Stroke, Text
from feedback_service.insights.palette import Palette
from feedback_service.insights.svg import for_pages

CSS_DPI = 72  # matplotlib's points, taken as CSS pixels
PNG_SCALE = 2  # sharp on a dense screen and in print
UNKNOWN = "\N{WHITE SQUARE}"

_FONTS = ("Segoe UI", "Helvetica Neue", "Noto Sans", "Arial", "Liberation Sans", "DejaVu Sans")
_INSTALLED = {font.name for font in fontManager.ttflist}
_USABLE = [font for font in _FONTS if font in _INSTALLED]

# Settings of the whole process, made once: changing them around each drawing is not safe between threads.
mpl.rcParams.update(
    {
        "font.family": _USABLE,
        "svg.fonttype": "none",
        "svg.hashsalt": "feedback-service",
        "text.parse_math": False,  # a title may hold two dollar signs
    }
)

# Matplotlib shares its font cache between figures and does not call itself thread-safe.
_DRAWING = Lock()

# What covers what.
_GRID, _AREAS, _STROKES, _DOTS, _TEXTS = range(1, 6)

STAND_IN = "text"
_STAND_INS = re.compile(f">{STAND_IN}<")


def svg_of(made: Sketch, colours: Palette, title: str, description: str) -> bytes:
    """For a page under a strict content policy, with a name and a description.

    Matplotlib writes a stand-in for each text, in their order: it would measure every one, look for each letter in its
    own fonts, though the reader's are used, and warn of those that they have and it has not.
    """
    with _DRAWING:
        figure = _figure(made, colours, [STAND_IN] * len(made.texts))
        FigureCanvasSVG(figure)
        out = BytesIO()
        figure.savefig(out, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    texts = iter(made.texts)
    drawn = _STAND_INS.sub(lambda _: f">{escape(next(texts).text)}<", out.getvalue().decode())
    return for_pages(drawn, title=title, description=description, width=made.width, height=made.height).encode()


def png_of(made: Sketch, colours: Palette) -> bytes:
    """With two pixels each way for every CSS pixel."""
    with _DRAWING:
        figure = _figure(made, colours, [drawable(text.text) for text in made.texts])
        FigureCanvasAgg(figure)
        out = BytesIO()
        figure.savefig(out, format="png", dpi=PNG_SCALE * CSS_DPI, metadata={"Software": None})
    return out.getvalue()


def paint_on(sheet: Figure, made: Sketch, colours: Palette, left: float, bottom: float, scale: float) -> None:
    """Add it to a page of a PDF, `scale` times as large, its lower left corner so many points from the page's."""
    with _DRAWING:
        place = Affine2D().scale(scale).translate(left, bottom).scale(1 / CSS_DPI) + sheet.dpi_scale_trans
        for artist in _artists(made, colours, [drawable(text.text) for text in made.texts], scale):
            artist.set_transform(place)
            sheet.add_artist(artist)


def pdf_of(sheets: Sequence[Figure], title: str, author: str) -> bytes:
    """Pages of a PDF; without the time at which it was made, so that the same is the same."""
    out = BytesIO()
    with _DRAWING, PdfPages(out, metadata={"Title": title, "Author": author, "CreationDate": None}) as pages:
        for sheet in sheets:
            pages.savefig(sheet, facecolor=sheet.get_facecolor())
    return out.getvalue()


def drawable(text: str) -> str:
    """The text with a square for each letter that none of the fonts here has."""
    return text if text.isascii() else "".join(each if ord(each) in _letters() else UNKNOWN for each in text)


@cache
def _letters() -> frozenset[int]:
    return frozenset(code for name in _USABLE for code in get_font(findfont(FontProperties(family=name))).get_charmap())


def _figure(made: Sketch, colours: Palette, texts: list[str]) -> Figure:
    """The sketch as matplotlib's own; without axes, which cost time and would show nothing."""
    figure = Figure(figsize=(made.width / CSS_DPI, made.height / CSS_DPI), dpi=CSS_DPI, facecolor=colours.surface)
    pixels = Affine2D().scale(1 / CSS_DPI) + figure.dpi_scale_trans
    for artist in _artists(made, colours, texts):
        artist.set_transform(pixels)
        figure.add_artist(artist)
    return figure


def _artists(made: Sketch, colours: Palette, texts: list[str], scale: float = 1) -> list[Artist]:
    """All of it; a transform scales places, but neither letters, widths nor marks."""
    return [
        *(_line(stroke, colours, _GRID, scale) for stroke in made.grid),
        *(_area(area, colours, scale) for area in made.areas),
        *(_line(stroke, colours, _STROKES, scale) for stroke in made.strokes),
        *(_dots(dots, colours, scale) for dots in made.dots),
        *(_text(text, words, colours, scale) for text, words in zip(made.texts, texts, strict=True)),
    ]


def _area(area: Area, colours: Palette, scale: float) -> Artist:
    return PolyCollection(
        [list(shape) for shape in area.shapes],
        facecolors=getattr(colours, area.colour),
        edgecolors=getattr(colours, area.edge) if area.edge else "none",
        linewidths=scale if area.edge else 0,
        alpha=area.alpha if area.alpha < 1 else None,
        zorder=_AREAS,
    )


def _line(stroke: Stroke, colours: Palette, order: int, scale: float) -> Artist:
    return Line2D(
        [x for x, _ in stroke.points],
        [y for _, y in stroke.points],
        color=getattr(colours, stroke.colour),
        linewidth=scale * stroke.width,
        linestyle=(0, stroke.dashes) if stroke.dashes else "-",
        solid_capstyle="butt",
        zorder=order,
    )


def _dots(dots: Dots, colours: Palette, scale: float) -> Artist:
    around = 2 if dots.edge == "surface" else 1.5 if dots.fill == "surface" else 0
    return Line2D(
        [x for x, _ in dots.points],
        [y for _, y in dots.points],
        linestyle="",
        marker=dots.marker,
        markersize=scale * dots.size,
        markerfacecolor=getattr(colours, dots.fill),
        markeredgecolor=getattr(colours, dots.edge),
        markeredgewidth=scale * around,
        zorder=_DOTS,
    )


def _text(text: Text, words: str, colours: Palette, scale: float) -> Artist:
    return Letters(
        text.x,
        text.y,
        words,
        fontsize=scale * text.size,
        color=getattr(colours, text.colour),
        fontweight="bold" if text.bold else "normal",
        horizontalalignment=text.align,
        verticalalignment="baseline",
        zorder=_TEXTS,
    )
