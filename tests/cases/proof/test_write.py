"""A manifest a day: every log that grew, once; and whoever is killed while writing one loses nothing."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service import pipeline
from feedback_service.cases.models import Case, EntryKind
from feedback_service.cases.proof import write
from feedback_service.cases.proof.manifest import Manifest, ManifestError, holding, manifests_in, read_manifest
from feedback_service.cases.proof.verify import verify_proof
from feedback_service.cases.proof.write import ProofGoneError
from feedback_service.cases.write_log import write_entry
from feedback_service.pipeline import prove_logs, prove_now
from tests.cases.factories import KEY, opened, queued
from tests.responses.factories import at_once

LISBON = ZoneInfo("Europe/Lisbon")
DAY = timedelta(days=1)
Sessions = sessionmaker[Session]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "outside"


@pytest.fixture
def prove(sessions: Sessions, folder: Path) -> Callable[[datetime], int]:
    """The step of the pipeline, at a moment."""
    return lambda at: prove_logs(sessions, at, 200, folder=folder, key=KEY, zone=LISBON)


def _grow(session: Session, case_id: int, now: datetime) -> None:
    write_entry(session, case_id, EntryKind.NOTED, actor_id=None, text="More.", key=KEY, now=now)
    session.commit()


def _said(manifest: Manifest) -> list[tuple[int, int]]:
    return [(each.case_id, each.length) for each in read_manifest(manifest, KEY)]


def _proved(session: Session) -> list[int]:
    session.rollback()
    lengths = list(session.scalars(select(Case.proved_length).order_by(Case.id)))
    session.rollback()
    return lengths


def test_the_first_holds_all_cases_and_the_next_those_whose_log_grew(
    session: Session, folder: Path, prove: Callable[[datetime], int], now: datetime
) -> None:
    cases = [opened(session, now).id for _ in range(3)]
    lengths = [session.get_one(Case, case).log_length for case in cases]
    session.rollback()
    assert prove(now) == 1
    _grow(session, cases[1], now)
    assert prove(now + DAY) == 1
    first, second = manifests_in(folder)
    assert _said(first) == list(zip(cases, lengths, strict=True))
    assert _said(second) == [(cases[1], lengths[1] + 1)]
    assert [manifest.path.name for manifest in (first, second)] == [
        "manifest-000001-2026-03-20.txt",
        "manifest-000002-2026-03-21.txt",
    ]
    assert _proved(session) == [lengths[0], lengths[1] + 1, lengths[2]]


def test_one_a_day_as_the_shop_counts_days(session: Session, folder: Path, prove: Callable[[datetime], int]) -> None:
    """In June, 22:59 in UTC is a minute to midnight in Lisbon."""
    before, after = (datetime(2026, 6, 1, 22, 59, tzinfo=UTC) + timedelta(minutes=two) for two in (0, 2))
    case = opened(session, before).id
    assert prove(before) == 1
    _grow(session, case, before)
    assert prove(before) == 0
    assert prove(after) == 1
    assert [manifest.day.isoformat() for manifest in manifests_in(folder)] == ["2026-06-01", "2026-06-02"]


def test_a_quiet_day_leaves_none(
    session: Session, folder: Path, prove: Callable[[datetime], int], now: datetime
) -> None:
    assert prove(now) == 0
    assert not folder.exists()
    opened(session, now)
    assert [prove(now), prove(now + DAY), prove(now + 2 * DAY)] == [1, 0, 0]


class _KilledError(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("portion", [0, 1, 2])
def test_killed_between_the_file_and_the_database_nothing_is_lost_and_nothing_is_said_twice(
    session: Session,
    folder: Path,
    prove: Callable[[datetime], int],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    portion: int,
) -> None:
    cases = [opened(session, now).id for _ in range(6)]
    monkeypatch.setattr(write, "MARKED_AT_ONCE", 2)
    marked = []

    def mark(own: Session, told: list[write.Vouched]) -> None:
        if len(marked) == portion:
            raise _KilledError
        marked.append(told)
        write.mark_proved(own, told)

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "mark_proved", mark)
        with pytest.raises(_KilledError):
            prove(now)
    assert sum(length > 0 for length in _proved(session)) == 2 * portion
    assert verify_proof(session, folder, KEY).fault is None
    session.rollback()
    assert prove(now) == 0  # the day's is there
    _grow(session, cases[5], now)
    assert prove(now + DAY) == 1
    assert [case for case, _ in _said(manifests_in(folder)[1])] == [cases[5]]
    assert all(_proved(session))
    assert verify_proof(session, folder, KEY).fault is None


def test_killed_when_the_manifest_just_had_its_name_it_is_not_written_over(
    session: Session,
    folder: Path,
    prove: Callable[[datetime], int],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case, link = opened(session, now).id, os.link

    def named(begun: Path, path: Path) -> None:
        link(begun, path)
        raise _KilledError

    with monkeypatch.context() as patched:
        patched.setattr(os, "link", named)
        with pytest.raises(_KilledError):
            prove(now)
    (first,) = manifests_in(folder)
    before = first.path.read_bytes()
    _grow(session, case, now)
    assert prove(now + DAY) == 1
    assert first.path.read_bytes() == before
    assert [manifest.number for manifest in manifests_in(folder)] == [1, 2]
    assert verify_proof(session, folder, KEY).fault is None


def test_killed_while_the_file_is_written_there_is_no_half_of_one(
    session: Session,
    folder: Path,
    prove: Callable[[datetime], int],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened(session, now)

    def fsync(_handle: int) -> None:
        raise _KilledError

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        with pytest.raises(_KilledError):
            prove(now)
    assert manifests_in(folder) == []
    assert _proved(session) == [0]
    assert prove(now) == 1
    assert [path.name for path in folder.iterdir()] == ["manifest-000001-2026-03-20.txt"]


def test_of_several_workers_one_writes_it(
    sessions: Sessions, session: Session, folder: Path, prove: Callable[[datetime], int], now: datetime
) -> None:
    del sessions
    for _ in range(3):
        opened(session, now)
    assert sorted(at_once(*[partial(prove, now)] * 4)) == [0, 0, 0, 1]
    assert len(manifests_in(folder)) == 1
    assert verify_proof(session, folder, KEY).fault is None


def test_whoever_checks_keeps_the_writer_waiting_and_is_not_misled(
    session: Session, folder: Path, prove: Callable[[datetime], int], now: datetime
) -> None:
    opened(session, now)
    folder.mkdir()
    with holding(folder, wait=True):
        assert prove(now) == 0
    assert prove(now) == 1


def test_a_manifest_is_never_written_over(
    session: Session, folder: Path, prove: Callable[[datetime], int], now: datetime
) -> None:
    opened(session, now)
    prove(now)
    path = manifests_in(folder)[0].path
    assert path.stat().st_mode & 0o222 == 0
    with pytest.raises(FileExistsError):
        write._put_down(path, [b"something else"])
    assert _said(manifests_in(folder)[0])


def test_where_the_manifests_are_gone_no_new_chain_begins_by_itself(
    sessions: Sessions, session: Session, folder: Path, prove: Callable[[datetime], int], now: datetime
) -> None:
    case = opened(session, now).id
    prove(now)
    path = manifests_in(folder)[0].path
    path.unlink()
    _grow(session, case, now)
    with pytest.raises(ProofGoneError, match="Put them back"):
        prove(now + DAY)
    again = prove_now(sessions, now + DAY, folder=folder, key=KEY, zone=LISBON, anew=True)
    assert again is not None
    assert (again.number, len(_said(again))) == (1, 1)
    assert verify_proof(session, folder, KEY).fault is None


def test_nothing_is_added_to_a_chain_whose_end_was_edited(
    session: Session, folder: Path, prove: Callable[[datetime], int], now: datetime
) -> None:
    case = opened(session, now).id
    prove(now)
    path = manifests_in(folder)[0].path
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content.replace(f"case {case} ".encode(), f"case {case}1 ".encode()))
    _grow(session, case, now)
    with pytest.raises(ManifestError, match="manifest 1 was changed"):
        prove(now + DAY)


def test_a_command_writes_one_whenever_it_is_asked(
    sessions: Sessions, session: Session, folder: Path, now: datetime
) -> None:
    case = opened(session, now).id
    ask = partial(prove_now, sessions, now, folder=folder, key=KEY, zone=LISBON)
    assert ask()
    assert ask() is None
    _grow(session, case, now)
    second = ask()
    assert second is not None
    assert second.path.name == "manifest-000002-2026-03-20.txt"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_looking_for_what_grew_reads_nothing_but_its_index(
    engine: Engine, session: Session, folder: Path, prove: Callable[[datetime], int], now: datetime
) -> None:
    queued(session, now, sort_hours=[1.0] * 50)  # without a log: nothing to vouch for
    case = opened(session, now).id
    prove(now)
    _grow(session, case, now)
    said: list[tuple[str, object]] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, sql, values, _x, _m: said.append((sql, values)))
    prove(now + DAY)
    assert [case for case, _ in _said(manifests_in(folder)[1])] == [case]
    with engine.connect() as connection:
        plans = [
            row.detail
            for sql, values in list(said)
            if sql.startswith("SELECT")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            if "cases" in row.detail
        ]
    assert len(plans) >= 3
    assert all("ix_cases_unproved" in plan or "PRIMARY KEY" in plan for plan in plans), plans
