"""Writes to a case's customer by mail: the words lie in the log, the mail in the outbox."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.advocacy.sign import first_name
from feedback_service.cases.deadlines import keep
from feedback_service.cases.mails.models import CaseMail
from feedback_service.cases.mails.threads import thread_of
from feedback_service.cases.mails.way import NOT_ASKED, why_no_mail
from feedback_service.cases.models import Case, CaseEntry, EntryKind
from feedback_service.cases.news import refuse_unseen
from feedback_service.cases.release import who_was_asked
from feedback_service.cases.rest import wait
from feedback_service.cases.said_lately import DOUBLE_PRESS, said_lately
from feedback_service.cases.spoken import spoke_with
from feedback_service.cases.work import CaseMovedError, hold_own_case
from feedback_service.cases.write_log import write_entry
from feedback_service.delivery.models import MessagePurpose
from feedback_service.delivery.queue_note import queue_note
from feedback_service.masking import mask

LONGEST_SIGNATURE = 60  # characters


def reply(
    session: Session,
    case_id: int,
    words: str,
    *,
    seen: int | None,
    waits: bool = False,
    user_id: int,
    key: bytes,
    now: datetime,
) -> None:
    """Send these words by mail. The same again within `DOUBLE_PRESS` is one mail.

    `seen` is the length of the log when the page was drawn; `waits` puts the case by until the customer answers.
    Raises CaseMovedError unless the case is in this person's hands, nothing new came since, and a mail can be sent.
    """
    words = mask(words)
    case = hold_own_case(session, case_id, user_id)
    if said_lately(session, case_id, (EntryKind.REPLIED,), words, by=user_id, since=now - DOUBLE_PRESS):
        return
    refuse_unseen(session, case_id, seen, user_id=user_id, now=now)
    if why := why_no_mail(session, case):
        raise CaseMovedError(f"{why} Nothing was sent.")
    entry = write_entry(session, case_id, EntryKind.REPLIED, actor_id=user_id, text=words, key=key, now=now)
    _queue(session, case, entry, words, user_id, now)
    keep.responded(session, case, now)
    spoke_with(session, case_id, now)
    if waits:
        wait(session, case_id, "", user_id=user_id, key=key, now=now)


def _queue(session: Session, case: Case, entry: CaseEntry, words: str, user_id: int, now: datetime) -> None:
    """The mail, and which entry says so. The case's row is ours, so an entry's mail is new."""
    invitation = who_was_asked(session, case.id)
    if invitation is None:
        raise CaseMovedError(f"{NOT_ASKED} Nothing was sent.")
    message_id = queue_note(
        session,
        invitation.id,
        MessagePurpose.REPLY,
        words=words,
        subject_key=f"case:{case.id}:{entry.ordinal}",
        locale=case.response.locale if case.response is not None else None,
        signed=first_name(session.get_one(User, user_id).name)[:LONGEST_SIGNATURE],
        thread=thread_of(session, case, invitation),
        now=now,
    )
    if message_id is None:
        raise RuntimeError(f"the mail of entry {entry.ordinal} of case {case.id} was queued before")
    session.add(CaseMail(message_id=message_id, case_id=case.id, entry=entry.ordinal))
    session.flush()
