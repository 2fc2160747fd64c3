"""Puts right what somebody wrote into a log: the entry stays as it is, and a newer one says what holds."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.hold import hold_case
from feedback_service.cases.mention import mentioned, tell_mentioned
from feedback_service.cases.models import ACTIONS, WORDS_OF_ENTRY, CaseEntry, CaseEntryWords, EntryKind
from feedback_service.cases.work import CaseMovedError
from feedback_service.cases.write_log import write_entry
from feedback_service.masking import mask

CORRECTABLE = frozenset({*ACTIONS, EntryKind.RESOLVED, EntryKind.CORRECTED, EntryKind.WAITING, EntryKind.SNOOZED})
"""What holds words for colleagues. What a customer read already is said better to them, and not only here."""


def correct_entry(
    session: Session, case_id: int, ordinal: int, text: str, *, user_id: int, key: bytes, now: datetime
) -> None:
    """Say what should have stood there. Raises CaseMovedError where it is not this person's, or was corrected already.

    The same words a second time are a second press. Raises UnclearMentionError where a name is not clear.
    """
    hold_case(session, case_id)
    entry = session.get(CaseEntry, (case_id, ordinal))
    if entry is None or entry.actor_id != user_id or entry.kind not in CORRECTABLE:
        raise CaseMovedError("Only your own notes can be put right here. Nothing was changed.")
    if _corrected_to(session, case_id, ordinal, mask(text)):
        return
    facts: dict[str, Any] = {"corrects": ordinal}
    called = mentioned(session, case_id, text)
    if called:
        facts["mentions"] = called
    written = write_entry(
        session, case_id, EntryKind.CORRECTED, actor_id=user_id, text=text, facts=facts, key=key, now=now
    )
    tell_mentioned(session, written, user_id, now)


def _corrected_to(session: Session, case_id: int, ordinal: int, text: str) -> bool:
    """Whether it was put right with these very words. Raises CaseMovedError where it was with others."""
    corrections = session.execute(
        select(CaseEntry.facts, CaseEntryWords.text)
        .join(CaseEntryWords, WORDS_OF_ENTRY)
        .where(CaseEntry.case_id == case_id, CaseEntry.kind == EntryKind.CORRECTED)
    )
    earlier = [words for facts, words in corrections if facts["corrects"] == ordinal]
    if not earlier:
        return False
    if earlier[-1] == text:
        return True
    raise CaseMovedError("This entry was put right already. Put the newer entry right instead. Nothing was changed.")
