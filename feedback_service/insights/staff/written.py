"""What may be told of a quarter, as it is written down and read again."""

from collections.abc import Mapping
from typing import Any

from feedback_service.insights.rules.anonymity import Cell, Release, Standing, months_of
from feedback_service.insights.rules.periods import Period


def written(release: Release) -> dict[str, Any]:
    """As JSON: the quarter and its months in order, each with its standing and how often each score was given."""
    return {"quarter": _cell(release.quarter), "months": [_cell(month) for month in release.months]}


def read(quarter: Period, kept: Mapping[str, Any]) -> Release:
    """The release that was written of this quarter."""
    months = zip(months_of(quarter), kept["months"], strict=True)
    return Release(_read_cell(quarter, kept["quarter"]), tuple(_read_cell(month, cell) for month, cell in months))


def _cell(cell: Cell) -> dict[str, Any]:
    return {"standing": cell.standing, "scores": {str(score): number for score, number in cell.scores.items()}}


def _read_cell(period: Period, kept: Mapping[str, Any]) -> Cell:
    return Cell(period, Standing(kept["standing"]), {int(score): number for score, number in kept["scores"].items()})
