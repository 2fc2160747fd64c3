"""What stands where in a picture, before it is drawn."""

from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings

from feedback_service.insights.figures.axis import axis_of
from feedback_service.insights.figures.figure import Event, Figure, Line, Mark, Scale, Shape
from feedback_service.insights.figures.immature import GREY
from feedback_service.insights.figures.layout import WIDTHS, sketch
from feedback_service.insights.figures.look import looks_of
from feedback_service.insights.figures.measure import width_of
from feedback_service.insights.figures.sketch import BODY, Sketch, Text
from tests.insights.figures.factories import THE_ANSWERS, a_year, figures, nps_mark, periods, trend_of

NARROW, WIDE = WIDTHS["narrow"], WIDTHS["wide"]
SHAPES = list(Shape)


def texts(made: Sketch) -> list[str]:
    return [text.text for text in made.texts]


def boxes(made: Sketch) -> list[tuple[float, float, float, float, Text]]:
    """Left, lowest, right and highest of each text."""
    found = []
    for text in made.texts:
        wide = width_of(text.text, text.size, bold=text.bold)
        left = text.x - wide * {"left": 0, "center": 0.5, "right": 1}[text.align]
        found.append((left, text.y, left + wide, text.y + 0.72 * text.size, text))
    return found


@pytest.mark.parametrize("width", list(WIDTHS.values()), ids=list(WIDTHS))
@given(figure=figures())
@settings(max_examples=25)
def test_no_label_is_written_over_another_or_leaves_the_picture(width: int, figure: Figure) -> None:
    made = sketch(figure, width)

    for left, low, right, high, text in boxes(made):
        assert -0.01 <= left <= right <= width + 0.01, text
        assert 0 <= low <= high <= made.height, text
    for one, other in combinations(boxes(made), 2):
        apart = one[2] <= other[0] + 0.01 or other[2] <= one[0] + 0.01 or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@given(figure=figures(most=8, odd=True))
@settings(max_examples=25)
def test_whatever_people_named_stays_in_the_picture(width: int, figure: Figure) -> None:
    assert all(left + 0.01 >= 0 and right <= width + 0.01 for left, _, right, _, _ in boxes(sketch(figure, width)))


# What is drawn is read off as a person would: against the lines of the grid.


def upright(made: Sketch, figure: Figure, y: float) -> float:
    ticks = axis_of(figure).ticks
    low, high = made.grid[0].points[0][1], made.grid[len(ticks) - 1].points[0][1]
    return ticks[0] + (y - low) / (high - low) * (ticks[-1] - ticks[0])


def level(made: Sketch, figure: Figure, x: float) -> float:
    ticks = axis_of(figure).ticks
    places = sorted({stroke.points[0][0] for stroke in made.grid})
    return ticks[0] + (x - places[0]) / (places[-1] - places[0]) * (ticks[-1] - ticks[0])


def in_the_grid(made: Sketch, y: float) -> bool:
    heights = [stroke.points[0][1] for stroke in made.grid]
    return min(heights) - 0.01 <= y <= max(heights) + 0.01


def told(line: Line) -> list[Mark]:
    return [mark for mark in line.marks if mark.enough and mark.value is not None]


def clipped(figure: Figure, value: float) -> float:
    ticks = axis_of(figure).ticks
    return min(max(value, ticks[0]), ticks[-1])


def values_of(figure: Figure, line: Line) -> list[float]:
    """As the table has them."""
    at = [line.name for line in figure.lines].index(line.name)
    column = [head for head in figure.columns() if head.endswith(figure.value_name)][at]
    found = [row[figure.columns().index(column)] for row in figure.rows()]
    return [value for value in found if isinstance(value, int | float)]


def close(found: list[float], expected: list[float], figure: Figure) -> None:
    ticks = axis_of(figure).ticks
    assert found == pytest.approx(expected, abs=(ticks[-1] - ticks[0]) * 1e-6)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@given(figure=figures(Shape.TREND))
@settings(max_examples=15)
def test_a_trend_goes_through_the_numbers_of_the_table(width: int, figure: Figure) -> None:
    made = sketch(figure, width)
    for line, look in zip(figure.lines, looks_of(figure), strict=True):
        drawn = sorted(
            {
                point
                for dots in made.dots
                if dots.marker == look.marker and dots.fill == dots.edge and dots.fill in {look.colour, GREY}
                for point in dots.points
                if in_the_grid(made, point[1])
            }
        )
        close([upright(made, figure, y) for _, y in drawn], values_of(figure, line), figure)
        assert len({x for x, _ in drawn}) == len(drawn)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@given(figure=figures(Shape.TREND))
