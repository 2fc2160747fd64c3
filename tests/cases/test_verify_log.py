"""What staff did is never rewritten; where somebody goes round the database's guard, it shows."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.models import Case, CaseEntry, EntryKind
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import claim, log_action
from tests.cases.factories import KEY, colleague, drop_guard, opened
from tests.responses.factories import at_once


@pytest.fixture
def worked_on(session: Session, now: datetime) -> Case:
    """The second of three cases, with a log of four entries."""
    ana = colleague(session, "Ana", now)
    cases = [opened(session, now) for _ in range(3)]
    for case in cases:
        claim(session, case.id, user_id=ana, key=KEY, now=now)
        for said in ("Called, no answer.", "Called again."):
            log_action(session, case.id, EntryKind.CALLED, said, user_id=ana, key=KEY, now=now)
        session.commit()
    return cases[1]


@pytest.fixture
def intruder(engine: Engine) -> Iterator[Connection]:
    """Somebody with the database's password, who drops the guard first."""
    drop_guard(engine)
    with engine.connect() as connection:
        yield connection


def _cut(connection: Connection, case: Case, which: str, *more: str) -> None:
    """Take entries out of a case's log, with their words."""
    of_case = f"WHERE case_id = :case AND {which}"
    _do(connection, case, f"DELETE FROM case_entry_words {of_case}", f"DELETE FROM case_entries {of_case}", *more)


def _do(connection: Connection, case: Case, *statements: str) -> None:
    for statement in statements:
        connection.execute(text(statement), {"case": case.id} if ":case" in statement else {})
    connection.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_entries SET actor_id = NULL",
        "UPDATE case_entries SET facts = '{}' WHERE ordinal = 2",
        "DELETE FROM case_entries",
        "DELETE FROM case_entries WHERE ordinal = 4",
    ],
)
def test_the_database_refuses_to_rewrite_the_log(engine: Engine, worked_on: Case, statement: str) -> None:
    del worked_on
    with engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))


def test_nor_can_it_be_emptied(engine: Engine, worked_on: Case) -> None:
    del worked_on
    if engine.dialect.name == "sqlite":  # which has no TRUNCATE
        return
    with engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("TRUNCATE case_entries CASCADE"))


def test_an_untouched_log_holds(session: Session, worked_on: Case) -> None:
    del worked_on
    check = verify_logs(session, KEY)
    assert (check.cases, check.entries, check.fault) == (3, 12, None)


def test_no_case_at_all_holds(session: Session) -> None:
    assert verify_logs(session, KEY).fault is None


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE case_entries SET kind = 'refunded' WHERE {third}", "entry 3 was changed after it was written"),
        ("UPDATE case_entries SET actor_id = NULL WHERE {third}", "entry 3 was changed after it was written"),
        ("UPDATE case_entries SET facts = '{{\"x\": 1}}' WHERE {third}", "entry 3 was changed after it was written"),
        ("UPDATE case_entries SET at = '2026-03-19 10:00:00.000000' WHERE {third}", "entry 3 was changed after"),
        ("UPDATE case_entries SET hash = previous_hash WHERE {third}", "entry 3 was changed after it was written"),
        ("UPDATE case_entries SET previous_hash = '' WHERE {third}", "entry 3 does not follow the entry before it"),
        ("UPDATE case_entry_words SET text = 'Called.' WHERE {third}", "entry 3: its words were changed"),
        ("UPDATE case_entry_words SET salt = {other_salt} WHERE {third}", "entry 3: its words were changed"),
        ("DELETE FROM case_entry_words WHERE {third}", "entry 3 has lost its words"),
    ],
)
def test_an_edit_is_found_and_named(
    intruder: Connection, session: Session, worked_on: Case, statement: str, fault: str
) -> None:
    salt = "zeroblob(16)" if intruder.dialect.name == "sqlite" else "decode('00', 'hex')"
    third = "case_id = :case AND ordinal = 3"
    _do(intruder, worked_on, statement.format(third=third, other_salt=salt))
    check = verify_logs(session, KEY)
    assert check.fault is not None
    assert check.fault.startswith(f"case {worked_on.id}, {fault}")
    assert (check.cases, check.entries) == (2, 6)


