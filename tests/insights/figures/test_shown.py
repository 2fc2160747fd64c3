"""A figure on its page: the right picture for each screen, links over it, and its numbers beneath."""

from datetime import date
from html.parser import HTMLParser

from jinja2 import Environment, FileSystemLoader

from feedback_service.insights.figures.figure import Event, Figure, Line, Scale, Shape
from feedback_service.insights.figures.shown import shown_figure
from feedback_service.insights.scope import Scope
from feedback_service.paths import TEMPLATES
from tests.insights.figures.factories import THE_ANSWERS, a_year, nps_mark, trend_of

SCOPE = Scope(date(2026, 3, 20), survey="nps", by="region", value="Île-de-France")
PAGE = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).from_string(
    '{% from "macros/figures.html" import figure %}{{ figure(shown, half=half) }}'
)


class Elements(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in tags]


def page(figure: Figure, *, half: bool = False) -> Elements:
    return Elements(PAGE.render(shown=shown_figure(figure, "/insights/x/nps.svg", SCOPE), half=half))


def test_its_files_are_asked_for_with_what_the_page_looks_at() -> None:
    shown = shown_figure(a_year(), "/insights/x/nps.svg", SCOPE)

    kept = "survey=nps&by=region&is=%C3%8Ele-de-France"
    assert shown.csv_url == f"/insights/x/nps.csv?{kept}"
    assert shown.png_url == f"/insights/x/nps.png?{kept}"
    assert shown.pictures["wide"].url == f"/insights/x/nps.svg?{kept}"
    assert shown.pictures["narrow"].dark_url == f"/insights/x/nps.svg?{kept}&width=narrow&theme=dark"
    assert shown_figure(a_year(), "/nps.svg", Scope(date(2026, 3, 20))).csv_url == "/nps.csv"


def test_each_screen_and_scheme_has_its_picture_whose_size_is_known_before_it_comes() -> None:
    pictures = page(a_year()).all("source", "img")

    assert len({each.get("srcset") or each.get("src") for each in pictures}) == 6
    assert all(each["width"] and each["height"] for each in pictures)
    assert len(page(a_year(), half=True).all("source", "img")) == 4


def test_links_lie_over_the_picture_for_the_mouse_and_stand_in_the_table_for_the_keyboard() -> None:
    found = page(a_year())

    assert all(each["aria-hidden"] == "true" for each in found.all("svg"))
    over = [link for link in found.all("a") if link.get("tabindex") == "-1"]
    assert [link["href"] for link in over] == [THE_ANSWERS] * 33  # eleven months that have answers, at three widths
    beneath = [link for link in found.all("a") if "tabindex" not in link and link["href"] == THE_ANSWERS]
    assert len(beneath) == 11


def test_the_page_needs_no_permission_from_a_strict_content_policy() -> None:
    assert not [
        attributes for _, attributes in page(a_year()).found if "style" in attributes or "onclick" in attributes
    ]


def test_what_changed_is_told_beside_the_table() -> None:
    events = (Event("<b>New</b> packaging", 2, "/improvements/1"), Event("Nowhere", 99))
    found = page(trend_of(*a_year().lines[0].marks, events=events))

    assert "<b>New</b> packaging" in found.said
    assert "From Jun 2025 on: " in found.said
    assert {"href": "/improvements/1"} in found.all("a")
    assert found.all("b") == []


def test_of_nothing_there_is_nothing_to_download() -> None:
    found = page(Figure("nps", "NPS", Shape.TREND, Scale.SCORE, (Line("", (nps_mark("May 2026"),)),)))

    assert found.all("a") == []
    assert len(found.all("img")) == 1
