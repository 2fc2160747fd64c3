"""A report as a workbook: real numbers to reckon with, and a chart of each score."""

import re
from io import BytesIO
from typing import Any

import xlsxwriter

from feedback_service.insights.figures.figure import Figure, Scale
from feedback_service.insights.figures.words import plain
from feedback_service.insights.reports.content import Content, Part
from feedback_service.insights.rules.verdicts import Verdict

SUMMARY = "Summary"
COLUMNS = (
    "Survey", "Score", "Period", "Value", "Low", "High", "Answers", "Change", "Change, low", "Change, high",
    "What it means",
)  # fmt: skip
NOTHING = (None, None, None)  # where there are too few answers to say
LONGEST_SHEET_NAME = 31  # Excel's own limit, in units of UTF-16: an emoji is two
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
WIDE, NARROW = 34, 11  # characters


def workbook(content: Content) -> bytes:
    """The summary of all surveys, and a sheet for each, with its periods and their chart. Text is text, never run."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": content.title})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    number = book.add_format({"num_format": "0.0"})
    _summary(book, content, head, number)
    names = {SUMMARY.lower()}
    for part in content.parts:
        _sheet(book, part, _name(part.survey.title, names), head, number)
    book.close()
    return out.getvalue()


def _summary(book: Any, content: Content, head: Any, number: Any) -> None:
    sheet = book.add_worksheet(SUMMARY)
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, len(COLUMNS) - 2, NARROW)
    sheet.set_column(len(COLUMNS) - 1, len(COLUMNS) - 1, WIDE)
    sheet.write_string(0, 0, content.title, head)
    _heads(sheet, 2, list(COLUMNS), head)
    for row, part in enumerate(content.parts, start=3):
        now, change = part.now, part.change
        told = (now.value, now.low, now.high) if now.enough else NOTHING
        changed = NOTHING if change.verdict is Verdict.TOO_FEW else (change.change, change.low, change.high)
        said = f"{part.headline.verdict_words} {part.headline.change_text}".strip()
        cells = (
            part.survey.title, part.metric, content.period.label, *told, now.n, *changed,
            said if now.enough or not now.n else f"{part.headline.value_text}. {said}",
        )  # fmt: skip
        _row(sheet, row, cells, number)


def _sheet(book: Any, part: Part, name: str, head: Any, number: Any) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, WIDE)
    sheet.write_string(0, 0, plain(part.trend.title), head)
    columns, rows = part.trend.columns(), part.trend.rows()
    _heads(sheet, 2, columns, head)
    for at, row in enumerate(rows, start=3):
        _row(sheet, at, row, number)
    last = 2 + len(rows)
    if not part.trend.empty:
        sheet.insert_chart(2, len(columns) + 1, _chart(book, part.trend, name, last))
    shares = last + 3
    sheet.write_string(shares - 1, 0, plain(part.shares.title), head)
    _heads(sheet, shares, part.shares.columns(), head)
    for at, row in enumerate(part.shares.rows(), start=shares + 1):
        _row(sheet, at, row, number)


def _chart(book: Any, figure: Figure, name: str, last: int) -> Any:
    chart = book.add_chart({"type": "line"})
    value = 2  # the column behind the label and the count, as Figure.columns has it
    chart.add_series(
        {
            "name": [name, 0, 0],  # by its cell: as text, a title such as A!B1 would be taken for one
            "categories": [name, 3, 0, last, 0],
            "values": [name, 3, value, last, value],
            "marker": {"type": "circle"},
        }
    )
    chart.set_title({"name": [name, 0, 0], "name_font": {"size": 12}})
    low, high = (-100, 100) if figure.scale is Scale.SCORE else (0, 100)
    chart.set_y_axis({"min": low, "max": high})
    chart.set_x_axis({"label_position": "low"})
    chart.set_legend({"none": True})
    chart.show_blanks_as("gap")
    return chart


def _heads(sheet: Any, row: int, heads: list[str], head: Any) -> None:
    for at, text in enumerate(heads):
        sheet.write_string(row, at, plain(text), head)


def _row(sheet: Any, row: int, cells: Any, number: Any) -> None:
    for at, cell in enumerate(cells):
        if isinstance(cell, str):
            sheet.write_string(row, at, plain(cell))
        elif isinstance(cell, int):
            sheet.write_number(row, at, cell)
        elif cell is not None:
            sheet.write_number(row, at, cell, number)


def _name(title: str, taken: set[str]) -> str:
    """A name that Excel takes, and no other sheet has."""
    base = " ".join(_NOT_IN_SHEET_NAMES.sub(" ", title).strip(" '").split()) or "Survey"
    for number in range(1, len(taken) + 2):
        ending = "" if number == 1 else f" {number}"
        name = _cut(base, LONGEST_SHEET_NAME - len(ending)).rstrip(" '") + ending
        if name.lower() not in taken and name.lower() != "history":  # which Excel keeps for itself
            break
    taken.add(name.lower())
    return name


def _cut(text: str, most: int) -> str:
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")
