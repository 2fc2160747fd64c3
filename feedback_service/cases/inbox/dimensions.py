"""By what answers are told apart: the dimensions that counts are kept of, and attributes of orders."""

from collections.abc import Sequence
from enum import StrEnum

ATTRIBUTE = "order."
"""How a dimension begins that is an attribute of the order."""


class Dimension(StrEnum):
    """What is known of every answer, whatever the shop writes on its orders."""

    TOUCHPOINT = "touchpoint"
    """What the question was about: an order, or the kind of another moment."""
    TEAM = "team"
    """Whose service it was: what a touchpoint says, or the team whose case was closed."""
    LANGUAGE = "language"
    VALUE_BAND = "value_band"
    """Whether the buyer is among the top tenth by lifetime value."""
    DELIVERY = "delivery"
    """On time or late, where a day was promised."""
    SENTIMENT = "sentiment"
    THEME = "theme"
    """What the comment is about; one answer may have several."""
    REASON = "reason"
    """What the buyer picked as deciding the score."""


LONGEST_VALUE = 80  # characters; of the values of a dimension, longer ones are cut
OWN = frozenset({Dimension.SENTIMENT, Dimension.THEME, Dimension.REASON})
"""Of the answer itself; the others are of whoever answered, or of what they bought."""
LATE, ON_TIME = "late", "on_time"
TOP_TENTH, OTHERS = "top_tenth", "others"
NO_EVENT = "none"


def dimensions(attributes: Sequence[str]) -> tuple[str, ...]:
    """All dimensions that counts are kept of, where these attributes of orders are declared."""
    return (*Dimension, *(ATTRIBUTE + name for name in attributes))


def is_dimension(name: str) -> bool:
    """Whether answers can be told apart by it: any attribute of an order is one, counted every day or not."""
    return name in set(Dimension) or (name.startswith(ATTRIBUTE) and len(ATTRIBUTE) < len(name) <= LONGEST_VALUE)