def test_a_removed_entry_is_missed(intruder: Connection, session: Session, worked_on: Case) -> None:
    _cut(intruder, worked_on, "ordinal = 3")
    assert verify_logs(session, KEY).fault == f"case {worked_on.id}, entry 3 is missing"


def test_a_cut_off_tail_is_missed(intruder: Connection, session: Session, worked_on: Case) -> None:
    _cut(intruder, worked_on, "ordinal > 2")
    assert verify_logs(session, KEY).fault == f"case {worked_on.id}: the log ends at entry 2, the case says 4"


def test_a_tail_cut_off_with_its_count_is_missed(intruder: Connection, session: Session, worked_on: Case) -> None:
    _cut(intruder, worked_on, "ordinal > 2", "UPDATE cases SET log_length = 2 WHERE id = :case")
    assert verify_logs(session, KEY).fault == f"case {worked_on.id}, entry 2 is not the one that the case remembers"


def test_a_log_that_is_gone_is_missed(intruder: Connection, session: Session, worked_on: Case) -> None:
    _cut(intruder, worked_on, "ordinal > 0")
    assert verify_logs(session, KEY).fault == f"case {worked_on.id}: the log ends at entry 0, the case says 4"


def test_swapped_entries_are_found(intruder: Connection, session: Session, worked_on: Case) -> None:
    third, fourth = (_columns(intruder, worked_on, ordinal) for ordinal in (3, 4))
    for ordinal, columns in ((3, fourth), (4, third)):
        settings = ", ".join(f"{name} = :{name}" for name in columns)
        statement = f"UPDATE case_entries SET {settings} WHERE case_id = :case AND ordinal = :ordinal"
        intruder.execute(text(statement), {**columns, "case": worked_on.id, "ordinal": ordinal})
    intruder.commit()
    assert verify_logs(session, KEY).fault == f"case {worked_on.id}, entry 3 does not follow the entry before it"


def _columns(connection: Connection, case: Case, ordinal: int) -> dict[str, object]:
    """What an entry says, without its place."""
    names = [column["name"] for column in inspect(connection).get_columns("case_entries")]
    rest = [name for name in names if name not in ("case_id", "ordinal", "facts")]
    row = connection.execute(
        text(f"SELECT {', '.join(rest)} FROM case_entries WHERE case_id = :case AND ordinal = :ordinal"),
        {"case": case.id, "ordinal": ordinal},
    ).one()
    return dict(zip(rest, row, strict=True))


def test_only_the_key_of_this_shop_proves_its_words(session: Session, worked_on: Case) -> None:
    first = session.scalars(select(Case.id).order_by(Case.id)).first()
    assert worked_on.id != first
    fault = verify_logs(session, b"another key").fault
    assert fault == f"case {first}, entry 1: its words were changed after they were written"


def test_a_colleague_who_writes_meanwhile_is_no_alarm(
    sessions: sessionmaker[Session], session: Session, worked_on: Case, now: datetime
) -> None:
    case_id, owner = worked_on.id, worked_on.owner_id
    assert owner is not None

    def write() -> list[str | None]:
        for number in range(20):
            with sessions() as own:
                log_action(own, case_id, EntryKind.NOTED, f"More, {number}.", user_id=owner, key=KEY, now=now)
                own.commit()
        return []

    def check() -> list[str | None]:
        faults = []
        for _ in range(20):
            with sessions() as own:
                faults.append(verify_logs(own, KEY).fault)
        return faults

    assert set(at_once(write, check)[1]) == {None}
    assert verify_logs(session, KEY).entries == 12 + 20


def test_facts_survive_the_way_through_the_database(session: Session, worked_on: Case) -> None:
    """A hash over facts holds only if both databases give back what they were given."""
    session.expire_all()
    entries = session.scalars(select(CaseEntry).where(CaseEntry.case_id == worked_on.id).order_by(CaseEntry.ordinal))
    assert [entry.facts for entry in entries][1:] == [{}, {}, {}]
