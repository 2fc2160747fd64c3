"""Manifests outside the database vouch for the log: whoever has the database's password still cannot hide a thing."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.models import Case, CaseEntry, EntryKind
from feedback_service.cases.proof.manifest import manifests_in
from feedback_service.cases.proof.verify import verify_proof
from feedback_service.cases.rules.chain import Link, entry_hash
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import claim, log_action
from feedback_service.pipeline import prove_now
from tests.cases.factories import KEY, colleague, drop_guard, opened

DAY = timedelta(days=1)
UTC_ZONE = ZoneInfo("UTC")
PARTS = ("case_id", "ordinal", "kind", "actor_id", "at", "commitment")
"""What an entry says besides its facts."""
Cases = list[int]
Intrude = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "outside"


@pytest.fixture
def worked_on(sessions: sessionmaker[Session], session: Session, folder: Path, now: datetime) -> Cases:
    """Three cases with four entries each, and three manifests: of three cases, of the second, and of the third."""
    ana = colleague(session, "Ana", now)
    cases = [opened(session, now).id for _ in range(3)]
    for case in cases:
        claim(session, case, user_id=ana, key=KEY, now=now)
        log_action(session, case, EntryKind.CALLED, "Called, no answer.", user_id=ana, key=KEY, now=now)
    session.commit()
    _prove(sessions, folder, now)
    for later, case in enumerate(cases[1:], start=1):
        log_action(session, case, EntryKind.CALLED, "Called again.", user_id=ana, key=KEY, now=now)
        session.commit()
        _prove(sessions, folder, now + later * DAY)
    return cases


@pytest.fixture
def intrude(engine: Engine) -> Iterator[Intrude]:
    """Somebody with the database's password, who drops the guard first and looks the other way."""
    drop_guard(engine)
    with engine.connect() as connection:

        def act(*statements: str, **values: object) -> None:
            for statement in statements:
                named = {name: value for name, value in values.items() if f":{name}" in statement}
                connection.execute(text(statement), named)
            connection.commit()

        yield act


def _prove(sessions: sessionmaker[Session], folder: Path, at: datetime) -> None:
    assert prove_now(sessions, at, folder=folder, key=KEY, zone=UTC_ZONE) is not None


def _fault(session: Session, folder: Path) -> str | None:
    session.rollback()
    fault = verify_proof(session, folder, KEY).fault
    session.rollback()
    return fault


def test_untouched_all_of_it_holds(session: Session, folder: Path, worked_on: Cases) -> None:
    seen: list[int] = []
    found = verify_proof(session, folder, KEY, on_case=lambda: seen.append(1))
    assert (found.fault, found.log.cases, found.log.entries, found.manifests) == (None, 3, 11, 3)
    assert len(seen) == len(worked_on)


def test_what_was_written_since_is_no_fault(session: Session, folder: Path, worked_on: Cases, now: datetime) -> None:
    case = session.get_one(Case, worked_on[0])
    assert case.owner_id
    log_action(session, case.id, EntryKind.NOTED, "More.", user_id=case.owner_id, key=KEY, now=now)
    session.commit()
    opened(session, now)
    assert _fault(session, folder) is None


def test_nothing_at_all_holds(session: Session, folder: Path) -> None:
    assert _fault(session, folder) is None


