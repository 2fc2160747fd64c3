"""A figure: named numbers with their intervals. Its picture, its table and its file are all made from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How it is drawn."""

    TREND = "trend"
    """Values over periods, each line with the band of its interval."""
    SHARES = "shares"
    """Parts of a whole over periods, stacked; the lines are the parts, from the bottom up, and n is the whole."""
    WHISKERS = "whiskers"
    """One dot with its interval for each mark, one below the other, the names at the left."""
    STEPS = "steps"
    """Curves that only change at their marks, such as a share of buyers over days."""
    BARS = "bars"
    """One bar for each mark, one below the other."""


class Scale(StrEnum):
    """What the values are."""

    SCORE = "score"
    """Points from -100 to 100."""
    POINTS = "points"
    """A difference in points, with a sign."""
    PERCENT = "percent"
    """0 to 100."""
    COUNT = "count"
    HOURS = "hours"
    DAYS = "days"


@dataclass(frozen=True)
class Mark:
    """One value. Where it is not `enough`, the count is shown and no value."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    enough: bool = True
    url: str = ""
    """Where the answers behind it are."""
    note: str = ""
    """Such as "not over yet" or "answers may still come"."""
    immature: bool = False
    """It may still change, as its note says, so it is drawn in grey."""
    kept_back: bool = False
    """It has a count that is not told, since it would tell who answered; `n` is 0."""


@dataclass(frozen=True)
class Line:
    """Marks that belong together; the only line of a figure may have no name."""

    name: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Event:
    """Something that took effect between two marks, such as an improvement; drawn as a line across."""

    label: str
    at: int
    """Index of the mark from which on it held."""
    url: str = ""


@dataclass(frozen=True)
class Figure:
    """All that a picture shows, and nothing that it does not."""

    name: str
    """Of its files, in lower case with dashes; one of its kind on a page."""
    title: str
    shape: Shape
    scale: Scale
    lines: tuple[Line, ...]
    events: tuple[Event, ...] = ()
    first_column: str = "Period"
    count_of: str = "Answers"
    """What n counts."""
    target: float | None = None
    """A value that is aimed at, drawn as a line."""
    value_name: str = "Value"
    """What the table calls the values, such as NPS."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(mark.n or mark.value is not None for line in self.lines for mark in line.marks)

    @property
    def tells(self) -> bool:
        """Whether any value may be told; else the picture would be an empty frame."""
        return any(mark.enough and mark.value is not None for line in self.lines for mark in line.marks)

    def columns(self) -> list[str]:
        """Headings of the table and the file."""
        several = len(self.lines) > 1
        kinds = (
            *((self.count_of,) if self.tells_counts else ()),
            self.value_name,
            *(("Low", "High") if self._low_high else ()),
        )
        heads = [self.first_column]
        if self.shares_count:
            heads += [self.count_of, *(line.name for line in self.lines)]
        else:
            heads += [f"{line.name}: {kind}" if several else kind for line in self.lines for kind in kinds]
        return [*heads, "Note"] if self.has_notes else heads

    def rows(self) -> list[list[str | float | int | None]]:
        """The numbers, one row for each mark of the longest line; a value that is too few to say is None."""
        return [self._row(at) for at in range(max((len(line.marks) for line in self.lines), default=0))]

    @property
    def shares_count(self) -> bool:
        """Whether all lines are parts of the same counts, which then need telling once."""
        return self.shape is Shape.SHARES

    @property
    def same_counts(self) -> bool:
        """Whether one row of counts tells those of all lines."""
        counts = {tuple((mark.n, mark.kept_back) for mark in line.marks) for line in self.lines}
        return self.shares_count or len(counts) == 1

    @property
    def tells_counts(self) -> bool:
        """Whether the counts say more than the values: not where those are counts themselves."""
        marks = [mark for line in self.lines for mark in line.marks]
        return self.empty or any(mark.n != (mark.value if mark.enough else None) for mark in marks)

    @property
    def has_intervals(self) -> bool:
        """Whether any value has one."""
        return any(mark.low is not None for line in self.lines for mark in line.marks)

    @property
    def has_notes(self) -> bool:
        """Whether any mark has one."""
        return any(mark.note for line in self.lines for mark in line.marks)

    @property
    def _low_high(self) -> bool:
        return self.has_intervals and not self.shares_count

    def _row(self, at: int) -> list[str | float | int | None]:
        there = [line.marks[at] if at < len(line.marks) else None for line in self.lines]
        first = next(mark for mark in there if mark)
        row: list[str | float | int | None] = [first.label, *([_count(first)] if self.shares_count else [])]
        for mark in there:
            told = mark if mark and mark.enough else None
            if self.tells_counts and not self.shares_count:
                row.append(_count(mark) if mark else None)
            row.append(told.value if told else None)
            row += [told.low if told else None, told.high if told else None] if self._low_high else []
        return [*row, _notes(there)] if self.has_notes else row


def _count(mark: Mark) -> int | None:
    return None if mark.kept_back else mark.n


def _notes(marks: Sequence[Mark | None]) -> str:
    return ", ".join(dict.fromkeys(mark.note for mark in marks if mark and mark.note))
