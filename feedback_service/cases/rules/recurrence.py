"""When a cause recurs, so that putting single cases right is no longer enough."""

from datetime import timedelta

PERIOD = timedelta(days=90)
FEWEST = 5  # cases in a period; fewer are a run of bad luck
TIMES_BEFORE = 2  # a busy quarter brings more of everything; twice as many is news


def recurs(lately: int, before: int) -> bool:
    """Whether a cause with so many cases in the last `PERIOD`, and in the one before it, asks for an improvement."""
    return lately >= FEWEST and lately >= TIMES_BEFORE * before
