"""Did customers change their minds, or did other customers answer?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.insights.rules.decomposition import decompose
from feedback_service.insights.rules.metrics import CsatCounts, NpsCounts

HAPPY, TORN, ANGRY = NpsCounts(60, 30, 10), NpsCounts(40, 20, 40), NpsCounts(10, 30, 60)  # +50, 0, -50

some = st.integers(0, 80)
names = st.sampled_from("abcde")
nps_strata = st.dictionaries(names, st.builds(NpsCounts, some, some, some), max_size=5)
csat_strata = st.dictionaries(names, st.builds(lambda yes, no: CsatCounts(yes, yes + no), some, some), max_size=5)


def times(counts: NpsCounts, factor: float) -> NpsCounts:
    return NpsCounts(*(round(n * factor) for n in (counts.promoters, counts.passives, counts.detractors)))


def test_nobody_changed_their_mind_but_more_angry_ones_answered() -> None:
    """80 % and 20 % become halves: 30 points become none, and all of it is mix."""
    told = decompose({"north": times(HAPPY, 4), "south": ANGRY}, {"north": HAPPY, "south": ANGRY})

    assert told is not None
    assert (told.before, told.after) == pytest.approx((30, 0))
    assert (told.change, told.mix, told.within) == pytest.approx((-30, -30, 0))
    # Against the 15 points of both periods together: 0.3 x (-50 - 15) and -0.3 x (50 - 15).
    assert [(part.stratum, round(part.mix, 9)) for part in told.strata] == [("south", -19.5), ("north", -10.5)]


def test_the_same_people_changed_their_mind() -> None:
    told = decompose({"north": HAPPY, "south": TORN}, {"north": HAPPY, "south": ANGRY})

    assert told is not None
    assert (told.change, told.mix, told.within) == pytest.approx((-25, 0, -25))
    assert (told.strata[0].stratum, told.strata[0].before, told.strata[0].after) == ("south", 0, -50)


def test_every_region_gained_while_the_whole_lost() -> None:
    """Simpson's paradox, which is what this is for."""
    told = decompose(
        {"north": times(HAPPY, 9), "south": ANGRY},
        {"north": NpsCounts(65, 27, 8), "south": times(NpsCounts(15, 30, 55), 9)},
    )

    assert told is not None
    assert told.change < 0
    assert told.within > 0
    assert all(part.within > 0 for part in told.strata)


def test_a_new_region_brings_nothing_but_mix() -> None:
    told = decompose({"north": HAPPY}, {"north": HAPPY, "south": ANGRY})

    assert told is not None
    assert (told.change, told.mix, told.within) == pytest.approx((-50, -50, 0))
    south = next(part for part in told.strata if part.stratum == "south")
    assert (south.before, south.after, south.weight_before) == (None, -50, 0)


def test_weighed_by_who_was_asked_it_says_whom_nobody_speaks_for() -> None:
    told = decompose(
        {"north": HAPPY, "south": ANGRY},
        {"north": HAPPY},
        population_before={"north": 50, "south": 50},
        population_after={"north": 50, "south": 50},
    )

    assert told is not None
    assert (told.before, told.after) == (0, 50)
    assert (told.cover_before.uncovered, told.cover_after.uncovered) == (0, 0.5)


@pytest.mark.parametrize(
    ("before", "after"), [({}, {"north": HAPPY}), ({"north": HAPPY}, {"north": NpsCounts()}), ({}, {})]
)
def test_a_period_without_answers_has_no_change_to_split(
    before: dict[str, NpsCounts], after: dict[str, NpsCounts]
) -> None:
    assert decompose(before, after) is None


@given(nps_strata, nps_strata)
def test_mix_and_within_are_the_change_of_nps(before: dict[str, NpsCounts], after: dict[str, NpsCounts]) -> None:
    one, two = sum(before.values(), NpsCounts()), sum(after.values(), NpsCounts())
    told = decompose(before, after)

    assert (told is None) == (not (one.n and two.n))
    if told:
        assert (told.before, told.after) == pytest.approx((one.estimate().value, two.estimate().value), abs=1e-9)
        assert told.mix + told.within == pytest.approx(told.change, abs=1e-9)
        assert sum(part.total for part in told.strata) == pytest.approx(told.change, abs=1e-9)


@given(csat_strata, csat_strata)
def test_mix_and_within_are_the_change_of_csat_and_turn_round_with_time(
    before: dict[str, CsatCounts], after: dict[str, CsatCounts]
) -> None:
    told, back = decompose(before, after), decompose(after, before)
    if told is None or back is None:
        return

    assert told.mix + told.within == pytest.approx(told.change, abs=1e-9)
    assert (back.mix, back.within) == pytest.approx((-told.mix, -told.within), abs=1e-9)


@given(nps_strata, nps_strata)
def test_the_parts_are_those_of_the_formula(before: dict[str, NpsCounts], after: dict[str, NpsCounts]) -> None:
    """Σ (W₂ - W₁)(s₁ + s₂)/2 and Σ (W₁ + W₂)/2 (s₂ - s₁), where every stratum is there in both periods."""
    shared = {name for name in before if before[name].n and name in after and after[name].n}
    before, after = ({name: one[name] for name in shared} for one in (before, after))
    told = decompose(before, after)
    if told is None:
        return

    n1, n2 = (sum(counts.n for counts in one.values()) for one in (before, after))
    mix = within = 0.0
    for name in shared:
        w1, w2 = before[name].n / n1, after[name].n / n2
        s1, s2 = (100 * one[name].observed.mean for one in (before, after))
        mix += (w2 - w1) * (s1 + s2) / 2
        within += (w1 + w2) / 2 * (s2 - s1)
    assert (told.mix, told.within) == pytest.approx((mix, within), abs=1e-9)
