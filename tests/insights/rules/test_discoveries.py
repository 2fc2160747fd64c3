"""The bad carrier is named; two hundred meaningless values are not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator, default_rng

from feedback_service.insights.rules.discoveries import (
    FALSE_DISCOVERY_RATE,
    AttributeRanking,
    adjusted_p_values,
    discover,
    p_value,
)
from feedback_service.insights.rules.metrics import CsatCounts, NpsCounts
from feedback_service.insights.rules.verdicts import Verdict

STEADY = (0.6, 0.25, 0.15)
BAD = (0.4, 0.25, 0.35)  # 40 points less

p_values = st.lists(st.floats(0, 1), max_size=30)


def drawn(
    random: Generator, answers: int, values: int, shares: tuple[float, float, float] = STEADY
) -> dict[str, NpsCounts]:
    """So many answers, strewn over so many values that mean nothing."""
    sizes = random.multinomial(answers, np.full(values, 1 / values))
    rows = random.multinomial(sizes, shares)
    return {f"value {place}": NpsCounts(*map(int, row)) for place, row in enumerate(rows)}


def names_found(rankings: list[AttributeRanking]) -> set[tuple[str, str]]:
    return {(one.attribute, finding.value) for one in rankings for finding in one.findings if finding.found}


def test_the_example_of_benjamini_and_hochberg() -> None:
    """Fifteen tests of their paper: four are told at 5 %, where Bonferroni tells three."""
    given_p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ]  # fmt: skip
    told = adjusted_p_values(given_p)

    assert told[:5] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625, 0.0603], abs=1e-6)
    assert sum(q <= 0.05 for q in told) == 4
    assert told[-1] == 1


@given(p_values)
def test_adjusted_p_values_keep_their_order_and_never_fall(given_p: list[float]) -> None:
    told = adjusted_p_values(given_p)

    assert all(p <= q + 1e-12 and q <= 1 for p, q in zip(given_p, told, strict=True))
    by_p = [q for _, q in sorted(zip(given_p, told, strict=True))]
    assert by_p == sorted(by_p)


@given(p_values, st.randoms(use_true_random=False))
def test_adjusted_p_values_do_not_hang_on_the_order_given(given_p: list[float], random: object) -> None:
    shuffled = list(given_p)
    random.shuffle(shuffled)

    assert sorted(adjusted_p_values(shuffled)) == pytest.approx(sorted(adjusted_p_values(given_p)))


@given(p_values.filter(len), st.floats(0.001, 0.5))
def test_what_is_told_is_what_the_step_up_procedure_tells(given_p: list[float], rate: float) -> None:
    """The paper's own words: the largest k with p(k) ≤ k q / m, and all up to it."""
    ordered = sorted(given_p)
    passing = [k for k, p in enumerate(ordered, start=1) if p <= k * rate / len(ordered) * (1 - 1e-9)]

    told = sum(q <= rate for q in adjusted_p_values(given_p))

    assert told >= max(passing, default=0)
    assert told == 0 or ordered[told - 1] <= told * rate / len(ordered) * (1 + 1e-9)


def test_two_hundred_meaningless_values_are_seldom_a_discovery() -> None:
    """Three hundred shops without any difference: at a rate of 5 % at most one in twenty names anything."""
    random = default_rng(20260512)
    wrong = sum(bool(names_found(discover({"region": drawn(random, 6_000, 200)}))) for _ in range(300))

    assert wrong <= 0.05 * 300


def test_many_meaningless_attributes_do_not_add_up() -> None:
    """Asked one by one at 5 %, twenty attributes would name something in two of three shops."""
    random = default_rng(7)
    attributes = ({f"attribute {place}": drawn(random, 2_000, 12) for place in range(20)} for _ in range(150))
    wrong = sum(bool(names_found(discover(shop))) for shop in attributes)

    assert wrong <= 0.05 * 150


def test_meaningless_values_of_csat_are_seldom_a_discovery() -> None:
    random = default_rng(99)
    wrong = 0
    for _ in range(60):
        sizes = random.multinomial(4_000, np.full(100, 0.01))
        good = random.binomial(sizes, 0.85)
        values = {f"value {at}": CsatCounts(int(g), int(n)) for at, (g, n) in enumerate(zip(good, sizes, strict=True))}
        wrong += bool(names_found(discover({"category": values})))

    assert wrong <= 3


