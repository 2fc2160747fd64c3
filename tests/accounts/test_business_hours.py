"""A team's time, against pandas on ordinary days and against a walk minute by minute around changes of the clocks."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pandas.tseries.offsets import CustomBusinessHour

from feedback_service.accounts.business_hours import (
    DAYS,
    BusinessHours,
    CalendarError,
    after,
    between,
    later,
    openings,
    passed,
    read,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
OFFICE = {day: [["09:00", "12:30"], ["13:30", "18:00"]] for day in DAYS[:5]}
LISBON = read("Europe/Lisbon", OFFICE, "PT", ["2026-03-16"])
CHANGES = {
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "America/Sao_Paulo": (date(2018, 11, 4), date(2019, 2, 16)),  # at midnight: a day begins at one, another ends twice
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),  # by half an hour
    "Atlantic/Azores": (date(2026, 3, 29), date(2026, 10, 25)),  # around midnight
    "Pacific/Apia": (date(2011, 12, 29), date(2011, 12, 31)),  # and no 30th between them
    "Asia/Kathmandu": (date(2026, 3, 29), date(2026, 10, 25)),  # never changes, and is no whole hours from UTC
}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# What a manager can check with a calendar on the wall


@pytest.mark.parametrize(
    ("at", "minutes", "then", "why"),
    [
        ("2026-03-18 10:00", 60, "2026-03-18 11:00", "within the morning"),
        ("2026-03-18 12:00", 60, "2026-03-18 14:00", "over lunch"),
        ("2026-03-18 17:00", 60, "2026-03-18 18:00", "to the very end of the day"),
        ("2026-03-18 17:00", 61, "2026-03-19 09:01", "one minute more is tomorrow"),
        ("2026-03-20 17:30", 60, "2026-03-23 09:30", "over the weekend"),
        ("2026-03-13 17:30", 60, "2026-03-17 09:30", "over a free day of the shop's own"),
        ("2026-04-02 17:30", 60, "2026-04-06 09:30", "over Good Friday, which the country keeps"),
        ("2026-03-21 03:00", 1, "2026-03-23 09:01", "begun at night on a Saturday"),
        ("2026-03-18 10:00", 0, "2026-03-18 10:00", "nothing later"),
        ("2026-03-21 10:00", 0, "2026-03-21 10:00", "nothing later, on a free day"),
        ("2026-03-23 09:30", -60, "2026-03-20 17:30", "back over the weekend"),
        ("2026-03-18 14:00", -60, "2026-03-18 12:00", "back over lunch"),
    ],
)
def test_a_moment_so_many_minutes_of_work_away(at: str, minutes: int, then: str, why: str) -> None:
    here, there = (
        datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Lisbon")).astimezone(UTC) for text in (at, then)
    )
    assert later(LISBON, here, minutes) == there, why
    assert between(LISBON, *sorted([here, there])) == abs(minutes)


def test_around_the_clock_every_minute_counts() -> None:
    assert later(None, utc("2026-03-28 23:00"), 600) == utc("2026-03-29 09:00")
    assert between(None, utc("2026-03-28 23:00"), utc("2026-03-29 09:00")) == 600
    assert between(None, utc("2026-03-29 09:00"), utc("2026-03-28 23:00")) == 0


def test_a_night_that_the_clocks_shorten_or_lengthen_counts_as_long_as_it_was() -> None:
    night = read("Europe/Berlin", {day: [["00:00", "24:00"]] for day in DAYS}, None, [])
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)):
        begins = datetime.combine(day, time.min, ZoneInfo("Europe/Berlin"))
        assert between(night, begins, datetime.combine(day + DAY, time.min, ZoneInfo("Europe/Berlin"))) == hours * 60


def test_an_hour_that_does_not_exist_is_never_open_and_one_that_comes_twice_is_open_twice() -> None:
    early = read("Europe/Berlin", {"sun": [["02:00", "03:00"]]}, None, [])
    assert openings(early, date(2026, 3, 29)) == ()
    assert openings(early, date(2026, 10, 25)) == (
        (utc("2026-10-25 00:00"), utc("2026-10-25 01:00")),
        (utc("2026-10-25 01:00"), utc("2026-10-25 02:00")),
    )
    assert later(early, utc("2026-03-28 12:00"), 30) == utc("2026-04-05 00:30"), "a week later, since there was none"


def test_a_day_that_a_country_left_out_is_never_open() -> None:
    samoa = read("Pacific/Apia", {day: [["09:00", "17:00"]] for day in DAYS}, None, [])
    assert openings(samoa, date(2011, 12, 30)) == ()
    assert later(samoa, utc("2011-12-30 02:00"), 120) == utc("2011-12-30 20:00"), "from the 29th at 4 to the 31st at 10"


# What cannot be kept


@pytest.mark.parametrize(
    ("zone", "hours", "country", "holidays", "said"),
    [
        ("Europe/Lisbon", {}, None, [], "no open hours"),
        ("Europe/Lisbon", {"mon": []}, None, [], "no open hours"),
        ("Mars/Olympus", OFFICE, None, [], "no time zone"),
        ("../etc/passwd", OFFICE, None, [], "no time zone"),
        ("", OFFICE, None, [], "no time zone"),
        ("Europe/Lisbon", {"monday": [["09:00", "17:00"]]}, None, [], "is no day"),
        ("Europe/Lisbon", {"mon": [["9", "17:00"]]}, None, [], "is no time"),
        ("Europe/Lisbon", {"mon": [["09:60", "17:00"]]}, None, [], "is no time"),
        ("Europe/Lisbon", {"mon": [["09:00", "24:01"]]}, None, [], "is no time"),
        ("Europe/Lisbon", {"mon": [["٠٩:00", "17:00"]]}, None, [], "is no time"),
        ("Europe/Lisbon", {"mon": [["17:00", "09:00"]]}, None, [], "ends before it begins"),
        ("Europe/Lisbon", {"mon": [["09:00", "09:00"]]}, None, [], "ends before it begins"),
        ("Europe/Lisbon", {"mon": [["09:00", "12:00"], ["11:00", "17:00"]]}, None, [], "has ended"),
        ("Europe/Lisbon", {"mon": [["09:00"]]}, None, [], "a beginning and an end"),
        ("Europe/Lisbon", OFFICE, "QQ", [], "are not known"),
        ("Europe/Lisbon", OFFICE, None, ["24.12.2026"], "is no date"),
    ],
)
def test_a_calendar_that_cannot_be_says_why(
    zone: str, hours: dict[str, list[list[str]]], country: str | None, holidays: list[str], said: str
) -> None:
    with pytest.raises(CalendarError, match=said):
        read(zone, hours, country, holidays)


@pytest.mark.parametrize("minutes", [1, -1, 10**6])
def test_a_shop_that_has_closed_for_good_has_no_deadlines_and_nobody_waits_for_one(minutes: int) -> None:
    begins = date(2024, 1, 1)
    free = [(begins + DAY * number).isoformat() for number in range(1500)]
    closed = read("Europe/Lisbon", OFFICE, None, free)
    with pytest.raises(CalendarError, match="closed for 400 days"):
        later(closed, utc("2026-03-18 10:00"), minutes)
    assert between(closed, utc("2026-03-18 10:00"), utc("2026-06-18 10:00")) == 0


def test_what_would_take_a_century_is_no_deadline() -> None:
    with pytest.raises(CalendarError, match="a century"):
        later(LISBON, utc("2026-03-18 10:00"), 2**31)


# Against pandas, on days without a change of the clocks


@st.composite
def spans(draw: st.DrawFn) -> list[list[str]]:
    """One to three spans of a day that do not touch."""
    count = draw(st.integers(1, 3))
    marks = sorted(draw(st.lists(st.integers(0, 1439), min_size=2 * count, max_size=2 * count, unique=True)))
    assume(all(later_one - earlier > 1 for earlier, later_one in pairwise(marks)))
    return [[clock(marks[2 * n]), clock(marks[2 * n + 1])] for n in range(count)]


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@given(
    zone=st.sampled_from(sorted(CHANGES)),
    day=spans(),
    weekdays=st.sets(st.sampled_from(DAYS), min_size=1),
    free=st.lists(st.integers(0, 40), max_size=6),
    start=st.integers(0, 21 * 1440),
    count=st.integers(1, 60),
)
def test_pandas_comes_to_the_same(
    zone: str, day: list[list[str]], weekdays: set[str], free: list[int], start: int, count: int
) -> None:
    """pandas counts on the clock on the wall and knows of no changes: so in weeks of June and July that have none."""
    local, first = ZoneInfo(zone), date(2026, 6, 1)
    holidays = [(first + DAY * number).isoformat() for number in free]
    ours = read(zone, dict.fromkeys(weekdays, day), None, holidays)
    theirs = CustomBusinessHour(
        n=count,
        weekmask=" ".join(name.capitalize() for name in weekdays),
        holidays=holidays,
        start=[opens for opens, _ in day],
        end=[closes for _, closes in day],
    )
    at = datetime.combine(first, time.min) + MINUTE * start
    reached = later(ours, at.replace(tzinfo=local), 60 * count)
    expected = pd.Timestamp(at) + theirs
    assume(expected < pd.Timestamp(2026, 9, 1))
    assert _next_open(ours, reached).astimezone(local).replace(tzinfo=None) == expected.to_pydatetime()
    assert between(ours, at.replace(tzinfo=local), reached) == 60 * count


def _next_open(hours: BusinessHours, moment: datetime) -> datetime:
    """What ends with a day is done that evening; pandas says the next morning, which is the same to a team."""
    tick = timedelta(microseconds=1)
    return after(hours, moment, tick) - tick


# Against a walk through every minute, where the clocks change


def minute_by_minute(hours: BusinessHours, begins: datetime, days: int) -> list[datetime]:
    """Every minute from `begins` on in which the team works: what the clock on the wall shows decides, no more."""
    opened = []
    for number in range(days * 1440):
        moment = begins + MINUTE * number
        local = moment.astimezone(hours.zone)
        of_day = local.hour * 60 + local.minute
        if not hours.is_holiday(local.date()) and any(a <= of_day < b for a, b in hours.week[local.weekday()]):
            opened.append(moment)
    return opened


@given(
    zone=st.sampled_from(sorted(CHANGES)),
    autumn=st.booleans(),
    week=st.lists(st.one_of(st.just([]), spans(), st.just([["00:00", "24:00"]])), min_size=7, max_size=7),
    free=st.lists(st.integers(-2, 4), max_size=2),
    start=st.integers(-2 * 1440, 2 * 1440),
    minutes=st.integers(1, 2500),
)
def test_every_minute_around_a_change_of_the_clocks_counts_once(
    zone: str, autumn: bool, week: list[list[list[str]]], free: list[int], start: int, minutes: int
) -> None:
    assume(any(week))
    changes = CHANGES[zone][autumn]
    ours = read(zone, dict(zip(DAYS, week, strict=True)), None, [(changes + DAY * n).isoformat() for n in free])
    at = datetime.combine(changes, time(12), UTC) + MINUTE * start
    walked = minute_by_minute(ours, at, days=5)
    ends = at + 5 * DAY
    assert between(ours, at, ends) == len(walked)
    assume(len(walked) >= minutes)
    assert later(ours, at, minutes) == walked[minutes - 1] + MINUTE
    assert later(ours, ends, -minutes) == walked[-minutes]
    assert bisect_left(walked, later(ours, at, minutes)) == minutes, "as many minutes lie before it"


@given(
    zone=st.sampled_from(sorted(CHANGES)),
    week=st.lists(st.one_of(st.just([]), spans()), min_size=7, max_size=7),
    start=st.integers(0, 365 * 1440),
    seconds=st.integers(0, 59),
    first=st.integers(0, 3000),
    second=st.integers(1, 3000),
)
def test_time_adds_up_and_never_runs_back(
    zone: str, week: list[list[list[str]]], start: int, seconds: int, first: int, second: int
) -> None:
    assume(any(week))
    ours = read(zone, dict(zip(DAYS, week, strict=True)), "US", [])
    at = datetime(2026, 1, 1, tzinfo=UTC) + MINUTE * start + timedelta(seconds=seconds)
    middle, end = later(ours, at, first), later(ours, at, first + second)
    assert at <= middle <= end
    assert later(ours, middle, second) == end
    assert passed(ours, at, middle) + passed(ours, middle, end) == passed(ours, at, end) == MINUTE * (first + second)
