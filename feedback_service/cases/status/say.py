"""What a customer says on the page about their feedback: that it is settled, that it is not, or something more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.cases.customer_spoke import customer_spoke
from feedback_service.cases.hold import hold_case
from feedback_service.cases.models import Case, CaseEntry, CaseState, EntryKind, Verdict
from feedback_service.cases.said_lately import said_lately
from feedback_service.cases.status.queries import last_told
from feedback_service.cases.urgent import Alerts, alert_facts, raise_case
from feedback_service.cases.work import reopen
from feedback_service.cases.write_log import write_entry
from feedback_service.database import insert_new
from feedback_service.delivery.models import Reply
from feedback_service.invitations.models import Invitation
from feedback_service.masking import mask
from feedback_service.sentiment.safety import SafetyWords, shipped_safety

SAID_TWICE = timedelta(hours=1)
"""The same words again within this time are a second press, a second device or a way back, and no second thought."""
CUSTOMER_KINDS = (EntryKind.CUSTOMER_WROTE, EntryKind.ACCEPTED, EntryKind.DISPUTED)


class CaseMovedOnError(Exception):
    """What the person judged is not what stands there now."""


def accept(
    session: Session,
    case_id: int,
    words: str,
    *,
    seen: int,
    invitation_id: int,
    key: bytes,
    now: datetime,
    safety: SafetyWords | None = None,
) -> None:
    """Take what was done as the end of it. Once is enough; later words are kept. Raises CaseMovedOnError.

    `seen` is the entry of the log that the page showed as what was done.
    """
    case = hold_case(session, case_id)
    if case.state != CaseState.RESOLVED or _last_told(session, case_id) != seen:
        raise CaseMovedOnError
    said = _Said(case, words, invitation_id, (safety or shipped_safety()).alerts([words]))
    if case.verdict == Verdict.ACCEPTED:
        if _keep(session, said, key, now):
            raise_case(case, said.alerts, now)
        return
    _write(session, said, EntryKind.ACCEPTED, key, now)
    raise_case(case, said.alerts, now)
    _judge(session, case_id, Verdict.ACCEPTED, now)


def dispute(
    session: Session,
    case_id: int,
    words: str,
    *,
    seen: int,
    invitation_id: int,
    key: bytes,
    now: datetime,
    safety: SafetyWords | None = None,
) -> None:
    """Say that it is not settled: the case is open again at once, for its owner. Raises CaseMovedOnError.

    Where it is open already, for whatever reason, nothing is left to do but to keep the words.
    """
    case = hold_case(session, case_id)
    said = _Said(case, words, invitation_id, (safety or shipped_safety()).alerts([words]))
    if case.state != CaseState.RESOLVED:
        if _keep(session, said, key, now):
            raise_case(case, said.alerts, now)
        return
    if _last_told(session, case_id) != seen:
        raise CaseMovedOnError
    _write(session, said, EntryKind.DISPUTED, key, now)
    reopen(session, case_id, user_id=None, key=key, now=now)
    raise_case(case, said.alerts, now)
    _judge(session, case_id, Verdict.DISPUTED, now)


def add_to_case(
    session: Session,
    case_id: int,
    words: str,
    *,
    invitation_id: int,
    key: bytes,
    now: datetime,
    safety: SafetyWords | None = None,
) -> None:
    """Put words into the case's log; whoever still has something to say is not done with, so it opens again."""
    case = hold_case(session, case_id)
    said = _Said(case, words, invitation_id, (safety or shipped_safety()).alerts([words]))
    if not _keep(session, said, key, now):
        return
    if case.state == CaseState.RESOLVED:
        reopen(session, case_id, user_id=None, key=key, now=now)
    raise_case(case, said.alerts, now)


def add_without_case(session: Session, invitation: Invitation, words: str, press: str, now: datetime) -> None:
    """Take words like a mail written back: with the answer, or where it is full in a case, a person reads them.

    `press` is what the page alone knew: sent twice, it is one.
    """
    session.execute(
        insert_new(session, Reply).values(
            message_key=sha256(f"page|{invitation.id}|{press}|{words}".encode()).hexdigest(),
            invitation_id=invitation.id,
            customer_id=invitation.customer_id,
            sender="",
            subject="",
            words=mask(words),
            received_at=now,
        )
    )


def _last_told(session: Session, case_id: int) -> int:
    log = session.scalars(select(CaseEntry).where(CaseEntry.case_id == case_id).order_by(CaseEntry.ordinal))
    return last_told({entry.kind: entry for entry in log})


@dataclass(frozen=True)
class _Said:
    """Words for a case that is held, and what they speak of that cannot wait."""

    case: Case
    words: str
    invitation_id: int
    alerts: Alerts


def _keep(session: Session, said: _Said, key: bytes, now: datetime) -> bool:
    """Whether there were words, and new ones."""
    since = now - SAID_TWICE
    if not said.words or said_lately(session, said.case.id, CUSTOMER_KINDS, said.words, by=None, since=since):
        return False
    _write(session, said, EntryKind.CUSTOMER_WROTE, key, now)
    return True


def _write(session: Session, said: _Said, kind: EntryKind, key: bytes, now: datetime) -> None:
    facts = {"invitation": said.invitation_id, **alert_facts(said.alerts)}
    entry = write_entry(session, said.case.id, kind, actor_id=None, text=said.words, facts=facts, key=key, now=now)
    if said.words or kind is EntryKind.DISPUTED:  # that it is settled is good to know, and nobody need hurry
        customer_spoke(session, said.case, entry, key=key, now=now)


def _judge(session: Session, case_id: int, verdict: Verdict, now: datetime) -> None:
    session.execute(
        update(Case)
        .where(Case.id == case_id)
        .values(verdict=verdict, verdict_at=now)
        .execution_options(synchronize_session="fetch")
    )
