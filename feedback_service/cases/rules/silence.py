"""Who fell silent: used to answer, and left the last questions lying."""

from collections.abc import Sequence
from datetime import datetime, timedelta

WAIT = timedelta(days=14)
"""A question that nobody answered for so long is left lying."""
LEFT_LYING, LOOKED_AT, USED_TO_ANSWER = 2, 4, 3
"""So many unanswered now, and of so many before at least that many answered."""


def fell_silent(asked: Sequence[tuple[datetime, bool]], now: datetime) -> bool:
    """`asked`: when somebody was asked, and whether they answered, newest first."""
    newest, before = asked[:LEFT_LYING], asked[LEFT_LYING : LEFT_LYING + LOOKED_AT]
    lying = len(newest) == LEFT_LYING and all(not answered and at <= now - WAIT for at, answered in newest)
    return lying and len(before) == LOOKED_AT and sum(answered for _, answered in before) >= USED_TO_ANSWER
