"""The numbers under a picture and in its file."""

import csv
import io
import re

import pytest
from hypothesis import given

from feedback_service.insights.figures.figure import Figure, Line, Mark, Scale, Shape
from feedback_service.insights.figures.table import csv_of, table_of
from feedback_service.insights.figures.words import DASH, TOO_FEW, write
from tests.insights.figures.factories import THE_ANSWERS, a_year, figures, nps_mark, trend_of


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def rows_of(figure: Figure) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table_of(figure).rows]


def test_a_manager_reads_the_value_its_count_and_its_interval() -> None:
    year = a_year()

    assert [cell.text for cell in table_of(year).columns] == ["Period", "Answers", "NPS", "95 % interval"]
    assert rows_of(year)[2:6] == [
        ["Jun 2025", "104", "+33", "+17 to +47"],
        ["Jul 2025", "7", TOO_FEW, DASH],
        ["Aug 2025", "0", DASH, DASH],
        ["Sep 2025", "110", "+36", "+21 to +50"],
    ]


def test_a_row_leads_to_its_answers() -> None:
    year = table_of(a_year())

    assert [bool(row[0].url) for row in year.rows] == [at != 4 for at in range(12)]


def test_of_two_lines_each_value_leads_to_its_own_answers_and_says_whose_it_is() -> None:
    marks = nps_mark("May 2026", 60, 30, 20), nps_mark("May 2026", 2)
    both = Figure("nps", "NPS", Shape.TREND, Scale.SCORE, (Line("North", marks[:1]), Line("South", marks[1:])))

    table = table_of(both)

    assert table.groups == (("North", 3), ("South", 3))
    (row,) = table.rows
    assert [cell.url for cell in row] == ["", "", THE_ANSWERS, "", "", THE_ANSWERS, ""]
    assert [cell.says for cell in row if cell.url] == [
        "North, May 2026: +36, 110 answers",
        "South, May 2026: too few to say, 2 answers",
    ]


def test_parts_of_a_whole_have_its_count_once() -> None:
    parts = tuple(Line(name, (Mark("May 2026", share, n=40),)) for name, share in (("Late", 25.0), ("On time", 75.0)))
    figure = Figure("shares", "Deliveries", Shape.SHARES, Scale.PERCENT, parts)

    assert read(csv_of(figure)) == [["Period", "Answers", "Late", "On time"], ["May 2026", "40", "25.0", "75.0"]]


def test_counts_that_are_the_values_are_told_once() -> None:
    causes = (Mark("Late", 12, n=12), Mark("Broken", 3, n=3))
    figure = Figure("causes", "Causes", Shape.BARS, Scale.COUNT, (Line("", causes),), value_name="Cases")

    assert read(csv_of(figure))[:2] == [["Period", "Cases"], ["Late", "12"]]
    assert rows_of(figure) == [["Late", "12"], ["Broken", "3"]]


def test_what_people_named_is_no_formula_and_a_negative_number_stays_one() -> None:
    content = csv_of(trend_of(Mark("=HYPERLINK(1)", -12.5, -20, 5.0, 40, note="@SUM(A1)\n")))

    assert content.startswith(b"\xef\xbb\xbf")
    assert read(content)[1] == ["'=HYPERLINK(1)", "40", "-12.5", "-20", "5.0", "'@SUM(A1)"]


@given(figures())
def test_table_and_file_hold_the_same_numbers(figure: Figure) -> None:
    """The file to four digits, the table as they are written; what is too few to say in neither."""
    heading, *lines = read(csv_of(figure))
    assert heading == figure.columns()
    shown = rows_of(figure)
    assert len(shown) == len(lines) == len(figure.rows())

    for cells, line in zip(shown, lines, strict=True):
        numbers = iter(cells[1:])
        at = 1
        if figure.shares_count:
            assert next(numbers) == f"{int(line[at]):,}"
            at += 1
        for _ in figure.lines:
            if figure.tells_counts and not figure.shares_count:
                assert next(numbers) == f"{int(line[at]):,}"
                at += 1
            value = next(numbers)
            assert value == write(float(line[at]), figure.scale) if line[at] else value in {DASH, TOO_FEW}
            at += 1
            if figure.has_intervals:
                interval = next(numbers)
                assert bool(line[at]) == bool(line[at + 1]) == (interval != DASH)
                if line[at]:
                    assert _about(interval) == pytest.approx([float(line[at]), float(line[at + 1])], abs=0.51)
                at += 2


def _about(interval: str) -> list[float]:
    found = re.findall(r"[−+]?[\d,.]+", interval)
    return [float(each.replace("−", "-").replace(",", "")) for each in found]
