"""What the answers say of why: nothing where there is nothing, and parts that sum to the whole."""

import random
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.insights.rules.metrics import MetricKind, count
from feedback_service.insights.segments.dimensions import Dimension
from feedback_service.insights.segments.spans import Scores
from feedback_service.insights.why.findings import NOT_KNOWN, Why, why_of
from feedback_service.insights.why.queries import BEFORE, Answers, Spread

DAY = date(2026, 3, 1)
CARRIER, REGION, LOT = "order.carrier", "order.region", "order.lot"
GOOD: Scores = {9: 60, 7: 30, 3: 10}
BAD: Scores = {9: 10, 7: 10, 3: 20}
STEADY = (9,) * 6 + (7,) * 3 + (3,)


def asked(total: Spread, by: dict[str, dict[str, Spread]], periods: int = 1) -> Answers:
    return Answers(tuple((DAY, DAY) for _ in range(BEFORE + 1 + periods)), total, by)


def added(*several: Scores) -> Scores:
    total: Counter[int] = Counter()
    for scores in several:
        total.update(scores)
    return dict(total)


def test_the_carrier_that_went_bad_is_found_and_the_others_are_not() -> None:
    by = {CARRIER: {"Swift": {1: GOOD}, "Tidewell": {1: BAD}, "Larkpost": {1: GOOD}}}
    why = why_of(MetricKind.NPS, asked({1: added(GOOD, BAD, GOOD)}, by))

    (lowest, *_) = sorted(why.found, key=lambda each: each[1].comparison.change)
    assert (lowest[0], lowest[1].value, lowest[1].n) == (CARRIER, "Tidewell", 40)
    assert (why.tested, why.untested) == (3, 0)


def test_of_two_values_only_the_lower_one_is_told() -> None:
    by = {Dimension.DELIVERY.value: {"late": {1: BAD}, "on_time": {1: GOOD}}}
    why = why_of(MetricKind.NPS, asked({1: added(GOOD, BAD)}, by))

    assert [finding.value for _, finding in why.found] == ["late"]
    (driver,) = why.drivers
    assert driver.driver.effect.change == pytest.approx(-25 - 50)
    assert driver.driver.found


def test_how_many_a_driver_reaches_is_set_against_the_days_before() -> None:
    total = {BEFORE: {9: 180, 3: 20}, 1: {9: 80, 3: 20}, 2: {9: 70, 3: 30}}
    late = {BEFORE: {3: 10}, 1: {3: 15}, 2: {3: 25, 9: 5}}
    why = why_of(MetricKind.NPS, asked(total, {Dimension.THEME.value: {"delivery": late}}, periods=2))

    (driver,) = why.drivers
    assert (driver.driver.reach.value, driver.reach_before) == (22.5, 5.0)
    assert driver.reach_change.change == pytest.approx(17.5)
    assert driver.reaches == ((15, 100), (30, 100))


def test_what_nobody_was_asked_before_is_not_set_against_it() -> None:
    total = {BEFORE: {9: 100}, 1: {9: 80, 3: 20}}
    why = why_of(MetricKind.NPS, asked(total, {Dimension.REASON.value: {"price": {1: {3: 15}}}}))

    (driver,) = why.drivers
    assert (driver.driver.reach.value, driver.reach_before, driver.reach_change.change) == (15.0, None, None)


def test_what_stood_out_in_one_period_only_is_found_there() -> None:
    """Over the year a bad month of one carrier would hide; in its month it does not."""
    months = range(1, 13)
    bad: dict[int, Scores] = {at: {9: 6, 7: 3, 3: 1} for at in months} | {7: {3: 12}}
    good: dict[int, Scores] = {at: {9: 24, 7: 12, 3: 4} for at in months}
    total = {at: added(bad[at], good[at], good[at]) for at in months}
    by = {CARRIER: {"Tidewell": bad, "Swift": good, "Larkpost": good}}
    why = why_of(MetricKind.NPS, asked(total, by, periods=12))

    assert [(spell.place, spell.attribute, spell.finding.value) for spell in why.spells] == [(6, CARRIER, "Tidewell")]
    assert why.spells_tested == 36


def meaningless(seed: int) -> Answers:
    """200 values of 5 to 60 answers in each of two periods, all of one steady shop."""
    rng = random.Random(seed)
    lots: dict[str, dict[int, Scores]] = {
        f"lot {number}": {at: Counter(rng.choices(STEADY, k=rng.randint(5, 60))) for at in (1, 2)}
        for number in range(200)
    }
    return asked({at: added(*(lot[at] for lot in lots.values())) for at in (1, 2)}, {LOT: lots}, periods=2)


