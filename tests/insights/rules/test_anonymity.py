"""Whoever reads all that is told of colleagues, and knows the rule, cannot work out what one to four of them said."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedback_service.insights.rules.anonymity import Release, Standing, months_of, release, settles_on
from feedback_service.insights.rules.metrics import MIN_ANONYMOUS
from feedback_service.insights.rules.periods import Grain, period_of

Q1 = period_of(Grain.QUARTER, date(2026, 1, 1))
UNHAPPY, HAPPY = 3, 10
Month = tuple[int, int]
"""How many were unhappy, and how many happy."""
World = tuple[Month, Month, Month]

a_month = st.tuples(st.integers(0, 6), st.integers(0, 6))
a_quarter = st.tuples(a_month, a_month, a_month)


def of_world(world: World, *, settled: bool = True) -> Release:
    return release(Q1, [{UNHAPPY: bad, HAPPY: good} for bad, good in world], settled=settled)


def told(found: Release) -> tuple[object, ...]:
    """Everything that stands on any page, at any address and in any file, of one quarter."""
    cells = (found.quarter, *found.months)
    return tuple((cell.standing, tuple(sorted(dict(cell.scores).items()))) for cell in cells)


def worlds(world: World) -> Iterator[World]:
    """What may have been said, as far as somebody can tell who sees what is told, and in which months any was."""
    seen, whole = told(of_world(world)), of_world(world).quarter
    if whole.standing is Standing.TOLD:
        most = whole.scores[UNHAPPY], whole.scores[HAPPY]
    else:
        most = (MIN_ANONYMOUS - 1, MIN_ANONYMOUS - 1)
    months = list(product(range(most[0] + 1), range(most[1] + 1)))
    for first, second in product(months, months):
        if whole.standing is Standing.TOLD:
            left = (most[0] - first[0] - second[0], most[1] - first[1] - second[1])
            thirds = [left] if min(left) >= 0 else []
        else:
            thirds = months
        for third in thirds:
            might = (first, second, third)
            if [any(month) for month in might] == [any(month) for month in world] and told(of_world(might)) == seen:
                yield might


@given(a_quarter)
@example(((6, 0), (3, 0), (0, 0)))  # the quarter less its great month would be the small one
@example(((4, 0), (4, 0), (0, 0)))  # both full: if a hidden month had to have fewer than five, eight would give it away
@example(((5, 0), (0, 0), (0, 0)))
def test_nobody_can_work_out_a_month_of_fewer_than_five(world: World) -> None:
    small = [at for at, month in enumerate(world) if 0 < sum(month) < MIN_ANONYMOUS]
    sizes: dict[int, set[int]] = {at: set() for at in small}
    if small:
        for might in worlds(world):
            for at in small:
                sizes[at].add(sum(might[at]))
            if all(len(found) > 1 for found in sizes.values()):
                break
    assert all(len(found) > 1 for found in sizes.values())


@given(a_quarter)
def test_no_two_numbers_differ_by_a_few_answers(world: World) -> None:
    """Of what is told, in any sum or difference, no group of one to four answers is left over."""
    found = of_world(world)
    groups = [sum(cell.scores.values()) for cell in (found.quarter, *found.months) if cell.standing is Standing.TOLD]
    assert all(size >= MIN_ANONYMOUS for size in groups)
    months = [cell for cell in found.months if cell.standing is Standing.TOLD]
    if found.quarter.standing is Standing.TOLD and months:
        sums = {score: sum(cell.scores.get(score, 0) for cell in months) for score in found.quarter.scores}
        assert sums == found.quarter.scores, "the quarter says no more than its months"


@given(a_quarter)
def test_until_a_quarter_is_settled_nothing_of_it_is_told(world: World) -> None:
    found = of_world(world, settled=False)
    assert told(found) == told(of_world(((0, 0), (0, 0), (0, 0)), settled=False))
    assert {cell.standing for cell in (found.quarter, *found.months)} == {Standing.NOT_YET}


@given(a_quarter)
def test_what_is_kept_back_is_not_in_the_cell(world: World) -> None:
    found = of_world(world)
    for cell in (found.quarter, *found.months):
        assert cell.standing is Standing.TOLD or not any(cell.scores.values())


@pytest.mark.parametrize(
    ("sizes", "quarter", "months"),
    [
        ((0, 0, 0), "no_answers", ["no_answers"] * 3),
        ((4, 0, 0), "kept_back", ["kept_back"] * 3),
        ((5, 0, 0), "told", ["told", "no_answers", "no_answers"]),
        ((5, 6, 7), "told", ["told", "told", "told"]),
        ((50, 4, 60), "told", ["kept_back"] * 3),
        ((2, 2, 1), "told", ["kept_back"] * 3),
    ],
)
def test_what_is_told_by_how_many_answered(sizes: tuple[int, int, int], quarter: str, months: list[str]) -> None:
    found = release(Q1, [{HAPPY: size} for size in sizes], settled=True)
    assert found.quarter.standing == quarter
    assert [cell.standing for cell in found.months] == months


def test_three_months_make_a_quarter() -> None:
    assert [month.label for month in months_of(Q1)] == ["Jan 2026", "Feb 2026", "Mar 2026"]
    with pytest.raises(ValueError, match="3 months, not 1"):
        release(Q1, [{HAPPY: 9}], settled=True)


def test_a_quarter_is_settled_once_no_link_of_its_last_round_can_be_open() -> None:
    january, march = date(2026, 1, 1), date(2026, 3, 1)
    assert settles_on(Q1, [january], ask_within=21, link_days=21) == Q1.end
    assert settles_on(Q1, [january, march], ask_within=21, link_days=21) == march + timedelta(days=43)
    assert settles_on(Q1, [date(2026, 4, 1)], ask_within=21, link_days=21) == Q1.end, "the next quarter's round"
    assert settles_on(Q1, None, ask_within=21, link_days=21) == Q1.end + timedelta(days=22)
