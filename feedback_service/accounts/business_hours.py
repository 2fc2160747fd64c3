"""When a team works, and the arithmetic of its time: so many minutes later, and how many lie between two moments.

Only time that passes while the team works counts. What is open is told by the clock on the team's wall: an hour that
the clocks skip in spring is never open, and one that they show twice in autumn is open both times.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays as known_holidays

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Keys of a calendar's hours, Monday first."""
DAY_MINUTES = 24 * 60
FURTHEST = 400  # days in a row that may all be free; a calendar that is closed for longer opens on no day of a year
MOST_DAYS = 36_525  # a century; nobody is promised anything for later
AROUND_THE_GLOBE = timedelta(hours=15)  # nobody's clock is further from UTC
_DAY, _SECOND, _NOTHING = timedelta(days=1), timedelta(seconds=1), timedelta(0)

Spans = tuple[tuple[int, int], ...]
"""Of one day, in order: minutes after local midnight, half-open; 1440 is the day's end."""
Opening = tuple[datetime, datetime]
"""Two moments in UTC between which the team works without a break; half-open."""


class CalendarError(ValueError):
    """A calendar that cannot be kept as it stands; the message says why, in a sentence."""


@dataclass(frozen=True)
class BusinessHours:
    """A calendar's hours, ready to be counted with. `read` makes it, and refuses what never opens."""

    zone: ZoneInfo
    week: tuple[Spans, ...]
    """Monday first, seven of them."""
    holidays: frozenset[date] = frozenset()
    """Free days of the shop's own."""
    country: str | None = None
    """Whose public holidays are free too, as ISO 3166 has it."""

    def is_holiday(self, day: date) -> bool:
        """Whether the team has that day off, whatever its week says."""
        return day in self.holidays or (self.country is not None and day in _public(self.country, day.year))


def read(
    zone: str, hours: Mapping[str, Sequence[Sequence[str]]], country: str | None, holidays: Sequence[str]
) -> BusinessHours:
    """A calendar from its columns. Public holidays are looked up year by year, when a deadline comes near them.

    Raises CalendarError where the zone, the country or a time is unknown, spans overlap, or no minute is ever open.
    """
    unknown = sorted(set(hours) - set(DAYS))
    if unknown:
        raise CalendarError(f"“{unknown[0]}” is no day. The days are {', '.join(DAYS)}.")
    week = tuple(_spans(day, hours.get(day, ())) for day in DAYS)
    if not any(week):
        raise CalendarError("The calendar has no open hours, so no deadline would ever come. Open at least one day.")
    return BusinessHours(_zone(zone), week, frozenset(map(_date, holidays)), _country(country))


def later(hours: BusinessHours | None, at: datetime, minutes: int) -> datetime:
    """The moment, in UTC, when `minutes` of the team's time have passed since `at` (aware). None: around the clock.

    Negative minutes lead back. Raises CalendarError where the team does not work within `FURTHEST` days, or it would
    take a century.
    """
    return after(hours, at, timedelta(minutes=minutes))


def between(hours: BusinessHours | None, start: datetime, end: datetime) -> int:
    """Whole minutes of the team's time from `start` to `end`; 0 where the end comes first."""
    return passed(hours, start, end) // timedelta(minutes=1)


def after(hours: BusinessHours | None, at: datetime, span: timedelta) -> datetime:
    """As `later`, for any span of time."""
    at = at.astimezone(UTC)
    if hours is None or span == _NOTHING:
        return at + span
    return _forward(hours, at, span) if span >= _NOTHING else _back(hours, at, -span)