@settings(max_examples=15)
def test_its_bands_reach_from_low_to_high(width: int, figure: Figure) -> None:
    made = sketch(figure, width)
    drawn = {
        round(upright(made, figure, y), 3) for area in made.areas if area.alpha < 1 for s in area.shapes for _, y in s
    }
    wanted = {
        round(clipped(figure, end), 3)
        for line in figure.lines
        for mark in told(line)
        if mark.low is not None and mark.high is not None
        for end in (mark.low, mark.high)
    }
    assert sorted(drawn) == pytest.approx(sorted(wanted), abs=0.0021)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@given(figure=figures(Shape.SHARES))
@settings(max_examples=15)
def test_stacked_parts_are_as_high_as_the_table_says(width: int, figure: Figure) -> None:
    made = sketch(figure, width)
    for line, look in zip(figure.lines, looks_of(figure), strict=True):
        shapes = [
            s for area in made.areas if area.colour == look.colour and area.edge == "surface" for s in area.shapes
        ]
        heights = [upright(made, figure, s[1][1]) - upright(made, figure, s[0][1]) for s in shapes]
        close(heights, [mark.value or 0 for mark in told(line)], figure)
    tops = [upright(made, figure, s[1][1]) for area in made.areas if area.colour == "promoter" for s in area.shapes]
    close(tops, [100.0] * len(tops), figure)


def shares_of(*parts: tuple[float, bool, bool]) -> Figure:
    """Promoters of each period: their share, whether that is enough to tell and whether it may still change."""
    labels = [period.label for period in periods(len(parts))]
    happy = [
        Mark(label, a, None, None, 40, ok, immature=young) for label, (a, ok, young) in zip(labels, parts, strict=True)
    ]
    others = [replace(mark, value=100 - (mark.value or 0)) for mark in happy]
    lines = (Line("Detractors", tuple(others)), Line("Promoters", tuple(happy)))
    return Figure("shares", "Shares", Shape.SHARES, Scale.PERCENT, lines)


def test_the_numbers_beside_bars_are_those_of_the_newest_that_is_over() -> None:
    shown = texts(sketch(shares_of((60, True, False), (70, True, False), (94, True, True)), WIDE))
    assert {"70\N{NO-BREAK SPACE}%", "30\N{NO-BREAK SPACE}%"} <= set(shown)
    assert "94\N{NO-BREAK SPACE}%" not in shown
    assert any("Numbers: Feb 2026." in text for text in shown)
    over = texts(sketch(shares_of((60, True, False), (70, True, False)), WIDE))
    assert "70\N{NO-BREAK SPACE}%" in over
    assert not any("Numbers:" in text for text in over)
    young = texts(sketch(shares_of((60, False, False), (94, True, True)), WIDE))
    assert "94\N{NO-BREAK SPACE}%" in young, "there is no other"


def test_frames_of_what_is_too_few_are_not_drawn_so_close_that_they_look_like_bars() -> None:
    few, many = [(50.0, False, False)] * 90, [(50.0, False, False)] * 12
    assert [area for area in sketch(shares_of(*few), NARROW).areas if area.edge == "passive"] == []
    assert any("Not drawn: too few to say." in text for text in texts(sketch(shares_of(*few), NARROW)))
    (frames,) = (area for area in sketch(shares_of(*many), NARROW).areas if area.edge == "passive")
    assert len(frames.shapes) == 12


@pytest.mark.parametrize("width", [NARROW, WIDE])
@given(figure=figures(Shape.STEPS))
@settings(max_examples=15)
def test_a_curve_steps_through_the_numbers_of_the_table(width: int, figure: Figure) -> None:
    made = sketch(figure, width)
    drawn: set[float] = set()
    for stroke in made.strokes:
        if stroke.width == 2:
            drawn |= {round(upright(made, figure, y), 3) for _, y in stroke.points[::2]}
    for dots in made.dots:
        drawn |= {round(upright(made, figure, y), 3) for _, y in dots.points if dots.size == 7 and in_the_grid(made, y)}
    wanted = {round(value, 3) for line in figure.lines for value in values_of(figure, line)}
    assert sorted(drawn) == pytest.approx(sorted(wanted), abs=0.0021)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@given(figure=figures(Shape.WHISKERS))
