"""The points and intervals that managers read, against published and enumerated figures."""

from collections.abc import Callable
from itertools import product
from math import factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.insights.rules.metrics import (
    MIN_ANONYMOUS,
    MIN_ANSWERS,
    CsatCounts,
    Moments,
    NpsCounts,
    estimate,
    mean,
    sample_size,
)

counts = st.integers(0, 2_000)
nps_counts = st.builds(NpsCounts, counts, counts, counts).filter(lambda answers: answers.n > 0)
csat_counts = st.builds(lambda yes, no: CsatCounts(yes, yes + no), counts, counts).filter(lambda c: c.n > 0)


@pytest.mark.parametrize(
    ("answers", "nps", "variance", "standard_error"),
    [
        (NpsCounts(3, 2, 1), 33.3, 5 / 9, 0.304),
        (NpsCounts(1, 0, 1), 0.0, 1.0, 0.707),
        (NpsCounts(1, 1, 0), 50.0, 0.25, 0.354),
        (NpsCounts(1, 1, 1), 0.0, 2 / 3, 0.471),
        (NpsCounts(7, 0, 0), 100.0, 0.0, 0.0),
        (NpsCounts(0, 7, 0), 0.0, 0.0, 0.0),
        (NpsCounts(0, 0, 7), -100.0, 0.0, 0.0),
    ],
)
def test_nps_agrees_with_the_figures_published_with_rocks_package(
    answers: NpsCounts, nps: float, variance: float, standard_error: float
) -> None:
    observed = answers.observed

    assert 100 * observed.mean == pytest.approx(nps, abs=0.05)
    assert observed.variance == pytest.approx(variance)
    assert observed.standard_error == pytest.approx(standard_error, abs=0.0005)


@pytest.mark.parametrize(
    ("answers", "nps", "wald", "adjusted"),
    [
        (NpsCounts(3, 2, 1), 33.33, (-26.31, 92.97), (-26.74, 71.19)),
        (NpsCounts(30, 20, 10), 33.33, (14.47, 52.19), (13.30, 50.19)),
        (NpsCounts(50, 30, 20), 30.00, (14.69, 45.31), (14.05, 44.20)),
        (NpsCounts(9, 0, 1), 80.00, (42.81, 117.19), (22.87, 100.20)),
        (NpsCounts(10, 0, 0), 100.00, (100.0, 100.0), (47.50, 106.34)),
    ],
)
def test_nps_interval_before_clipping(
    answers: NpsCounts, nps: float, wald: tuple[float, float], adjusted: tuple[float, float]
) -> None:
    assert 100 * answers.observed.mean == pytest.approx(nps, abs=0.005)
    assert answers.observed.wald() == pytest.approx(wald, abs=0.005)
    assert answers.adjusted.wald() == pytest.approx(adjusted, abs=0.005)


def test_ten_promoters_are_no_certainty() -> None:
    shown = NpsCounts(10, 0, 0).estimate()

    assert (shown.value, shown.high) == (100.0, 100.0)
    assert shown.low == pytest.approx(47.50, abs=0.005)


@pytest.mark.parametrize(
    ("n", "shares", "wald", "adjusted"),
    [(20, (0.8, 0.15, 0.05), 0.860, 0.956), (10, (0.6, 0.3, 0.1), 0.873, 0.947)],
)
def test_adjusted_interval_covers_the_truth_as_often_as_it_says(
    n: int, shares: tuple[float, float, float], wald: float, adjusted: float
) -> None:
    assert coverage(n, shares, lambda answers: answers.observed) == pytest.approx(wald, abs=0.0005)
    assert coverage(n, shares, lambda answers: answers.adjusted) == pytest.approx(adjusted, abs=0.0005)


def coverage(n: int, shares: tuple[float, float, float], method: Callable[[NpsCounts], Moments]) -> float:
    """The exact chance that the interval holds the true NPS, over every way `n` answers can fall."""
    p, q, d = shares
    truth, total = 100 * (p - d), 0.0
    for promoters, detractors in product(range(n + 1), repeat=2):
        passives = n - promoters - detractors
        if passives < 0:
            continue
        low, high = method(NpsCounts(promoters, passives, detractors)).wald()
        ways = factorial(n) // (factorial(promoters) * factorial(passives) * factorial(detractors))
        total += ways * p**promoters * q**passives * d**detractors * (low <= truth <= high)
    return total


