"""Hands the steps to Celery: a nudge after every commit, and a sweep that finds what no nudge reached.

Nothing here is a promise. The rows are the queue; a task that is lost or runs twice changes nothing.
"""

import fcntl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from celery import Celery
from celery.beat import EmbeddedService
from celery.platforms import SecurityWarning
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session, sessionmaker

from feedback_service import clock
from feedback_service.config import Settings
from feedback_service.database import SessionFactory
from feedback_service.pipeline import Step, run_for, steps

SWEEP_SECONDS = 5.0
TURN_SECONDS = 5.0  # of one step before the next has its turn: a mail backlog must not hold up an unhappy buyer's case
BROKER_SECONDS = 3.0  # a Redis that does not answer would otherwise hold up whoever just saved something, for ever
NUDGE_REST = 0.1  # seconds between two nudges of one process
LOOP_TASK = "feedback.run_loop"
SOLE_PROCESS_LOCK = 0x5EED_BAC0  # any number that nobody else takes in the same PostgreSQL database

SECOND_PROCESS = (
    "Another process serves this database already. Stop it, or set FEEDBACK_BROKER_URL to a Redis or RabbitMQ"
    " that all processes share."
)

log = structlog.get_logger(__name__)


class SecondProcessError(Exception):
    """Another process serves the database already, and `memory://` cannot reach it."""


def make_celery(settings: Settings, sessions: SessionFactory) -> Celery:
    """The task engine of one installation. Raises SettingsError where the loop cannot run with the settings."""
    loop = steps(settings)
    broker = settings.broker_url.get_secret_value()
    celery = Celery("feedback_service", broker=broker, set_as_current=False)
    celery.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_redirect_stdouts=False,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": 120,
            "polling_interval": 0.1,
            "socket_connect_timeout": BROKER_SECONDS,
            "socket_timeout": BROKER_SECONDS,
        },
        beat_schedule={"sweep": {"task": LOOP_TASK, "schedule": SWEEP_SECONDS}},
    )
    running, wanted = threading.Lock(), threading.Event()

    # Shared, which is Celery's default, a second app of this process would run the first one's function.
    @celery.task(name=LOOP_TASK, shared=False)  # type: ignore[untyped-decorator]  # Celery ships no types
    def run_loop() -> None:
        wanted.set()
        # Whoever is at it already goes round once more: the work may lie behind a step that it has passed.
        while wanted.is_set() and running.acquire(blocking=False):
            wanted.clear()
            try:
                if _run_once(loop, sessions):
                    wanted.set()
            finally:
                running.release()

    return celery


def _run_once(loop: tuple[Step, ...], sessions: SessionFactory) -> bool:
    """Give every step its turn, in order; whether one of them has more to do than a turn holds."""
    unfinished = False
    for step in loop:
        try:
            unfinished = run_for(step, sessions, clock.now, TURN_SECONDS) or unfinished
        except Exception:  # one stage's trouble must not keep the others from their work
            log.exception("step failed", step=step.name)
    return unfinished


class Nudges:
    """Asks for runs of the loop, from a thread of its own: whoever just saved something does not wait for the broker.

    One nudge is as good as many, so that a rush of answers costs ten a second and not one each.
    """

    def __init__(self, celery: Celery) -> None:
        self._celery = celery
        self._wanted, self._starting = threading.Event(), threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self) -> None:
        """There may be work; returns at once."""
        self._wanted.set()
        if self._thread is None or not self._thread.is_alive():  # a process that was forked has lost its threads
            with self._starting:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._nudge, name="nudges", daemon=True)
                    self._thread.start()

    def _nudge(self) -> None:
        rest = threading.Event()
        while self._wanted.wait():
            self._wanted.clear()
            try:
                self._celery.send_task(LOOP_TASK, ignore_result=True, retry=False)
            except Exception:  # a broker that is away costs a sweep's time, never an answer
                log.warning("nudge not published; the sweep will find the work")
            rest.wait(NUDGE_REST)


def nudge_after_commit(celery: Celery, sessions: sessionmaker[Session]) -> None:
    """Ask for a run of the loop after every commit that may have left work behind."""
    nudges = Nudges(celery)

    def nudge(session: Session) -> None:
        if not session.info.get("read_only"):
            nudges.ask()

    event.listen(sessions, "after_commit", nudge)


@contextmanager
def embedded(celery: Celery, engine: Engine) -> Iterator[None]:
    """Worker and scheduler as threads of this process until the block ends.

    Raises SecondProcessError where another process serves the same database this way.
    """
    with _sole_process(engine), warnings.catch_warnings():
        # Celery warns of a worker that runs as root and unpickles; ours takes JSON only.
        warnings.filterwarnings("ignore", category=SecurityWarning)
        worker = celery.Worker(pool="solo", loglevel="WARNING", without_heartbeat=True, without_gossip=True, quiet=True)
        # The schedule stays in memory: there is nothing about a sweep worth keeping.
        scheduler = EmbeddedService(celery, thread=True, scheduler_cls="celery.beat:Scheduler")
        working = threading.Thread(target=worker.start, name="worker", daemon=True)
        working.start()
        scheduler.start()
        try:
            yield
        finally:
            scheduler.stop()
            worker.stop()
            working.join(timeout=5)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a file's lock until the block, or the process, ends. Raises SecondProcessError where another one does."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SecondProcessError(SECOND_PROCESS) from None
        yield


@contextmanager
def _sole_process(engine: Engine) -> Iterator[None]:
    """Hold a lock that ends with the process, however it ends."""
    if engine.dialect.name == "sqlite":
        with held(Path(f"{engine.url.database}.lock")):
            yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # from the pool, which would keep the connection, and the lock with it
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": SOLE_PROCESS_LOCK}):
            raise SecondProcessError(SECOND_PROCESS)
        yield
