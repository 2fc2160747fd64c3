"""What a manager sees of a metric over time, on a desk, on a phone and through a screen reader."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import product
from xml.etree import ElementTree

import pytest
from PIL import Image

from feedback_service.insights.charts import HEIGHT_PX, NARROW_PX, WIDE_PX, TrendPoint, chart_tag, trend_chart
from feedback_service.insights.palette import palette
from feedback_service.insights.rules.metrics import NO_ANSWERS, CsatCounts, NpsCounts

SVG = "{http://www.w3.org/2000/svg}"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
TITLE = "How likely buyers are to recommend us"


def month(place: int, promoters: int = 0, passives: int = 0, detractors: int = 0) -> TrendPoint:
    estimate = NpsCounts(promoters, passives, detractors).estimate()
    return TrendPoint(f"{MONTHS[place % 12]} {2024 + place // 12}", estimate)


A_YEAR_AND_A_HALF = [month(place, 50 + 2 * place, 30, 20) for place in range(18)]
WITH_HOLES = [month(0, 40, 30, 20), month(1, 45, 30, 20), month(2, 4, 2, 1), month(3), month(4, 50, 30, 20)]


def svg(points: list[TrendPoint], title: str = TITLE, kind: str = "nps", **options: int) -> ElementTree.Element:
    return ElementTree.fromstring(trend_chart(points, title=title, kind=kind, **options))


def texts(drawn: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in drawn.iter(f"{SVG}text")]


def lines(drawn: ElementTree.Element) -> list[ElementTree.Element]:
    accent = palette(dark=False).accent
    return [path for path in drawn.iter(f"{SVG}path") if path.get("stroke") == accent and path.get("d", "").count("L")]


def marks(drawn: ElementTree.Element, **look: str) -> int:
    return sum(all(use.get(name) == value for name, value in look.items()) for use in drawn.iter(f"{SVG}use"))


def test_a_screen_reader_hears_the_subject_and_every_figure() -> None:
    drawn = svg(WITH_HOLES)

    assert drawn.get("role") == "img"
    assert [child.tag for child in drawn][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert drawn[0].text == TITLE
    spoken = (drawn[1].text or "").replace("\N{NO-BREAK SPACE}", " ")
    assert spoken.startswith("Jan 2024: +22, 95 % interval +6 to +37, 90 answers. Feb 2024: +26,")
    assert "Mar 2024: 7 answers, too few to say. Apr 2024: no answers." in spoken


def test_the_title_says_the_subject_and_the_note_what_the_marks_mean() -> None:
    assert texts(svg(WITH_HOLES))[:2] == [
        TITLE,
        "Shaded: 95\N{NO-BREAK SPACE}% interval. Hollow: under 10\N{NO-BREAK SPACE}answers, too few to say.",
    ]
    assert texts(svg(A_YEAR_AND_A_HALF))[1] == "Shaded: 95\N{NO-BREAK SPACE}% interval."


def test_the_axis_is_the_whole_scale() -> None:
    assert {"−100", "−50", "0", "+50", "+100"} <= set(texts(svg(A_YEAR_AND_A_HALF)))

    satisfied = [TrendPoint("May 2025", CsatCounts(90, 100).estimate())]
    assert {f"{tick}\N{NO-BREAK SPACE}%" for tick in (0, 25, 50, 75, 100)} <= set(texts(svg(satisfied, kind="csat")))


def test_every_point_has_its_count_under_it() -> None:
    shown = texts(svg(A_YEAR_AND_A_HALF))

    assert [text for text in shown if text in {str(100 + 2 * place) for place in range(18)}] == [
        str(100 + 2 * place) for place in range(18)
    ]
    assert [text for text in shown if text in {"2024", "2025"}] == ["2024", "2025"]


def test_the_latest_value_stands_beside_its_point() -> None:
    assert {"+48", "+34 to +59"} <= set(texts(svg(A_YEAR_AND_A_HALF)))


def test_a_phone_gets_fewer_labels_and_a_bar_for_every_count() -> None:
    drawn = svg(A_YEAR_AND_A_HALF, width_px=NARROW_PX)

    assert 5 <= sum(text in MONTHS for text in texts(drawn)) <= 9
    bars = [path for path in drawn.iter(f"{SVG}path") if path.get("stroke") == palette(dark=False).passive]
    assert len(bars) == 18


@pytest.mark.parametrize(("width", "dark"), list(product([NARROW_PX, WIDE_PX], [False, True])))
def test_no_label_is_written_over_another(width: int, dark: bool) -> None:
    """Boxes a little wider than the characters of a common system font."""
    boxes = []
    for text in svg(A_YEAR_AND_A_HALF, width_px=width, dark=dark).iter(f"{SVG}text"):
        size = float(text.get("font-size", "").removesuffix("px"))
        wide = 0.54 * size * len(text.text or "")
        left = float(text.get("x", "")) - wide * {"start": 0, "middle": 0.5, "end": 1}[text.get("text-anchor", "")]
        y = float(text.get("y", ""))
        boxes.append((left, y - 0.7 * size, left + wide, y))
        assert left >= 0
        assert left + wide <= width

    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, (one, other)


def test_no_line_runs_through_what_cannot_be_told() -> None:
    drawn = svg(WITH_HOLES)

    # From January to February; March is a hollow mark, and May a single point.
    assert [path.get("d", "").count("L") for path in lines(drawn)] == [1]
    assert marks(drawn, stroke=palette(dark=False).passive, fill=palette(dark=False).surface) == 1


def test_a_line_goes_on_after_a_month_without_answers() -> None:
    series = [*A_YEAR_AND_A_HALF[:4], month(4), *A_YEAR_AND_A_HALF[5:]]

    assert [path.get("d", "").count("L") for path in lines(svg(series))] == [3, 12]


def test_a_value_whose_month_is_past_stands_over_its_point() -> None:
    shown = texts(svg(WITH_HOLES[:4]))

    assert "+26" in shown
    assert not [text for text in shown if text.startswith("+10 to")]


@pytest.mark.parametrize("points", [[], [month(0), month(1)]])
def test_without_answers_it_says_so(points: list[TrendPoint]) -> None:
    drawn = svg(points)

    assert "No answers yet" in texts(drawn)
    assert drawn[1].text == "No answers yet."
    assert lines(drawn) == []


@pytest.mark.parametrize("estimate", [NO_ANSWERS, NpsCounts(1, 0, 0).estimate(), NpsCounts(0, 0, 90).estimate()])
@pytest.mark.parametrize("width", [NARROW_PX, WIDE_PX])
def test_a_single_period_can_be_drawn(estimate: NpsCounts, width: int) -> None:
    assert "Week" in texts(svg([TrendPoint("Week 7", estimate)], width_px=width))


@pytest.mark.parametrize(
    "title",
    ['<script>$x$</script> & "tea"', ' style="fill: red" id="text_1"', "--> ]]> &amp; <g>", "$2 or $3, 100 %"],
)
def test_a_title_is_never_markup(title: str) -> None:
    drawn = svg(A_YEAR_AND_A_HALF, title=f"{title}\x00\n")

    assert list(drawn.iter(f"{SVG}script")) == []
    assert drawn[0].text == drawn.get("aria-label") == texts(drawn)[0] == title.strip()


def test_a_title_too_long_for_two_lines_is_cut_in_the_picture_only() -> None:
    title = "What buyers think of parcels that the neighbours took in while nobody was at home in the holidays"

    drawn = svg(A_YEAR_AND_A_HALF, title=title, width_px=NARROW_PX)

    assert texts(drawn)[1].endswith("…")
    assert drawn[0].text == title


def test_it_needs_no_permission_from_a_strict_content_policy() -> None:
    drawn = svg(WITH_HOLES)

    assert not [element for element in drawn.iter() if "style" in element.attrib or element.tag == f"{SVG}style"]


def test_two_charts_on_a_page_share_no_numbered_ids() -> None:
    drawn = svg(WITH_HOLES)

    assert [element for element in drawn.iter() if "_" in element.get("id", "")] == []


@pytest.mark.parametrize(("form", "dark"), list(product(["svg", "png"], [False, True])))
def test_the_same_input_gives_the_same_bytes(form: str, dark: bool) -> None:
    def draw(_: int) -> bytes:
        return trend_chart(WITH_HOLES, title=TITLE, kind="nps", dark=dark, format=form)

    with ThreadPoolExecutor(4) as threads:
        drawn = set(threads.map(draw, range(8)))

    assert len(drawn) == 1
    assert b"<metadata" not in drawn.pop()


@pytest.mark.parametrize(("width", "dark"), list(product([NARROW_PX, WIDE_PX], [False, True])))
def test_a_png_is_sharp_and_painted_to_its_corners(width: int, dark: bool) -> None:
    drawn = trend_chart(A_YEAR_AND_A_HALF, title=TITLE, kind="nps", dark=dark, width_px=width, format="png")

    picture = Image.open(BytesIO(drawn)).convert("RGBA")
    assert picture.size == (2 * width, 2 * HEIGHT_PX)
    red, green, blue, alpha = picture.getpixel((0, 0))
    assert (f"#{red:02x}{green:02x}{blue:02x}", alpha) == (palette(dark).surface, 255)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="'stars' is not a valid MetricKind"):
        trend_chart([], title=TITLE, kind="stars")
    with pytest.raises(ValueError, match="at least 288 px wide, not 100"):
        trend_chart([], title=TITLE, kind="nps", width_px=100)


def test_the_server_never_meets_pyplot() -> None:
    look = "import sys, feedback_service.insights.charts; print('matplotlib.pyplot' in sys.modules)"

    assert subprocess.check_output([sys.executable, "-c", look], text=True).strip() == "False"


def test_a_tag_names_one_picture() -> None:
    points = WITH_HOLES
    one_more_answer = [*points[:-1], month(4, 51, 30, 20)]
    tags = {
        chart_tag(points, title=TITLE, kind="nps"),
        chart_tag(one_more_answer, title=TITLE, kind="nps"),
        chart_tag(points[1:], title=TITLE, kind="nps"),
        chart_tag(points, title="Another", kind="nps"),
        chart_tag(points, title=TITLE, kind="csat"),
        chart_tag(points, title=TITLE, kind="nps", dark=True),
        chart_tag(points, title=TITLE, kind="nps", width_px=NARROW_PX),
        chart_tag(points, title=TITLE, kind="nps", format="png"),
    }
    assert len(tags) == 8
    assert chart_tag(list(points), title=TITLE, kind="nps", width_px=WIDE_PX) in tags
