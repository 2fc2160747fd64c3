"""What came to a case's log since somebody drew its page, so that nothing is done in the dark."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.hold import hold_case
from feedback_service.cases.models import CaseEntry, EntryKind
from feedback_service.cases.timeline import in_short
from feedback_service.cases.work import CaseMovedError
from feedback_service.formats import span

NO_NEWS = (EntryKind.REMINDED, EntryKind.DEADLINE_MISSED)
"""What the clock alone wrote: it says nothing that should stay anybody's hand, who acts because of it."""
MOST_TOLD = 3
"""Things that one sentence can hold."""


def news_since(session: Session, case_id: int, seen: int, user_id: int) -> list[tuple[CaseEntry, str]]:
    """What others, the customer or the service wrote after the first `seen` entries, oldest first, with who it was."""
    rows = session.execute(
        select(CaseEntry, User.name)
        .outerjoin(User, User.id == CaseEntry.actor_id)
        .where(
            CaseEntry.case_id == case_id,
            CaseEntry.ordinal > seen,
            or_(CaseEntry.actor_id.is_(None), CaseEntry.actor_id != user_id),
            CaseEntry.kind.not_in(NO_NEWS),
        )
        .order_by(CaseEntry.ordinal)
    )
    return [(entry, name or "the service") for entry, name in rows]


def refuse_unseen(session: Session, case_id: int, seen: int | None, *, user_id: int, now: datetime) -> None:
    """Lock the case, and refuse where its log holds what this person cannot have seen. Raises CaseMovedError.

    `seen` is the length of the log when the page was drawn, as the form sent it; None where it said nothing.
    """
    hold_case(session, case_id)
    news = news_since(session, case_id, seen or 0, user_id)
    if news:
        raise CaseMovedError(f"{in_words(news, now)} Nothing was changed. Read it, then press again.")


def in_words(news: Sequence[tuple[CaseEntry, str]], now: datetime) -> str:
    """News as one sentence."""
    told = [f"{in_short(entry.kind, who)}, {_ago(entry.at, now)}" for entry, who in news[-MOST_TOLD:]]
    earlier = f", and {len(news) - MOST_TOLD} more before" if len(news) > MOST_TOLD else ""
    return f"Since you opened this page: {'; '.join(told)}{earlier}."


def _ago(at: datetime, now: datetime) -> str:
    minutes = (now - at).total_seconds() // 60
    return f"{span(now - at)} ago" if minutes >= 1 else "just now"
