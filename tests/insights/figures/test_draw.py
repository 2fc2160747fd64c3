"""Pictures as files: for pages, mails and paper, and through a screen reader."""

import subprocess
import sys
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from itertools import product
from threading import Barrier
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from matplotlib.figure import Figure as Sheet
from matplotlib.text import Text as Letters
from PIL import Image

from feedback_service.insights.figures.draw import Kept, figure_png, figure_svg, figure_tag, figures_on
from feedback_service.insights.figures.figure import Figure, Line, Mark, Scale, Shape
from feedback_service.insights.figures.layout import WIDTHS, sketch
from feedback_service.insights.figures.paint import pdf_of
from feedback_service.insights.figures.words import plain
from feedback_service.insights.palette import palette
from tests.insights.figures.factories import ODD, a_year, figures, nps_mark, trend_of

SVG = "{http://www.w3.org/2000/svg}"


def svg(figure: Figure, **look: bool | int) -> ElementTree.Element:
    return ElementTree.fromstring(figure_svg(figure, **look))


def texts(drawn: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in drawn.iter(f"{SVG}text")]


@pytest.mark.parametrize("shape", [Shape.TREND, Shape.STEPS])
@pytest.mark.parametrize("dark", [False, True])
def test_what_may_still_change_is_drawn_grey_and_dashed(shape: Shape, dark: bool) -> None:
    marks = tuple(nps_mark(f"{at} days", 50 + at, 30, 20) for at in range(4))
    young = replace(marks[-1], note="Answers may still come", immature=True)
    grey = palette(dark).passive

    def dashed(*drawn: Mark) -> int:
        made = svg(Figure("any", "Any", shape, Scale.SCORE, (Line("", drawn),)), dark=dark)
        found = [path for path in made.iter(f"{SVG}path") if path.get("stroke-dasharray")]
        return sum(path.get("stroke") == grey for path in found)

    assert dashed(*marks) == 0
    assert dashed(*marks[:-1], young) == 1


def test_a_screen_reader_hears_the_subject_and_every_figure() -> None:
    drawn = svg(a_year())

    assert drawn.get("role") == "img"
    assert [child.tag for child in drawn][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert drawn[0].text == drawn.get("aria-label") == "NPS by month"
    assert (drawn[1].text or "").startswith("Apr 2025: +30,")


@given(figure=figures(most=12, odd=True))
@settings(max_examples=25)
def test_whatever_people_named_is_text_and_never_markup(figure: Figure) -> None:
    drawn = svg(figure, width=WIDTHS["narrow"])

    assert texts(drawn) == [text.text for text in sketch(figure, WIDTHS["narrow"]).texts]
    assert (drawn[0].text or "") == plain(figure.title)
    assert {element.tag for element in drawn.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "desc", "g", "path", "use", "text", "defs", "clipPath", "rect")
    }


