"""The top of a picture: its subject, and what its marks mean."""

from dataclasses import dataclass

from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.figures.look import Look
from feedback_service.insights.figures.measure import fit, width_of, wrapped
from feedback_service.insights.figures.sketch import BODY, HALF, PADDING, ROW, SMALL, TITLE_ROW, Dots, Sketch
from feedback_service.insights.figures.words import SPACE, plain, write

MOST_TITLE_LINES, MOST_NOTE_LINES = 3, 5
SHADED = f"Shaded: 95{SPACE}% interval."
LINE = f"Line: 95{SPACE}% interval."
HOLLOW = "Hollow: too few to say."
LEFT_OUT = "Not drawn: too few to say."
_CHIP, _BETWEEN = 18, 16


@dataclass(frozen=True)
class Header:
    """What it takes, before anything has its place."""

    width: int
    title: tuple[str, ...]
    notes: tuple[str, ...]
    chips: tuple[tuple[tuple[Look, str], ...], ...]
    """Rows of lines' marks and names."""

    @property
    def height(self) -> float:
        """From the top of the picture down to what it is about."""
        rows = len(self.notes) + len(self.chips)
        return PADDING + len(self.title) * TITLE_ROW + rows * ROW + 12

    def draw(self, made: Sketch) -> None:
        """Put it at the top."""
        y: float = made.height - PADDING - BODY + 2
        for line in self.title:
            made.write(PADDING, y, line, BODY, bold=True)
            y -= TITLE_ROW
        for note in self.notes:
            made.write(PADDING, y, note, colour="muted")
            y -= ROW
        for row in self.chips:
            x: float = PADDING
            for look, name in row:
                made.dots.append(Dots(((x + 5, y + HALF * SMALL),), 9, look.colour, look.colour, look.marker))
                made.write(x + _CHIP, y, name)
                x += _CHIP + width_of(name, SMALL) + _BETWEEN
            y -= ROW


def header_of(figure: Figure, width: int, notes: list[str], chips: list[tuple[Look, str]]) -> Header:
    """Lay out the title, the notes and the names of the lines."""
    room = width - 2 * PADDING
    said = [*notes]
    if figure.target is not None:
        said.append(f"Dashed: target {write(figure.target, figure.scale)}.")
    return Header(
        width,
        wrapped(plain(figure.title), room, BODY, most=MOST_TITLE_LINES, bold=True),
        wrapped(plain(" ".join(said)), room, SMALL, most=MOST_NOTE_LINES) if said else (),
        _rows_of(chips, room),
    )


def _rows_of(chips: list[tuple[Look, str]], room: float) -> tuple[tuple[tuple[Look, str], ...], ...]:
    rows: list[list[tuple[Look, str]]] = []
    left = 0.0
    for look, name in chips:
        text = fit(plain(name), room - _CHIP, SMALL)
        wide = _CHIP + width_of(text, SMALL) + _BETWEEN
        if not rows or wide - _BETWEEN > left:
            rows.append([])
            left = room
        rows[-1].append((look, text))
        left -= wide
    return tuple(map(tuple, rows))
