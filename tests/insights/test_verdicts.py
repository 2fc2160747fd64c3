"""What a manager is told about the change from one period to the next."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.insights.rules.metrics import CsatCounts, NpsCounts, Z
from feedback_service.insights.rules.verdicts import (
    Comparison,
    Verdict,
    compare,
    compare_counts,
    compare_csat,
    compare_nps,
    newcombe,
    nps_z,
)

some = st.integers(0, 400)
nps_periods = st.builds(NpsCounts, some, some, some).filter(lambda answers: answers.n > 0)
csat_periods = st.builds(lambda yes, no: CsatCounts(yes, yes + no), some, some).filter(lambda c: c.n > 0)


@pytest.mark.parametrize(
    ("first", "second", "z", "p_value"),
    [
        (NpsCounts(50, 30, 20), NpsCounts(40, 35, 25), 1.331, 0.183),
        (NpsCounts(60, 25, 15), NpsCounts(45, 30, 25), 2.241, 0.0250),
        (NpsCounts(500, 300, 200), NpsCounts(450, 310, 240), 2.536, 0.0112),
    ],
)
def test_nps_difference_by_z_on_adjusted_counts(first: NpsCounts, second: NpsCounts, z: float, p_value: float) -> None:
    assert nps_z(first, second) == pytest.approx(z, abs=0.0005)
    assert compare_nps(first, second).p_value == pytest.approx(p_value, abs=0.0005)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_csat_difference_agrees_with_newcombes_examples(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    assert newcombe(CsatCounts(*first), CsatCounts(*second)) == pytest.approx((low, high), abs=0.00006)


def test_a_fall_that_a_thousand_answers_show_is_real() -> None:
    told = compare("nps", {10: 500, 8: 300, 3: 200}, {10: 450, 8: 310, 3: 240})

    assert told.verdict is Verdict.REAL
    assert told.change == pytest.approx(-9)
    assert told.high is not None
    assert told.high < 0
    assert told.answers_needed == 0


def test_the_same_fall_among_a_hundred_could_be_chance_and_says_what_would_tell() -> None:
    told = compare("nps", {10: 50, 8: 30, 3: 20}, {10: 45, 8: 31, 3: 24})

    assert told.verdict is Verdict.COULD_BE_CHANCE
    assert told.low is not None
    assert told.high is not None
    assert told.low < 0 < told.high
    # Variances of 0.61 and 0.646 by hand, and 9 points: about 3.84 x 1.256 / 0.0081 = 596 in each period.
    assert told.answers_needed == pytest.approx(496, rel=0.08)


def test_csat_rises_for_real() -> None:
    told = compare("csat", {5: 240, 2: 160}, {5: 200, 4: 80, 1: 70})

    assert told.verdict is Verdict.REAL
    assert told.change == pytest.approx(20)
    # Near what plain shares give at this size: 20 ± 1.96 x √(0.24 / 400 + 0.16 / 350).
    assert (told.low, told.high) == pytest.approx((13.6, 26.4), abs=0.25)
    assert told.p_value is not None
    assert told.p_value < 0.001


def test_csat_that_could_be_chance_says_what_would_tell() -> None:
    told = compare("csat", {5: 30, 2: 20}, {5: 35, 2: 15})

    assert told.verdict is Verdict.COULD_BE_CHANCE
    assert told.change == pytest.approx(10)
    # 3.84 x (0.24 + 0.21) / 0.01 = 173 in each period, of which 50 are there.
    assert told.answers_needed == pytest.approx(123, rel=0.08)


def test_p_of_csat_is_close_to_a_plain_two_proportion_test() -> None:
    told = compare("csat", {5: 300, 2: 200}, {5: 330, 2: 170})

    plain = 0.06 / sqrt(0.63 * 0.37 * 2 / 500)
    assert plain == pytest.approx(1.965, abs=0.001)
    assert told.p_value == pytest.approx(0.0494, abs=0.001)


@pytest.mark.parametrize("kind", ["nps", "csat"])
@pytest.mark.parametrize(("before", "after", "missing"), [(9, 500, 1), (500, 2, 8), (4, 3, 7)])
def test_nine_answers_in_either_period_are_too_few(kind: str, before: int, after: int, missing: int) -> None:
    told = compare(kind, {1: before}, {5: after})

    assert told.verdict is Verdict.TOO_FEW
    assert told.answers_needed == missing


@pytest.mark.parametrize("kind", ["nps", "csat"])
@pytest.mark.parametrize(("before", "after"), [({}, {5: 40}), ({5: 40}, {}), ({}, {})])
def test_a_period_without_answers_has_no_change_to_tell(
    kind: str, before: dict[int, int], after: dict[int, int]
) -> None:
    assert compare(kind, before, after) == Comparison(Verdict.TOO_FEW, None, None, None, None, 10)


@pytest.mark.parametrize("kind", ["nps", "csat"])
def test_no_number_of_answers_proves_a_difference_that_is_not_there(kind: str) -> None:
    told = compare(kind, {1: 30, 5: 70}, {1: 30, 5: 70})

    assert (told.verdict, told.change, told.answers_needed) == (Verdict.COULD_BE_CHANCE, 0, None)
    assert told.p_value == pytest.approx(1)


@pytest.mark.parametrize("kind", ["nps", "csat"])
def test_a_hairs_breadth_is_not_worth_a_number(kind: str) -> None:
    assert compare(kind, {1: 3000, 5: 7000}, {1: 3001, 5: 6999}).answers_needed is None


def test_counts_of_two_kinds_have_no_difference() -> None:
    with pytest.raises(TypeError, match="one kind is counted in one way"):
        compare_counts(NpsCounts(50, 30, 20), CsatCounts(50, 100))


def test_a_change_of_effort_is_one_of_the_share_that_found_it_easy() -> None:
    told = compare("ces", {7: 240, 2: 160}, {6: 200, 5: 80, 4: 70})

    assert told == compare_csat(CsatCounts(240, 400), CsatCounts(280, 350))


def test_scores_off_the_scale_are_refused_in_either_period() -> None:
    with pytest.raises(ValueError, match="NPS scores run from 0 to 10"):
        compare("nps", {5: 1}, {11: 1})
    with pytest.raises(ValueError, match="CSAT scores run from 1 to 5"):
        compare("csat", {0: 1}, {5: 1})


@given(nps_periods, nps_periods)
def test_a_change_of_nps_read_backwards_is_its_negative(before: NpsCounts, after: NpsCounts) -> None:
    assert_mirrored(compare_nps(before, after), compare_nps(after, before))
    assert_sound(compare_nps(before, after), scale=200)


@given(csat_periods, csat_periods)
def test_a_change_of_csat_read_backwards_is_its_negative(before: CsatCounts, after: CsatCounts) -> None:
    assert_mirrored(compare_csat(before, after), compare_csat(after, before))
    assert_sound(compare_csat(before, after), scale=100)


def assert_mirrored(told: Comparison, back: Comparison) -> None:
    assert (told.verdict, told.answers_needed) == (back.verdict, back.answers_needed)
    assert None not in {told.change, told.low, told.high, back.change, back.low, back.high}
    assert (told.change, told.low, told.high) == pytest.approx((-back.change, -back.high, -back.low))
    assert told.p_value == pytest.approx(back.p_value)


def assert_sound(told: Comparison, scale: float) -> None:
    """The change lies in its interval, the interval on the scale, and the verdict agrees with both."""
    assert -scale - 1e-9 <= told.low <= told.change <= told.high <= scale + 1e-9
    assert 0 <= told.p_value <= 1
    without_zero = told.low > 0 or told.high < 0
    assert (told.verdict is Verdict.REAL) <= without_zero
    if told.verdict is Verdict.COULD_BE_CHANCE:
        assert not without_zero
        assert told.answers_needed is None or told.answers_needed > 0


@given(nps_periods, nps_periods)
def test_the_answers_asked_for_would_indeed_tell(before: NpsCounts, after: NpsCounts) -> None:
    told = compare_nps(before, after)
    if told.verdict is not Verdict.COULD_BE_CHANCE or told.answers_needed is None:
        return

    # The same adjusted shares, seen in that many more answers.
    one, two = before.adjusted, after.adjusted
    n1, n2 = one.n + told.answers_needed, two.n + told.answers_needed

    assert abs(one.mean - two.mean) / sqrt(one.variance / n1 + two.variance / n2) >= Z - 1e-9
