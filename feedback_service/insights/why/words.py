"""How the page says a number: with its count, its interval, and how sure it is."""

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from feedback_service.insights.figures.figure import Scale
from feedback_service.insights.figures.words import DASH, write, write_range
from feedback_service.insights.rules.metrics import Estimate, MetricKind
from feedback_service.insights.rules.verdicts import Comparison, Verdict

SMALLEST_Q = 0.001


@dataclass(frozen=True)
class Row:
    """A line of a table: its name, where its answers are, and its other cells."""

    name: str
    url: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Saying:
    """Something that stands out, and in which way."""

    name: str
    url: str
    text: str


def days(first: date, last: date) -> str:
    """1 Mar 2026 to 31 Mar 2026."""
    return f"{format_date(first, 'd MMM y', locale='en')} to {format_date(last, 'd MMM y', locale='en')}"


def points(value: float) -> str:
    """41 points, without a sign; a digit more where it is little."""
    size = f"{abs(value):.0f}" if abs(value) >= 9.95 else f"{abs(value):.1f}".removesuffix(".0")  # noqa: PLR2004
    return "1 point" if size == "1" else f"{size} points"


def signed(value: float | None) -> str:
    """+5.2, −41."""
    return DASH if value is None else write(value, Scale.POINTS)


def percent(value: float | None) -> str:
    """12 %."""
    return DASH if value is None else write(value, Scale.PERCENT)


def apart(compared: Comparison, than: str = " than the others") -> str:
    """41 points lower than the others (34 to 48): the difference and its interval, without needless signs."""
    change, low, high = compared.change, compared.low, compared.high
    if change is None or low is None or high is None:
        return "too few answers to compare"
    way = "lower" if change < 0 else "higher"
    if low < 0 < high:
        return f"{points(change)} {way}{than} ({write_range(low, high, Scale.POINTS)})"
    near, far = sorted((abs(low), abs(high)))
    return f"{points(change)} {way}{than} ({_beyond_none(near)} to {far:.0f})"


def _beyond_none(value: float) -> str:
    """With a digit more where it would read as if it could be none."""
    return f"{value:.0f}" if value >= 1 else f"{value:.1f}"


def difference(compared: Comparison) -> str:
    """The same in a table: −41 (−48 to −34)."""
    if compared.change is None or compared.low is None or compared.high is None:
        return DASH
    return f"{signed(compared.change)} ({signed(compared.low)} to {signed(compared.high)})"


def score(kind: MetricKind, told: Estimate) -> str:
    """+38 (31 to 45), 84 % (80 to 88 %), or that there are too few."""
    if told.value is None:
        return DASH
    if not told.enough or told.low is None or told.high is None:
        return "too few"
    scale = Scale.SCORE if kind.by_band else Scale.PERCENT
    return f"{write(told.value, scale)} ({write_range(told.low, told.high, scale)})"


def value(kind: MetricKind, told: float | None) -> str:
    """+38 or 84 %."""
    return DASH if told is None else write(told, Scale.SCORE if kind.by_band else Scale.PERCENT)


def sureness(q_value: float | None) -> str:
    """0.012, below 0.001."""
    if q_value is None:
        return DASH
    return f"below {SMALLEST_Q}" if q_value < SMALLEST_Q else f"{q_value:.3f}"


def verdict(compared: Comparison) -> str:
    """What may be concluded, in a few words."""
    if compared.verdict is Verdict.TOO_FEW:
        return "too few to say"
    return "real" if compared.verdict is Verdict.REAL else "could be chance"
