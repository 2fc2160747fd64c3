"""Nobody acts in the dark: whatever others wrote since the page was drawn is said first."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, EntryKind
from feedback_service.cases.news import news_since, refuse_unseen
from feedback_service.cases.status.say import add_to_case
from feedback_service.cases.work import CaseMovedError
from feedback_service.cases.write_log import write_entry
from tests.cases.factories import KEY, colleague, complained, taken


def _length(session: Session, case: Case) -> int:
    session.refresh(case)
    return case.log_length


def test_what_the_customer_wrote_stays_the_hand(session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now)
    person, case = complained(session, now)
    taken(session, case, ana, now)
    seen = _length(session, case)
    refuse_unseen(session, case.id, seen, user_id=ana, now=now)
    add_to_case(session, case.id, "And it smells.", invitation_id=person.invitation_id, key=KEY, now=now)
    session.commit()
    with pytest.raises(CaseMovedError) as refused:
        refuse_unseen(session, case.id, seen, user_id=ana, now=now + timedelta(minutes=2))
    assert str(refused.value) == (
        "Since you opened this page: the customer wrote back, 2 min ago."
        " Nothing was changed. Read it, then press again."
    )
    refuse_unseen(session, case.id, _length(session, case), user_id=ana, now=now)


def test_own_entries_and_what_the_clock_wrote_are_no_news(session: Session, now: datetime) -> None:
    ana, ben = colleague(session, "Ana", now), colleague(session, "Ben", now)
    _, case = complained(session, now)
    seen = _length(session, case)
    taken(session, case, ana, now)
    write_entry(session, case.id, EntryKind.DEADLINE_MISSED, actor_id=None, key=KEY, now=now)
    session.commit()
    assert news_since(session, case.id, seen, ana) == []
    assert [(entry.kind, who) for entry, who in news_since(session, case.id, seen, ben)] == [(EntryKind.CLAIMED, "Ana")]


def test_many_news_are_told_in_one_breath(session: Session, now: datetime) -> None:
    ana, ben = colleague(session, "Ana", now), colleague(session, "Ben", now)
    _, case = complained(session, now)
    seen = _length(session, case)
    for kind in (EntryKind.NOTED, EntryKind.CALLED, EntryKind.REFUNDED, EntryKind.APOLOGISED, EntryKind.RELEASED):
        write_entry(session, case.id, kind, actor_id=ben, facts={"mail": True}, key=KEY, now=now)
    session.commit()
    with pytest.raises(CaseMovedError, match=r"Ben refunded, just now; .*, and 2 more before"):
        refuse_unseen(session, case.id, seen, user_id=ana, now=now)


def test_a_page_that_says_nothing_has_seen_nothing(session: Session, now: datetime) -> None:
    _, case = complained(session, now)
    with pytest.raises(CaseMovedError):
        refuse_unseen(session, case.id, None, user_id=colleague(session, "Ana", now), now=now)
