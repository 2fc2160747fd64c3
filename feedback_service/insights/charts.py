"""A metric over time as a picture: plain numbers in, bytes out."""

from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from threading import Lock
from typing import Literal

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from feedback_service.insights.palette import Palette, palette
from feedback_service.insights.rules.metrics import MetricKind
from feedback_service.insights.svg import for_pages
from feedback_service.insights.trend import draw_trend
from feedback_service.insights.trend_plan import Plan, TrendPoint, describe, plan_trend

__all__ = ["HEIGHT_PX", "NARROW_PX", "WIDE_PX", "TrendPoint", "chart_tag", "trend_chart"]

CHART_VERSION = 1  # raise it when the drawing changes, or browsers keep the picture that they have

HEIGHT_PX = 360
WIDE_PX = 1056  # the page at its widest; on anything narrower it is scaled down
NARROW_PX = 343  # a phone of 375 px less a margin of 16 on both sides
LEAST_PX = 288  # a phone of 320 px; on less the labels would run into each other

CSS_DPI = 72  # Matplotlib's points, taken as CSS pixels
PNG_SCALE = 2  # sharp on a dense screen and in print

_FONTS = ("Segoe UI", "Helvetica Neue", "Noto Sans", "Arial", "Liberation Sans", "DejaVu Sans")
_INSTALLED = {font.name for font in fontManager.ttflist}

# Settings of the whole process, made once: changing them around each drawing is not safe between threads.
mpl.rcParams.update(
    {
        "font.family": [font for font in _FONTS if font in _INSTALLED],
        "svg.fonttype": "none",
        "svg.hashsalt": "feedback-service",
        "text.parse_math": False,  # a title may hold two dollar signs
    }
)

# Matplotlib shares its font cache between figures and does not call itself thread-safe.
_DRAWING = Lock()


def trend_chart(
    points: Sequence[TrendPoint],
    *,
    title: str,
    kind: str,
    dark: bool = False,
    width_px: int = WIDE_PX,
    format: Literal["svg", "png"] = "svg",
) -> bytes:
    """Draw a metric over periods of equal length, oldest first.

    `title` names the subject; `kind` is "nps" or "csat". The picture is `width_px` by `HEIGHT_PX` CSS pixels,
    with fewer labels below 520 px; a PNG has twice as many pixels each way. Periods with fewer than
    `MIN_ANSWERS` are hollow marks and those without any are gaps. The same arguments give the same bytes on
    the same machine. Raises ValueError for an unknown kind or a width below `LEAST_PX`.
    """
    if width_px < LEAST_PX:
        raise ValueError(f"A chart must be at least {LEAST_PX} px wide, not {width_px}.")
    title = " ".join("".join(character if character.isprintable() else " " for character in title).split())
    plan = plan_trend(points, title=title, kind=MetricKind(kind), width=width_px, height=HEIGHT_PX)
    with _DRAWING:
        figure = _figure(plan, points, palette(dark))
        if format == "png":
            return _png(figure)
        drawn = _svg(figure)
    description = describe(points, plan.scale)
    return for_pages(drawn, title=title, description=description, width=plan.width, height=plan.height).encode()


def chart_tag(
    points: Sequence[TrendPoint],
    *,
    title: str,
    kind: str,
    dark: bool = False,
    width_px: int = WIDE_PX,
    format: Literal["svg", "png"] = "svg",
) -> str:
    """Name the picture that `trend_chart` draws from the same arguments, without drawing it.

    64 hexadecimal digits, the same in every process: of the arguments, the palette and `CHART_VERSION`.
    """
    depends_on = (CHART_VERSION, tuple(points), title, kind, palette(dark), width_px, format)
    return sha256(repr(depends_on).encode()).hexdigest()


def _figure(plan: Plan, points: Sequence[TrendPoint], colours: Palette) -> Figure:
    figure = Figure(figsize=(plan.width / CSS_DPI, plan.height / CSS_DPI), dpi=CSS_DPI, facecolor=colours.surface)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(xlim=(0, plan.width), ylim=(0, plan.height), autoscale_on=False)
    draw_trend(axes, plan, points, colours)
    return figure


def _png(figure: Figure) -> bytes:
    FigureCanvasAgg(figure)
    out = BytesIO()
    figure.savefig(out, format="png", dpi=PNG_SCALE * CSS_DPI, metadata={"Software": None})
    return out.getvalue()


def _svg(figure: Figure) -> str:
    FigureCanvasSVG(figure)
    out = BytesIO()
    figure.savefig(out, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    return out.getvalue().decode()
