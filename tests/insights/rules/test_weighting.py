"""Answers are weighed so that a region that likes to answer does not speak for one that does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import default_rng

from feedback_service.insights.rules.metrics import NpsCounts, Z
from feedback_service.insights.rules.weighting import cover, effective_size, post_stratified

NORTH, SOUTH = NpsCounts(30, 20, 10), NpsCounts(3, 2, 5)

some = st.integers(0, 60)
counts = st.builds(NpsCounts, some, some, some)
names = st.sampled_from("abcdefg")
answers = st.dictionaries(names, counts, min_size=1)
populations = st.dictionaries(names, st.floats(0.1, 1_000), min_size=1)


def test_the_formulas_by_hand() -> None:
    """33.33 and -20, half each; variances of 0.5556 in 60 answers and of 0.76 in 10."""
    told = post_stratified({"north": NORTH, "south": SOUTH}, {"north": 500, "south": 500})

    assert told.estimate.value == pytest.approx(6.667, abs=0.001)
    assert told.variance == pytest.approx(0.25 * 0.55556 / 60 + 0.25 * 0.76 / 10, rel=1e-4)
    assert told.effective_n == pytest.approx(34.2857, abs=0.0001)
    assert told.estimate.n == 70
    assert told.cover.uncovered == 0


def test_raw_and_weighted_differ_where_one_stratum_answers_more() -> None:
    assert (NORTH + SOUTH).estimate().value == pytest.approx(25.71, abs=0.01)


def test_kish_s_effective_size() -> None:
    assert effective_size([1, 1, 1, 3]) == 3  # 6² / 12
    assert effective_size([0.2] * 7) == pytest.approx(7)
    assert effective_size([]) == 0
    with pytest.raises(ValueError, match="A weight cannot be negative; got -1"):
        effective_size([2, -1])


def test_a_stratum_without_answers_is_told_as_not_covered() -> None:
    told = post_stratified({"north": NORTH, "south": NpsCounts()}, {"north": 60, "south": 30, "isles": 10})

    assert told.estimate.value == pytest.approx(33.333, abs=0.001)
    assert told.cover.weights == {"north": 1}
    assert told.cover.uncovered == pytest.approx(0.4)


def test_answers_from_outside_the_population_weigh_nothing_and_are_told() -> None:
    told = post_stratified({"north": NORTH, "walk-in": SOUTH}, {"north": 60, "walk-in": 0})

    assert told.estimate == NORTH.estimate()
    assert told.cover.unplaced == 10


@pytest.mark.parametrize(
    ("given_answers", "population"),
    [({}, {"north": 1}), ({"north": NORTH}, {}), ({"north": NpsCounts()}, {"north": 1})],
)
def test_with_nothing_to_weigh_there_is_no_score(
    given_answers: dict[str, NpsCounts], population: dict[str, float]
) -> None:
    told = post_stratified(given_answers, population)

    assert (told.estimate.value, told.estimate.n, told.estimate.enough) == (None, 0, False)
    assert (told.variance, told.effective_n) == (None, 0)
    assert told.cover.uncovered == (1 if population else 0)


def test_strata_of_one_answer_do_not_pass_for_certain() -> None:
    """Twenty towns of one answer each: no town shows a variance, and the interval is as wide as that of 20 answers."""
    towns = {f"town {place}": NpsCounts(int(place < 14), 0, int(place >= 14)) for place in range(20)}

    told = post_stratified(towns, dict.fromkeys(towns, 1.0))

    assert told.variance == 0
    plain = NpsCounts(14, 0, 6).estimate()
    assert (told.estimate.low, told.estimate.high) == pytest.approx((plain.low, plain.high))


def test_answers_of_which_few_weigh_all_are_too_few() -> None:
    told = post_stratified({"north": NORTH, "south": NpsCounts(3, 0, 0)}, {"north": 1, "south": 99})

    assert told.estimate.n == 63
    assert told.effective_n < 4
    assert not told.estimate.enough


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="A weight cannot be negative; got -3"):
        post_stratified({"north": NORTH}, {"north": -3})


@given(counts.filter(lambda one: one.n > 0), st.floats(0.01, 1_000))
def test_one_stratum_is_the_plain_estimate(one: NpsCounts, weight: float) -> None:
    told = post_stratified({"all": one}, {"all": weight}).estimate

    plain = one.estimate()
    assert (told.value, told.low, told.high) == pytest.approx((plain.value, plain.low, plain.high))
    assert (told.n, told.enough) == (plain.n, plain.enough)


@given(answers)
def test_weighed_as_they_answered_the_score_is_the_raw_one(given_answers: dict[str, NpsCounts]) -> None:
    together = sum(given_answers.values(), NpsCounts())
    told = post_stratified(given_answers, {name: one.n for name, one in given_answers.items()})

    if together.n:
        assert told.estimate.value == pytest.approx(together.estimate().value)
        assert told.effective_n == pytest.approx(together.n)


@given(answers, populations)
def test_a_weighted_score_stays_between_its_strata_and_on_the_scale(
    given_answers: dict[str, NpsCounts], population: dict[str, float]
) -> None:
    told = post_stratified(given_answers, population)
    if told.estimate.value is None:
        return

    scores = [100 * given_answers[name].observed.mean for name in told.cover.weights]
    assert min(scores) - 1e-9 <= told.estimate.value <= max(scores) + 1e-9
    assert -100 <= told.estimate.low <= told.estimate.value + 1e-9
    assert told.estimate.value - 1e-9 <= told.estimate.high <= 100
    assert 0 < told.effective_n <= told.estimate.n + 1e-9
    weights = [
        w / given_answers[name].n for name, w in told.cover.weights.items() for _ in range(given_answers[name].n)
    ]
    assert told.effective_n == pytest.approx(effective_size(weights))


@given(st.dictionaries(names, st.integers(0, 50)), populations)
def test_what_is_covered_and_what_is_not_make_the_whole(
    given_answers: dict[str, int], population: dict[str, float]
) -> None:
    told = cover(given_answers, population)

    missing = sum(weight for name, weight in population.items() if not given_answers.get(name))
    assert told.uncovered == pytest.approx(missing / sum(population.values()))
    assert not told.weights or sum(told.weights.values()) == pytest.approx(1)
    placed = sum(n for name, n in given_answers.items() if name in told.weights)
    assert placed + told.unplaced == sum(given_answers.values())


def test_the_interval_holds_the_truth_where_the_formula_s_own_would_not() -> None:
    """Five regions that answer as unevenly as regions do: of intervals said to be right in 95 of 100, that of the plain
    formula is in 90, because the smallest regions give a few answers each that happen to agree."""
    random = default_rng(1958)
    weights, rates = (0.4, 0.3, 0.2, 0.07, 0.03), (0.1, 0.3, 0.5, 0.05, 0.4)
    shares = [(0.7, 0.2, 0.1), (0.6, 0.3, 0.1), (0.4, 0.3, 0.3), (0.3, 0.3, 0.4), (0.8, 0.15, 0.05)]
    truth = 100 * sum(weight * (p - d) for weight, (p, _, d) in zip(weights, shares, strict=True))
    population = {str(region): weight for region, weight in enumerate(weights)}
    told = []
    for _ in range(1_000):
        numbers = random.binomial(random.multinomial(1_000, weights), rates)
        drawn = [random.multinomial(n, share) for n, share in zip(numbers, shares, strict=True)]
        told.append(post_stratified({str(at): NpsCounts(*map(int, row)) for at, row in enumerate(drawn)}, population))
    covered = [one for one in told if not one.cover.uncovered]

    held = sum(one.estimate.low <= truth <= one.estimate.high for one in covered) / len(covered)
    plain = sum(abs(one.estimate.value - truth) <= 100 * Z * one.variance**0.5 for one in covered) / len(covered)
    assert held >= 0.95
    assert plain < 0.93
