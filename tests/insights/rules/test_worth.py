"""What is worth how much, on numbers that can be checked by hand."""

from math import hypot, isclose

from hypothesis import given
from hypothesis import strategies as st

from feedback_service.insights.rules.metrics import Estimate
from feedback_service.insights.rules.survival import RepeatPurchase, repeat_purchases
from feedback_service.insights.rules.worth import Gap, amounts, at_stake, gap, lost


def repeat(value: float | None, low: float | None, high: float | None, *, enough: bool = True) -> RepeatPurchase:
    return RepeatPurchase(90, Estimate(value, low, high, 100, enough), None, 100)


def test_the_gap_squares_and_adds_the_reach_of_both_groups() -> None:
    found = gap(repeat(50, 40, 60), repeat(30, 22, 40))
    assert found is not None
    assert (found.days, found.value, found.real) == (90, 20, True)
    assert isclose(found.low, 20 - hypot(10, 10))
    assert isclose(found.high, 20 + hypot(10, 8))


def test_a_gap_that_holds_zero_could_be_chance() -> None:
    found = gap(repeat(50, 40, 60), repeat(48, 38, 58))
    assert found is not None
    assert not found.real


def test_too_few_on_either_side_is_no_gap() -> None:
    few, none = repeat(50, 10, 90, enough=False), repeat(None, None, None, enough=False)
    for one, two in ((few, repeat(30, 22, 40)), (repeat(30, 22, 40), few), (none, repeat(30, 22, 40))):
        assert gap(one, two) is None


def test_groups_that_all_or_none_bought_again_still_have_an_interval() -> None:
    everybody, nobody = repeat_purchases([5.0] * 20, [], (90,)), repeat_purchases([], [200.0] * 20, (90,))
    found = gap(everybody[0], nobody[0])
    assert found is not None
    assert found.value == found.high == 100
    assert 70 < found.low < 100


def test_churn_is_what_is_left_with_the_ends_turned_round() -> None:
    told = lost(repeat(30, 22, 40)).value, lost(repeat(30, 22, 40)).low, lost(repeat(30, 22, 40)).high
    assert told == (70, 60, 78)
    assert lost(repeat(None, None, None, enough=False)).value is None


def test_the_median_lies_between_two_ranks() -> None:
    found = amounts([*range(100, 2100, 100)])  # 20 of them: ranks 10 ± 1.96 √20 / 2 = 5.6 … 14.4
    assert found is not None
    assert (found.n, found.median, found.mean) == (20, 1050, 1050)
    assert (found.low, found.high) == (500, 1600)
    assert amounts([]) is None
    assert amounts([7]) is not None
    assert not amounts([7]).enough


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60))
def test_the_interval_of_a_median_holds_it(each: list[int]) -> None:
    found = amounts(each)
    assert found is not None
    assert min(each) <= found.low <= found.median <= found.high <= max(each)


def test_what_is_at_stake_is_a_part_of_the_amount_and_never_less_than_nothing() -> None:
    assert at_stake(10_000, Gap(90, 20, 6, 33)) == (2_000, 600, 3_300)
    assert at_stake(10_000, Gap(90, 5, -3, 13)) == (500, 0, 1_300)
    assert at_stake(10_000, Gap(90, -5, -13, 3)) == (0, 0, 300)
