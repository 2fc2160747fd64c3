"""The time, in one place, so that a replay can set it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - replaced as a whole by `running_on`


def now() -> datetime:
    """The current time, aware, in UTC."""
    return _source()


@contextmanager
def running_on(source: Callable[[], datetime]) -> Iterator[None]:
    """Let `now()` answer from `source` in the whole process until the block ends: for replays and tests."""
    global _source  # noqa: PLW0603 - one clock for a process is the point
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
