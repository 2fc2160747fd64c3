"""Where everything in a trend chart goes, and what it says; nothing is drawn here."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from textwrap import wrap

from feedback_service.insights.rules.metrics import MIN_ANSWERS, Estimate, MetricKind

NARROW_BELOW_PX = 520

PADDING = 12
ROW = 20
TITLE_ROW = 22
WIDE_AXIS_COLUMN, NARROW_AXIS_COLUMN = 64, 52  # the labels of the value axis; on a desktop with "Answers"
WIDE_VALUE_COLUMN, NARROW_VALUE_COLUMN = 92, 56  # the latest value; on a desktop with its interval
INSET = 14  # from the ends of the grid to the first and last point
LABEL_GAP = 6  # the least air between two labels
BAR_PX = 16
MOST_TITLE_LINES = 2

SMALL, BODY, LARGE, HUGE = 14, 16, 18, 22  # the pages' own sizes
CHARACTER = 0.56  # how wide an average character is for its size, in the wider of the system fonts

SPACE = "\N{NO-BREAK SPACE}"
NO_ANSWERS_YET = "No answers yet"
SHADED = f"Shaded: 95{SPACE}% interval."
HOLLOW = f"Hollow: under {MIN_ANSWERS}{SPACE}answers, too few to say."


@dataclass(frozen=True)
class TrendPoint:
    """One period. The last word of its label ("Jan 2025", "12 May") is shown only where it changes."""

    label: str
    estimate: Estimate


@dataclass(frozen=True)
class Told:
    """A period that has enough answers, by its place in the series."""

    at: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Scale:
    """The value axis of a metric, always whole: a cut one would make every wobble look like news."""

    ticks: tuple[int, ...]
    unit: str
    signed: bool

    def write(self, value: float) -> str:
        """The value as a person writes it: +38, −12 or 87 %."""
        rounded = round(value)
        sign = "−" if rounded < 0 else "+" if self.signed and rounded > 0 else ""
        return f"{sign}{abs(rounded)}{self.unit}"

    def write_range(self, low: float, high: float) -> str:
        """An interval as a person writes it: +31 to +45, or 81 to 92 %."""
        return f"{self.write(low).removesuffix(self.unit)} to {self.write(high)}"


SCALES = {
    MetricKind.NPS: Scale((-100, -50, 0, 50, 100), unit="", signed=True),
    MetricKind.CSAT: Scale((0, 25, 50, 75, 100), unit=f"{SPACE}%", signed=False),
    MetricKind.CES: Scale((0, 25, 50, 75, 100), unit=f"{SPACE}%", signed=False),
    MetricKind.ENPS: Scale((-100, -50, 0, 50, 100), unit="", signed=True),
}


@dataclass(frozen=True)
class Plan:
    """Places in CSS pixels from the bottom left corner."""

    width: int
    height: int
    title: tuple[str, ...]
    note: tuple[str, ...]
    scale: Scale
    count: int
    longest: int  # characters of the widest label or count
    grouped: bool  # whether labels have a last word to set apart

    @property
    def narrow(self) -> bool:
        """Whether this is for a phone."""
        return self.width < NARROW_BELOW_PX

    @property
    def left(self) -> float:
        """Where the grid begins."""
        return PADDING + (NARROW_AXIS_COLUMN if self.narrow else WIDE_AXIS_COLUMN)

    @property
    def right(self) -> float:
        """Where the grid ends, leaving room for the latest value beside it."""
        return self.width - PADDING - (NARROW_VALUE_COLUMN if self.narrow else WIDE_VALUE_COLUMN)

    @property
    def top(self) -> float:
        """The highest line of the grid, under the header."""
        return self.height - PADDING - len(self.title) * TITLE_ROW - len(self.note) * ROW - 16

    @property
    def groups_y(self) -> float:
        """The baseline of the years, over the counts and their bars."""
        return PADDING + ROW + 4 + (BAR_PX if self.step > 1 else 0)

    @property
    def labels_y(self) -> float:
        """The baseline of the months."""
        return self.groups_y + (ROW if self.grouped else 0)

    @property
    def bottom(self) -> float:
        """The lowest line of the grid."""
        return self.labels_y + SMALL + 8

    @property
    def spacing(self) -> float:
        """From one point to the next."""
        return (self.right - self.left - 2 * INSET) / max(self.count - 1, 1)

    @property
    def step(self) -> int:
        """Every how many points there is room for a label and a count."""
        return max(1, ceil((self.longest * SMALL * CHARACTER + LABEL_GAP) / self.spacing))

    def x(self, at: int) -> float:
        """The place of the point with index `at`; the latest stands at the right, also when it is alone."""
        return self.right - INSET - self.spacing * (self.count - 1 - at)

    def y(self, value: float) -> float:
        """The height of a value of the metric."""
        low, high = self.scale.ticks[0], self.scale.ticks[-1]
        return self.bottom + (self.top - self.bottom) * (value - low) / (high - low)


def plan_trend(points: Sequence[TrendPoint], *, title: str, kind: MetricKind, width: int, height: int) -> Plan:
    """Lay out a chart of `points`."""
    room = width - 2 * PADDING
    note = " ".join(notes(points))
    return Plan(
        width,
        height,
        title=tuple(wrap(title, int(room / BODY / 0.6), max_lines=MOST_TITLE_LINES, placeholder="…")),
        note=tuple(wrap(note, int(room / SMALL / CHARACTER))),
        scale=SCALES[kind],
        count=len(points),
        longest=max((max(len(label_head(p.label)), len(f"{p.estimate.n:,}")) for p in points), default=0),
        grouped=any(label_group(point.label) for point in points),
    )


def notes(points: Sequence[TrendPoint]) -> list[str]:
    """What the marks mean, for those marks that are there."""
    has_band = bool(tellable(points))
    has_hollow = any(point.estimate.n and not point.estimate.enough for point in points)
    return [SHADED] * has_band + [HOLLOW] * has_hollow


def tellable(points: Sequence[TrendPoint]) -> list[Told]:
    """The periods with enough answers."""
    return [
        Told(at, shown.value, shown.low, shown.high)
        for at, shown in enumerate(point.estimate for point in points)
        if shown.enough and shown.value is not None and shown.low is not None and shown.high is not None
    ]


def runs(told: Sequence[Told]) -> list[list[Told]]:
    """Stretches of neighbours: a line is drawn through each, never across what lies between."""
    numbered = enumerate(told)
    return [[point for _, point in run] for _, run in groupby(numbered, key=lambda pair: pair[1].at - pair[0])]


def label_head(label: str) -> str:
    """A label without its last word, if there is more than one."""
    head, _, tail = label.rpartition(" ")
    return head or tail


def label_group(label: str) -> str:
    """The last word of a label of several."""
    head, _, tail = label.rpartition(" ")
    return tail if head else ""


def describe(points: Sequence[TrendPoint], scale: Scale) -> str:
    """The chart in sentences, for whoever cannot see it."""
    if not any(point.estimate.n for point in points):
        return f"{NO_ANSWERS_YET}."
    return " ".join(f"{point.label}: {_describe(point.estimate, scale)}." for point in points)


def _describe(shown: Estimate, scale: Scale) -> str:
    if not shown.n:
        return "no answers"
    answers = f"{shown.n:,} {'answer' if shown.n == 1 else 'answers'}"
    if shown.enough and shown.value is not None and shown.low is not None and shown.high is not None:
        interval = scale.write_range(shown.low, shown.high)
        return f"{scale.write(shown.value)}, 95{SPACE}% interval {interval}, {answers}"
    return f"{answers}, too few to say"
