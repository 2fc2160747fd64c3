"""What the mail server does wrong, to whom: decided by the seed before anything runs."""

import random
from collections.abc import Mapping
from enum import StrEnum

PERMILLE = 1000


class Fault(StrEnum):
    """One way of not taking a mail, or of taking it without saying so. Each befalls a recipient's first attempt."""

    CLOSING = "421 at RCPT"
    GREYLISTED = "451 at RCPT"
    NO_SUCH_USER = "550 at RCPT"
    """The only one that lasts: every attempt is refused."""
    SILENT_AT_RCPT = "time-out at RCPT"
    DROPPED_BEFORE_THE_DOT = "drop before the final dot"
    BUSY_AFTER_THE_DOT = "451 after the final dot"
    TAKEN_THEN_DROPPED = "taken, then drop after the final dot"
    DROPPED_UNTAKEN = "not taken, drop after the final dot"
    TAKEN_THEN_SILENT = "taken, then time-out after the final dot"
    NOT_TAKEN_AND_SILENT = "not taken, time-out after the final dot"


MAY_LEAVE_UNKNOWN = frozenset(
    {
        Fault.TAKEN_THEN_DROPPED,
        Fault.DROPPED_UNTAKEN,
        Fault.TAKEN_THEN_SILENT,
        Fault.NOT_TAKEN_AND_SILENT,
        Fault.DROPPED_BEFORE_THE_DOT,  # where the news of the drop comes too late
    }
)
"""After these a sender cannot know, so the mail is `unknown` without any kill."""

COMMON: Mapping[Fault, int] = {
    Fault.CLOSING: 8,
    Fault.GREYLISTED: 8,
    Fault.NO_SUCH_USER: 8,
    Fault.DROPPED_BEFORE_THE_DOT: 4,
    Fault.BUSY_AFTER_THE_DOT: 4,
}
"""Per 1,000 recipients."""

RARE: Mapping[Fault, tuple[int, int]] = {
    Fault.TAKEN_THEN_DROPPED: (1, 8),
    Fault.DROPPED_UNTAKEN: (1, 4),
    Fault.SILENT_AT_RCPT: (1, 3),
    Fault.TAKEN_THEN_SILENT: (0, 2),
    Fault.NOT_TAKEN_AND_SILENT: (0, 1),
}
"""In a small run and in a whole one: each costs a connection up to a minute, or leaves a mail nobody knows about."""


def planned(recipients: int, dice: random.Random, *, small: bool) -> dict[int, Fault]:
    """Which recipient, counted from 0, meets which fault."""
    numbers = {fault: max(2, share * recipients // PERMILLE) for fault, share in COMMON.items()}
    numbers |= {fault: amounts[0] if small else amounts[1] for fault, amounts in RARE.items()}
    faults = [fault for fault, number in numbers.items() for _ in range(number)]
    return dict(zip(dice.sample(range(recipients), len(faults)), faults, strict=True))
