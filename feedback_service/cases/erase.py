"""Erases a person's words from the action log. The entries stay and still verify, and the log says what happened."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from feedback_service.cases.find_case import mail_key
from feedback_service.cases.mails.erase import erase_files
from feedback_service.cases.merge import standing_for
from feedback_service.cases.models import WORDS_OF_ENTRY, Case, CaseEntry, CaseEntryWords, CaseOrigin, EntryKind
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.recovery import case_asked_about
from feedback_service.cases.search.keep import keep_words
from feedback_service.cases.write_log import write_entry
from feedback_service.customers.erasure import Erasure
from feedback_service.delivery.models import Reply
from feedback_service.invitations.models import Invitation

THEIRS = frozenset(
    {
        EntryKind.CUSTOMER_WROTE,
        EntryKind.ACCEPTED,
        EntryKind.DISPUTED,
        EntryKind.RECOVERY_ANSWERED,
        EntryKind.RELEASED,
        EntryKind.REPLIED,
    }
)
"""Entries with words by the customer, or to them. What staff did is the shop's, and goes with the whole person only."""


def erase_words(session: Session, erasure: Erasure) -> int:
    """Erase, in the caller's transaction, what these answers and invitations left in the logs of cases.

    In a case that grew from them that is everything the customer wrote or was told; in one about which they only said
    whether it was put right, what they said then. Where a person is forgotten, colleagues' words about them go as well.
    Returns how many entries lost their words; a second time changes nothing.
    """
    own = set(session.scalars(select(Case.id).where(_grown_from(erasure))))
    concerned = own | set(_asked_about(session, erasure))
    # What came for a case that was merged stands in the log of the one that goes on for it.
    concerned |= {standing_for(session, case_id) for case_id in concerned}
    cases = session.scalars(
        select(Case)
        .where(or_(_grown_from(erasure), Case.id.in_(concerned)))
        .order_by(Case.id)  # so that two erasures never wait for each other in a ring
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    own |= set(session.scalars(select(Case.id).where(_grown_from(erasure))))
    replies = set(session.scalars(select(Reply.id).where(Reply.invitation_id.in_(erasure.invitation_ids))))
    count = sum(_erase_in(session, case, erasure, replies, own=case.id in own) for case in cases)
    count += _erase_beside(session, [case.id for case in cases if case.customer_id in erasure.customer_ids])
    for case in cases:
        keep_words(session, case.id)
    return count


def erase_search(session: Session, erasure: Erasure) -> int:
    """Take people's names out of the words by which their cases are found, once they are forgotten everywhere else.

    Returns 0: these are copies, of words that other erasers count.
    """
    for case_id in session.scalars(
        select(Case.id).where(Case.customer_id.in_(erasure.customer_ids)).order_by(Case.id)
    ).all():
        keep_words(session, case_id)
    return 0


def _erase_beside(session: Session, case_ids: Sequence[int]) -> int:
    """Of a person's cases: the files that colleagues put to them, and why they let go of promises."""
    reasons = session.scalars(
        update(Promise)
        .where(Promise.case_id.in_(case_ids), Promise.let_go_reason != "")
        .values(let_go_reason="")
        .returning(Promise.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    return len(reasons) + erase_files(session, case_ids)


def _grown_from(erasure: Erasure) -> ColumnElement[bool]:
    mails = [mail_key(invitation) for invitation in erasure.invitation_ids]
    return or_(
        Case.response_id.in_(erasure.response_ids),
        and_(Case.origin_kind == CaseOrigin.REPLY, Case.origin_key.in_(mails)),
        Case.customer_id.in_(erasure.customer_ids),
    )


def _asked_about(session: Session, erasure: Erasure) -> list[int]:
    invitations = session.scalars(
        select(Invitation).where(Invitation.id.in_(erasure.invitation_ids), Invitation.touchpoint_id.is_not(None))
    )
    return [case_id for invitation in invitations if (case_id := case_asked_about(session, invitation)) is not None]


def _erase_in(session: Session, case: Case, erasure: Erasure, replies: set[int], *, own: bool) -> int:
    rows = session.execute(
        select(CaseEntry, CaseEntryWords.text)
        .outerjoin(CaseEntryWords, WORDS_OF_ENTRY)
        .where(CaseEntry.case_id == case.id)
    ).all()
    whole = case.customer_id in erasure.customer_ids
    erased = sorted(
        entry.ordinal for entry, text in rows if text and (whole or _concerned(entry, erasure, replies, own=own))
    )
    if not erased and any(_said_already(entry, erasure) for entry, _ in rows):
        return 0
    _delete(session, case.id, erased)
    if own:
        session.execute(update(Case).where(Case.id == case.id).values(released_words=None))
    facts = {"erased": erased, "by": erasure.by, "answers": list(erasure.response_ids)}
    write_entry(session, case.id, EntryKind.WITHDRAWN, actor_id=None, facts=facts, key=erasure.key, now=erasure.at)
    return len(erased)


def _concerned(entry: CaseEntry, erasure: Erasure, replies: set[int], *, own: bool) -> bool:
    facts = entry.facts
    return entry.kind in THEIRS and (
        own
        or facts.get("response") in erasure.response_ids
        or facts.get("invitation") in erasure.invitation_ids
        or facts.get("reply") in replies
    )


def _said_already(entry: CaseEntry, erasure: Erasure) -> bool:
    """Whether the log knows of it: an answer without words is taken back too, and once."""
    return entry.kind == EntryKind.WITHDRAWN and set(erasure.response_ids) <= set(entry.facts["answers"])


def _delete(session: Session, case_id: int, ordinals: Sequence[int]) -> None:
    session.execute(
        delete(CaseEntryWords)
        .where(CaseEntryWords.case_id == case_id, CaseEntryWords.ordinal.in_(ordinals))
        .execution_options(synchronize_session="fetch")
    )
