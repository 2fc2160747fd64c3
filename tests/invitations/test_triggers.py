"""When a survey may ask: a delivery is unpacked first, a broken promise is asked about at once."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.invitations.rules.triggers import (
    Moment,
    next_check_in,
    next_pulse,
    order_moment,
    promise_passed_at,
)
from feedback_service.questionnaires.definition import Trigger, TriggerEvent

DAY = timedelta(days=1)
LISBON = ZoneInfo("Europe/Lisbon")
PASSED = datetime(2026, 3, 11, 0, 0, tzinfo=UTC)
"""The end of 10 March in Lisbon, which is on UTC in winter."""


@pytest.mark.parametrize(
    ("promised", "zone", "passed", "because"),
    [
        ("2026-03-10", "UTC", "2026-03-11T00:00", "the whole promised day belongs to the carrier"),
        ("2026-03-10", "Pacific/Kiritimati", "2026-03-10T10:00", "the first place on earth to see the next day"),
        ("2026-03-10", "America/Los_Angeles", "2026-03-11T07:00", "summer time began two days before"),
        ("2026-03-07", "America/Los_Angeles", "2026-03-08T08:00", "the clocks change two hours after midnight"),
        ("2026-03-08", "America/Los_Angeles", "2026-03-09T07:00", "a day of 23 hours"),
        ("2026-11-01", "America/Los_Angeles", "2026-11-02T08:00", "a day of 25 hours"),
        ("2026-03-28", "Europe/Berlin", "2026-03-28T23:00", "the night of the change, before it"),
        ("2026-03-29", "Europe/Berlin", "2026-03-29T22:00", "a day of 23 hours"),
        ("2026-10-25", "Europe/Berlin", "2026-10-25T23:00", "a day of 25 hours"),
        ("2017-10-14", "America/Sao_Paulo", "2017-10-15T03:00", "the next day began at one o'clock: no midnight"),
        ("2018-02-17", "America/Sao_Paulo", "2018-02-18T03:00", "the last hour of the day came twice"),
        ("2026-11-01", "America/Havana", "2026-11-02T05:00", "a day with two midnights is passed at its end"),
        ("2026-10-31", "America/Havana", "2026-11-01T04:00", "and the day before it at the first of the two"),
        ("2024-02-28", "Europe/Lisbon", "2024-02-29T00:00", "a leap year has one day more"),
        ("2024-02-29", "Europe/Lisbon", "2024-03-01T00:00", "the leap day itself"),
        ("2025-02-28", "Europe/Lisbon", "2025-03-01T00:00", "no leap day in other years"),
        ("2025-12-31", "Asia/Kathmandu", "2025-12-31T18:15", "a zone with a quarter of an hour"),
        ("2011-12-29", "Pacific/Apia", "2011-12-30T10:00", "Samoa left out 30 December"),
    ],
)
def test_a_promise_is_passed_at_the_end_of_its_day_where_the_buyer_lives(
    promised: str, zone: str, passed: str, because: str
) -> None:
    expected = datetime.fromisoformat(passed).replace(tzinfo=UTC)
    assert promise_passed_at(date.fromisoformat(promised), ZoneInfo(zone)) == expected, because


def moment_of(on: str, delivered: str | None, promised: str | None, zone: ZoneInfo = LISBON) -> Moment | None:
    return order_moment(
        Trigger(on=TriggerEvent(on), delay_days=2),
        ordered_at=ORDERED,
        delivered_at=datetime.fromisoformat(delivered).replace(tzinfo=UTC) if delivered else None,
        promised_on=date.fromisoformat(promised) if promised else None,
        zone=zone,
    )


ORDERED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EITHER = "delivered_or_promise_passed"
ON_TIME = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("on", "delivered", "promised", "expected", "because"),
    [
        ("delivered", None, None, None, "nothing has happened yet"),
        ("delivered", None, "2026-03-10", None, "this survey does not care for promises"),
        ("delivered", "2026-03-09T15:00", "2026-03-10", Moment(ON_TIME, ON_TIME + 2 * DAY), "time to unpack"),
        ("delivered", "2026-03-09T15:00", "2026-03-01", Moment(ON_TIME, ON_TIME + 2 * DAY), "late, but delivered"),
        ("ordered", None, "2026-03-10", Moment(ORDERED, ORDERED + 2 * DAY), "placing it is the event"),
        ("promise_passed", None, "2026-03-10", Moment(PASSED, PASSED), "the promise will pass undelivered"),
        ("promise_passed", "2026-03-09T15:00", "2026-03-10", None, "kept: there is nothing to ask about"),
        ("promise_passed", "2026-03-14T09:00", "2026-03-10", Moment(PASSED, PASSED), "kept too late"),
        (EITHER, None, None, None, "nothing has happened yet, and nothing was promised"),
        (EITHER, "2026-03-09T15:00", None, Moment(ON_TIME, ON_TIME + 2 * DAY), "delivered, nothing promised"),
        (EITHER, "2026-03-09T15:00", "2026-03-10", Moment(ON_TIME, ON_TIME + 2 * DAY), "delivered in time"),
        (EITHER, None, "2026-03-10", Moment(PASSED, PASSED), "the promise will pass undelivered"),
        (EITHER, "2026-03-14T09:00", "2026-03-10", Moment(PASSED, PASSED), "delivered after the promise had passed"),
        (
            EITHER,
            "2026-03-10T23:59:59",
            "2026-03-10",
            Moment(datetime(2026, 3, 10, 23, 59, 59, tzinfo=UTC), datetime(2026, 3, 12, 23, 59, 59, tzinfo=UTC)),
            "in the last second of the promised day",
        ),
        (EITHER, "2026-03-11T00:00", "2026-03-10", Moment(PASSED, PASSED), "midnight belongs to the next day"),
    ],
)
def test_the_moment_to_ask(
    on: str, delivered: str | None, promised: str | None, expected: Moment | None, because: str
) -> None:
    assert moment_of(on, delivered, promised) == expected, because


def test_the_same_promise_is_broken_a_day_apart_at_the_ends_of_the_earth() -> None:
    kiritimati = moment_of(EITHER, None, "2026-03-10", ZoneInfo("Pacific/Kiritimati"))
    los_angeles = moment_of(EITHER, None, "2026-03-10", ZoneInfo("America/Los_Angeles"))
    assert kiritimati is not None
    assert los_angeles is not None
    assert los_angeles.due_at - kiritimati.due_at == timedelta(hours=21)


def test_a_parcel_of_the_late_evening_is_in_time_where_it_is_still_that_day() -> None:
    at_one_in_utc = "2026-03-11T01:00"
    in_time = moment_of(EITHER, at_one_in_utc, "2026-03-10", ZoneInfo("America/Los_Angeles"))
    late = moment_of(EITHER, at_one_in_utc, "2026-03-10", LISBON)
    assert in_time is not None
    assert late is not None
    assert in_time.due_at - in_time.event_at == 2 * DAY, "18:00 on the promised day in California"
    assert late.due_at == late.event_at, "one hour late in Lisbon"


@pytest.mark.parametrize(
    ("first", "months", "after", "expected", "because"),
    [
        ("2025-01-15", 6, "2025-01-15", "2025-07-15", "the first check-in comes a whole period after the purchase"),
        ("2025-01-15", 6, "2025-07-14", "2025-07-15", "the day before"),
        ("2025-01-15", 6, "2025-07-15", "2026-01-15", "that day's turn is taken, the next is half a year on"),
        ("2019-01-15", 6, "2026-03-20", "2026-07-15", "an old customer is asked on their own day, not at once"),
        ("2024-02-29", 12, "2024-03-01", "2025-02-28", "no leap day the year after"),
        ("2024-02-29", 12, "2027-03-01", "2028-02-29", "and again four years on"),
        ("2025-08-31", 1, "2025-09-01", "2025-09-30", "a month without a 31st"),
        ("2025-08-31", 1, "2025-09-30", "2025-10-31", "the 30th was a makeshift; the 31st is back"),
        ("2026-06-01", 3, "2026-03-20", "2026-09-01", "a purchase in the future, by somebody's clock"),
    ],
)
def test_a_check_in_comes_on_the_anniversaries_of_the_first_purchase(
    first: str, months: int, after: str, expected: str, because: str
) -> None:
    found = next_check_in(date.fromisoformat(first), months, date.fromisoformat(after))
    assert found == date.fromisoformat(expected), because


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(1, 36), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_check_ins_follow_each_other_a_period_apart(first: date, months: int, after: date) -> None:
    day = next_check_in(first, months, after)
    assert day > after
    assert day > first
    following = next_check_in(first, months, day)
    apart = (following.year - day.year) * 12 + following.month - day.month
    assert apart == months
    if after >= first:
        assert (day - after).days <= months * 31


@pytest.mark.parametrize(
    ("months", "after", "expected"),
    [
        (1, "2026-03-20", "2026-04-01"),
        (1, "2026-12-31", "2027-01-01"),
        (3, "2026-03-20", "2026-04-01"),
        (3, "2026-04-01", "2026-07-01"),
        (6, "2026-03-20", "2026-07-01"),
        (12, "2026-01-01", "2027-01-01"),
    ],
)
def test_every_colleague_is_asked_in_the_same_months(months: int, after: str, expected: str) -> None:
    assert next_pulse(months, date.fromisoformat(after)) == date.fromisoformat(expected)
