"""Mails go out by day, by the customer's clock, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.invitations.rules.sending_hours import (
    Deferral,
    Hours,
    Opening,
    next_opening,
    no_holidays,
    public_holidays,
)

EVERY_DAY = frozenset(range(7))
OFFICE = frozenset(range(5))
BERLIN = ZoneInfo("Europe/Berlin")


def hours(opens: str = "08:00", until: str = "20:00", weekdays: frozenset[int] = EVERY_DAY, country: str = "") -> Hours:
    is_holiday = public_holidays(country) if country else no_holidays
    return Hours(weekdays, time.fromisoformat(opens), time.fromisoformat(until), is_holiday)


def local(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "window", "opens", "deferral", "because"),
    [
        ("2026-03-20T10:00", hours(), "2026-03-20T10:00", None, "in the middle of a Friday"),
        ("2026-03-20T08:00", hours(), "2026-03-20T08:00", None, "the first moment"),
        ("2026-03-20T07:59:59", hours(), "2026-03-20T08:00", Deferral.HOURS, "a second early"),
        ("2026-03-20T19:59:59", hours(), "2026-03-20T19:59:59", None, "the last second"),
        ("2026-03-20T20:00", hours(), "2026-03-21T08:00", Deferral.HOURS, "a window is half-open"),
        ("2026-03-20T23:59", hours(until="00:00"), "2026-03-20T23:59", None, "midnight is the day's end"),
        ("2026-03-20T18:30", hours("09:00", "18:00", OFFICE), "2026-03-23T09:00", Deferral.HOURS, "over a weekend"),
        ("2026-03-21T10:00", hours("09:00", "18:00", OFFICE), "2026-03-23T09:00", Deferral.HOURS, "on a Saturday"),
        ("2026-12-25T10:00", hours(country="DE"), "2026-12-27T08:00", Deferral.HOLIDAY, "two days of Christmas"),
        ("2026-12-25T10:00", hours(country="PT"), "2026-12-26T08:00", Deferral.HOLIDAY, "one in Portugal"),
        ("2026-12-25T10:00", hours(), "2026-12-25T10:00", None, "no country, no holidays"),
        ("2026-04-02T21:00", hours(country="DE", weekdays=OFFICE), "2026-04-07T08:00", Deferral.HOURS, "past Easter"),
    ],
)
def test_the_next_opening(asked: str, window: Hours, opens: str, deferral: Deferral | None, because: str) -> None:
    assert next_opening(local(asked), window, BERLIN) == Opening(local(opens), deferral), because


@pytest.mark.parametrize(
    ("asked", "window", "opens", "because"),
    [
        ("2026-03-29T00:30", hours("02:30", "04:00"), "2026-03-29T03:30", "half past two is skipped in spring"),
        ("2026-03-28T21:00", hours(), "2026-03-29T08:00", "a night of eleven hours is shorter by one"),
        ("2026-10-24T21:00", hours(), "2026-10-25T08:00", "and in autumn longer by one"),
    ],
)
def test_the_clocks_change_in_the_night(asked: str, window: Hours, opens: str, because: str) -> None:
    assert next_opening(local(asked), window, BERLIN).at == local(opens), because


def test_the_hour_that_comes_twice_is_open_twice() -> None:
    window = hours("02:00", "03:00")
    for fold in (0, 1):
        half_past_two = local("2026-10-25T02:30", fold=fold)
        assert next_opening(half_past_two, window, BERLIN).at == half_past_two


def test_one_moment_is_day_here_and_night_there() -> None:
    moment = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
    assert next_opening(moment, hours(), ZoneInfo("Europe/Lisbon")).at == moment
    auckland = next_opening(moment, hours(), ZoneInfo("Pacific/Auckland"))
    assert auckland == Opening(local("2026-03-21T08:00", ZoneInfo("Pacific/Auckland")), Deferral.HOURS)


def test_a_leap_day_is_a_day() -> None:
    assert next_opening(local("2028-02-28T21:00"), hours(), BERLIN).at == local("2028-02-29T08:00")


def test_a_window_that_never_opens_says_so() -> None:
    closed = Hours(EVERY_DAY, time(8), time(20), lambda _day: True)
    with pytest.raises(ValueError, match="no day of a whole year"):
        next_opening(local("2026-03-20T10:00"), closed, BERLIN)


ZONES = ["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns", "UTC"]


@given(
    st.integers(1_230_768_000, 1_893_456_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),  # 2009 to 2029
    st.sampled_from(ZONES).map(ZoneInfo),
    st.integers(0, 22),
    st.sets(st.integers(0, 6), min_size=1).map(frozenset),
)
def test_every_opening_lies_in_the_window_and_none_was_missed(
    asked: datetime, zone: ZoneInfo, opens: int, weekdays: frozenset[int]
) -> None:
    window = Hours(weekdays, time(opens), time((opens + 2) % 24), no_holidays)
    found = next_opening(asked, window, zone)
    assert found.at >= asked
    assert (found.deferral is None) == (found.at == asked)
    assert next_opening(found.at, window, zone) == Opening(found.at, None), "an opening is open"
    there = found.at.astimezone(zone)
    assert there.weekday() in weekdays
    minute = asked
    while minute < min(found.at, asked + timedelta(days=2)):
        assert next_opening(minute, window, zone).at == found.at, "nothing earlier was open"
        minute += timedelta(minutes=47)


def test_holidays_are_those_of_the_country() -> None:
    assert public_holidays("PT")(date(2026, 4, 25))
    assert not public_holidays("DE")(date(2026, 4, 25))
    assert not public_holidays("XX")(date(2026, 12, 25)), "an unknown country keeps none"
