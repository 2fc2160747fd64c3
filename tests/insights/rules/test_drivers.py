"""What drives the score: how many it reaches, what it does to them, and what it costs the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.insights.rules.drivers import rank_drivers
from feedback_service.insights.rules.metrics import CsatCounts, NpsCounts
from feedback_service.insights.rules.verdicts import Verdict

TOTAL = NpsCounts(500, 200, 300)  # +20
LATE = NpsCounts(20, 40, 140)  # -60
SERVICE = NpsCounts(130, 20, 10)  # +75
BOX = NpsCounts(1, 1, 5)

some = st.integers(0, 100)
nps_counts = st.builds(NpsCounts, some, some, some)


def test_late_delivery_costs_twenty_points() -> None:
    """200 of 1,000 are late and score -60, the other 800 score +40: were none late, the whole would be at +40."""
    (late,) = rank_drivers(TOTAL, {"late": LATE})

    assert (late.reach.value, late.reach.n, late.n) == (20.0, 1_000, 200)
    assert late.effect.change == pytest.approx(-100)
    assert late.effect.verdict is Verdict.REAL
    assert late.lift == pytest.approx(20)
    assert late.found


def test_what_hurts_most_comes_first_and_what_is_too_rare_last() -> None:
    ranked = rank_drivers(TOTAL, {"service": SERVICE, "box": BOX, "late": LATE, "price": NpsCounts(100, 40, 60)})

    assert [driver.name for driver in ranked] == ["late", "price", "service", "box"]
    assert [driver.found for driver in ranked] == [True, False, True, False]
    late, price, service, box = ranked
    assert price.lift == pytest.approx(0, abs=1e-9)  # it scores like all the others
    assert service.lift < 0 < service.effect.change
    assert (box.q_value, box.effect.verdict) == (None, Verdict.TOO_FEW)
    assert box.effect.answers_needed == 3
    assert box.reach.value == pytest.approx(0.7)
    assert late.q_value is not None


def test_a_theme_that_everybody_names_cannot_be_told_apart() -> None:
    (driver,) = rank_drivers(TOTAL, {"delivery": TOTAL})

    assert (driver.reach.value, driver.lift, driver.q_value, driver.found) == (100.0, None, None, False)


def test_a_theme_that_nobody_names_reaches_nobody() -> None:
    (driver,) = rank_drivers(TOTAL, {"delivery": NpsCounts()})

    assert (driver.reach.value, driver.n, driver.lift) == (0.0, 0, None)


def test_without_any_answer_there_is_nothing_to_rank() -> None:
    (driver,) = rank_drivers(NpsCounts(), {"delivery": NpsCounts()})

    assert (driver.reach.value, driver.lift, driver.found) == (None, None, False)
    assert rank_drivers(TOTAL, {}) == []


def test_drivers_of_csat_are_shares() -> None:
    (late,) = rank_drivers(CsatCounts(700, 1_000), {"late": CsatCounts(40, 200)})

    assert late.effect.change == pytest.approx(20 - 82.5)
    assert late.lift == pytest.approx(12.5)


def test_a_theme_cannot_have_more_answers_than_there_are() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        rank_drivers(NpsCounts(5, 5, 5), {"late": NpsCounts(0, 0, 6)})


@given(nps_counts, nps_counts)
def test_the_lift_is_what_the_whole_would_gain_without_it(having: NpsCounts, without: NpsCounts) -> None:
    (driver,) = rank_drivers(having + without, {"theme": having})

    if having.n and without.n:
        whole = (having + without).estimate().value
        assert whole + driver.lift == pytest.approx(without.estimate().value)
        assert driver.effect.low <= driver.effect.change <= driver.effect.high
    else:
        assert driver.lift is None
