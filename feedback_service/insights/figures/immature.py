"""What may still change is grey, in every picture over time in the same way."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from feedback_service.insights.figures.figure import Line, Mark
from feedback_service.insights.figures.look import Look
from feedback_service.insights.figures.words import plain, told

GREY = "passive"
DASHES = (4.0, 3.0)
NOT_OVER = "not over yet"


def of_period(mark: Mark, *, goes_on: bool) -> Mark:
    """The mark as it is, or where its period goes on as one that may still change."""
    note = ", ".join(each for each in (NOT_OVER, mark.note) if each)
    return replace(mark, note=note, immature=True) if goes_on else mark


def stretches(marks: Sequence[Mark], run: Sequence[int]) -> Iterator[tuple[Sequence[int], bool]]:
    """A run of neighbours, cut where it turns grey or back; and whether each part is.

    A grey part begins and ends with the marks beside it, so that the line has no gap.
    """
    for grey, group in groupby(range(len(run)), key=lambda place: marks[run[place]].immature):
        places = list(group)
        yield run[max(0, places[0] - grey) : places[-1] + 1 + grey], grey


def colour_of(mark: Mark, look: Look) -> str:
    """Of its dot."""
    return GREY if mark.immature else look.colour


def why_it_may_change(how: str, lines: Iterable[Line]) -> list[str]:
    """What marks drawn `how`, such as Grey, mean, where there are any."""
    why = {_why(mark) for line in lines for mark in line.marks if told(mark) and mark.immature}
    if len(why) > 1:
        return [f"{how}: may still change."]
    return [f"{how}: {each[:1].lower()}{each[1:]}." for each in why]


def _why(mark: Mark) -> str:
    """What else the note of a period that goes on tells is of this mark alone."""
    return NOT_OVER if mark.note.startswith(NOT_OVER) else plain(mark.note).rstrip(".")