TAIL = "WHERE case_id = :case AND ordinal > 2"
CUT = (f"DELETE FROM case_entry_words {TAIL}", f"DELETE FROM case_entries {TAIL}")
FIXED_UP = (
    "UPDATE cases SET log_length = 2, proved_length = 0, log_head ="
    " (SELECT hash FROM case_entries WHERE case_id = :case AND ordinal = 2) WHERE id = :case"
)


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (("UPDATE case_entries SET kind = 'refunded' WHERE case_id = :case AND ordinal = 3",),
         "case {case}, entry 3 was changed after it was written"),
        (("UPDATE case_entry_words SET text = 'All well.' WHERE case_id = :case AND ordinal = 3",),
         "case {case}, entry 3: its words were changed after they were written"),
        (("DELETE FROM case_entry_words WHERE case_id = :case AND ordinal = 3",
          "DELETE FROM case_entries WHERE case_id = :case AND ordinal = 3"),
         "case {case}, entry 3 is missing"),
        (CUT, "case {case}: the log ends at entry 2, the case says 4"),
        ((*CUT, FIXED_UP), "case {case}: the log ends at entry 2, manifest 1 vouches for 3"),
    ],
    ids=["edited", "words", "removed", "cut back", "cut back and made to look whole"],
)  # fmt: skip
def test_a_log_that_was_touched_is_named(
    session: Session, folder: Path, worked_on: Cases, intrude: Intrude, statements: tuple[str, ...], fault: str
) -> None:
    case = worked_on[1]
    intrude(*statements, case=case)
    assert _fault(session, folder) == fault.format(case=case)


def test_a_log_whose_end_alone_was_cut_is_what_the_later_manifest_tells(
    session: Session, folder: Path, worked_on: Cases, intrude: Intrude
) -> None:
    cut = [statement.replace("> 2", "> 3") for statement in CUT]
    intrude(*cut, FIXED_UP.replace("2", "3"), case=worked_on[1])
    assert verify_logs(session, KEY).fault is None
    assert _fault(session, folder) == f"case {worked_on[1]}: the log ends at entry 3, manifest 2 vouches for 4"


def test_two_entries_that_changed_places_are_found(
    session: Session, folder: Path, worked_on: Cases, intrude: Intrude
) -> None:
    for old, new in ((3, 9), (4, 3), (9, 4)):
        intrude(
            "DELETE FROM case_entry_words WHERE case_id = :case",
            "UPDATE case_entries SET ordinal = :new WHERE case_id = :case AND ordinal = :old",
            case=worked_on[1],
            old=old,
            new=new,
        )
    fault = _fault(session, folder)
    assert fault == f"case {worked_on[1]}, entry 1 has lost its words"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_case_that_is_gone_is_missed(
    session: Session, folder: Path, worked_on: Cases, intrude: Intrude, place: int
) -> None:
    case = worked_on[place]
    _remove(intrude, case)
    assert verify_logs(session, KEY).fault is None
    vouched = {0: (3, 1), 1: (4, 2), 2: (4, 3)}[place]
    assert _fault(session, folder) == (
        f"case {case} is gone, with the {vouched[0]} entries of its log that manifest {vouched[1]} vouches for"
    )


def _remove(intrude: Intrude, case: int) -> None:
    of_case = ("case_deadlines", "escalations", "case_entry_words", "case_entries")
    intrude(*(f"DELETE FROM {table} WHERE case_id = :case" for table in of_case), case=case)
    intrude("DELETE FROM cases WHERE id = :case", case=case)


def test_a_chain_that_was_made_anew_is_found(
    session: Session, folder: Path, worked_on: Cases, intrude: Intrude
) -> None:
    """No key is needed to hash: whoever changes a fact can recompute all that follows, and the case's row too."""
    case = worked_on[1]
    log = session.scalars(select(CaseEntry).where(CaseEntry.case_id == case).order_by(CaseEntry.ordinal)).all()
    said = [{name: getattr(entry, name) for name in (*PARTS, "facts")} for entry in log]
    session.rollback()
    said[2]["facts"] = {"owner": 1}
    previous = ""
    for entry in said:
        made = entry_hash(Link(**entry, previous_hash=previous))
        intrude(
            "UPDATE case_entries SET facts = :facts, hash = :hash, previous_hash = :previous"
            " WHERE case_id = :case AND ordinal = :ordinal",
            facts=json.dumps(entry["facts"]),
            hash=made,
            previous=previous,
            case=case,
            ordinal=entry["ordinal"],
        )
        previous = made
    intrude("UPDATE cases SET log_head = :head WHERE id = :case", head=previous, case=case)
    assert verify_logs(session, KEY).fault is None
    assert _fault(session, folder) == f"case {case}, entry 3 is not the one that manifest 1 vouches for"