@pytest.mark.parametrize("odd", ODD)
def test_letters_that_no_font_here_has_are_drawn_as_squares_without_a_warning(odd: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = trend_of(nps_mark(f"{odd} 2026", 60, 30, 20), title=odd)

        assert figure_png(figure).startswith(b"\x89PNG")
        assert plain(odd) in texts(svg(figure))


@pytest.mark.parametrize("dark", [False, True])
def test_it_needs_no_permission_from_a_strict_content_policy(dark: bool) -> None:
    drawn = svg(a_year(), dark=dark)

    assert not [element for element in drawn.iter() if "style" in element.attrib or element.tag == f"{SVG}style"]
    assert [element for element in drawn.iter() if "_" in element.get("id", "")] == []


@pytest.mark.parametrize(("width", "dark"), list(product(WIDTHS.values(), [False, True])))
def test_a_png_is_sharp_and_painted_to_its_corners(width: int, dark: bool) -> None:
    picture = Image.open(BytesIO(figure_png(a_year(), dark, width=width))).convert("RGBA")

    assert picture.size == (2 * width, 2 * sketch(a_year(), width).height)
    red, green, blue, alpha = picture.getpixel((0, 0))
    assert (f"#{red:02x}{green:02x}{blue:02x}", alpha) == (palette(dark).surface, 255)


@pytest.mark.parametrize("room", [(48, 48, 547, 794), (48, 500, 547, 794)], ids=["a sheet", "the upper half of one"])
def test_pictures_on_paper_stay_in_their_room_and_none_covers_another(room: tuple[float, float, float, float]) -> None:
    left, bottom, right, top = room
    sheet = Sheet(figsize=(595 / 72, 842 / 72), dpi=72)
    figures_on(sheet, [a_year(), trend_of(nps_mark("日本語", 1), title="مرحبا")], room)

    words = [each for each in sheet.get_children() if isinstance(each, Letters)]
    places = {each.get_text(): each.get_transform().transform(each.get_position()) for each in words}
    assert all(left <= x <= right and bottom <= y <= top for x, y in places.values())
    first = [
        each.get_transform().transform(each.get_position())[1] for each in words[: len(sketch(a_year(), 720).texts)]
    ]
    assert min(first) > places["مرحبا"][1], "the second lies below the first"
    (title,) = (each for each in words if each.get_text() == "NPS by month")
    assert title.get_fontsize() == pytest.approx(16 * min((right - left) / 720, (top - bottom) / heights()))
    assert pdf_of([sheet], "Two", "Shop").startswith(b"%PDF")


def heights() -> int:
    two = (a_year(), trend_of(nps_mark("日本語", 1), title="مرحبا"))
    return sum(sketch(each, 720).height for each in two)


def test_the_same_figure_gives_the_same_bytes_whoever_draws_at_once() -> None:
    def draw(_: int) -> bytes:
        return Kept().get("tag", lambda: figure_svg(a_year()))

    with ThreadPoolExecutor(4) as threads:
        drawn = set(threads.map(draw, range(8)))

    assert len(drawn) == 1
    assert b"<metadata" not in drawn.pop()


def test_a_picture_is_drawn_once_and_those_not_asked_for_go_first() -> None:
    drawn: list[str] = []
    kept = Kept(most_bytes=25)

    def asked(name: str) -> bytes:
        def draw() -> bytes:
            drawn.append(name)
            return name.encode() * 10

        return kept.get(name, draw)

    assert [asked(name) for name in "aba"] == [b"a" * 10, b"b" * 10, b"a" * 10]
    asked("c")  # there is room for two
    asked("a")
    asked("b")
    assert "".join(drawn) == "abcb"


def test_whoever_asks_while_it_is_drawn_waits_for_that_picture() -> None:
    kept, drawn, all_ask = Kept(), Counter[str](), Barrier(6)

    def asked(name: str) -> bytes:
        def draw() -> bytes:
            drawn[name] += 1
            return name.encode()

        all_ask.wait(timeout=30)
        return kept.get(name, draw)

    with ThreadPoolExecutor(6) as threads:
        pictures = list(threads.map(asked, "aabbab"))

    assert b"".join(pictures) == b"aabbab"
    assert drawn == {"a": 1, "b": 1}


def test_what_could_not_be_drawn_is_tried_again() -> None:
    kept = Kept()

    def fails() -> bytes:
        raise ValueError("no such colour")

    with pytest.raises(ValueError, match="colour"):
        kept.get("tag", fails)
    assert kept.get("tag", lambda: b"drawn") == b"drawn"


def test_what_is_too_large_to_keep_is_given_all_the_same() -> None:
    kept = Kept(most_bytes=3)

    assert kept.get("large", lambda: b"large") == b"large"
    assert kept.get("small", lambda: b"sm") == kept.get("small", lambda: b"another") == b"sm"


def test_a_tag_names_one_file() -> None:
    year = a_year()
    later = trend_of(*year.lines[0].marks[:-1], nps_mark("Mar 2026", 73, 30, 20))
    tags = [
        figure_tag(year, "svg"),
        figure_tag(later, "svg"),
        figure_tag(trend_of(*year.lines[0].marks, title="Another"), "svg"),
        figure_tag(year, "svg", dark=True),
        figure_tag(year, "svg", width=WIDTHS["narrow"]),
        figure_tag(year, "png"),
        figure_tag(year, "csv"),
    ]
    assert len(set(tags)) == len(tags)
    assert figure_tag(a_year(), "svg") == tags[0]


def test_the_server_never_meets_pyplot() -> None:
    look = "import sys, feedback_service.insights.figures.draw; print('matplotlib.pyplot' in sys.modules)"

    assert subprocess.check_output([sys.executable, "-c", look], text=True).strip() == "False"
