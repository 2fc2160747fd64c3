"""What a case's queue and promises ask of whoever closes it, read for the rules in rules/closing.py."""

from sqlalchemy.orm import Session

from feedback_service.cases.promises.queries import count_unkept
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.rules.closing import Needs, Unkept, why_over


def needs_of(queue: Queue) -> Needs:
    """The switches of a queue."""
    return Needs(
        root_cause=queue.needs_root_cause, what_was_done=queue.needs_what_was_done, reached=queue.needs_reached
    )


def unkept_of(session: Session, case_id: int) -> Unkept:
    """The promises over which the case would close, those of cases merged into it among them."""
    return Unkept(*count_unkept(session, case_id))


def why_over_promises(session: Session, case_id: int, words: str) -> str:
    """What to ask where the case would close over promises without a word; else nothing."""
    return "" if words else why_over(unkept_of(session, case_id))