@settings(max_examples=15)
def test_dots_and_whiskers_stand_at_the_numbers_of_the_table(width: int, figure: Figure) -> None:
    made = sketch(figure, width)
    marks = [mark for at in range(len(figure.lines[0].marks)) for line in figure.lines for mark in [line.marks[at]]]
    marks = [mark for mark in marks if mark.enough and mark.value is not None]
    dots = [point for dots in made.dots if dots.edge == "surface" for point in dots.points]
    assert all(upper[1] > lower[1] for upper, lower in pairwise(dots))
    close([level(made, figure, x) for x, _ in dots], [mark.value or 0 for mark in marks], figure)
    lines = [s.points for s in made.strokes if s.points[0][1] == s.points[1][1] and s.width == 2]
    ends = [level(made, figure, x) for points in lines for x, _ in points]
    wanted = [end for m in marks if m.low is not None and m.high is not None for end in (m.low, m.high)]
    close(ends, [clipped(figure, end) for end in wanted], figure)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@given(figure=figures(Shape.BARS))
@settings(max_examples=15)
def test_bars_are_as_long_as_the_table_says(width: int, figure: Figure) -> None:
    made = sketch(figure, width)
    marks = [line.marks[at] for at in range(len(figure.lines[0].marks)) for line in figure.lines]
    wanted = [mark.value or 0 for mark in marks if mark.enough and mark.value is not None]
    bars = [shape for area in made.areas for shape in area.shapes]
    close([level(made, figure, shape[2][0]) for shape in bars], wanted, figure)
    close([level(made, figure, shape[0][0]) for shape in bars], [0.0] * len(bars), figure)


def test_a_score_has_its_whole_axis_and_a_small_share_says_where_its_axis_ends() -> None:
    assert {"−100", "−50", "0", "+50", "+100"} <= set(texts(sketch(a_year(), WIDE)))

    rates = Line("", tuple(Mark(period.label, 12.0, 11.0, 13.0, 900) for period in periods(6)))
    small = texts(sketch(Figure("rate", "Response rate", Shape.TREND, Scale.PERCENT, (rates,)), WIDE))
    assert {f"{tick}\N{NO-BREAK SPACE}%" for tick in (0, 5, 10, 15, 20)} <= set(small)
    assert "Shaded: 95\N{NO-BREAK SPACE}% interval. The axis ends at 20\N{NO-BREAK SPACE}%." in small


def test_no_line_runs_through_what_cannot_be_told() -> None:
    made = sketch(a_year(), WIDE)

    assert [len(stroke.points) for stroke in made.strokes] == [3, 7]
    (hollow,) = (dots for dots in made.dots if dots.fill == "surface")
    assert (hollow.edge, len(hollow.points)) == ("passive", 1)
    assert "Shaded: 95\N{NO-BREAK SPACE}% interval. Hollow: too few to say." in texts(made)


def test_of_several_lines_what_cannot_be_told_is_left_out() -> None:
    year = a_year()
    (line,) = year.lines
    two = replace(year, lines=(replace(line, name="Swift"), replace(line, name="Slow")))
    made = sketch(two, WIDE)

    assert {dots.edge for dots in made.dots if dots.fill == "surface"} <= {look.colour for look in looks_of(two)}
    assert "Shaded: 95\N{NO-BREAK SPACE}% interval. Not drawn: too few to say." in texts(made)


def test_every_period_has_its_count_under_it_and_the_newest_its_value_beside_it() -> None:
    shown = texts(sketch(a_year(), WIDE))

    assert [text for text in shown if text.isdecimal() and int(text) < 200] == [
        "0", "100", "102", "104", "7", "0", *map(str, range(110, 124, 2))
    ]  # fmt: skip
    assert [text for text in shown if text in {"2025", "2026"}] == ["2025", "2026"]
    assert {"+43", "+28 to +55"} <= set(shown)


def test_a_phone_has_fewer_labels_and_a_bar_for_every_count() -> None:
    made = sketch(a_year(), NARROW)

    assert 3 <= sum(text in {p.label.split()[0] for p in periods(12)} for text in texts(made)) <= 6
    assert [len(area.shapes) for area in made.areas if area.colour == "passive"] == [11]