def _rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    content = change(path.read_bytes())
    path.unlink()
    path.write_bytes(content)


def _other_head(content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    case, number, length, _ = lines[5].split()
    lines[5] = b" ".join((case, number, length, b"0" * 64)) + b"\n"
    return b"".join(lines)


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize(
    "change",
    [
        _other_head,
        lambda content: content.replace(b"day 2026-03-2", b"day 2026-03-1"),
        lambda content: b"".join(content.splitlines(keepends=True)[:-1]),
        lambda content: content + b"case 99 1 " + b"0" * 64 + b"\n",
        lambda content: content[: len(content) // 2],
        lambda _: b"",
        lambda content: content.replace(b"\n", b"\r\n"),
    ],
    ids=["another head", "another day", "no end", "more after the end", "torn", "empty", "other lines"],
)
def test_an_edited_manifest_is_named(
    session: Session, folder: Path, worked_on: Cases, number: int, change: Callable[[bytes], bytes]
) -> None:
    del worked_on
    _rewrite(manifests_in(folder)[number - 1].path, change)
    assert _fault(session, folder) == f"manifest {number} was changed after it was written"


def test_a_line_that_was_taken_out_of_a_manifest_is_missed(
    session: Session, folder: Path, worked_on: Cases, intrude: Intrude
) -> None:
    _remove(intrude, worked_on[0])
    _rewrite(manifests_in(folder)[0].path, lambda content: b"".join(content.splitlines(keepends=True)[:5]) + b"")
    assert _fault(session, folder) == "manifest 1 was changed after it was written"


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (1, "manifest 1 is missing"),
        (2, "manifest 2 is missing"),
        (3, "case {third}: the manifest that vouched for entry 4 is gone"),
    ],
)
def test_a_removed_manifest_is_missed(
    session: Session, folder: Path, worked_on: Cases, number: int, fault: str
) -> None:
    manifests_in(folder)[number - 1].path.unlink()
    assert _fault(session, folder) == fault.format(third=worked_on[2])


def test_all_of_them_removed_are_missed(session: Session, folder: Path, worked_on: Cases) -> None:
    for manifest in manifests_in(folder):
        manifest.path.unlink()
    assert _fault(session, folder) == f"case {worked_on[0]}: the manifest that vouched for entry 3 is gone"
    folder.rmdir()
    assert _fault(session, folder) == f"case {worked_on[0]}: the manifest that vouched for entry 3 is gone"


def test_manifests_that_changed_places_are_found(session: Session, folder: Path, worked_on: Cases) -> None:
    del worked_on
    second, third = (manifest.path for manifest in manifests_in(folder)[1:])
    both = second.read_bytes(), third.read_bytes()
    for path, content in zip((third, second), both, strict=True):
        path.chmod(0o600)
        path.write_bytes(content)
    assert _fault(session, folder) == "the file of manifest 2 holds manifest 3 of 2026-03-22"


def test_an_untouched_manifest_of_another_chain_is_found(
    sessions: sessionmaker[Session], session: Session, folder: Path, worked_on: Cases, now: datetime
) -> None:
    """Signed by the service itself, which was made to begin anew elsewhere."""
    elsewhere = folder.with_name("elsewhere")
    case = session.get_one(Case, worked_on[0])
    for day in range(2):
        assert case.owner_id
        log_action(session, case.id, EntryKind.NOTED, f"Day {day}.", user_id=case.owner_id, key=KEY, now=now)
        session.commit()
        prove_now(sessions, now + day * DAY, folder=elsewhere, key=KEY, zone=UTC_ZONE, anew=True)
    _rewrite(manifests_in(folder)[1].path, lambda _: manifests_in(elsewhere)[1].path.read_bytes())
    assert _fault(session, folder) == "manifest 2 does not follow the one before it"


def test_only_the_key_of_this_shop_seals_a_manifest(session: Session, folder: Path, worked_on: Cases) -> None:
    del worked_on
    assert verify_proof(session, folder, b"another key").fault == "manifest 1 was changed after it was written"
