"""Checks the action log: finds an entry that was edited, removed or moved, and names the first."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseEntry, CaseEntryWords
from feedback_service.cases.rules.chain import Link, commitment, entry_hash


@dataclass(frozen=True)
class Verdict:
    """What a check found."""

    cases: int
    entries: int
    fault: str | None
    """The first thing that does not fit, in words; None when all of it does."""


def verify_logs(session: Session, key: bytes) -> Verdict:
    """Walk every case's chain."""
    cases = entries = 0
    for case_id, length, head in session.execute(select(Case.id, Case.log_length, Case.log_head).order_by(Case.id)):
        cases += 1
        previous = ""
        count = 0
        for entry, words in _entries(session, case_id):
            count += 1
            if fault := _fault(entry, words, count, previous, key):
                return Verdict(cases, entries, fault)
            previous = entry.hash
            entries += 1
        if (count, previous) != (length, head):
            return Verdict(cases, entries, f"case {case_id}: the log ends at entry {count}, the case says {length}")
    return Verdict(cases, entries, None)


def _entries(session: Session, case_id: int) -> Iterator[tuple[CaseEntry, CaseEntryWords | None]]:
    rows = session.execute(
        select(CaseEntry, CaseEntryWords)
        .outerjoin(
            CaseEntryWords,
            (CaseEntryWords.case_id == CaseEntry.case_id) & (CaseEntryWords.ordinal == CaseEntry.ordinal),
        )
        .where(CaseEntry.case_id == case_id)
        .order_by(CaseEntry.ordinal)
    )
    yield from rows.tuples()


def _fault(entry: CaseEntry, words: CaseEntryWords | None, count: int, previous: str, key: bytes) -> str | None:
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
        return f"{where} has lost its words"
    if commitment(key, words.salt, words.text) != entry.commitment:
        return f"{where}: its words were changed after they were written"
    return None
