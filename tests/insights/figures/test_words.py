"""Numbers as people write them, and pictures in words."""

import pytest

from feedback_service.insights.figures.figure import Event, Figure, Line, Mark, Scale, Shape
from feedback_service.insights.figures.words import counted, describe, plain, write, write_range
from tests.insights.figures.factories import a_year, nps_mark, trend_of

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "scale", "written"),
    [
        (37.6, Scale.SCORE, "+38"),
        (-12.2, Scale.SCORE, "−12"),
        (-0.3, Scale.SCORE, "0"),
        (-4.25, Scale.POINTS, "−4.2"),
        (0.04, Scale.POINTS, "0"),
        (87.4, Scale.PERCENT, f"87{SPACE}%"),
        (4.16, Scale.PERCENT, f"4.2{SPACE}%"),
        (12_345, Scale.COUNT, "12,345"),
        (2.5, Scale.HOURS, f"2.5{SPACE}h"),
        (30, Scale.DAYS, f"30{SPACE}d"),
    ],
)
def test_values_are_written_as_a_person_would(value: float, scale: Scale, written: str) -> None:
    assert write(value, scale) == written


@pytest.mark.parametrize(
    ("low", "high", "scale", "written"),
    [
        (-4.2, 16.4, Scale.POINTS, "−4 to +16"),
        (-4.2, 1.4, Scale.POINTS, "−4.2 to +1.4"),
        (81.2, 92.1, Scale.PERCENT, f"81 to 92{SPACE}%"),
    ],
)
def test_both_ends_of_a_range_are_as_fine_and_share_their_unit(
    low: float, high: float, scale: Scale, written: str
) -> None:
    assert write_range(low, high, scale) == written


@pytest.mark.parametrize(
    ("number", "written"), [(0, "no answers"), (1, "1 answer"), (7, "7 answers"), (1204, "1,204 answers")]
)
def test_one_answer_is_one_answer(number: int, written: str) -> None:
    assert counted(number, "Answers") == written


def test_whoever_cannot_see_it_hears_every_figure() -> None:
    said = describe(a_year()).replace(SPACE, " ")

    assert said.startswith("Apr 2025: +30, 95 % interval +14 to +44, 100 answers. May 2025: +31,")
    assert "Jul 2025: 7 answers, too few to say. Sep 2025:" in said


def test_they_hear_of_the_target_and_of_what_changed() -> None:
    mark = nps_mark("May 2026", 60, 30, 20, note="not over yet")
    figure = trend_of(mark, target=50, events=(Event("New packaging", 0),))

    assert describe(figure).endswith("110 answers, not over yet. Target: +50. New packaging, from May 2026 on.")


def test_of_a_very_long_line_they_hear_the_newest_and_where_the_rest_is() -> None:
    said = describe(trend_of(*(Mark(f"Day {at}", 1.0, n=20) for at in range(100))))

    assert "Day 39:" not in said
    assert "Day 40: +1, 20 answers." in said
    assert said.endswith("The 40 before are in the table.")


def test_where_there_is_nothing_they_hear_so() -> None:
    assert describe(Figure("nps", "NPS", Shape.TREND, Scale.SCORE, (Line("", ()),))) == "No answers yet."
    assert describe(Figure("causes", "Causes", Shape.BARS, Scale.COUNT, (), count_of="Cases")) == "No cases yet."


def test_what_does_not_print_goes_but_a_space_that_does_not_break_stays() -> None:
    assert plain(f"a\x00b\n c  95{SPACE}%") == f"a b c 95{SPACE}%"
