"""Tells a second press from a second thought: whether these very words came into a case's log a moment ago."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.models import WORDS_OF_ENTRY, CaseEntry, CaseEntryWords, EntryKind
from feedback_service.masking import mask

DOUBLE_PRESS = timedelta(minutes=1)


def said_lately(
    session: Session, case_id: int, kinds: Collection[EntryKind], text: str, *, by: int | None, since: datetime
) -> bool:
    """Whether an entry of these kinds says this after `since`; `by` None: the customer's.

    The caller holds the case, so nobody writes it meanwhile.
    """
    said = (
        select(CaseEntry.ordinal)
        .join(CaseEntryWords, WORDS_OF_ENTRY)
        .where(
            CaseEntry.case_id == case_id,
            CaseEntry.kind.in_(kinds),
            CaseEntry.actor_id == by,
            CaseEntry.at > since,
            CaseEntryWords.text == mask(text),
        )
    )
    return bool(session.scalar(select(said.exists())))
