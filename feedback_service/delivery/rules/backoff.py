"""When a mail that could not be handed over is tried again, and when no longer."""

import hashlib
from datetime import datetime, timedelta

FIRST_WAIT = timedelta(minutes=1)  # a greylisting server says yes to the second or third attempt
LONGEST_WAIT = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(hours=72)  # a server that is down over a weekend still gets its mail
SPREAD = 0.1  # a tenth either way, so that a thousand mails that failed together do not come back together


def next_attempt(attempts: int, first_attempt_at: datetime, now: datetime, *, spread_by: str = "") -> datetime | None:
    """When to try again after `attempts` failed attempts (1 or more), or None to give up.

    The wait doubles from `FIRST_WAIT` to `LONGEST_WAIT`, each give or take `SPREAD`; one last attempt falls
    on the end of `GIVE_UP_AFTER`, counted from the first. The spread is a function of the arguments: the same
    mail (`spread_by`, its uid) waits equally long when a step is run twice.

    Raises ValueError for `attempts` below 1 or times without a time zone.
    """
    if attempts < 1:
        raise ValueError("there is nothing to repeat before the first attempt")
    if now.tzinfo is None or first_attempt_at.tzinfo is None:
        raise ValueError("times need a time zone")
    deadline = first_attempt_at + GIVE_UP_AFTER
    if now >= deadline:
        return None
    wait = usual_wait(attempts) * (1 + SPREAD * _lot(attempts, first_attempt_at, spread_by))
    return min(now + wait, deadline)


def usual_wait(attempts: int) -> timedelta:
    """The wait after `attempts` failed attempts, before it is spread."""
    doublings = min(attempts - 1, 16)  # bounded: the wait is capped long before, and timedelta overflows
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _lot(attempts: int, first_attempt_at: datetime, spread_by: str) -> float:
    """A number from -1 to 1, drawn once and for all by the arguments."""
    seed = f"{spread_by} {first_attempt_at.timestamp()} {attempts}".encode()
    return int.from_bytes(hashlib.sha256(seed).digest()[:4]) / (2**31 - 0.5) - 1
