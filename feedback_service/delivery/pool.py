"""Connections to the mail server that outlive one run of the sending step."""

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from feedback_service.delivery.mail_server import MailServer
from feedback_service.delivery.smtp import Conversation

IDLE_SECONDS = 20.0  # bridges the sweeps, and frees a small server's few places soon after the last mail


class ConnectionPool:
    """Up to `size` connections to one server, for as many threads; each is used by one thread at a time.

    A connection nobody has used for `idle` seconds is closed; one that broke is opened again by its next mail. What
    is still open when the pool is gone is closed with it.
    """

    def __init__(self, server: MailServer, size: int = 4, *, idle: float = IDLE_SECONDS) -> None:
        if size < 1:
            raise ValueError("a pool needs at least one connection")
        self.server = server
        self.size = size
        self._idle = idle
        self._places = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._waiting: list[tuple[Conversation, float]] = []  # with the time of their last use, the latest at the end
        self._sweeper: threading.Timer | None = None
        weakref.finalize(self, _close, self._waiting)

    @contextmanager
    def lent(self) -> Iterator[Conversation]:
        """A conversation for the block, the one used last if any is open; waits until one of `size` is free."""
        with self._places:
            with self._lock:
                conversation = self._waiting.pop()[0] if self._waiting else Conversation(self.server)
            try:
                yield conversation
            except BaseException:
                conversation.hang_up()  # nobody knows what it was in the middle of
                raise
            finally:
                self._take_back(conversation)

    def close(self) -> None:
        """Say good-bye on every connection that is not lent. The pool can be used again."""
        with self._lock:
            waiting, self._waiting[:] = list(self._waiting), []
        _close(waiting)

    def _take_back(self, conversation: Conversation) -> None:
        if not conversation.is_open:
            return
        with self._lock:
            self._waiting.append((conversation, monotonic()))
            self._watch()

    def _watch(self) -> None:
        """See to it that somebody looks when the first of them has been idle for long. The lock is held."""
        if self._sweeper is None and self._waiting:
            # It knows the pool weakly: a timer that has yet to go off must not keep connections open.
            self._sweeper = threading.Timer(self._idle, _sweep, (weakref.ref(self),))
            self._sweeper.daemon = True
            self._sweeper.start()

    def close_idle(self) -> None:
        """Say good-bye where nobody has sent anything for a while."""
        with self._lock:
            since = monotonic() - self._idle
            old = [line for line in self._waiting if line[1] <= since]
            self._waiting[:] = [line for line in self._waiting if line[1] > since]
            self._sweeper = None
            self._watch()
        _close(old)


def _sweep(pool: "weakref.ref[ConnectionPool]") -> None:
    known = pool()
    if known is not None:
        known.close_idle()


def _close(lines: list[tuple[Conversation, float]]) -> None:
    for conversation, _ in lines:
        conversation.close()
