"""How often a model is right is said with its count and its interval, or not at all."""

import pytest

from feedback_service.sentiment.checks.agreement import Agreement


@pytest.mark.parametrize(
    ("right", "checked", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(right: int, checked: int, low: float, high: float) -> None:
    """Newcombe's examples (Statistics in Medicine 17, 1998)."""
    assert Agreement(right, checked).interval() == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("checked", [1, 10, 200])
def test_all_right_is_not_certainty(checked: int) -> None:
    low, high = Agreement(checked, checked).interval()
    assert low < high == 1.0


@pytest.mark.parametrize(
    ("right", "checked", "words"),
    [
        (172, 200, "right in 86 % ± 5 of 200 checked blind"),
        (9, 10, "right in 90 % ± 19 of 10 checked blind"),
        (900, 1_000, "right in 90 % ± 2 of 1,000 checked blind"),
        (9, 9, "9 checked blind, too few to say"),
        (0, 0, "nothing checked yet"),
    ],
)
def test_it_is_said_in_a_sentence(right: int, checked: int, words: str) -> None:
    assert Agreement(right, checked).words == words