def test_two_hundred_values_that_mean_nothing_are_not_found() -> None:
    """Where nothing is to be found, at most one page in twenty may find anything at all; here it is one in forty."""
    runs = [why_of(MetricKind.NPS, meaningless(seed)) for seed in range(40)]

    assert {why.tested for why in runs} == {200}
    assert sum(bool(why.found) for why in runs) <= 2
    assert sum(bool(why.spells) for why in runs) <= 2


def test_the_change_is_told_apart_and_sums_exactly() -> None:
    by = {
        CARRIER: {"Swift": {BEFORE: GOOD, 1: GOOD}, "Tidewell": {BEFORE: GOOD, 1: BAD}},
        REGION: {"Portugal": {BEFORE: GOOD, 1: BAD}},
    }
    answers = asked({BEFORE: added(GOOD, GOOD), 1: added(GOOD, BAD)}, by)
    why = why_of(MetricKind.NPS, answers, REGION)

    assert why.split is not None
    assert (why.split.dimension, why.split.chosen) == (REGION, True)
    parts = why.split.parts
    assert {part.stratum for part in parts.strata} == {"Portugal", NOT_KNOWN}  # what is not known is a part, too
    assert parts.change == pytest.approx(why.change.change)
    assert sum(part.total for part in parts.strata) == pytest.approx(parts.change)
    assert why_of(MetricKind.NPS, answers).split.dimension == CARRIER  # which sets answers apart most surely


def test_a_theme_is_no_part_of_a_whole() -> None:
    by = {Dimension.THEME.value: {"delivery": {BEFORE: GOOD, 1: GOOD}}}
    why = why_of(MetricKind.NPS, asked({BEFORE: GOOD, 1: GOOD}, by), Dimension.THEME)

    assert (why.split, why.splits) == (None, ())


def test_nothing_before_is_nothing_to_compare_with() -> None:
    why = why_of(MetricKind.NPS, asked({1: GOOD}, {CARRIER: {"Swift": {1: GOOD}, "Tidewell": {1: BAD}}}))

    assert (why.split, why.change.change) == (None, None)


def test_without_answers_there_is_nothing_to_say() -> None:
    for kind in (MetricKind.NPS, MetricKind.CSAT, MetricKind.CES):
        why = why_of(kind, asked({}, {name.value: {} for name in Dimension}))
        assert (why.drivers, why.found, why.tested, why.split) == ((), [], 0, None)


def test_an_answer_that_came_between_two_reads_breaks_nothing() -> None:
    why = why_of(MetricKind.NPS, asked({1: {9: 4}}, {Dimension.THEME.value: {"delivery": {1: {9: 4, 3: 1}}}}))

    (driver,) = why.drivers
    assert driver.driver.reach.value == 100.0


@pytest.mark.parametrize("kind", [MetricKind.CSAT, MetricKind.CES])
def test_other_scores_than_nps_are_shares(kind: MetricKind) -> None:
    low, high = {2: 30, 5: 10}, {2: 10, 5: 90}
    why = why_of(kind, asked({1: added(low, high)}, {CARRIER: {"Tidewell": {1: low}, "Swift": {1: high}}}))

    ((_, finding),) = why.found
    assert finding.comparison.change == pytest.approx(25 - 90)


spreads = st.dictionaries(
    st.integers(0, 3), st.dictionaries(st.integers(0, 10), st.integers(1, 30), max_size=4), max_size=4
)


@given(st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), spreads, min_size=1), spreads)
def test_whatever_was_answered_the_parts_sum_to_the_change(values: dict[str, Spread], unknown: Spread) -> None:
    several = (*values.values(), unknown)
    total = {at: added(*(spread.get(at, {}) for spread in several)) for at in range(4)}
    why: Why = why_of(MetricKind.NPS, asked(total, {CARRIER: values}, periods=3), CARRIER)

    before, now = total[BEFORE], added(*(total[at] for at in (1, 2, 3)))
    if not (before and now):
        assert why.split is None
        return
    assert why.split is not None
    parts = why.split.parts
    told = count("nps", now).estimate().value - count("nps", before).estimate().value
    assert parts.mix + parts.within == pytest.approx(told)
    assert sum(part.mix for part in parts.strata) == pytest.approx(parts.mix)
    assert sum(part.within for part in parts.strata) == pytest.approx(parts.within)
