"""Notes visits to personal links beside the requests: a page only drops a note, and a thread writes what has gathered.

The thread lives as long as there is something to write, and the process waits for it when it ends. A process that was
forked begins with an empty book; its parent writes what its parent noted.
"""

import os
from collections import Counter, OrderedDict
from collections.abc import Sequence
from threading import Event, Lock, Thread

import structlog
from flask import current_app
from sqlalchemy import Engine, event

from feedback_service.invitations.record_visits import Noted, Written, write_visits
from feedback_service.invitations.rules.visits import Visit

VISIT_BOOK = "feedback_visit_book"
"""Under this name the app keeps its book."""

GATHER_SECONDS = 0.4  # less than a machine waits that wants to pass for a person, and the press looks here as well
MOST_WAITING = 200  # notes: five hundred visits a second; beyond that some go missing: pages come before evidence
MOST_OF_ONE = 12  # notes of one invitation that wait; a keen scanner is known by fewer
MOST_OF_CROWDED = 2  # where machines have had their share, each look at the rest is as dear as a press
BATCH = 200  # notes written in one transaction, which holds SQLite's only writer for some milliseconds
MOST_TRIES = 5
REMEMBERED = 10_000  # invitations of which is known that few or no more visits are kept

log = structlog.get_logger(__name__)


class VisitBook:
    """Visits that are to be written down, in order."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._begin()
        event.listen(engine, "engine_disposed", self._end)

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock, self._writing = Lock(), Lock()
        self._waiting: list[Noted] = []
        self._each: Counter[int] = Counter()
        self._room: OrderedDict[int, int] = OrderedDict()
        self._writer: Thread | None = None
        self._failures = 0

    def note(self, visit: Noted | None) -> None:
        """Have a visit written down soon; None is none."""
        if self._process != os.getpid():
            self._begin()
        if visit is None:
            return
        room = self._room.get(visit.invitation_id, MOST_OF_ONE)
        with self._lock:
            if len(self._waiting) >= MOST_WAITING or self._each[visit.invitation_id] >= room:
                return
            self._waiting.append(visit)
            self._each[visit.invitation_id] += 1
            if self._writer is None:
                self._writer = Thread(target=self._write_on, name="visit book")
                self._writer.start()

    def waiting(self, invitation_id: int) -> list[Visit]:
        """The visits to one invitation's links that are not written down yet."""
        with self._lock:
            return [one.visit for one in self._waiting if one.invitation_id == invitation_id]

    def flush(self) -> None:
        """Write down now what has been noted so far. What cannot be written stays for the next time."""
        with self._writing:
            to_write = len(self._waiting)
            while to_write > 0:
                with self._lock:
                    batch = self._waiting[: min(BATCH, to_write)]
                pool = self._engine.pool
                written = write_visits(self._engine, batch, beside=True)
                if pool is not self._engine.pool:  # the app let go of the database meanwhile
                    pool.dispose()
                self._done(batch, written)
                to_write = 0 if written.left else to_write - len(batch)

    def _done(self, batch: Sequence[Noted], written: Written) -> None:
        """Take a batch off the book; what could not be written stays for a few tries more."""
        self._failures = self._failures + 1 if written.left else 0
        with self._lock:
            again = list(written.left) if self._failures < MOST_TRIES else []
            self._waiting[: len(batch)] = again
            self._each = Counter(one.invitation_id for one in self._waiting)
            self._room |= dict.fromkeys(written.crowded, MOST_OF_CROWDED) | dict.fromkeys(written.full, 0)
            while len(self._room) > REMEMBERED:
                self._room.popitem(last=False)

    def _write_on(self) -> None:
        pause = Event()  # nobody sets it: it is a wait that does not hold the processor
        while True:
            pause.wait(GATHER_SECONDS)
            self.flush()
            with self._lock:
                if not self._waiting:
                    self._writer = None
                    return

    def _end(self, engine: Engine) -> None:
        """Write the last notes when the app lets go of the database, and let go of it again."""
        with self._lock:
            waiting = bool(self._waiting)
        if waiting:
            self.flush()
            with self._writing, self._lock:  # not under the hands of the thread, which counts on what it has seen
                self._waiting.clear()
                self._each.clear()
            engine.dispose()


def visit_book() -> VisitBook:
    """The app's own."""
    book: VisitBook = current_app.extensions[VISIT_BOOK]
    return book
