"""The overview's figures hold the numbers of the answers, and each of their marks leads to those it counts."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from feedback_service.insights.figures.figure import Event, Scale, Shape
from feedback_service.insights.overview_figures import PARTS, shares_figure, trend_figure
from feedback_service.insights.queries import PeriodOfScores
from feedback_service.insights.rules.periods import Grain, Period, period_of
from feedback_service.insights.scope import Scope

TODAY = date(2026, 3, 20)
SCOPE = Scope(TODAY, survey="post_purchase_nps")
SEGMENTS = SCOPE.but(by="order.carrier", value="Swift", versus="Slow")


def _month(month: int) -> Period:
    return period_of(Grain.MONTH, date(2026, month, 1))


MONTHS = [
    PeriodOfScores(_month(1), {}),
    PeriodOfScores(_month(2), {0: 10, 7: 20, 9: 70}, 40),
    PeriodOfScores(_month(3), {9: 3}, 3),
]


def test_the_trend() -> None:
    improved = [(7, "Another carrier", date(2026, 2, 14)), (8, "Before all this", date(2025, 2, 14))]
    figure = trend_figure(SCOPE, "nps", "After a purchase", [("", "", MONTHS)], improved)
    assert (figure.title, figure.shape, figure.scale) == ("NPS by month, After a purchase", Shape.TREND, Scale.SCORE)
    (line,) = figure.lines
    assert [mark.label for mark in line.marks] == ["Jan 2026", "Feb 2026", "Mar 2026"]
    assert [(mark.n, mark.enough) for mark in line.marks] == [(0, False), (100, True), (3, False)]
    assert line.marks[1].value == pytest.approx(60)
    assert [mark.note for mark in line.marks] == ["", "40 imported", "not over yet, imported"]
    assert [mark.immature for mark in line.marks] == [False, False, True]
    assert line.marks[0].url == "", "nothing to read"
    assert line.marks[1].url == "/answers/?survey=post_purchase_nps&from=2026-02-01&to=2026-02-28"
    assert figure.events == (Event("Another carrier", 1, "/improvements/7"),)


def test_two_segments_are_two_lines() -> None:
    segments = [("Swift", "Swift", MONTHS), ("Slow", "Slow", MONTHS)]
    figure = trend_figure(SEGMENTS, "nps", "After a purchase", segments, [])
    assert [line.name for line in figure.lines] == ["Swift", "Slow"]
    asked = [parse_qs(urlsplit(line.marks[1].url).query) for line in figure.lines]
    assert [each["is"] for each in asked] == [["Swift"], ["Slow"]]
    assert asked[0]["by"] == ["order.carrier"]


def test_one_segment_is_named_in_the_title() -> None:
    segment = ("Swift", "Swift", MONTHS)
    assert trend_figure(SEGMENTS, "nps", "After a purchase", [segment], []).title.endswith("After a purchase: Swift")
    shares = shares_figure(SEGMENTS, "nps", "After a purchase", segment)
    assert shares.title == "Promoters, passives and detractors by month, After a purchase: Swift"


def test_the_parts_from_the_bottom_up() -> None:
    figure = shares_figure(SCOPE, "nps", "After a purchase", ("", "", MONTHS))
    assert figure.shape is Shape.SHARES
    assert {line.name: [(mark.n, mark.value) for mark in line.marks] for line in figure.lines} == {
        "Detractors": [(0, None), (100, 10), (3, 0)],
        "Passives": [(0, None), (100, 20), (3, 0)],
        "Promoters": [(0, None), (100, 70), (3, 100)],
    }
    asked = parse_qs(urlsplit(figure.lines[0].marks[1].url).query)
    assert (asked["low"], asked["high"]) == (["0"], ["6"])
    assert [line.marks[2].url != "" for line in figure.lines] == [False, False, True]
    assert [line.marks[2].enough for line in figure.lines] == [False] * 3, (
        "three answers have no shares worth a picture"
    )


@pytest.mark.parametrize(("kind", "scale"), [("nps", range(11)), ("csat", range(1, 6)), ("ces", range(1, 8))])
def test_every_score_belongs_to_one_part(kind: str, scale: range) -> None:
    places = [[name for name, low, high in PARTS[kind] if low <= score <= high] for score in scale]
    assert {len(names) for names in places} == {1}
