"""Checks the action log against the manifests outside the database: what is gone, cut back or written anew shows."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from feedback_service.cases.proof.manifest import (
    FIRST,
    Manifest,
    ManifestError,
    digest,
    holding,
    manifests_in,
    read_manifest,
)
from feedback_service.cases.verify_log import Claim, LogCheck, verify_logs


@dataclass(frozen=True)
class ProofCheck:
    """What a check found, and how many manifests vouch for it."""

    log: LogCheck
    manifests: int

    @property
    def fault(self) -> str | None:
        """The first thing that does not fit, in words."""
        return self.log.fault


def verify_proof(
    session: Session, folder: Path, key: bytes, *, on_case: Callable[[], object] = lambda: None
) -> ProofCheck:
    """Check the chain of manifests, every case's own chain, and each against the other; `on_case` is called for each.

    Nobody writes a manifest meanwhile. What the manifests say is kept on the disk, not in memory.
    """
    if not folder.is_dir():
        return ProofCheck(verify_logs(session, key, claims=iter(()), on_case=on_case), 0)
    # An empty name is a database of SQLite's own in a temporary file.
    with holding(folder, wait=True), closing(sqlite3.connect("")) as book:
        manifests = manifests_in(folder)
        try:
            _take_down(book, manifests, key)
        except ManifestError as error:
            return ProofCheck(LogCheck(0, 0, str(error)), len(manifests))
        return ProofCheck(verify_logs(session, key, claims=_claims(book), on_case=on_case), len(manifests))


def _take_down(book: sqlite3.Connection, manifests: list[Manifest], key: bytes) -> None:
    """Write down what all manifests say. Raises ManifestError of the first that does not hold."""
    book.execute(
        "CREATE TABLE claims (case_id INTEGER, length INTEGER, manifest INTEGER, head TEXT,"
        " PRIMARY KEY (case_id, length, manifest)) WITHOUT ROWID"
    )
    previous = FIRST
    for number, manifest in enumerate(manifests, start=1):
        if manifest.number > number:
            raise ManifestError(f"manifest {number} is missing")
        if manifest.number < number:
            raise ManifestError(f"manifest {manifest.number} is there twice")
        book.executemany(
            "INSERT INTO claims VALUES (?, ?, ?, ?)",
            ((each.case_id, each.length, number, each.head) for each in read_manifest(manifest, key, previous)),
        )
        previous = digest(manifest)


def _claims(book: sqlite3.Connection) -> Iterator[Claim]:
    rows = book.execute("SELECT case_id, length, head, manifest FROM claims ORDER BY case_id, length, manifest")
    return (Claim(case_id, length, head, f"manifest {number}") for case_id, length, head, number in rows)