def test_the_bad_carrier_is_named_among_two_hundred_meaningless_regions() -> None:
    random = default_rng(3)
    carriers = drawn(random, 4_000, 5)
    carriers["bad carrier"] = NpsCounts(*map(int, random.multinomial(400, BAD)))

    first, second = discover({"region": drawn(random, 4_400, 200), "carrier": carriers})

    assert (first.attribute, first.found, second.attribute, second.found) == ("carrier", True, "region", False)
    worst = first.findings[0]
    assert worst.value == "bad carrier"
    assert worst.comparison.verdict is Verdict.REAL
    assert worst.comparison.change == pytest.approx(-40, abs=10)
    assert worst.q_value is not None
    assert worst.q_value < 0.001
    assert ("carrier", "bad carrier") in names_found([first, second])


def test_a_bad_region_is_found_among_two_hundred_in_nearly_all_shops() -> None:
    random = default_rng(11)
    found = 0
    for _ in range(60):
        regions = drawn(random, 8_000, 199)
        regions["bad region"] = NpsCounts(*map(int, random.multinomial(150, BAD)))
        found += ("region", "bad region") in names_found(discover({"region": regions}))

    assert found >= 55


def test_an_attribute_is_found_exactly_where_one_of_its_values_is() -> None:
    random = default_rng(5)
    for _ in range(40):
        slightly = {"some": NpsCounts(*map(int, random.multinomial(300, (0.52, 0.25, 0.23))))}
        rankings = discover(
            {"a": drawn(random, 900, 6) | slightly, "b": drawn(random, 900, 6), "c": drawn(random, 90, 3)}
        )
        for one in rankings:
            assert one.found == any(finding.found for finding in one.findings)
            assert one.found == (one.q_value is not None and one.q_value <= FALSE_DISCOVERY_RATE)


def test_what_is_found_comes_first_then_the_greatest_effect_then_what_is_too_small() -> None:
    north, south, bad, few = NpsCounts(300, 100, 50), NpsCounts(290, 105, 55), NpsCounts(30, 20, 50), NpsCounts(0, 0, 9)

    (carrier,) = discover(
        {"carrier": {"few": few, "north": north, "average": NpsCounts(7, 1, 2), "bad": bad, "south": south}}
    )

    assert [finding.value for finding in carrier.findings] == ["bad", "north", "south", "average", "few"]
    assert [finding.found for finding in carrier.findings] == [True, True, True, False, False]
    assert carrier.findings[0].comparison.change == pytest.approx(-20 - 52.33, abs=0.01)
    assert (carrier.findings[-1].q_value, carrier.findings[-1].comparison.verdict) == (None, Verdict.TOO_FEW)
    assert (carrier.findings[-1].n, carrier.tested) == (9, 4)


@pytest.mark.parametrize(
    "values", [{}, {"only": NpsCounts(50, 20, 10)}, {"one": NpsCounts(9, 0, 0), "two": NpsCounts(0, 0, 9)}]
)
def test_an_attribute_with_nothing_to_compare_is_not_asked(values: dict[str, NpsCounts]) -> None:
    (told,) = discover({"carrier": values})

    assert (told.q_value, told.found, told.tested) == (None, False, 0)


def test_an_attribute_that_cannot_be_asked_costs_the_others_nothing() -> None:
    carriers = {"one": NpsCounts(60, 25, 15), "two": NpsCounts(45, 30, 25)}

    alone = discover({"carrier": carriers})[0]
    beside = discover({"carrier": carriers, "store": {"only": NpsCounts(50, 20, 10)}})[0]

    assert alone == beside


def test_too_few_answers_have_nothing_to_say() -> None:
    assert p_value(NpsCounts(9, 0, 0), NpsCounts(0, 0, 500)) == 1
    assert p_value(NpsCounts(10, 0, 0), NpsCounts(0, 0, 500)) < 1e-9
