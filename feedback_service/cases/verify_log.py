"""Checks the action log: finds an entry that was edited, removed or moved, and names the first.

Words may be missing where a later entry says that they were erased; the entry that held them is checked all the same.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from feedback_service.cases.models import WORDS_OF_ENTRY, Case, CaseEntry, CaseEntryWords, EntryKind
from feedback_service.cases.rules.chain import Link, commitment, entry_hash

ROWS_AT_ONCE = 1_000  # kept in memory while a long log streams by
Entry = Row[Any]
"""A row of _EVERYTHING: a case and one entry of its log; all of the entry is None where the log is empty."""


@dataclass(frozen=True)
class LogCheck:
    """What a check found."""

    cases: int
    entries: int
    fault: str | None
    """The first thing that does not fit, in words; None when all of it does."""


@dataclass(frozen=True)
class Claim:
    """What somebody outside the database says of a log: that entry `length` was there, with this hash."""

    case_id: int
    length: int
    head: str
    by: str


def verify_logs(
    session: Session,
    key: bytes,
    *,
    claims: Iterator[Claim] | None = None,
    on_case: Callable[[], object] = lambda: None,
) -> LogCheck:
    """Walk every case's chain, in one statement, so that a colleague who writes meanwhile causes no false alarm.

    `claims`, in the order of case ids, are checked too; None where nobody asks who vouches. `on_case` is called for
    each sound case.
    """
    outside = _Outside(claims)
    cases = entries = 0
    with session.execute(_EVERYTHING) as rows:
        for case_id, log in groupby(rows, key=lambda row: row.case_id):
            if fault := outside.gone_before(case_id):
                return LogCheck(cases, entries, fault)
            cases += 1
            sound, fault = _check_case(list(log), outside.about(case_id), key)
            entries += sound
            if fault:
                return LogCheck(cases, entries, fault)
            on_case()
    return LogCheck(cases, entries, outside.gone_before(None))


_EVERYTHING = (
    select(
        Case.id.label("case_id"), Case.log_length, Case.log_head, Case.proved_length,
        CaseEntry.ordinal, CaseEntry.kind, CaseEntry.actor_id, CaseEntry.at, CaseEntry.facts, CaseEntry.commitment,
        CaseEntry.previous_hash, CaseEntry.hash,
        CaseEntryWords.salt, CaseEntryWords.text,
    )
    .outerjoin(CaseEntry, CaseEntry.case_id == Case.id)
    .outerjoin(CaseEntryWords, WORDS_OF_ENTRY)
    .order_by(Case.id, CaseEntry.ordinal)
    .execution_options(yield_per=ROWS_AT_ONCE)
)  # fmt: skip


class _Outside:
    """Claims beside the cases that they are about; both come in the order of case ids."""

    def __init__(self, claims: Iterator[Claim] | None) -> None:
        self.asked = claims is not None
        self._groups = groupby(claims or iter(()), key=lambda claim: claim.case_id)
        self._step()

    def _step(self) -> None:
        case_id, group = next(self._groups, (None, iter(())))
        self._case_id, self._claims = case_id, list(group)

    def gone_before(self, case_id: int | None) -> str | None:
        """What is wrong where the next claim is about a case that would have come before this one."""
        if self._case_id is None or (case_id is not None and self._case_id >= case_id):
            return None
        last = self._claims[-1]
        return f"case {self._case_id} is gone, with the {last.length} entries of its log that {last.by} vouches for"

    def about(self, case_id: int) -> list[Claim] | None:
        """The claims about a case, shortest first; None where nobody asked."""
        if not self.asked:
            return None
        if self._case_id != case_id:
            return []
        claims = self._claims
        self._step()
        return claims


def _check_case(rows: Sequence[Entry], claims: Sequence[Claim] | None, key: bytes) -> tuple[int, str | None]:
    """How many entries of a case are sound, and what is wrong with the next."""
    case, hashes = rows[0], [""]
    erased = {
        ordinal
        for row in rows
        if row.kind == EntryKind.WITHDRAWN
        for ordinal in row.facts["erased"]
        if ordinal < row.ordinal
    }
    for row in rows:
        if row.ordinal is None:
            break
        if fault := _fault(row, len(hashes), hashes[-1], key, erased=row.ordinal in erased):
            return len(hashes) - 1, fault
        hashes.append(row.hash)
    count = len(hashes) - 1
    if count != case.log_length:
        return count, f"case {case.case_id}: the log ends at entry {count}, the case says {case.log_length}"
    if hashes[-1] != case.log_head:
        return count, f"case {case.case_id}, entry {count} is not the one that the case remembers"
    return count, None if claims is None else _unlike(case, hashes, claims)


def _unlike(case: Entry, hashes: Sequence[str], claims: Sequence[Claim]) -> str | None:
    """What differs from what somebody outside vouches for."""
    count = len(hashes) - 1
    for claim in claims:
        if claim.length > count:
            return f"case {case.case_id}: the log ends at entry {count}, {claim.by} vouches for {claim.length}"
        if hashes[claim.length] != claim.head:
            return f"case {case.case_id}, entry {claim.length} is not the one that {claim.by} vouches for"
    if case.proved_length > (claims[-1].length if claims else 0):
        return f"case {case.case_id}: the manifest that vouched for entry {case.proved_length} is gone"
    return None


def _fault(row: Entry, count: int, previous: str, key: bytes, *, erased: bool) -> str | None:
    where = f"case {row.case_id}, entry {row.ordinal}"
    if row.ordinal != count:
        return f"case {row.case_id}, entry {count} is missing"
    if row.previous_hash != previous:
        return f"{where} does not follow the entry before it"
    link = Link(
        case_id=row.case_id,
        ordinal=row.ordinal,
        kind=row.kind,
        actor_id=row.actor_id,
        at=row.at,
        facts=row.facts,
        commitment=row.commitment,
        previous_hash=row.previous_hash,
    )
    if entry_hash(link) != row.hash:
        return f"{where} was changed after it was written"
    if row.text is None:
        return None if erased else f"{where} has lost its words"
    if commitment(key, row.salt, row.text) != row.commitment:
        return f"{where}: its words were changed after they were written"
    return None
