"""What somebody wrote is put right by a newer entry; the old one stays as it was."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from feedback_service.cases.correct_entry import correct_entry
from feedback_service.cases.models import Case, CaseEntry, EntryKind
from feedback_service.cases.note import write_down
from feedback_service.cases.queries import log_of
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import CaseMovedError
from tests.cases.factories import KEY, colleague, log_kinds, opened, resolved, taken


@pytest.fixture
def ana(session: Session, now: datetime) -> int:
    return colleague(session, "Ana", now)


@pytest.fixture
def case(session: Session, ana: int, now: datetime) -> Case:
    """A case in Ana's hands, with a note of hers."""
    case = opened(session, now)
    taken(session, case, ana, now)
    write_down(session, case.id, EntryKind.NOTED, "Refunded 20.", user_id=ana, key=KEY, now=now)
    session.commit()
    session.refresh(case)
    return case


def test_both_stand_and_the_newer_one_points_back(session: Session, case: Case, ana: int, now: datetime) -> None:
    note = case.log_length
    for _ in range(2):  # the second is a double press
        correct_entry(session, case.id, note, "Refunded 25.", user_id=ana, key=KEY, now=now)
    session.commit()
    newest, before, *_ = log_of(session, case.id)
    assert (newest[0].kind, newest[0].facts, newest[1]) == (EntryKind.CORRECTED, {"corrects": note}, "Refunded 25.")
    assert (before[0].ordinal, before[1]) == (note, "Refunded 20.")
    assert verify_logs(session, key=KEY).fault is None


def test_a_correction_can_be_put_right_and_not_the_entry_again(
    session: Session, case: Case, ana: int, now: datetime
) -> None:
    note = case.log_length
    correct_entry(session, case.id, note, "Refunded 25.", user_id=ana, key=KEY, now=now)
    with pytest.raises(CaseMovedError, match="put right already"):
        correct_entry(session, case.id, note, "Refunded 30.", user_id=ana, key=KEY, now=now)
    correct_entry(session, case.id, note + 1, "Refunded 30.", user_id=ana, key=KEY, now=now)
    session.commit()
    assert log_kinds(session, case.id)[-2:] == [EntryKind.CORRECTED] * 2


def test_nobody_puts_a_colleague_right_or_what_is_no_note(
    session: Session, case: Case, ana: int, now: datetime
) -> None:
    ben = colleague(session, "Ben", now)
    claimed = next(entry.ordinal for entry, _, _ in log_of(session, case.id) if entry.kind == EntryKind.CLAIMED)
    for ordinal, who in ((case.log_length, ben), (1, ana), (99, ana), (claimed, ana)):
        with pytest.raises(CaseMovedError, match="Only your own notes"):
            correct_entry(session, case.id, ordinal, "Else.", user_id=who, key=KEY, now=now)


def test_a_closed_case_is_put_right_too(session: Session, case: Case, ana: int, now: datetime) -> None:
    resolved(session, case, ana, now)
    ordinal = next(entry.ordinal for entry, _, _ in log_of(session, case.id) if entry.kind == EntryKind.RESOLVED)
    correct_entry(session, case.id, ordinal, "Sent two.", user_id=ana, key=KEY, now=now)
    session.commit()
    assert session.get_one(CaseEntry, (case.id, ordinal)).kind == EntryKind.RESOLVED
