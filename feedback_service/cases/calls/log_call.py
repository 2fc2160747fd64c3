"""Writes down a call to say thank you: its case is opened, taken and logged in one go."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.count_open import count_open_cases
from feedback_service.cases.models import ACTIVE, Case, CaseOrigin, EntryKind
from feedback_service.cases.new_case import Origin, put_in_queue
from feedback_service.cases.note import write_down
from feedback_service.cases.queues.models import OwnerRule
from feedback_service.cases.queues.place import Place, place_by_hand, routing_of
from feedback_service.cases.rules.conditions import Facts
from feedback_service.cases.rules.routing import THANKS, CaseReason, Route, Rule, by_hand_priority
from feedback_service.cases.work import claim

RULE = Rule("Call to a top spender", kind=THANKS)
WHY = "a call to say thank you"


class CaseGoesOnError(Exception):
    """Something else goes on with this customer, where the call belongs; `case_id` says which case."""

    def __init__(self, case_id: int) -> None:
        super().__init__(case_id)
        self.case_id = case_id


def log_call(
    session: Session,
    customer_id: int,
    words: str,
    *,
    reached: bool,
    uid: str,
    user_id: int,
    key: bytes,
    zone: ZoneInfo,
    now: datetime,
) -> int:
    """The id of the case, in the hands of who called; one uid, which the form makes, opens one.

    Raises CaseGoesOnError where the customer has an open case, UnclearMentionError where the words call a name that is
    not clear.
    """
    made = _made(session, uid)
    if made is not None:
        return made
    open_case = session.scalar(
        select(Case.id).where(Case.customer_id == customer_id, ACTIVE).order_by(Case.id).limit(1)
    )
    if open_case is not None:
        raise CaseGoesOnError(open_case)
    origin = Origin(CaseOrigin.MANUAL, f"call:{uid}", None, None, customer_id, None)
    case_id = put_in_queue(session, origin, _place(session), {}, zone=zone, by=user_id, key=key, now=now)
    if case_id is None:  # the same form, a moment ago
        return _made(session, uid) or 0
    claim(session, case_id, user_id=user_id, key=key, now=now)
    kind = EntryKind.CALLED
    write_down(session, case_id, kind, words, reached=reached, user_id=user_id, key=key, now=now)
    count_open_cases(session, [customer_id])
    return case_id


def _made(session: Session, uid: str) -> int | None:
    return session.scalar(
        select(Case.id).where(Case.origin_kind == CaseOrigin.MANUAL, Case.origin_key == f"call:{uid}")
    )


def _place(session: Session) -> Place:
    """The queue of the team that sees to the first survey's cases; nobody's, since who called takes it."""
    route = Route(RULE, THANKS, CaseReason.THANKS, *by_hand_priority(0, WHY))
    return replace(place_by_hand(session, route, Facts(), routing_of(session)), owner_rule=OwnerRule.UNASSIGNED)
