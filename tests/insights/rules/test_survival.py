"""When customers buy again, told honestly while most have not had the time yet."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.insights.rules.survival import HORIZONS, kaplan_meier, repeat_purchases

# Weeks in remission of 21 children on 6-mercaptopurine: Freireich et al., Blood 21 (1963) 699-716.
RELAPSED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
STILL_WELL = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]

days = st.integers(0, 40)
some_days = st.lists(days, max_size=25)


@pytest.mark.parametrize(
    ("week", "at_risk", "survival", "standard_error", "low", "high"),
    [
        (6, 21, 0.857, 0.0764, 0.6197, 0.9516),
        (7, 17, 0.807, 0.0869, 0.5631, 0.9228),
        (10, 15, 0.753, 0.0963, 0.5032, 0.8894),
        (13, 12, 0.690, 0.1068, 0.4316, 0.8491),
        (16, 11, 0.627, 0.1141, 0.3675, 0.8049),
        (22, 7, 0.538, 0.1282, 0.2678, 0.7468),
        (23, 6, 0.448, 0.1346, 0.1881, 0.6801),
    ],
)
def test_the_leukaemia_trial_as_the_textbooks_print_it(
    week: int, at_risk: int, survival: float, standard_error: float, low: float, high: float
) -> None:
    step = kaplan_meier(RELAPSED, STILL_WELL).at(week)

    assert step is not None
    assert step.at_risk == at_risk
    assert step.survival == pytest.approx(survival, abs=0.0006)
    assert step.variance**0.5 == pytest.approx(standard_error, abs=0.00006)
    assert step.interval() == pytest.approx((low, high), abs=0.0001)


def test_between_two_relapses_nothing_changes() -> None:
    curve = kaplan_meier(RELAPSED, STILL_WELL)

    assert curve.at(21.5) == curve.at(16)
    assert curve.at(35) == curve.at(23)
    assert curve.at(36) is None  # nobody was followed so long
    assert [step.at for step in curve.steps] == [6, 7, 10, 13, 16, 22, 23]


def test_before_the_first_event_the_interval_is_wilson_s() -> None:
    """Newcombe's 0 of 20: none of twenty, followed for five days, bought again."""
    step = kaplan_meier([8], [9] * 19).at(5)

    assert step is not None
    assert (step.survival, step.variance, step.at_risk) == (1, 0, 20)
    assert step.interval() == pytest.approx((1 - 0.1611, 1), abs=0.0001)


def test_where_it_happened_to_all_the_curve_stays_at_nothing() -> None:
    curve = kaplan_meier([3, 5], [])

    last = curve.at(1_000)
    assert last is not None
    assert (last.survival, last.variance, last.at) == (0, 0, 5)
    assert last.interval() == pytest.approx((0, 0.7935), abs=0.0001)  # Wilson's 0 of 1


def test_nobody_followed_says_nothing() -> None:
    assert kaplan_meier([], []).at(0) is None
    assert kaplan_meier([], []).n == 0


def test_nothing_takes_a_negative_time() -> None:
    with pytest.raises(ValueError, match="negative time; got -1"):
        kaplan_meier([3], [-1])


def test_repeat_purchase_of_a_mature_group_is_the_plain_share() -> None:
    """Of a hundred followed for a year, 12 bought within 30 days, 30 within 90 and 45 within 180."""
    bought = [10] * 12 + [60] * 18 + [120] * 15
    told = repeat_purchases(bought, [365] * 55)

    assert tuple(one.days for one in told) == HORIZONS
    assert [one.estimate.value for one in told] == pytest.approx([12, 30, 45])
    assert [one.mature for one in told] == [True, True, True]
    # Without censoring Greenwood's variance is the binomial one.
    assert [one.variance for one in told] == pytest.approx([0.12 * 0.88 / 100, 0.3 * 0.7 / 100, 0.45 * 0.55 / 100])


