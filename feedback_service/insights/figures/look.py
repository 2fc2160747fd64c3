"""Which colour and mark a line of a figure has; never a colour alone."""

from dataclasses import dataclass

from feedback_service.insights.figures.figure import Figure

_BANDS = {
    "promoter": ("promoter", "^"),
    "satisfied": ("promoter", "^"),
    "passive": ("passive", "o"),
    "neutral": ("passive", "o"),
    "detractor": ("detractor", "v"),
    "dissatisfied": ("detractor", "v"),
    "positive": ("promoter", "^"),
    "negative": ("detractor", "v"),
}
_OTHERS = (("accent", "o"), ("second", "s"), ("promoter", "^"), ("passive", "D"), ("detractor", "v"))


@dataclass(frozen=True)
class Look:
    """A role of the palette and one of matplotlib's marks."""

    colour: str
    marker: str


def looks_of(figure: Figure) -> list[Look]:
    """One for each line: score bands have theirs, as everywhere; others are told apart by the colour-blind, too."""
    bands = [_BANDS.get(line.name.lower().removesuffix("s")) for line in figure.lines]
    if figure.lines and all(bands):
        return [Look(*band) for band in bands if band]
    return [Look(*_OTHERS[place % len(_OTHERS)]) for place in range(len(figure.lines))]