@pytest.mark.parametrize(
    ("satisfied", "total", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_csat_interval_agrees_with_newcombes_examples(satisfied: int, total: int, low: float, high: float) -> None:
    shown = CsatCounts(satisfied, total).estimate()

    assert shown.value == pytest.approx(100 * satisfied / total)
    assert (shown.low, shown.high) == pytest.approx((100 * low, 100 * high), abs=0.005)


def test_scores_fall_into_bands() -> None:
    once = dict.fromkeys
    assert NpsCounts.from_histogram(once([0, 6, 7, 8, 9, 10], 1)) == NpsCounts(promoters=2, passives=2, detractors=2)
    assert CsatCounts.from_histogram(once([1, 2, 3, 4, 5], 1)) == CsatCounts(satisfied=2, total=5)
    assert NpsCounts.from_histogram({0: 1, 7: 2, 9: 3}).estimate().value == pytest.approx(100 / 3)


def test_every_answer_of_a_score_counts() -> None:
    assert NpsCounts.from_histogram({10: 3, 7: 2, 0: 1}) == NpsCounts(promoters=3, passives=2, detractors=1)
    assert CsatCounts.from_histogram({5: 1, 4: 1, 3: 2}) == CsatCounts(satisfied=2, total=4)


@pytest.mark.parametrize("score", [-1, 11])
def test_no_nps_score_lies_outside_0_to_10(score: int) -> None:
    with pytest.raises(ValueError, match=rf"^NPS scores run from 0 to 10; {score} is not one of them\.$"):
        NpsCounts.from_histogram({5: 1, score: 1})


@pytest.mark.parametrize("score", [0, 6])
def test_no_csat_score_lies_outside_1_to_5(score: int) -> None:
    with pytest.raises(ValueError, match=rf"^CSAT scores run from 1 to 5; {score} is not one of them\.$"):
        CsatCounts.from_histogram({5: 1, score: 1})


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be negative; got -2"):
        NpsCounts.from_histogram({9: 5, 10: -2})
    with pytest.raises(ValueError, match="cannot be negative; got -1"):
        CsatCounts(satisfied=5, total=4)


@pytest.mark.parametrize("kind", ["nps", "csat"])
@pytest.mark.parametrize("answers", [{}, {3: 0, 5: 0}])
def test_no_answers_say_nothing(kind: str, answers: dict[int, int]) -> None:
    shown = estimate(kind, answers)

    assert (shown.value, shown.low, shown.high, shown.n, shown.enough) == (None, None, None, 0, False)


@pytest.mark.parametrize("kind", ["nps", "csat"])
def test_ten_answers_are_enough_and_nine_are_not(kind: str) -> None:
    assert not estimate(kind, {5: MIN_ANSWERS - 1}).enough
    assert estimate(kind, {5: MIN_ANSWERS}).enough


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ValueError, match="'stars' is not a valid MetricKind"):
        estimate("stars", {5: 1})


@pytest.mark.parametrize(
    ("variance", "margin", "needed"), [(1, 0.10, 385), (1, 0.05, 1537), (0.5, 0.10, 193), (0.5, 0.05, 769)]
)
def test_sample_size_for_a_margin(variance: float, margin: float, needed: int) -> None:
    assert sample_size(variance, margin) == needed


def test_no_sample_reaches_a_margin_of_nothing() -> None:
    with pytest.raises(ValueError, match="A margin must be above 0"):
        sample_size(1, 0)


@given(nps_counts)
def test_nps_and_its_interval_stay_on_the_scale(answers: NpsCounts) -> None:
    shown = answers.estimate()

    assert shown.low is not None
    assert shown.value is not None
    assert shown.high is not None
    assert -100 <= shown.low <= shown.value <= shown.high <= 100
    assert shown.low < shown.high


@given(csat_counts)
def test_csat_and_its_interval_stay_on_the_scale(answers: CsatCounts) -> None:
    shown = answers.estimate()

    assert shown.low is not None
    assert shown.value is not None
    assert shown.high is not None
    assert 0 <= shown.low <= shown.value <= shown.high <= 100
    assert shown.low < shown.high


@given(nps_counts)
def test_promoters_and_detractors_are_mirror_images(answers: NpsCounts) -> None:
    mirrored = NpsCounts(answers.detractors, answers.passives, answers.promoters).estimate()
    shown = answers.estimate()

    assert (mirrored.value, mirrored.low, mirrored.high) == pytest.approx(
        tuple(-figure for figure in (shown.value, shown.high, shown.low) if figure is not None)
    )


@given(csat_counts)
def test_satisfied_and_unsatisfied_are_mirror_images(answers: CsatCounts) -> None:
    low, high = answers.wilson()

    mirrored = CsatCounts(answers.total - answers.satisfied, answers.total).wilson()

    assert mirrored == pytest.approx((1 - high, 1 - low))


@given(nps_counts, st.integers(2, 20))
def test_more_of_the_same_answers_narrow_the_interval(answers: NpsCounts, times: int) -> None:
    more = NpsCounts(answers.promoters * times, answers.passives * times, answers.detractors * times)

    assert more.adjusted.standard_error < answers.adjusted.standard_error


def test_ces_is_told_as_the_share_that_found_it_easy_and_as_a_mean() -> None:
    answers = {7: 10, 6: 5, 5: 5, 4: 4, 2: 3, 1: 3}

    shown = estimate("ces", answers)

    assert shown.value == pytest.approx(100 * 20 / 30)
    assert (shown.low, shown.high) == pytest.approx(tuple(100 * end for end in CsatCounts(20, 30).wilson()))
    assert mean(answers) == pytest.approx(150 / 30)


@pytest.mark.parametrize("score", [0, 8])
def test_no_ces_score_lies_outside_1_to_7(score: int) -> None:
    with pytest.raises(ValueError, match=rf"^CES scores run from 1 to 7; {score} is not one of them\.$"):
        estimate("ces", {5: 1, score: 1})


def test_no_answers_have_no_mean() -> None:
    assert mean({}) is None
    assert mean({5: 0}) is None


def test_what_colleagues_say_is_shown_from_five_answers_on() -> None:
    assert not estimate("enps", {10: MIN_ANONYMOUS - 1}).enough
    assert estimate("enps", {10: MIN_ANONYMOUS}).enough
    assert estimate("enps", {10: 5, 7: 2, 3: 3}).value == estimate("nps", {10: 5, 7: 2, 3: 3}).value


def test_a_share_has_moments_of_ones_and_noughts() -> None:
    answers = CsatCounts(satisfied=8, total=10)

    assert (answers.observed.mean, answers.observed.n) == (0.8, 10)
    assert answers.observed.variance == pytest.approx(0.8 * 0.2)
    # Agresti and Caffo's two imagined answers: 9 of 12.
    assert (answers.adjusted.mean, answers.adjusted.variance) == pytest.approx((0.75, 0.75 * 0.25))


@given(nps_counts, nps_counts)
def test_answers_of_two_periods_add_up_and_come_apart_again(one: NpsCounts, two: NpsCounts) -> None:
    assert (one + two).n == one.n + two.n
    assert one + two - two == one


@given(csat_counts, csat_counts)
def test_answers_of_two_shares_add_up_and_come_apart_again(one: CsatCounts, two: CsatCounts) -> None:
    assert (one + two).n == one.n + two.n
    assert one + two - two == one


def test_no_part_is_greater_than_the_whole() -> None:
    with pytest.raises(ValueError, match="cannot be negative; got -1"):
        NpsCounts(3, 2, 1) - NpsCounts(1, 3, 1)
    with pytest.raises(ValueError, match="cannot be negative; got -2"):
        CsatCounts(3, 5) - CsatCounts(5, 6)
