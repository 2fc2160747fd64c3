"""Every comment is read again with today's models; what is killed goes on where it was, and staff's word stays."""

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.sentiment.correct import correct
from feedback_service.sentiment.languages.use import Learned
from feedback_service.sentiment.models import Assessment, CheckedLabel, Rescoring
from feedback_service.sentiment.reader import Reader
from feedback_service.sentiment.rescore import begin, rescore_portion
from tests.cases.factories import colleague
from tests.responses.factories import answered, at_once
from tests.sentiment.factories import read_many

HOUR = timedelta(hours=1)


def _run(session: Session, reader: Reader, now: datetime, portions: int = 1_000) -> list[int]:
    """How many comments each portion held."""
    run_id, _, _ = begin(session, reader, now)
    session.commit()
    counts = []
    for _ in range(portions):
        counts.append(rescore_portion(session, run_id, reader, 4, now))
        session.commit()
        if not counts[-1]:
            break
    return counts


def _read_at(session: Session, at: datetime) -> int:
    count = session.scalar(select(func.count()).where(Assessment.assessed_at == at)) or 0
    session.commit()
    return count


def test_everything_is_read_again_in_portions(session: Session, now: datetime) -> None:
    read_many(session, now, 10)
    answered(session, now, 9)
    assert _run(session, Reader.of(session), now + HOUR) == [4, 4, 2, 0]
    assert _read_at(session, now + HOUR) == 10
    run = session.scalars(select(Rescoring)).one()
    assert (run.total, run.done, run.finished_at) == (10, 10, now + HOUR)


def test_a_run_that_was_stopped_goes_on_where_it_was(session: Session, now: datetime) -> None:
    read_many(session, now, 10)
    reader = Reader.of(session)
    assert _run(session, reader, now + HOUR, portions=1) == [4]
    assert begin(session, reader, now + 2 * HOUR)[1:] == (4, 10)
    assert _run(session, reader, now + 2 * HOUR) == [4, 2, 0]
    assert (_read_at(session, now + HOUR), _read_at(session, now + 2 * HOUR)) == (4, 6)


def test_with_other_models_it_begins_anew(session: Session, now: datetime) -> None:
    read_many(session, now, 6)
    reader = Reader.of(session)
    _run(session, reader, now + HOUR, portions=1)
    newer = replace(reader, learned=Learned(versions={"pt": "head-pt-2"}))
    assert _run(session, newer, now + 2 * HOUR) == [4, 2, 0]
    assert _read_at(session, now + 2 * HOUR) == 6


def test_a_finished_run_is_not_gone_on_with(session: Session, now: datetime) -> None:
    read_many(session, now, 3)
    reader = Reader.of(session)
    _run(session, reader, now + HOUR)
    assert _run(session, reader, now + 2 * HOUR) == [3, 0]


def test_staffs_word_stays(session: Session, now: datetime) -> None:
    ids = read_many(session, now, 3)
    user = colleague(session, "Marta", now)
    correct(session, ids[0], label=CheckedLabel.NEUTRAL, language=None, themes=["staff"], by=user, now=now)
    session.commit()
    _run(session, Reader.of(session), now + HOUR)
    assert session.get_one(Assessment, ids[0], populate_existing=True).label == "neutral"


def test_two_at_once_share_the_work(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        read_many(session, now, 12)
        reader = Reader.of(session)
        run_id, _, _ = begin(session, reader, now)
        session.commit()
    done: list[int] = []

    def worker() -> None:
        with sessions() as own:
            while count := rescore_portion(own, run_id, reader, 2, now + HOUR):
                own.commit()
                done.append(count)
            own.commit()

    at_once(worker, worker)
    assert sum(done) == 12


KILLED = """
import os, signal, sys
from sqlalchemy import create_engine
from feedback_service import clock
from feedback_service.database import prepare_engine, session_factory
from feedback_service.sentiment import rescore
from feedback_service.sentiment.reader import Reader
engine = prepare_engine(create_engine(sys.argv[1]))
with session_factory(engine)() as session:
    reader = Reader.of(session)
    run_id, _, _ = rescore.begin(session, reader, clock.now())
    session.commit()
    rescore.rescore_portion(session, run_id, reader, 4, clock.now())
    session.commit()
    rescore.rescore_portion(session, run_id, reader, 4, clock.now())
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_outright_no_portion_is_lost_or_half_done(
    session: Session, sessions: sessionmaker[Session], database_url: str, now: datetime
) -> None:
    read_many(session, now, 10)
    session.close()
    killed = subprocess.run([sys.executable, "-c", KILLED, database_url], check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    with sessions() as own:
        reader = Reader.of(own)
        assert begin(own, reader, now)[1:] == (4, 10)
        own.commit()
        assert _run(own, reader, now + HOUR) == [4, 2, 0]


@pytest.mark.parametrize("count", [0, 1])
def test_a_shop_with_little_to_read(session: Session, now: datetime, count: int) -> None:
    read_many(session, now, count)
    assert sum(_run(session, Reader.of(session), now + HOUR)) == count