def test_events_are_named_where_there_is_room_and_numbered_where_there_is_not() -> None:
    events = (Event("New packaging", 4), Event("Second courier", 5), Event("Weekend shifts", 6))
    year = trend_of(*a_year().lines[0].marks, events=events)

    assert {"New packaging", "Second courier"} <= set(
        texts(sketch(trend_of(*a_year().lines[0].marks, events=(*events[:1], Event("Second courier", 9))), WIDE))
    )
    phone = texts(sketch(year, NARROW))
    assert {"1", "2", "3"} <= set(phone)
    assert "Dotted: 1 New packaging; 2 Second courier; 3 Weekend shifts." in " ".join(phone)


def test_an_improvement_is_told_in_full_over_its_line_or_under_the_title() -> None:
    long = "Orders to the north go with another carrier from now on"
    year = trend_of(*a_year().lines[0].marks, events=(Event(long, 6),))

    assert long in texts(sketch(year, WIDE))
    assert f"Dotted: 1 {long}." in " ".join(texts(sketch(year, NARROW)))


def test_an_event_stands_before_the_first_period_in_which_it_held() -> None:
    made = sketch(trend_of(*a_year().lines[0].marks, events=(Event("New packaging", 6),)), WIDE)

    (line,) = (stroke for stroke in made.strokes if stroke.colour == "muted")
    june, july = (next(t.x for t in made.texts if t.text == month) for month in ("Sep", "Oct"))
    assert line.points[0][0] == pytest.approx((june + july) / 2)


def test_an_effect_that_could_be_chance_is_grey() -> None:
    marks = (Mark("Late", -41, -48, -34, 300), Mark("Price", 3, -4, 10, 90), Mark("Odd", None, n=4, enough=False))
    made = sketch(Figure("effects", "Effects", Shape.WHISKERS, Scale.POINTS, (Line("", marks),)), WIDE)

    assert [dots.fill for dots in made.dots] == ["accent", "passive"]
    assert "Line: 95\N{NO-BREAK SPACE}% interval. Grey: could be chance, the line crosses zero." in texts(made)
    assert {"−41", "(−48 to −34)", "too few to say"} <= set(texts(made))


def test_a_long_name_is_told_in_two_lines() -> None:
    marks = (Mark("The date of the next roast beside every coffee", -5, -37, 31, 46), Mark("Another carrier", 9, n=37))
    for width in (NARROW, WIDE):
        made = sketch(Figure("effects", "Effects", Shape.WHISKERS, Scale.POINTS, (Line("", marks),)), width)

        told = [text for text in made.texts if text.text.strip() and text.text in marks[0].label]
        assert " ".join(text.text for text in told) == marks[0].label
        assert [text.y for text in told] == sorted((text.y for text in told), reverse=True)


def test_a_line_that_ended_long_ago_is_not_told_beside_those_that_go_on() -> None:
    months = [period.label for period in periods(6)]
    lines = tuple(
        Line(name, tuple(Mark(label, 40.0 + at if at < end else None, n=30) for at, label in enumerate(months)))
        for name, end in (("North", 6), ("South", 5), ("Islands", 2))
    )
    shown = texts(sketch(Figure("any", "Any", Shape.TREND, Scale.PERCENT, lines), WIDE))

    assert [text for text in shown if text in {f"{40 + at}\N{NO-BREAK SPACE}%" for at in (1, 4, 5)}] == [
        "45\N{NO-BREAK SPACE}%",
        "44\N{NO-BREAK SPACE}%",
    ]
    assert [shown.count(line.name) for line in lines] == [1, 1, 1]


def test_what_has_not_been_followed_so_long_is_grey_and_dashed() -> None:
    marks = [
        Mark(f"{day} days", day / 10, n=90, note="Not all followed so long" if day > 90 else "", immature=day > 90)
        for day in (30, 90, 180)
    ]
    made = sketch(Figure("again", "Bought again", Shape.STEPS, Scale.PERCENT, (Line("", tuple(marks)),)), WIDE)

    assert [(stroke.colour, bool(stroke.dashes)) for stroke in made.strokes] == [("accent", False), ("passive", True)]
    assert "Grey: not all followed so long. The axis ends at 20\N{NO-BREAK SPACE}%." in texts(made)


