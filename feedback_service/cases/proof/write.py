"""Writes the day's manifest. The file is the truth and comes first; the database learns of it afterwards."""

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import bindparam, exists, select, text, update
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case
from feedback_service.cases.proof.manifest import (
    FIRST,
    Manifest,
    Seal,
    Vouched,
    case_line,
    digest,
    end_line,
    head_lines,
    manifests_in,
)

ROWS_AT_ONCE = 2_000  # kept in memory while the cases stream by
MARKED_AT_ONCE = 500  # cases in one transaction: whoever works on one of them hardly waits
UNPROVED = text("proved_length < log_length")
"""Spelled as the partial index has it."""


class ProofGoneError(Exception):
    """Logs were vouched for by manifests that are no longer in the folder; the message says what to do."""


def anything_to_prove(session: Session) -> bool:
    """Whether a log has grown since it was vouched for."""
    return bool(session.scalar(select(exists().where(UNPROVED).select_from(Case))))


def newest_in(folder: Path) -> Manifest | None:
    """The manifest that the next one follows."""
    found = manifests_in(folder)
    return found[-1] if found else None


def write_manifest(
    session: Session, folder: Path, *, key: bytes, day: date, now: datetime, anew: bool = False
) -> Manifest | None:
    """Vouch for every case that changed since it was last vouched for, the first time for all; None where none did.

    The caller holds the folder. Raises ProofGoneError where an earlier manifest is gone, unless they are to begin
    `anew`.
    """
    before = newest_in(folder)
    if before is None and not anew and session.scalar(select(exists().where(Case.proved_length > 0))):
        raise ProofGoneError(
            f"The manifests that vouch for the action log are not in {folder}. Put them back, or set"
            " FEEDBACK_PROOF_FOLDER to where they are, which all workers must share; where they are lost for good,"
            " `feedback audit manifest --anew` begins again."
        )
    cases = _cases(session, all_of_them=before is None)
    first = next(cases, None)
    if first is None:
        return None
    manifest = Manifest.in_folder(folder, before.number + 1 if before else 1, day)
    head = head_lines(manifest.number, day, now.isoformat(), digest(before) if before else FIRST)
    _put_down(manifest.path, _lines(head, first, cases, Seal(key)))
    return manifest


def _cases(session: Session, *, all_of_them: bool) -> Iterator[Vouched]:
    statement = select(Case.id, Case.log_length, Case.log_head).order_by(Case.id).where(Case.log_length > 0)
    if not all_of_them:
        statement = statement.where(UNPROVED)
    rows = session.execute(statement.execution_options(yield_per=ROWS_AT_ONCE))
    return (Vouched(*row) for row in rows)


def _lines(head: bytes, first: Vouched, rest: Iterable[Vouched], seal: Seal) -> Iterator[bytes]:
    yield seal.add(head)
    yield seal.add(case_line(first))
    count = 1
    for vouched in rest:
        yield seal.add(case_line(vouched))
        count += 1
    yield end_line(count, seal.value)


def _put_down(path: Path, lines: Iterable[bytes]) -> None:
    """All of a file or none of it, on the disk before this returns; a file that is there is never written over.

    Raises FileExistsError where it is.
    """
    begun = path.with_name(".being-written")
    begun.unlink(missing_ok=True)  # of a writer who was killed: it may be another name of the manifest they wrote
    with begun.open("wb") as file:
        file.writelines(lines)
        file.flush()
        os.fchmod(file.fileno(), 0o440)
        os.fsync(file.fileno())
    os.link(begun, path)
    begun.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def in_portions(vouched: Iterator[Vouched]) -> Iterator[list[Vouched]]:
    """A manifest's cases, so many as fit into one transaction."""
    while portion := list(islice(vouched, MARKED_AT_ONCE)):
        yield portion


def unproved(session: Session, portion: Sequence[Vouched]) -> list[Vouched]:
    """Those of a portion of which the database does not know yet that they are vouched for."""
    within = select(Case.id).where(UNPROVED, Case.id.between(portion[0].case_id, portion[-1].case_id))
    ids = set(session.scalars(within))
    return [each for each in portion if each.case_id in ids]


def mark_proved(session: Session, portion: Sequence[Vouched]) -> None:
    """Say of these cases, in the order of their ids, that a manifest vouches for them.

    Anything twice changes nothing, so that a manifest whose writer was killed is marked by the next one.
    """
    session.connection().execute(
        update(Case)
        .where(Case.id == bindparam("case"), Case.proved_length < bindparam("length"))
        .values(proved_length=bindparam("length")),
        [{"case": each.case_id, "length": each.length} for each in portion],
    )
