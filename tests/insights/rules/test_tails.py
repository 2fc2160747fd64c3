"""A test that is made a thousand times must be right a thousand times."""

from collections.abc import Callable, Iterator
from math import comb
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.insights.rules.metrics import CsatCounts, NpsCounts
from feedback_service.insights.rules.tails import guarded_z, normal_tail, student_tail
from feedback_service.insights.rules.verdicts import compare_csat, nps_z

REST = 5_000
Drawn = TypeVar("Drawn", NpsCounts, CsatCounts)
some = st.integers(0, 400)
nps_counts = st.builds(NpsCounts, some, some, some).filter(lambda counts: counts.n > 0)


@pytest.mark.parametrize(
    ("freedom", "t", "tail"),
    [
        (1, 6.314, 0.05), (1, 12.706, 0.025), (2, 2.920, 0.05), (2, 6.965, 0.01), (3, 5.841, 0.005), (4, 7.173, 0.001),
        (7, 1.895, 0.05), (7, 3.499, 0.005), (7, 4.785, 0.001), (10, 4.144, 0.001), (25, 2.060, 0.025),
        (25, 3.450, 0.001), (30, 2.457, 0.01),
    ],
)  # fmt: skip
def test_student_s_tail_is_that_of_the_printed_tables(freedom: int, t: float, tail: float) -> None:
    assert student_tail(t, freedom) == pytest.approx(tail, rel=0.003)
    assert student_tail(-t, freedom) == pytest.approx(1 - student_tail(t, freedom))


@given(st.floats(-8, 8), st.integers(1, 60))
def test_student_s_tail_is_heavier_than_the_normal_one(t: float, freedom: int) -> None:
    tail = student_tail(abs(t), freedom)

    assert normal_tail(abs(t)) - 1e-12 <= tail <= 0.5
    assert student_tail(0, freedom) == pytest.approx(0.5)
    assert tail == pytest.approx(1 - student_tail(-abs(t), freedom))


def test_student_s_tail_becomes_the_normal_one() -> None:
    assert student_tail(2.5, 20_000) == pytest.approx(normal_tail(2.5), rel=0.001)


def test_no_freedom_has_no_tail() -> None:
    with pytest.raises(ValueError, match="needs a degree of freedom, not 0"):
        student_tail(1, 0)


def test_guarded_z_by_hand() -> None:
    """Means of 0.3 and 0.15, adjusted variances of 0.6093 and 0.6244, a hundred answers in each."""
    first, second = NpsCounts(50, 30, 20), NpsCounts(40, 35, 25)

    assert guarded_z(first, second) == pytest.approx(0.15 / (0.6244 / 50) ** 0.5, rel=1e-4)
    assert guarded_z(first, second) == pytest.approx(nps_z(first, second), rel=0.02)


@given(nps_counts, nps_counts)
def test_guarded_z_read_backwards_is_its_negative(first: NpsCounts, second: NpsCounts) -> None:
    assert guarded_z(first, second) == pytest.approx(-guarded_z(second, first))


@pytest.mark.parametrize("n", [20, 50])
@pytest.mark.parametrize("level", [0.01, 0.001, 0.000_25])
@pytest.mark.parametrize("shares", [(0.9, 0.07, 0.03), (0.8, 0.15, 0.05), (0.5, 0.3, 0.2), (0.2, 0.3, 0.5)])
def test_guarded_z_alarms_hardly_more_often_than_it_says_on_nps(
    shares: tuple[float, float, float], n: int, level: float
) -> None:
    usual = NpsCounts(*(round(REST * one) for one in shares))
    assert chance_of(nps_outcomes(n, shares), lambda drawn: normal_tail(-guarded_z(drawn, usual)) < level) < 1.4 * level
    assert chance_of(nps_outcomes(n, shares), lambda drawn: normal_tail(guarded_z(drawn, usual)) < level) < 1.4 * level


@pytest.mark.parametrize("n", [20, 50, 200])
@pytest.mark.parametrize("level", [0.01, 0.001, 0.000_25])
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.8, 0.95])
def test_guarded_z_alarms_hardly_more_often_than_it_says_on_shares(share: float, n: int, level: float) -> None:
    usual = CsatCounts(round(REST * share), REST)
    for sign in (1, -1):
        often = chance_of(
            share_outcomes(n, share), lambda drawn, sign=sign: normal_tail(sign * guarded_z(drawn, usual)) < level
        )
        assert often < 1.4 * level


def test_the_ordinary_test_would_alarm_eleven_times_too_often() -> None:
    """Why there is a second test: 20 answers, 8 of 10 satisfied, a level of one in twenty thousand to either side."""
    usual = CsatCounts(4_000, REST)

    def alarms(drawn: CsatCounts) -> bool:
        told = compare_csat(usual, drawn)
        return told.change is not None and told.change < 0 and (told.p_value or 0.0) / 2 < 0.000_05

    assert chance_of(share_outcomes(20, 0.8), alarms) / 0.000_05 == pytest.approx(11.3, abs=0.1)


def chance_of(outcomes: Iterator[tuple[Drawn, float]], happens: Callable[[Drawn], bool]) -> float:
    """The exact chance, over every way the answers can fall."""
    return sum(chance for drawn, chance in outcomes if happens(drawn))


def nps_outcomes(n: int, shares: tuple[float, float, float]) -> Iterator[tuple[NpsCounts, float]]:
    p, q, d = shares
    for promoters in range(n + 1):
        for detractors in range(n + 1 - promoters):
            passives = n - promoters - detractors
            ways = comb(n, promoters) * comb(n - promoters, detractors)
            yield NpsCounts(promoters, passives, detractors), ways * p**promoters * q**passives * d**detractors


def share_outcomes(n: int, share: float) -> Iterator[tuple[CsatCounts, float]]:
    for good in range(n + 1):
        yield CsatCounts(good, n), comb(n, good) * share**good * (1 - share) ** (n - good)
