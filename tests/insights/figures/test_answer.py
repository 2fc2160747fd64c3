"""What a browser gets when it asks for a figure's file."""

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from feedback_service.insights.figures.answer import figure_file
from feedback_service.insights.figures.draw import figure_png, figure_svg
from feedback_service.insights.figures.layout import WIDTHS
from feedback_service.insights.figures.table import csv_of
from tests.insights.figures.factories import a_year, nps_mark, trend_of


def asked(path: str = "/nps.svg", **headers: str) -> Request:
    return Request(
        EnvironBuilder(path, headers={name.replace("_", "-"): text for name, text in headers.items()}).get_environ()
    )


def test_the_address_chooses_the_variant() -> None:
    year = a_year()

    assert figure_file(year, "svg", asked()).data == figure_svg(year)
    dark = figure_file(year, "svg", asked("/nps.svg?survey=nps&theme=dark&width=narrow"))
    assert dark.data == figure_svg(year, dark=True, width=WIDTHS["narrow"])
    assert dark.content_type == "image/svg+xml"
    assert figure_file(year, "svg", asked("/nps.svg?theme=blue&width=9999999")).data == figure_svg(year)


def test_a_browser_that_has_it_gets_nothing_again_until_a_number_changes() -> None:
    first = figure_file(a_year(), "svg", asked())
    tag = first.headers["ETag"]

    again = figure_file(a_year(), "svg", asked(If_None_Match=tag))
    assert (again.status_code, again.data) == (304, b"")
    changed = trend_of(*a_year().lines[0].marks[:-1], nps_mark("Mar 2026", 73, 30, 20))
    assert figure_file(changed, "svg", asked(If_None_Match=tag)).status_code == 200
    assert figure_file(a_year(), "svg", asked("/nps.svg?theme=dark", If_None_Match=tag)).status_code == 200


@pytest.mark.parametrize("form", ["png", "csv"])
def test_what_is_downloaded_has_a_name(form: str) -> None:
    got = figure_file(a_year(), form, asked())

    assert got.headers["Content-Disposition"] == f'attachment; filename="nps.{form}"'
    assert got.data == (figure_png(a_year()) if form == "png" else csv_of(a_year()))
