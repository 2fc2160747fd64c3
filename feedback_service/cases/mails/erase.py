"""Erases the files that colleagues put to cases: that one was there stays in the log, its name and content do not."""

from collections.abc import Collection

from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.cases.mails.models import Attachment


def erase_files(session: Session, case_ids: Collection[int]) -> int:
    """Empty the files of these cases, in the caller's transaction; returns how many lost something."""
    emptied = session.scalars(
        update(Attachment)
        .where(Attachment.case_id.in_(case_ids), Attachment.content.is_not(None))
        .values(content=None, name="")
        .returning(Attachment.id)
        .execution_options(synchronize_session="fetch")
    )
    return len(emptied.all())
