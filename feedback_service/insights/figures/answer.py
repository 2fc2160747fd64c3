"""Answers a request for a figure's file: its picture or its numbers; a browser that has it already gets a 304."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Literal

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from feedback_service.insights.figures.draw import figure_png, figure_svg, figure_tag
from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.figures.layout import USUAL, WIDTHS
from feedback_service.insights.figures.table import csv_of

TYPES = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}


def file_of(figures: Iterable[Figure], name: str, form: Literal["svg", "png", "csv"], asked: Request) -> Response:
    """That of the figure with this name; raises NotFound where there is none."""
    for figure in figures:
        if figure.name == name:
            return figure_file(figure, form, asked)
    raise NotFound


def figure_file(figure: Figure, form: Literal["svg", "png", "csv"], asked: Request) -> Response:
    """The file that is asked for; in its address `theme=dark` and `width=narrow` or `medium` choose a variant.

    `asked` is the request: its headers tell what the browser has.
    """
    dark = asked.args.get("theme") == "dark"
    width = WIDTHS.get(asked.args.get("width", ""), WIDTHS[USUAL])
    response = Response(content_type=TYPES[form])
    response.set_etag(figure_tag(figure, form, dark=dark, width=width), weak=True)  # fonts differ between machines
    if form != "svg":
        response.headers["Content-Disposition"] = f'attachment; filename="{figure.name}.{form}"'
    response.make_conditional(asked)
    if response.status_code == HTTPStatus.OK:  # drawing is the slow part
        response.data = _file(figure, form, dark=dark, width=width)
    return response


def _file(figure: Figure, form: Literal["svg", "png", "csv"], *, dark: bool, width: int) -> bytes:
    if form == "csv":
        return csv_of(figure)
    return (figure_svg if form == "svg" else figure_png)(figure, dark=dark, width=width)
