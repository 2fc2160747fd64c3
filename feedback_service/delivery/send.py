"""Sends what is in the outbox, so that a crash at any point loses no mail and sends none twice.

    pending -> leased -> handing -> sent

`handing` is committed when the server has the whole mail but for the final dot. A lease that ran out before it
is taken up again; one that ran out after it is `unknown`, and only a person or the receiving side can settle it.

Several connections send at once, each in a thread of its own. Commits are what this costs, so they are shared: one
holds `sent` for the last mail of a connection and `handing` for its next, and that of every connection that is ready
at the time. Until then a mail that was taken stays `handing`, so a crash leaves at most one `unknown` per connection.
"""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event
from time import monotonic

import structlog

from feedback_service.database import SessionFactory
from feedback_service.delivery.claim import claim, give_back, release_expired
from feedback_service.delivery.last_look import Clocks, facts
from feedback_service.delivery.letters import (
    Fate,
    Letter,
    after_failure,
    deferred,
    letters,
    stopped_or_deferred,
    written,
)
from feedback_service.delivery.models import MessageState
from feedback_service.delivery.notes import Note, Writer
from feedback_service.delivery.pool import ConnectionPool
from feedback_service.delivery.render import Letterhead
from feedback_service.delivery.rules.refusals import Stage
from feedback_service.delivery.smtp import Conversation, MailRefused, OutcomeUnknown
from feedback_service.delivery.throttle import Throttle
from feedback_service.delivery.together import Together
from feedback_service.invitations.go_live import go_live

log = structlog.get_logger(__name__)


class TakenBackError(Exception):
    """The mail must not leave after all; what became of its row is written."""


def send_due(
    sessions: SessionFactory,
    now: datetime,
    limit: int,
    *,
    pool: ConnectionPool,
    throttle: Throttle,
    letterhead: Letterhead,
    clocks: Clocks,
) -> int:
    """Send up to `limit` mails over the pool's connections; returns how many were dealt with.

    Commits as it goes: between one network call and the next the state must be durable. While sending is paused
    nothing leaves.
    """
    with sessions() as session:
        release_expired(session, now)
        live = go_live(session)
        paused = live is not None and live.paused_at is not None
        lease_key, ids = claim(session, now, 0 if paused else throttle.room(limit))
        session.commit()
    if not ids:
        return 0
    batch = _Batch(sessions, Writer(lease_key, clocks, now), letterhead, throttle)
    waiting = deque(batch.letters(ids))
    try:
        _send_all(batch, pool, waiting)
    finally:
        if untried := [letter.id for letter in waiting]:
            with sessions() as session:
                give_back(session, untried, lease_key, now)
                session.commit()
    return len(ids) - len(untried)


def _send_all(batch: "_Batch", pool: ConnectionPool, waiting: deque[Letter]) -> None:
    """Send what waits over as many connections as there are; the rest is left there if the server takes no more."""
    if not waiting:
        return
    crew = min(pool.size, len(waiting))
    with ThreadPoolExecutor(crew, thread_name_prefix="mail") as threads:
        carriers = [threads.submit(_carry, batch, pool, waiting) for _ in range(crew)]
    for carrier in carriers:
        carrier.result()


class _Batch:
    """What one run holds, and how its threads write: together, in the present, one transaction after the other."""

    def __init__(self, sessions: SessionFactory, writer: Writer, letterhead: Letterhead, throttle: Throttle) -> None:
        self.letterhead = letterhead
        self.throttle = throttle
        self.now = writer.now
        self.over = Event()
        """Set when the server takes nothing more, or something is wrong with us."""
        self.together: Together[Note, Fate | None] = Together(self._write)
        self._sessions = sessions
        self._writer = writer
        self._began = monotonic()

    def moment(self) -> datetime:
        """The present, however long the batch has taken."""
        return self.now + timedelta(seconds=monotonic() - self._began)

    def later(self, seconds: float) -> Fate | None:
        """The fate of a mail whose domain wants none for so many seconds."""
        wait = timedelta(seconds=seconds)
        return deferred(self.moment() + wait, "Put off: its domain takes mail slowly.") if wait else None

    def letters(self, ids: Sequence[int]) -> list[Letter]:
        """The mails that may leave now; what becomes of the others is written."""
        with self._sessions() as session:
            session.info["read_only"] = True  # nobody shall wait while 200 mails are looked at
            claimed, fates = letters(session, ids, self.now)
            found = facts(session, ids, self._writer.lease_key)
        for letter in claimed:
            fate = stopped_or_deferred(letter, found.get(letter.id), self._writer.clocks, self.now)
            if fate is None:
                fate = self.later(self.throttle.wait_for(letter.recipient))
            if fate is not None:
                fates[letter.id] = fate
        if fates:
            self.write(Note(fates=fates))
        return [letter for letter in claimed if letter.id not in fates]

    def write(self, note: Note) -> None:
        """Have a note committed, with those of other connections. Raises TakenBackError where its mail must stay."""
        if self.together.submit(note) is not None:
            raise TakenBackError

    def _write(self, notes: Sequence[Note]) -> list[Fate | None]:
        with self._sessions() as session:
            outcomes = self._writer.write(session, notes, self.moment())
            session.commit()
        return outcomes


