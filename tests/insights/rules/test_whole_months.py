"""Days taken apart into whole months and the rest are the same days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedback_service.insights.rules.whole_months import month_of, whole_months


def test_a_year_a_few_days_and_what_lies_between() -> None:
    year = whole_months([(date(2024, 1, 1), date(2024, 12, 31))])
    assert (year.months, year.days) == (((date(2024, 1, 1), date(2024, 12, 31)),), ())
    few = whole_months([(date(2024, 2, 2), date(2024, 2, 29))])
    assert (few.months, few.days) == ((), ((date(2024, 2, 2), date(2024, 2, 29)),))
    both = whole_months([(date(2024, 1, 31), date(2024, 3, 1))])
    assert both.months == ((date(2024, 2, 1), date(2024, 2, 29)),)
    assert both.days == ((date(2024, 1, 31), date(2024, 1, 31)), (date(2024, 3, 1), date(2024, 3, 1)))


def test_what_touches_is_one_span() -> None:
    months = whole_months([month_of(date(2024, month, 5)) for month in (3, 1, 2, 12)])
    assert months.months == ((date(2024, 1, 1), date(2024, 3, 31)), (date(2024, 12, 1), date(2024, 12, 31)))
    weeks = [(date(2024, 1, 1) + timedelta(days=at * 7), date(2024, 1, 7) + timedelta(days=at * 7)) for at in range(9)]
    assert whole_months(weeks).days == ((date(2024, 1, 1), date(2024, 3, 3)),)
    assert whole_months([]).months == whole_months([]).days == ()


@given(st.lists(st.integers(0, 900), min_size=2, max_size=8, unique=True))
def test_every_day_is_in_one_part_and_months_are_whole(edges: list[int]) -> None:
    days = [date(2023, 1, 1) + timedelta(days=edge) for edge in sorted(edges)]
    spans = list(zip(days[::2], days[1::2], strict=False))
    parts = whole_months(spans)
    told = [day for span in (*parts.months, *parts.days) for day in _days(span)]
    assert sorted(told) == [day for span in spans for day in _days(span)]
    for first, last in parts.months:
        assert (first.day, (last + timedelta(days=1)).day) == (1, 1)
    whole = {month_of(day) for span in spans for day in _days(span) if set(_days(month_of(day))) <= set(_days(span))}
    assert {month_of(day) for span in parts.months for day in _days(span)} == whole


def _days(span: tuple[date, date]) -> list[date]:
    return [span[0] + timedelta(days=at) for at in range((span[1] - span[0]).days + 1)]
