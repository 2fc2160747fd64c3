"""Which days belong together, in the shop's own calendar."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.insights.rules.periods import Grain, Period, period_of, periods_between, today_in

DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = date(2026, 5, 12)

grains = st.sampled_from(Grain)
days = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("grain", "first", "last", "label"),
    [
        (Grain.DAY, date(2026, 5, 12), date(2026, 5, 12), "12 May 2026"),
        (Grain.WEEK, date(2026, 5, 11), date(2026, 5, 17), "week of 11 May 2026"),
        (Grain.MONTH, date(2026, 5, 1), date(2026, 5, 31), "May 2026"),
        (Grain.QUARTER, date(2026, 4, 1), date(2026, 6, 30), "Q2 2026"),
        (Grain.ROLLING_30, date(2026, 4, 13), date(2026, 5, 12), "30 days to 12 May 2026"),
        (Grain.ROLLING_90, date(2026, 2, 12), date(2026, 5, 12), "90 days to 12 May 2026"),
    ],
)
def test_a_tuesday_in_may(grain: Grain, first: date, last: date, label: str) -> None:
    period = period_of(grain, TUESDAY)

    assert (period.first, period.last, period.label) == (first, last, label)


@pytest.mark.parametrize(
    ("grain", "day", "label", "previous"),
    [
        (Grain.MONTH, date(2026, 3, 31), "Mar 2026", "Feb 2026"),
        (Grain.MONTH, date(2025, 12, 1), "Dec 2025", "Nov 2025"),
        (Grain.MONTH, date(2026, 9, 2), "Sep 2026", "Aug 2026"),
        (Grain.MONTH, date(2026, 1, 15), "Jan 2026", "Dec 2025"),
        (Grain.QUARTER, date(2026, 1, 1), "Q1 2026", "Q4 2025"),
        (Grain.QUARTER, date(2025, 12, 31), "Q4 2025", "Q3 2025"),
        (Grain.WEEK, date(2027, 1, 3), "week of 28 Dec 2026", "week of 21 Dec 2026"),
        (Grain.WEEK, date(2026, 5, 12), "week of 11 May 2026", "week of 4 May 2026"),
        (Grain.DAY, date(2028, 2, 29), "29 Feb 2028", "28 Feb 2028"),
        (Grain.DAY, date(2026, 3, 1), "1 Mar 2026", "28 Feb 2026"),
        (Grain.ROLLING_30, date(2026, 5, 12), "30 days to 12 May 2026", "30 days to 12 Apr 2026"),
    ],
)
def test_a_period_and_the_one_before_round_the_edges_of_the_year(
    grain: Grain, day: date, label: str, previous: str
) -> None:
    period = period_of(grain, day)

    assert (period.label, period.previous.label) == (label, previous)


def test_a_period_is_closed_once_the_day_after_it_has_come() -> None:
    march = period_of(Grain.MONTH, date(2026, 3, 9))

    assert not march.is_closed(date(2026, 3, 31))
    assert march.is_closed(date(2026, 4, 1))


def test_the_last_thirty_days_are_closed_tomorrow() -> None:
    assert not period_of(Grain.ROLLING_30, TUESDAY).is_closed(TUESDAY)
    assert period_of(Grain.ROLLING_30, TUESDAY - DAY).is_closed(TUESDAY)


def test_the_business_day_changes_at_the_shop_s_midnight() -> None:
    late = datetime(2026, 5, 11, 22, 30, tzinfo=UTC)

    assert today_in(BERLIN, late) == date(2026, 5, 12)
    assert today_in(ZoneInfo("America/Sao_Paulo"), late) == date(2026, 5, 11)


def test_the_month_in_which_the_clocks_go_forward_is_an_hour_short() -> None:
    start, end = period_of(Grain.MONTH, date(2026, 3, 1)).bounds(BERLIN)

    assert (start, end) == (datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC))
    assert end - start == timedelta(days=31) - timedelta(hours=1)


def test_a_day_whose_midnight_was_skipped_begins_with_its_first_moment() -> None:
    """In São Paulo the clocks went from midnight to one o'clock on 4 November 2018."""
    saturday, sunday = (period_of(Grain.DAY, date(2018, 11, day)) for day in (3, 4))
    zone = ZoneInfo("America/Sao_Paulo")

    assert saturday.bounds(zone)[1] == sunday.bounds(zone)[0] == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert today_in(zone, sunday.bounds(zone)[0]) == date(2018, 11, 4)
    assert today_in(zone, sunday.bounds(zone)[0] - timedelta(seconds=1)) == date(2018, 11, 3)


