"""Puts a colleague's file to a case: checked like a stranger's, and given out as a download only."""

import hashlib
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.cases.hold import hold_case
from feedback_service.cases.mails.models import Attachment
from feedback_service.cases.models import CaseEntry, CaseState, EntryKind
from feedback_service.cases.refused import RefusedError
from feedback_service.cases.said_lately import DOUBLE_PRESS
from feedback_service.cases.work import CaseMovedError, how_it_is
from feedback_service.cases.write_log import write_entry
from feedback_service.delivery.rules.files import KeptFile

MOST_IN_A_CASE = 40
"""Files that colleagues can put to one case; beyond that it is an archive, and the database is none."""


class TooManyFilesError(RefusedError):
    """The case has as many files as it may have; the message says so."""


def attach(session: Session, case_id: int, file: KeptFile, *, user_id: int, key: bytes, now: datetime) -> None:
    """Put the file to the case; the same file again within `DOUBLE_PRESS` is one.

    Raises CaseMovedError where another case goes on for this one, TooManyFilesError where it has MOST_IN_A_CASE.
    """
    case = hold_case(session, case_id)
    if case.state == CaseState.MERGED:
        raise CaseMovedError(how_it_is(session, case_id, user_id))
    sha256 = hashlib.sha256(file.content).hexdigest()
    if _just_put(session, case_id, sha256, user_id, now):
        return
    held = session.scalar(select(func.count()).select_from(Attachment).where(Attachment.case_id == case_id)) or 0
    if held >= MOST_IN_A_CASE:
        raise TooManyFilesError(f"This case has {MOST_IN_A_CASE} files, and takes no more.")
    attachment = Attachment(
        case_id=case_id,
        entry=case.log_length + 1,
        name=file.name,
        media_type=file.media_type,
        size=len(file.content),
        sha256=sha256,
        content=file.content,
    )
    session.add(attachment)
    session.flush()
    facts = {"attachment": attachment.id, "size": attachment.size}
    write_entry(session, case_id, EntryKind.ATTACHED, actor_id=user_id, text=file.name, facts=facts, key=key, now=now)


def _just_put(session: Session, case_id: int, sha256: str, user_id: int, now: datetime) -> bool:
    put = (
        select(Attachment.id)
        .join(CaseEntry, (CaseEntry.case_id == Attachment.case_id) & (CaseEntry.ordinal == Attachment.entry))
        .where(
            Attachment.case_id == case_id,
            Attachment.sha256 == sha256,
            CaseEntry.actor_id == user_id,
            CaseEntry.at > now - DOUBLE_PRESS,
        )
    )
    return bool(session.scalar(select(put.exists())))
