"""Runs a command of the installation on a clock that the benchmark can put forward.

    python launch.py CLOCK feedback serve
    python launch.py CLOCK gunicorn ... wsgi:app

CLOCK is a file of eight bytes: how many seconds later than on the wall it is. Leases and back-offs take minutes, and a
benchmark that waited for them on the wall would take hours.
"""

import mmap
import struct
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

_SECONDS = struct.Struct("d")


class SharedClock:
    """The time, as all processes of a run have it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        if not file.exists():
            file.write_bytes(_SECONDS.pack(0.0))
        with file.open("r+b") as opened:
            self._shared = mmap.mmap(opened.fileno(), _SECONDS.size)

    @property
    def ahead(self) -> timedelta:
        """How much later it is than on the wall."""
        return timedelta(seconds=_SECONDS.unpack_from(self._shared)[0])

    def now(self) -> datetime:
        """The time."""
        return datetime.now(UTC) + self.ahead

    def forward_to(self, moment: datetime) -> None:
        """Put it forward; never back."""
        by = max(timedelta(0), moment - self.now())
        _SECONDS.pack_into(self._shared, 0, (self.ahead + by).total_seconds())


def _command(name: str) -> Callable[[], object]:
    # Imported here: the benchmark itself needs the class above only.
    if name == "gunicorn":
        from gunicorn.app.wsgiapp import run  # noqa: PLC0415

        return run
    from feedback_service.cli.main import main  # noqa: PLC0415

    return main


def _main() -> None:
    sys.path.pop(0)  # this folder, whose modules are nobody else's business
    from feedback_service import clock  # noqa: PLC0415

    ours = SharedClock(Path(sys.argv[1]))
    sys.argv = sys.argv[2:]
    with clock.running_on(ours.now):
        _command(sys.argv[0])()


if __name__ == "__main__":
    _main()
