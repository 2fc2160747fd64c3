"""A new problem is seen before it has a name, and an ordinary week is left in peace."""

import random

import pytest

from feedback_service.sentiment.themes.rising import PRIOR, Usage, rising, usage

ORDINARY = (
    "Fast delivery and good prices", "The lamp is nice but the box was damaged", "Friendly staff, would buy again",
    "Took a while to arrive", "Good quality, thank you", "The website is easy to use", "Delivery was late by two days",
    "Very happy with the chair", "Too expensive for what it is", "Refund came quickly", "Nice colours, soft fabric",
)  # fmt: skip


def week(comments: int, seed: int) -> list[str]:
    """An ordinary week's comments."""
    chance = random.Random(seed)
    return [f"{chance.choice(ORDINARY)}. {chance.choice(ORDINARY)}" for _ in range(comments)]


def test_a_new_word_rises() -> None:
    now = [f"{comment}. The zipper jams" if place < 6 else comment for place, comment in enumerate(week(80, 1))]
    found = rising(usage(now, "en"), usage(week(800, 2), "en"))
    assert [(one.phrase, one.now, one.before) for one in found] == [("the zipper", 6, 0), ("zipper jams", 6, 0)]
    assert all(one.z > 2.6 and one.log_odds > 0 for one in found)


def test_an_ordinary_week_names_nothing() -> None:
    assert rising(usage(week(80, 3), "en"), usage(week(800, 4), "en")) == []


def test_a_word_that_doubles_needs_many_to_rise() -> None:
    before = Usage(1_000, {"late": 100, "rest": 9_900}, {"late": "late", "rest": "rest"})
    few = Usage(100, {"late": 20, "rest": 980}, {"late": "late", "rest": "rest"})
    many = Usage(1_000, {"late": 200, "rest": 9_800}, {"late": "late", "rest": "rest"})
    assert rising(few, before) == []
    assert [one.phrase for one in rising(many, before)] == ["late"]


def test_the_figures_are_those_of_the_formula() -> None:
    """By hand: 30 of 1,000 against 40 of 4,000, with a prior of 0.35 × 70 in 0.35 × 5,000."""
    now = Usage(100, {"late": 30, "rest": 970}, {"late": "late", "rest": "rest"})
    before = Usage(400, {"late": 40, "rest": 3_960}, {"late": "late", "rest": "rest"})
    assert PRIOR == 0.35
    (late,) = rising(now, before)
    assert late.log_odds == pytest.approx(0.5779, abs=1e-4)  # ln(54.5 / 2,695.5) - ln(64.5 / 5,685.5)
    assert late.z == pytest.approx(3.141, abs=1e-3)  # over the root of 1 / 54.5 + 1 / 64.5


def test_one_customer_s_word_is_no_trend() -> None:
    now = [*week(80, 5), "zipper " * 50, "zipper"]
    assert rising(usage(now, "en"), usage(week(800, 6), "en")) == []


def test_a_word_is_shown_as_it_was_written() -> None:
    now = [f"{comment}. Äußerst klapprig" if place < 8 else comment for place, comment in enumerate(week(80, 7))]
    assert "äußerst klapprig" in [one.phrase for one in rising(usage(now, "de"), usage(week(800, 8), "de"))]


@pytest.mark.parametrize(("now", "before"), [([], ["Late"]), (["Late"] * 9, []), ([], [])])
def test_without_something_to_compare_nothing_rises(now: list[str], before: list[str]) -> None:
    assert rising(usage(now, "en"), usage(before, "en")) == []


def test_numbers_alone_are_no_words() -> None:
    assert usage(["Order 12345 of 2026"], "en").counts.keys() == {"order", "of"}