def passed(hours: BusinessHours | None, start: datetime, end: datetime) -> timedelta:
    """As `between`, to the microsecond: what passed while the team worked."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return _NOTHING
    if hours is None:
        return end - start
    first, last = _local_day(hours, start), _local_day(hours, end)
    days = (first + _DAY * number for number in range((last - first).days + 1))
    opened = (opening for day in days for opening in openings(hours, day))
    return sum((max(_NOTHING, min(end, closes) - max(start, opens)) for opens, closes in opened), _NOTHING)


def _forward(hours: BusinessHours, at: datetime, left: timedelta) -> datetime:
    for opens, closes in _coming(hours, _local_day(hours, at), _DAY):
        here = max(at, opens)
        if closes - here >= left and closes > here:
            return here + left
        left -= max(_NOTHING, closes - here)
    raise AssertionError("the days end with an error")


def _back(hours: BusinessHours, at: datetime, left: timedelta) -> datetime:
    for opens, closes in _coming(hours, _local_day(hours, at), -_DAY):
        here = min(at, closes)
        if here - opens >= left and here > opens:
            return here - left
        left -= max(_NOTHING, here - opens)
    raise AssertionError("the days end with an error")


def _coming(hours: BusinessHours, day: date, step: timedelta) -> Iterator[Opening]:
    """What is open from a day on, or from it back. Raises CalendarError where that leads nowhere."""
    free = 0
    for _ in range(MOST_DAYS):
        opened = openings(hours, day)
        yield from opened if step > _NOTHING else reversed(opened)
        free = 0 if opened else free + 1
        if free >= FURTHEST:
            raise CalendarError(f"The calendar is closed for {FURTHEST} days in a row, so a deadline never comes.")
        day += step
    raise CalendarError("By this calendar it would take more than a century.")


@lru_cache(maxsize=8192)
def openings(hours: BusinessHours, day: date) -> tuple[Opening, ...]:
    """When the team works on a local day, in UTC and in order: nothing on a free day."""
    spans = hours.week[day.weekday()]
    if not spans or hours.is_holiday(day):
        return ()
    midnight = datetime.combine(day, time.min, UTC)
    found = [
        (
            max(since, midnight + timedelta(minutes=start) - offset),
            min(until, midnight + timedelta(minutes=end) - offset),
        )
        for since, until, offset in _clocks(hours.zone, midnight)
        for start, end in spans
    ]
    return tuple((opens, closes) for opens, closes in found if opens < closes)


def _clocks(zone: ZoneInfo, midnight: datetime) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """How far local clocks are from UTC around a day: from when, until when, how far. Two rows where they change."""
    since, until = midnight - AROUND_THE_GLOBE, midnight + _DAY + AROUND_THE_GLOBE
    before, then = _offset(zone, since), _offset(zone, until)
    if before == then:
        return ((since, until, before),)
    change = _first(lambda moment: _offset(zone, moment) != before, since, until)
    return ((since, change, before), (change, until, then))


def _first(holds: Callable[[datetime], bool], since: datetime, until: datetime) -> datetime:
    """The first second from which something holds, which it does not at `since` and does at `until`."""
    while until - since > _SECOND:
        middle = since + (until - since) // _SECOND // 2 * _SECOND
        since, until = (since, middle) if holds(middle) else (middle, until)
    return until


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or _NOTHING


def _local_day(hours: BusinessHours, moment: datetime) -> date:
    return moment.astimezone(hours.zone).date()


@cache
def _public(country: str, year: int) -> frozenset[date]:
    return frozenset(known_holidays.country_holidays(country, years=year))


def _country(code: str | None) -> str | None:
    if not code:
        return None
    try:
        known_holidays.country_holidays(code)
    except NotImplementedError:
        raise CalendarError(f"The public holidays of “{code}” are not known. Use two letters such as PT.") from None
    return code


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CalendarError(f"“{name}” is no time zone. Use a name such as Europe/Lisbon.") from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CalendarError(f"“{text}” is no date. Write it as 2026-12-24.") from None


def _spans(day: str, written: Sequence[Sequence[str]]) -> Spans:
    spans: list[tuple[int, int]] = []
    for span in written:
        if len(span) != 2:  # noqa: PLR2004 - from, until
            raise CalendarError(f"On {day}, each span needs a beginning and an end.")
        start, end = _minute(span[0]), _minute(span[1])
        if start >= end:
            raise CalendarError(f"On {day}, {span[0]} to {span[1]} ends before it begins. Midnight is 24:00.")
        if spans and start < spans[-1][1]:
            raise CalendarError(f"On {day}, {span[0]} to {span[1]} begins before the span ahead of it has ended.")
        spans.append((start, end))
    return tuple(spans)


def _minute(text: str) -> int:
    """Minutes after midnight of a time such as 09:30."""
    hour, colon, minute = text.partition(":")
    if colon and len(hour) == len(minute) == 2 and (hour + minute).isdecimal() and text.isascii():  # noqa: PLR2004
        minutes = int(hour) * 60 + int(minute)
        if int(minute) < 60 and minutes <= DAY_MINUTES:  # noqa: PLR2004 - minutes of an hour
            return minutes
    raise CalendarError(f"“{text}” is no time. Write it as 09:30; a day ends at 24:00.")