def test_a_group_that_bought_lately_is_immature() -> None:
    """Forty were asked about a year ago and forty 60 days ago: their 90 days are not over, their 30 days are."""
    told = repeat_purchases([10] * 8 + [75] * 4, [365] * 32 + [60] * 36)
    in_30, in_90, in_180 = told

    assert [one.mature for one in told] == [True, False, False]
    assert [one.known for one in told] == [80, 44, 44]
    assert in_30.estimate.value == pytest.approx(10)
    assert in_90.estimate.value == pytest.approx(100 * (1 - 0.9 * 32 / 36))
    assert in_90.estimate == in_180.estimate
    assert in_90.estimate.n == 80


def test_a_horizon_that_nobody_has_reached_is_not_told() -> None:
    in_30, in_90, _ = repeat_purchases([5] * 3, [20] * 10 + [45] * 10)

    assert in_30.estimate.value == pytest.approx(100 * 3 / 23)
    assert (in_90.estimate.value, in_90.estimate.n, in_90.estimate.enough, in_90.variance) == (None, 23, False, None)
    assert (in_90.known, in_90.mature) == (3, False)


def test_nine_of_whom_it_is_known_are_too_few() -> None:
    in_30, *_ = repeat_purchases([5] * 3, [10] * 50 + [40] * 6)
    assert not in_30.estimate.enough
    in_30, *_ = repeat_purchases([5] * 3, [10] * 50 + [40] * 7)
    assert in_30.estimate.enough


def test_a_million_customers_are_given_as_how_many_there_were_of_each_day() -> None:
    by_day = {10: 120_000, 60: 180_000, 120: 150_000}

    assert [one.estimate.value for one in repeat_purchases(by_day, {365: 550_000})] == pytest.approx([12, 30, 45])
    assert kaplan_meier({6: 3, 7: 1}, {6: 1}) == kaplan_meier([6, 6, 7, 6], [6])


def test_no_group_has_no_repeat_purchases() -> None:
    assert [(one.estimate.value, one.estimate.n) for one in repeat_purchases([], [])] == [(None, 0)] * 3


@given(some_days, some_days)
def test_the_estimate_is_that_of_handing_weights_to_the_right(happened: list[int], not_yet: list[int]) -> None:
    """Efron's other way to the same curve (1967): whoever leaves hands their weight to those who stay."""
    curve = kaplan_meier(happened, not_yet)

    people = sorted([(day, 0) for day in happened] + [(day, 1) for day in not_yet])
    weights = [Fraction(1, max(1, len(people)))] * len(people)
    for place, (_, left) in enumerate(people):
        later = len(people) - place - 1
        if left and later:
            for one in range(place + 1, len(people)):
                weights[one] += weights[place] / later
            weights[place] = Fraction(0)
    for step in curve.steps:
        gone = sum(weight for weight, (day, left) in zip(weights, people, strict=True) if day <= step.at and not left)
        assert step.survival == pytest.approx(float(1 - gone), abs=1e-12)


@given(some_days, some_days)
def test_the_curve_only_falls_within_its_intervals(happened: list[int], not_yet: list[int]) -> None:
    before = 1.0
    for step in kaplan_meier(happened, not_yet).steps:
        low, high = step.interval()
        assert -1e-12 <= low <= step.survival + 1e-12
        assert step.survival - 1e-12 <= high <= 1 + 1e-12
        assert 0 <= step.survival < before + 1e-12
        assert step.variance >= 0
        before = step.survival


@given(some_days.filter(len))
def test_with_everybody_known_it_is_the_plain_share(happened: list[int]) -> None:
    for day in (0, 10, 39, 50):
        step = kaplan_meier(happened, []).at(day)
        assert step is not None
        assert step.survival == pytest.approx(sum(one > day for one in happened) / len(happened), abs=1e-12)


@given(st.lists(st.integers(0, 400), max_size=30), st.lists(st.integers(0, 400), max_size=30))
def test_repeat_purchases_only_grow_and_hold_their_points(until_next: list[int], without: list[int]) -> None:
    told = [one for one in repeat_purchases(until_next, without) if one.estimate.value is not None]

    values = [one.estimate.value for one in told]
    assert values == sorted(values)
    for one in told:
        assert -1e-9 <= one.estimate.low <= one.estimate.value <= one.estimate.high <= 100 + 1e-9
        assert one.known <= one.estimate.n
