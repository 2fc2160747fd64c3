"""Writes what a figure holds: a value as a person writes it, and all of it in sentences for whoever cannot see it."""

from feedback_service.insights.figures.figure import Figure, Line, Mark, Scale

SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "–"
TOO_FEW = "too few to say"
KEPT_BACK = "kept back"
SIGNED = frozenset({Scale.SCORE, Scale.POINTS})
UNITS = {Scale.PERCENT: f"{SPACE}%", Scale.HOURS: f"{SPACE}h", Scale.DAYS: f"{SPACE}d"}
MOST_TOLD = 60  # marks in a description; a screen reader's user has the table for the rest
_FINE_BELOW = 10
"""Under it a digit after the point tells something; scores are whole as everywhere else."""


def write(value: float, scale: Scale) -> str:
    """A value with its sign and unit: +38, −12, 87 %, 4.2 h."""
    return f"{_number(value, scale, fine=_fine(value, scale))}{UNITS.get(scale, '')}"


def write_range(low: float, high: float, scale: Scale) -> str:
    """An interval, its unit named once and both ends as fine: +31 to +45, 81 to 92 %, 2.3 to 4.1 h."""
    fine = _fine(low, scale) and _fine(high, scale)
    ends = (_number(end, scale, fine=fine) for end in (low, high))
    return f"{' to '.join(ends)}{UNITS.get(scale, '')}"


def told(mark: Mark) -> bool:
    """Whether there is a value that may be shown."""
    return mark.enough and mark.value is not None


def plain(text: str) -> str:
    """On one line, without what does not print; a space that does not break stays."""
    shown = "".join(each if each.isprintable() or each == SPACE else " " for each in text)
    return " ".join(each for each in shown.split(" ") if each)


def sentence(mark: Mark, figure: Figure) -> str:
    """One mark in words: "+26, 95 % interval +6 to +37, 90 answers"."""
    parts: list[str] = []
    if mark.enough and mark.value is not None:
        parts.append(write(mark.value, figure.scale))
        if mark.low is not None and mark.high is not None:
            parts.append(f"95{SPACE}% interval {write_range(mark.low, mark.high, figure.scale)}")
    if mark.kept_back:
        parts.append(KEPT_BACK)
    elif mark.n or not parts:
        parts.append(counted(mark.n, figure.count_of))
    if mark.n and not told(mark):
        parts.append(TOO_FEW)
    return plain(", ".join([*parts, *([mark.note] if mark.note else [])]))


def count_text(mark: Mark) -> str:
    """A mark's count in a table or under a picture."""
    return DASH if mark.kept_back else f"{mark.n:,}"


def counted(number: int, what: str) -> str:
    """Such as 1 answer, 1,204 answers, no answers."""
    name = what[:1].lower() + what[1:]
    if number == 1 and name.endswith("s"):
        name = name[:-1]
    return f"{number or 'no'} {name}" if number < 1000 else f"{number:,} {name}"  # noqa: PLR2004 - where commas begin


def nothing_yet(figure: Figure) -> str:
    """What stands where the marks will be."""
    return f"No {plain(figure.count_of).lower()} yet"


def describe(figure: Figure) -> str:
    """The whole figure in sentences."""
    if figure.empty:
        return f"{nothing_yet(figure)}."
    said = [_describe(line, figure) for line in figure.lines]
    if figure.target is not None:
        said.append(f"Target: {write(figure.target, figure.scale)}.")
    for event in figure.events:
        marks = figure.lines[0].marks if figure.lines else ()
        since = f", from {marks[event.at].label} on" if 0 <= event.at < len(marks) else ""
        said.append(f"{event.label}{since}.")
    return plain(" ".join(said))


def _describe(line: Line, figure: Figure) -> str:
    marks = [mark for mark in line.marks if mark.n or mark.value is not None]
    marks = marks or list(line.marks)
    shown = marks[-MOST_TOLD:]
    words = " ".join(f"{mark.label}: {sentence(mark, figure)}." for mark in shown)
    earlier = f" The {len(marks) - len(shown)} before are in the table." if len(shown) < len(marks) else ""
    return (f"{line.name}: {words}" if line.name and len(figure.lines) > 1 else words) + earlier


def _fine(value: float, scale: Scale) -> bool:
    return scale is not Scale.SCORE and abs(value) < _FINE_BELOW


def _number(value: float, scale: Scale, *, fine: bool) -> str:
    rounded = round(value, 1) if fine else round(value)
    sign = MINUS if rounded < 0 else "+" if scale in SIGNED and rounded > 0 else ""
    return f"{sign}{abs(rounded):,}".removesuffix(".0")
