"""What cannot wait: words of safety, law or threat put a case before all others, whatever its score and its owner."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from feedback_service.accounts.managers import managers_of
from feedback_service.cases.models import Case
from feedback_service.cases.notices.models import NoticeKind
from feedback_service.cases.notices.notify import notify
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.rules.routing import URGENT, sort_at, urgent_words
from feedback_service.sentiment.safety import SafetyKind

Alerts = tuple[SafetyKind, ...]


def alert_facts(alerts: Alerts) -> dict[str, Any]:
    """The same as facts for a log; empty where there is nothing."""
    return {"alerts": [kind.value for kind in alerts]} if alerts else {}


def raise_case(case: Case, alerts: Alerts, now: datetime) -> None:
    """Put a case that the caller holds before all others, and tell the managers; its owner and its deadline stay.

    Where the words open it again, that comes first: each opening is told of.
    """
    session = object_session(case)
    if alerts and session is not None:
        case.priority, case.priority_words = URGENT, urgent_words(alerts)
        case.sort_at = sort_at(case.due_at, URGENT)
        tell_managers(session, case.id, alerts, now, opening=case.opening)


def tell_managers(session: Session, case_id: int, alerts: Alerts, now: datetime, *, opening: int = 1) -> None:
    """Let the managers of its team know of a case that cannot wait, by mail too; once for each opening of it."""
    team = session.scalars(select(Queue.team_id).join(Case, Case.queue_id == Queue.id).where(Case.id == case_id)).one()
    for manager in managers_of(session, team):
        notify(
            session,
            manager,
            NoticeKind.SAFETY,
            key=f"safety:{case_id}:{opening}",
            case_id=case_id,
            facts=alert_facts(alerts),
            now=now,
            mail=True,
        )
