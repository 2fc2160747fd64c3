"""What staff write into the log by hand: what they did, whether a call reached the customer, and whom they call."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from feedback_service.cases.mention import mentioned, tell_mentioned
from feedback_service.cases.models import EntryKind
from feedback_service.cases.spoken import spoke_with
from feedback_service.cases.work import log_action


def write_down(
    session: Session,
    case_id: int,
    kind: EntryKind,
    text: str,
    *,
    reached: bool | None = None,
    user_id: int,
    key: bytes,
    now: datetime,
) -> None:
    """Log what was done, and tell whom the words call by "@name". `reached` is of a call only.

    Raises CaseMovedError unless the case is in this person's hands, UnclearMentionError where a name is not clear.
    """
    facts: dict[str, Any] = {}
    if kind == EntryKind.CALLED and reached is not None:
        facts["reached"] = reached
    called = mentioned(session, case_id, text)
    if called:
        facts["mentions"] = called
    entry = log_action(session, case_id, kind, text, facts=facts, user_id=user_id, key=key, now=now)
    if entry is None:
        return
    tell_mentioned(session, entry, user_id, now)
    if facts.get("reached") or kind == EntryKind.MAILED:
        spoke_with(session, case_id, now)
