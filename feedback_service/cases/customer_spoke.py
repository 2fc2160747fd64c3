"""What follows when a customer said something in a case: it rests no longer, its owner hears, and it is found by it."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseEntry
from feedback_service.cases.notices.models import NoticeKind
from feedback_service.cases.notices.notify import notify
from feedback_service.cases.rest import resume_if_waiting
from feedback_service.cases.search.keep import keep_words


def customer_spoke(session: Session, case: Case, entry: CaseEntry, *, key: bytes, now: datetime) -> None:
    """`entry` holds what they said; the caller holds the case."""
    resume_if_waiting(session, case.id, key=key, now=now)
    if case.owner_id is not None:
        told = f"wrote:{case.id}:{entry.ordinal}"
        notify(session, case.owner_id, NoticeKind.CUSTOMER_WROTE, key=told, case_id=case.id, now=now)
    keep_words(session, case.id)