def test_periods_of_a_range_hold_both_of_its_ends() -> None:
    months = periods_between(Grain.MONTH, date(2025, 11, 30), date(2026, 2, 1))

    assert [month.label for month in months] == ["Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026"]


def test_rolling_periods_of_a_range_end_with_it_and_share_no_day() -> None:
    thirties = periods_between(Grain.ROLLING_30, date(2026, 3, 1), TUESDAY)

    assert [one.last for one in thirties] == [date(2026, 3, 13), date(2026, 4, 12), date(2026, 5, 12)]


def test_a_range_that_ends_before_it_begins_has_no_periods() -> None:
    assert periods_between(Grain.WEEK, TUESDAY, TUESDAY - DAY) == []


def test_of_too_many_periods_the_newest() -> None:
    days = periods_between(Grain.DAY, date(2001, 1, 1), TUESDAY, most=3)

    assert [period.first for period in days] == [TUESDAY - 2 * DAY, TUESDAY - DAY, TUESDAY]


def test_a_grain_is_known_by_the_word_in_the_address() -> None:
    assert [Grain(word) for word in ("day", "week", "month", "quarter", "rolling_30", "rolling_90")] == list(Grain)


@given(grains, days)
def test_a_day_lies_in_its_period_which_lies_between_its_neighbours(grain: Grain, day: date) -> None:
    period = period_of(grain, day)

    assert day in period
    assert period.end not in period
    assert period.last in period
    assert period.previous.end == period.first
    assert period.following.first == period.end
    assert period.following.previous == period
    if grain.rolling:
        assert period.last == day
    else:
        assert period_of(grain, period.first) == period_of(grain, period.last) == period


@given(grains, days)
def test_the_period_before_is_as_long_as_the_calendar_lets_it(grain: Grain, day: date) -> None:
    period = period_of(grain, day)
    lengths = {(one.end - one.first).days for one in (period, period.previous)}

    if grain.days:
        assert lengths == {grain.days}
    else:
        assert max(lengths) - min(lengths) <= 3


@given(grains, days, st.integers(0, 400))
def test_periods_of_a_range_hold_each_of_its_days_once(grain: Grain, first: date, more: int) -> None:
    last = first + more * DAY
    periods = periods_between(grain, first, last)

    assert first in periods[0]
    assert last in periods[-1]
    assert all(one.end == two.first for one, two in pairwise(periods))
    assert periods == sorted(periods)


@given(
    days, st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia", "America/New_York"])
)
def test_the_moments_of_neighbouring_days_meet(day: date, key: str) -> None:
    zone = ZoneInfo(key)
    one = period_of(Grain.DAY, day)
    start, end = one.bounds(zone)

    assert one.following.bounds(zone)[0] == end
    assert start <= end  # Apia had no 30 December 2011 at all
    assert start == end or today_in(zone, start) == day


def test_a_period_is_a_value() -> None:
    assert period_of(Grain.WEEK, TUESDAY) == Period(date(2026, 5, 11), date(2026, 5, 18), Grain.WEEK)
    assert len({period_of(Grain.WEEK, TUESDAY), period_of(Grain.WEEK, TUESDAY + DAY)}) == 1