def _carry(batch: _Batch, pool: ConnectionPool, waiting: deque[Letter]) -> None:
    """Send what waits over one connection, until nothing does or the server takes no more."""
    try:
        with pool.lent() as conversation, batch.together.member():
            carrier = _Carrier(batch, conversation)
            try:
                while not batch.over.is_set() and (letter := _next(waiting)) is not None:
                    carrier.carry(letter)
            finally:
                carrier.write_taken()
    except BaseException:
        batch.over.set()
        raise


def _next(waiting: deque[Letter]) -> Letter | None:
    try:
        return waiting.popleft()
    except IndexError:  # another thread had it; asking before would be no answer
        return None


class _Carrier:
    """One connection's way through the batch."""

    def __init__(self, batch: _Batch, conversation: Conversation) -> None:
        self._batch = batch
        self._conversation = conversation
        self._taken: dict[int, str] = {}
        """What the server took and nobody has written down yet: one mail at most."""

    def carry(self, letter: Letter) -> None:
        """Deal with one mail."""
        rest = self._batch.later(self._batch.throttle.rest_of(letter.recipient))
        raw = rest or written(letter, self._batch.letterhead, self._batch.moment())
        if not isinstance(raw, bytes):
            self._write(Note(taken=self._taken, fates={letter.id: raw}))
            return
        self._await_turn()
        try:
            accepted = self._conversation.send(
                self._batch.letterhead.sender, letter.recipient, raw, lambda: self._hand_over(letter)
            )
        except TakenBackError:
            log.info("mail taken back", message=letter.id)
        except OutcomeUnknown as unknown:
            unsettled = {"state": MessageState.UNKNOWN, "detail": str(unknown)}
            self._write(Note(taken=self._taken, fates={letter.id: unsettled}))
        except MailRefused as refusal:
            self._keep_refusal(letter, refusal)
        else:
            self._taken = {letter.id: f"The mail server accepted it ({accepted.code})."}
            self._batch.throttle.took_one(letter.recipient)

    def write_taken(self) -> None:
        """Write down what the server took, where no next mail will."""
        if self._taken:
            self._write(Note(taken=self._taken))

    def _await_turn(self) -> None:
        """Wait for a place in the overall rate: seconds at most, and with nothing left to be written."""
        if seconds := self._batch.throttle.turn():
            self.write_taken()
            self._batch.over.wait(seconds)

    def _hand_over(self, letter: Letter) -> None:
        self._write(Note(taken=self._taken, handing=letter))

    def _write(self, note: Note) -> None:
        try:
            self._batch.write(note)
        except TakenBackError:
            self._taken = {}
            raise
        self._taken = {}

    def _keep_refusal(self, letter: Letter, refusal: MailRefused) -> None:
        """Back to the outbox, or the end of it; an address that takes no mail is never written to again."""
        if refusal.domain_defers:
            self._batch.throttle.deferred_one(letter.recipient)
        fate = after_failure(letter.message, str(refusal), permanent=refusal.permanent, now=self._batch.now)
        address = letter.customer.address_hash if refusal.address_is_bad else None
        self._write(Note(taken=self._taken, fates={letter.id: fate}, bad_address=address))
        log.info("mail refused", message=letter.id, stage=refusal.stage, code=refusal.code)
        if refusal.settings_are_bad or refusal.stage is Stage.CONNECT:
            self._batch.over.set()
