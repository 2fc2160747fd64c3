"""The bands of a score have the field's names on every scale."""

import pytest

from feedback_service.responses.rules.bands import band


@pytest.mark.parametrize(
    ("kind", "score", "detractor_max", "expected", "why"),
    [
        ("nps", 0, 6, "detractor", "the lowest there is"),
        ("nps", 6, 6, "detractor", "up to the threshold, and with it"),
        ("nps", 7, 6, "passive", "just above the threshold"),
        ("nps", 8, 6, "passive", "just below a promoter"),
        ("nps", 9, 6, "promoter", "promoters begin at 9"),
        ("nps", 10, 6, "promoter", "the highest there is"),
        ("csat", 1, 2, "detractor", "the lowest there is"),
        ("csat", 2, 2, "detractor", "up to the threshold, and with it"),
        ("csat", 3, 2, "passive", "neither"),
        ("csat", 4, 2, "promoter", "satisfied are 4 and 5"),
        ("csat", 5, 2, "promoter", "the highest there is"),
        ("nps", 7, 8, "detractor", "a stricter shop calls more people unhappy"),
    ],
)
def test_band(kind: str, score: int, detractor_max: int, expected: str, why: str) -> None:
    assert band(kind, score, detractor_max) == expected, why
