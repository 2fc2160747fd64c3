"""Takes an answer to "did we put it right?" to the case it is about: into its log, and a bad one opens it again."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.business_hours import later
from feedback_service.accounts.calendars import hours_of
from feedback_service.cases.customer_spoke import customer_spoke
from feedback_service.cases.models import WORDS_OF_ENTRY, Case, CaseEntry, CaseEntryWords, CaseState, EntryKind
from feedback_service.cases.new_case import wish_of
from feedback_service.cases.queues.place import Place
from feedback_service.cases.urgent import Alerts, alert_facts
from feedback_service.cases.work import reopen
from feedback_service.cases.write_log import write_entry
from feedback_service.responses.models import Response


def hear_recovery(
    session: Session,
    case: Case,
    response: Response,
    place: Place | None,
    alerts: Alerts,
    *,
    key: bytes,
    now: datetime,
) -> None:
    """Write the answer as it stands into the case's log; where it says something or needs a person, the case's owner
    hears of it, and it waits no longer.

    `place` is where any other answer like it would lead to. The caller holds the case, and counts open ones.
    """
    facts: dict[str, object] = {
        "response": response.id,
        "score": response.latest_score,
        "wants_contact": response.wants_contact,
        "needs_person": place is not None,
        **wish_of(response),
        **alert_facts(alerts),
    }
    said = response.comment if response.comment != _said_before(session, case.id, response.id) else ""
    kind = EntryKind.RECOVERY_ANSWERED
    entry = write_entry(session, case.id, kind, actor_id=None, text=said, facts=facts, key=key, now=now)
    if place is not None and case.state == CaseState.RESOLVED:
        due_at = later(hours_of(session, case.queue.team_id), now, place.first_minutes)
        reopen(session, case.id, user_id=None, key=key, now=now, due_at=due_at, counted=False)
    if said or place is not None:
        customer_spoke(session, case, entry, key=key, now=now)


def _said_before(session: Session, case_id: int, response_id: int) -> str:
    """The comment as the log has it, so that it does not stand there once for every later click."""
    rows = session.execute(
        select(CaseEntry.facts, CaseEntryWords.text)
        .join(CaseEntryWords, WORDS_OF_ENTRY)
        .where(CaseEntry.case_id == case_id, CaseEntry.kind == EntryKind.RECOVERY_ANSWERED, CaseEntryWords.text != "")
        .order_by(CaseEntry.ordinal.desc())
    )
    return next((text for facts, text in rows if facts["response"] == response_id), "")
