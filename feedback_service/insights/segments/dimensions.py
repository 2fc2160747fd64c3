"""By what answers are told apart, as the inbox does."""

from feedback_service.cases.inbox.dimensions import (
    ATTRIBUTE,
    LATE,
    LONGEST_VALUE,
    NO_EVENT,
    ON_TIME,
    OTHERS,
    OWN,
    TOP_TENTH,
    Dimension,
    dimensions,
    is_dimension,
)

__all__ = [
    "ATTRIBUTE",
    "LATE",
    "LONGEST_VALUE",
    "NO_EVENT",
    "ON_TIME",
    "OTHERS",
    "OWN",
    "TOP_TENTH",
    "Dimension",
    "dimensions",
    "is_dimension",
]
