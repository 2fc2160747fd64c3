"""Checks the action log: finds an entry that was edited, removed or moved, and names the first.

Words may be missing where a later entry says that they were erased; the entry that held them is checked all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseEntry, CaseEntryWords
from feedback_service.cases.rules.chain import Link, commitment, entry_hash

ROWS_AT_ONCE = 500  # kept in memory while a long log streams by
Row = tuple[Case, CaseEntry | None, CaseEntryWords | None]


@dataclass(frozen=True)
class LogCheck:
    """What a check found."""

    cases: int
    entries: int
    fault: str | None
    """The first thing that does not fit, in words; None when all of it does."""


def verify_logs(session: Session, key: bytes) -> LogCheck:
    """Walk every case's chain, in one statement, so that a colleague who writes meanwhile causes no false alarm."""
    cases = entries = 0
    with session.execute(_EVERYTHING) as rows:
        for _, log in groupby(rows, key=lambda row: row[0].id):
            cases += 1
            sound, fault = _check_case(list(log), key)
            entries += sound
            if fault:
                return LogCheck(cases, entries, fault)
    return LogCheck(cases, entries, None)


_EVERYTHING = (
    select(Case, CaseEntry, CaseEntryWords)
    .outerjoin(CaseEntry, CaseEntry.case_id == Case.id)
    .outerjoin(
        CaseEntryWords,
        (CaseEntryWords.case_id == CaseEntry.case_id) & (CaseEntryWords.ordinal == CaseEntry.ordinal),
    )
    .order_by(Case.id, CaseEntry.ordinal)
    .execution_options(yield_per=ROWS_AT_ONCE, populate_existing=True)
)


def _check_case(rows: Sequence[Row], key: bytes) -> tuple[int, str | None]:
    """How many entries of a case are sound, and what is wrong with the next."""
    case, previous, count = rows[0][0], "", 0
    erased = {
        ordinal for _, entry, _ in rows if entry is not None for ordinal in entry.erases if ordinal < entry.ordinal
    }
    for _, entry, words in rows:
        if entry is None:
            break
        if fault := _fault(entry, words, count + 1, previous, key, erased=entry.ordinal in erased):
            return count, fault
        previous = entry.hash
        count += 1
    if count != case.log_length:
        return count, f"case {case.id}: the log ends at entry {count}, the case says {case.log_length}"
    if previous != case.log_head:
        return count, f"case {case.id}, entry {count} is not the one that the case remembers"
    return count, None


def _fault(
    entry: CaseEntry, words: CaseEntryWords | None, count: int, previous: str, key: bytes, *, erased: bool
) -> str | None:
    where = f"case {entry.case_id}, entry {entry.ordinal}"
    if entry.ordinal != count:
        return f"case {entry.case_id}, entry {count} is missing"
    if entry.previous_hash != previous:
        return f"{where} does not follow the entry before it"
    link = Link(
        case_id=entry.case_id,
        ordinal=entry.ordinal,
        kind=entry.kind,
        actor_id=entry.actor_id,
        at=entry.at,
        facts=entry.facts,
        commitment=entry.commitment,
        previous_hash=entry.previous_hash,
    )
    if entry_hash(link) != entry.hash:
        return f"{where} was changed after it was written"
    if words is None:
        return None if erased else f"{where} has lost its words"
    if commitment(key, words.salt, words.text) != entry.commitment:
        return f"{where}: its words were changed after they were written"
    return None
