"""What a trend chart says, and how it makes room for it."""

import pytest

from feedback_service.insights.rules.metrics import MetricKind, NpsCounts
from feedback_service.insights.trend_plan import (
    SCALES,
    Told,
    TrendPoint,
    describe,
    label_group,
    label_head,
    plan_trend,
    runs,
)


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("nps", 37.6, "+38"),
        ("nps", -12.2, "−12"),
        ("nps", 0.3, "0"),
        ("nps", -0.3, "0"),
        ("csat", 87.4, "87\N{NO-BREAK SPACE}%"),
    ],
)
def test_values_are_written_as_a_person_would(kind: str, value: float, written: str) -> None:
    assert SCALES[MetricKind(kind)].write(value) == written


def test_a_range_names_its_unit_once() -> None:
    assert SCALES[MetricKind.CSAT].write_range(81.2, 92.1) == "81 to 92\N{NO-BREAK SPACE}%"
    assert SCALES[MetricKind.NPS].write_range(-4.0, 12.1) == "−4 to +12"


@pytest.mark.parametrize(
    ("label", "head", "group"),
    [("Jan 2025", "Jan", "2025"), ("12 May", "12", "May"), ("2025-W07", "2025-W07", ""), ("", "", "")],
)
def test_the_last_word_of_a_label_is_set_apart(label: str, head: str, group: str) -> None:
    assert (label_head(label), label_group(label)) == (head, group)


def test_a_line_is_made_of_neighbours() -> None:
    stretches = runs([Told(at, 0, 0, 0) for at in (0, 1, 2, 5, 7, 8)])

    assert [[point.at for point in stretch] for stretch in stretches] == [[0, 1, 2], [5], [7, 8]]


@pytest.mark.parametrize(("width", "count", "step"), [(720, 12, 1), (720, 18, 1), (343, 6, 1), (343, 18, 3)])
def test_labels_are_left_out_only_where_they_would_touch(width: int, count: int, step: int) -> None:
    points = [TrendPoint("Jan 2025", NpsCounts(120, 0, 0).estimate())] * count

    plan = plan_trend(points, title="Any", kind=MetricKind.NPS, width=width, height=360)

    assert plan.step == step


def test_one_answer_is_one_answer() -> None:
    points = [TrendPoint("Jan 2025", NpsCounts(1, 0, 0).estimate())]

    assert describe(points, SCALES[MetricKind.NPS]) == "Jan 2025: 1 answer, too few to say."
