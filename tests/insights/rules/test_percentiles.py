"""How long things take, with the slow ones that are not over yet."""

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.insights.rules.percentiles import measure, percentile
from feedback_service.insights.rules.survival import kaplan_meier

hours = st.integers(0, 500)
some_hours = st.lists(hours, max_size=40)


def test_without_open_ones_it_is_the_ordinary_median() -> None:
    told = measure([5, 1, 3, 2, 4, 9, 8, 7, 6, 30], [])

    assert (told.median.value, told.ninetieth.value) == (5.5, 19.5)
    assert (told.n, told.still_open, told.enough) == (10, 0, True)


def test_open_ones_count_as_at_least_so_long() -> None:
    """Five were answered within the hour and six wait for days: the median is days, whatever the five say."""
    answered, waiting = [0.2, 0.4, 0.5, 0.8, 1.0], [50, 60, 70, 80, 90, 100]

    told = measure(answered, waiting)

    assert told.median.value is None
    assert told.median.more_than == 100
    assert (told.n, told.still_open) == (11, 6)
    assert measure(answered, []).median.value == 0.5


def test_half_may_be_over_while_the_slowest_tenth_is_not() -> None:
    told = measure([1, 2, 3, 4, 5, 6], [7, 8, 9, 10])

    assert told.median.value == 5.5
    assert (told.ninetieth.value, told.ninetieth.more_than) == (None, 10)


def test_the_leukaemia_trial_s_medians() -> None:
    """Freireich et al. (1963), as every survival package prints them: 23 weeks from 13, and 8 from 4 to 11."""
    treated = kaplan_meier([6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
    placebo = kaplan_meier([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [])

    one, other = percentile(treated, 0.5), percentile(placebo, 0.5)

    assert (one.value, one.low, one.high) == (23, 13, None)
    assert (other.value, other.low, other.high) == (8, 4, 11)


def test_nothing_to_measure_says_nothing() -> None:
    told = measure([], [])

    assert (told.n, told.enough) == (0, False)
    assert (told.median.value, told.median.low, told.median.high, told.median.more_than) == (None, None, None, None)


def test_nine_are_too_few() -> None:
    assert not measure([1] * 9, []).enough
    assert measure([1] * 9, [2]).enough


def test_the_last_one_over_at_exactly_half_is_the_median() -> None:
    """One over and one just as long open: nothing later is known, so the flat stretch has no end to halve."""
    assert measure([3], [3]).median.value == 3


@pytest.mark.parametrize("share", [0, 1, -0.5, 50])
def test_a_percentile_lies_between_0_and_1(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentile(kaplan_meier([1], []), share)


def test_a_duration_is_not_negative() -> None:
    with pytest.raises(ValueError, match="negative time"):
        measure([-1], [])


@given(some_hours.filter(len))
def test_the_median_of_what_is_over_is_the_plain_one(over: list[int]) -> None:
    assert measure(over, []).median.value == pytest.approx(median(over))


@given(some_hours, some_hours)
def test_leaving_the_open_ones_out_would_flatter(over: list[int], still_open: list[int]) -> None:
    honest = measure(over, still_open)
    flattered = measure(over, [])

    for one, other in ((honest.median, flattered.median), (honest.ninetieth, flattered.ninetieth)):
        assert one.value is None or other.value is None or one.value >= other.value - 1e-9


@given(some_hours, some_hours)
def test_percentiles_stand_in_order_and_in_their_intervals(over: list[int], still_open: list[int]) -> None:
    told = measure(over, still_open)

    if told.ninetieth.value is not None:
        assert told.median.value is not None
        assert told.median.value <= told.ninetieth.value
    for one in (told.median, told.ninetieth):
        assert (one.more_than is None) == (one.value is not None or told.n == 0)
        assert None in {one.low, one.high} or one.low <= one.high
        if one.value is not None:
            assert one.low is not None
            assert one.low <= one.value
            assert one.high is None or one.value <= one.high
