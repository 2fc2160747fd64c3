"""What cannot wait: words of safety, law or threat put a case before all others, whatever its score and its owner."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case
from feedback_service.cases.rules.routing import URGENT, sort_at, urgent_words
from feedback_service.responses.models import Response, ResponseAnswer
from feedback_service.sentiment.safety import SafetyKind, SafetyWords

Alerts = tuple[SafetyKind, ...]


def alerts_of(session: Session, responses: Sequence[Response], safety: SafetyWords) -> dict[int, Alerts]:
    """What the words of each answer speak of, the comment and all other texts, by the answer's id."""
    texts = {response.id: [response.comment] for response in responses}
    rows = session.execute(
        select(ResponseAnswer.response_id, ResponseAnswer.text).where(
            ResponseAnswer.response_id.in_(texts), ResponseAnswer.text != ""
        )
    )
    for response_id, text in rows:
        texts[response_id].append(text)
    return {response_id: safety.alerts(filter(None, said)) for response_id, said in texts.items()}


def alert_facts(alerts: Alerts) -> dict[str, Any]:
    """The same as facts for a log; empty where there is nothing."""
    return {"alerts": [kind.value for kind in alerts]} if alerts else {}


def raise_case(case: Case, alerts: Alerts) -> None:
    """Put a case that the caller holds before all others; its owner and its deadline stay."""
    if alerts:
        case.priority, case.priority_words = URGENT, urgent_words(alerts)
        case.sort_at = sort_at(case.due_at, URGENT)