def test_a_grey_stretch_reaches_from_the_mark_before_it_to_the_one_after() -> None:
    young = {2: "1 can still answer", 3: "2 can still answer"}
    marks = [Mark(f"{day} days", 40.0, n=90, note=young.get(day, "told"), immature=day in young) for day in range(6)]
    for shape in (Shape.TREND, Shape.STEPS):
        made = sketch(Figure("any", "Any", shape, Scale.PERCENT, (Line("", tuple(marks)),)), WIDE)

        ends = [(stroke.points[0][0], stroke.points[-1][0], stroke.colour) for stroke in made.strokes]
        xs = [left for left, _, _ in ends] + [ends[-1][1]]
        assert [colour for _, _, colour in ends] == ["accent", "passive", "accent"]
        assert ends == [(xs[at], xs[at + 1], colour) for at, (_, _, colour) in enumerate(ends)]  # without a gap
        assert "Grey: may still change." in " ".join(texts(made))


def test_the_newest_value_that_stays_is_written_large_and_not_one_that_may_still_change() -> None:
    *before, last = a_year().lines[0].marks
    made = sketch(trend_of(*before, replace(last, note="not over yet", immature=True)), WIDE)

    large = [(text.text, text.x) for text in made.texts if text.size > BODY]
    assert large == [("+42", next(text.x for text in made.texts if text.text == "Feb"))]
    assert "Grey: not over yet." in " ".join(texts(made))


def test_bars_that_may_still_change_are_pale() -> None:
    marks = (
        Mark("Apr 2026", 100.0, n=40),
        Mark("May 2026", 100.0, n=40, note="not over yet, 4 unscored", immature=True),
    )
    made = sketch(Figure("any", "Any", Shape.SHARES, Scale.PERCENT, (Line("Promoters", marks),)), WIDE)

    sure, young = (area for area in made.areas if area.colour == "promoter")
    assert (sure.alpha, len(sure.shapes), len(young.shapes)) == (1, 1, 1)
    assert young.alpha < 1
    assert "Numbers: Apr 2026. Pale: not over yet." in texts(made)


def test_days_stand_as_far_apart_as_they_are() -> None:
    marks = tuple(Mark(f"{day} days", 10.0, n=90) for day in (0, 30, 90, 180))
    made = sketch(Figure("again", "Bought again", Shape.STEPS, Scale.PERCENT, (Line("", marks),)), WIDE)

    xs = [next(t.x for t in made.texts if t.text == day) for day in ("0", "30", "90", "180")]
    assert xs[2] - xs[1] == pytest.approx(2 * (xs[1] - xs[0]))
    assert xs[3] - xs[2] == pytest.approx(3 * (xs[1] - xs[0]))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "lines", [(), (Line("", ()),), (Line("", (nps_mark("May 2026"),)),)], ids=["none", "bare", "0"]
)
def test_without_answers_it_says_so(shape: Shape, lines: tuple[Line, ...]) -> None:
    made = sketch(Figure("any", "Any", shape, Scale.SCORE, lines), NARROW)

    assert "No answers yet" in texts(made)
    assert made.spots == []


@pytest.mark.parametrize("width", list(WIDTHS.values()))
def test_each_mark_of_a_line_leads_to_its_answers(width: int) -> None:
    spots = sketch(a_year(), width).spots

    assert [spot.url for spot in spots] == [THE_ANSWERS] * 11
    assert spots[3].words == "Jul 2025: 7 answers, too few to say"
    assert all(one.x + one.width <= other.x + 0.01 for one, other in pairwise(spots))
    assert all(spot.x >= 0 and spot.x + spot.width <= width for spot in spots)


def test_each_part_of_a_bar_and_each_event_leads_on() -> None:
    parts = tuple(
        Line(name, (Mark("May 2026", share, n=40, url=f"/answers/?low={share}"),))
        for name, share in (("Detractors", 25.0), ("Promoters", 75.0))
    )
    figure = Figure("any", "Any", Shape.SHARES, Scale.PERCENT, parts, (Event("New packaging", 0, "/improvements/1"),))

    lower, upper, event = sorted(sketch(figure, WIDE).spots, key=lambda spot: spot.y)

    assert (lower.url, upper.url, event.url) == ("/answers/?low=25.0", "/answers/?low=75.0", "/improvements/1")
    assert upper.height == pytest.approx(3 * lower.height)
    assert lower.y + lower.height == pytest.approx(upper.y)
