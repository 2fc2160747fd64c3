"""Two groups of unhappy buyers, followed from the same day on."""

from datetime import UTC, datetime, timedelta

from feedback_service.insights.rules.contacted import FROM_DAY, Unhappy, beside

NOW = datetime(2026, 3, 20, tzinfo=UTC)
DAY = timedelta(days=1)
LONG_AGO = NOW - 200 * DAY


def buyer(
    contacted: int | None = None, answers: tuple[tuple[int, int], ...] = (), orders: tuple[int, ...] = ()
) -> Unhappy:
    """Unhappy long ago; everything else so many days after."""
    return Unhappy(
        LONG_AGO,
        2,
        None if contacted is None else LONG_AGO + contacted * DAY,
        [(LONG_AGO + day * DAY, score) for day, score in answers],
        [LONG_AGO + day * DAY for day in orders],
    )


def test_who_was_contacted_in_the_first_days_and_who_later_or_never() -> None:
    contacted, others = beside([buyer(1), buyer(7), buyer(8), buyer(None)], NOW)
    assert (contacted.people, others.people) == (2, 2)


def test_whose_first_days_are_not_over_belongs_to_neither() -> None:
    fresh = Unhappy(NOW - FROM_DAY + timedelta(seconds=1), 2, NOW)
    ripe = Unhappy(NOW - FROM_DAY, 2, NOW - FROM_DAY)
    contacted, others = beside([fresh, ripe], NOW)
    assert (contacted.people, others.people) == (1, 0)


def test_only_what_comes_after_the_first_days_counts_for_both_alike() -> None:
    """Who came back at once did so whatever we did, and we could not have called them before."""
    contacted, others = beside(
        [
            buyer(1, answers=((3, 9), (40, 6), (90, 10)), orders=(2, 17)),
            buyer(1, answers=((5, 9),), orders=(5,)),
            buyer(None, answers=((7, 4), (8, 5)), orders=(7, 107)),
        ],
        NOW,
    )
    assert (dict(contacted.first), dict(contacted.following)) == ({2: 1}, {6: 1})
    assert dict(others.following) == {5: 1}
    assert [round(each.estimate.value or 0) for each in contacted.repeat] == [50, 50, 50]
    assert [round(each.estimate.value or 0) for each in others.repeat] == [0, 0, 100]
    assert not contacted.repeat[0].estimate.enough  # two buyers


def test_nobody_at_all_is_two_empty_groups() -> None:
    contacted, others = beside([], NOW)
    assert contacted == others
    assert contacted.people == 0
    assert [each.estimate.value for each in contacted.repeat] == [None, None, None]
