"""Threads that each have something to write share a transaction."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

GATHERING = 0.003  # seconds that the first to arrive waits for the others; a commit saved is worth about as much

Note = TypeVar("Note")
Outcome = TypeVar("Outcome")


@dataclass
class _Ticket(Generic[Note, Outcome]):
    note: Note
    outcome: Outcome | None = None
    error: BaseException | None = None
    done: bool = False


class Together(Generic[Note, Outcome]):
    """Group commit: whoever comes first writes for all who come until then.

    `write` is called by one thread at a time with one or more notes, and returns an outcome for each, in order.
    """

    def __init__(self, write: Callable[[Sequence[Note]], Sequence[Outcome]], *, gathering: float = GATHERING) -> None:
        self._write = write
        self._gathering = gathering
        self._turn = threading.Lock()
        self._somebody = threading.Condition()
        self._arrived: list[_Ticket[Note, Outcome]] = []
        self._members = 0

    @contextmanager
    def member(self) -> Iterator[None]:
        """Say that this thread is going to write during the block, so that others wait for it a little."""
        self._join(1)
        try:
            yield
        finally:
            self._join(-1)

    def submit(self, note: Note) -> Outcome | None:
        """Have `note` written; returns its outcome once that is so. Raises what `write` raised for its group."""
        ticket: _Ticket[Note, Outcome] = _Ticket(note)
        with self._somebody:
            self._arrived.append(ticket)
            self._somebody.notify()
        with self._turn:
            if not ticket.done:
                self._settle(self._gathered())
        if ticket.error is not None:
            raise ticket.error
        return ticket.outcome

    def _join(self, change: int) -> None:
        with self._somebody:
            self._members += change
            self._somebody.notify()

    def _gathered(self) -> list[_Ticket[Note, Outcome]]:
        with self._somebody:
            self._somebody.wait_for(lambda: len(self._arrived) >= self._members, self._gathering)
            group, self._arrived = self._arrived, []
        return group

    def _settle(self, group: list[_Ticket[Note, Outcome]]) -> None:
        try:
            outcomes = self._write([ticket.note for ticket in group])
            for ticket, outcome in zip(group, outcomes, strict=True):
                ticket.outcome = outcome
        except BaseException as error:
            for ticket in group:
                ticket.error = error
        for ticket in group:
            ticket.done = True
