"""When what is killed, and the run itself: blows fall as mails and answers pass, and the clock skips dead hours."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from time import monotonic

from .buyers import Buyers
from .installation import Installation
from .launch import SharedClock
from .outbox import Outbox
from .sink import Sink

LOOK_SECONDS = 0.02
QUIET_SECONDS = 6.0  # a sweep comes every five: what nothing happened for is waiting for the clock
LATEST = 0.9  # of all mails or answers; a blow after the last one would hit nobody at work
LONGEST_HESITATION = 0.3  # seconds between the moment that was chosen and the blow


class Counter(StrEnum):
    """What a moment is counted in: on any machine, a blow then falls into the middle of the work."""

    MAILS = "mails"
    ANSWERS = "answers"


@dataclass(frozen=True)
class Blow:
    """One kill, or one restart of the database (`names` is empty), after so many mails or answers."""

    counter: Counter
    after: int
    hesitation: float
    names: tuple[str, ...]


def plan_blows(
    targets: tuple[tuple[str, ...], ...], kills: int, restarts: int, of: int, dice: random.Random
) -> list[Blow]:
    """`kills` over the targets in turn and `restarts` of the database, at random moments of `of` mails and answers."""
    hits = [targets[number % len(targets)] for number in range(kills)]
    dice.shuffle(hits)
    every: list[tuple[str, ...]] = [*hits, *[()] * restarts]
    blows = []
    for number, names in enumerate(every):
        counter = Counter.ANSWERS if number % 3 == 2 else Counter.MAILS
        blows.append(Blow(counter, dice.randrange(int(of * LATEST)), dice.uniform(0, LONGEST_HESITATION), names))
    return sorted(blows, key=lambda blow: blow.after)


@dataclass
class Run:
    """One run, from the first process to the last mail."""

    installation: Installation
    sink: Sink
    buyers: Buyers
    outbox: Outbox
    clock: SharedClock
    restart: Callable[[], None] | None
    blows: list[Blow]
    first_answer: int
    """After so many mails: people do not answer at once, so that some kills meet mails, some answers, some both."""
    skipped: timedelta = timedelta(0)
    restarts: int = 0

    def play(self, patience: float) -> bool:
        """Until everything has come to its end; False where that took longer than `patience` seconds."""
        pause, deadline = threading.Event(), monotonic() + patience
        seen, since = self._progress(), monotonic()
        self.installation.start()
        while monotonic() < deadline:
            pause.wait(LOOK_SECONDS)
            if self.sink.kept > self.first_answer:
                self.buyers.start()
            self._strike(pause)
            self.installation.supervise()
            if self._progress() != seen:
                seen, since = self._progress(), monotonic()
            elif monotonic() - since > QUIET_SECONDS or self._through():
                if self._through() and self.outbox.is_settled():
                    return True
                if monotonic() - since > QUIET_SECONDS:
                    self._skip()
                    since = monotonic()
        return False

    def _progress(self) -> tuple[int, int, int]:
        return self.sink.did, self.buyers.answered, self.installation.kills

    def _through(self) -> bool:
        return not self.blows and self.buyers.answered >= self.buyers.wanted

    def _strike(self, pause: threading.Event) -> None:
        """Let every blow fall whose moment has come."""
        counts = {Counter.MAILS: self.sink.kept, Counter.ANSWERS: self.buyers.answered}
        for blow in [blow for blow in self.blows if counts[blow.counter] > blow.after]:
            self.blows.remove(blow)
            pause.wait(blow.hesitation)
            if blow.names:
                self.installation.supervise()
                self.installation.kill(blow.names)
            elif self.restart is not None:
                self.restart()
                self.restarts += 1

    def _skip(self) -> None:
        """Put the clock forward to when something is due again."""
        due = self.outbox.next_due()
        if due is not None and due > self.clock.now():
            before = self.clock.ahead
            self.clock.forward_to(due)
            self.skipped += self.clock.ahead - before
