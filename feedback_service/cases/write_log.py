"""Adds an entry to a case's log: the case row is the lock, so that entries never fork."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseEntry, CaseEntryWords, EntryKind
from feedback_service.cases.rules.chain import Link, commitment, entry_hash
from feedback_service.masking import mask


def write_entry(
    session: Session,
    case_id: int,
    kind: EntryKind,
    *,
    actor_id: int | None,
    text: str = "",
    facts: Mapping[str, Any] | None = None,
    key: bytes,
    now: datetime,
) -> CaseEntry:
    """Append one entry. `facts` are keys and ids, `text` a person's words, which stay erasable; masked, as all words.

    actor_id is None when the service itself acted.
    """
    text = mask(text)
    length, head = _locked_head(session, case_id)
    ordinal, salt = length + 1, secrets.token_bytes(16)
    link = Link(
        case_id=case_id,
        ordinal=ordinal,
        kind=kind,
        actor_id=actor_id,
        at=now,
        facts=dict(facts or {}),
        commitment=commitment(key, salt, text),
        previous_hash=head,
    )
    entry = CaseEntry(**asdict(link), hash=entry_hash(link))
    session.add(entry)
    session.flush()
    session.add(CaseEntryWords(case_id=case_id, ordinal=ordinal, salt=salt, text=text))
    _set_head(session, entry)
    session.flush()
    return entry


def _locked_head(session: Session, case_id: int) -> tuple[int, str]:
    """The newest entry's ordinal and hash, with the case row locked until the transaction ends."""
    row = session.execute(
        update(Case)
        .where(Case.id == case_id)
        .values(log_length=Case.log_length)
        .returning(Case.log_length, Case.log_head)
        .execution_options(synchronize_session=False)
    ).one()
    return row.log_length, row.log_head


def _set_head(session: Session, entry: CaseEntry) -> None:
    session.execute(
        update(Case)
        .where(Case.id == entry.case_id)
        .values(log_length=entry.ordinal, log_head=entry.hash)
        .execution_options(synchronize_session="fetch")
    )
