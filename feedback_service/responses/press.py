"""What a press says about who pressed: reads the evidence of the mail's links and asks the rules."""

from datetime import datetime

from sqlalchemy import Engine, bindparam, literal_column, select

from feedback_service.invitations.models import LinkScope, LinkVisit
from feedback_service.invitations.rules.visits import MOST_KEPT, Visit, agent_as_kept
from feedback_service.invitations.visit_book import VisitBook
from feedback_service.responses.nonce import Nonce
from feedback_service.responses.prepared import Prepared
from feedback_service.responses.rules.presses import EVIDENCE_FOR, Pressed, PressSuspicion, suspicion

_visits = LinkVisit.__table__.c
_OF_LATE = (
    select(_visits.scope, _visits.at, _visits.method, _visits.agent)
    .where(_visits.invitation_id == bindparam("invitation_id"))
    .order_by(_visits.id.desc())
    .limit(literal_column(str(MOST_KEPT)))
)
_LATELY = Prepared(_OF_LATE)


def pressed(nonce: Nonce, *, agent: str, network: str, now: datetime) -> Pressed:
    """A press on the page of a nonce."""
    return Pressed(
        page_at=nonce.made_at, at=now, agent=agent_as_kept(agent), page_network=nonce.network, network=network
    )


def press_suspicion(
    engine: Engine, book: VisitBook, press: Pressed, invitation_id: int | None
) -> PressSuspicion | None:
    """What speaks for a machine, by the press itself and by the visits to the links of its mail, if it has one."""
    by_itself = suspicion(press, (), scope=LinkScope.ANSWER)
    if by_itself is not None or invitation_id is None or press.at - press.page_at >= EVIDENCE_FOR:
        return by_itself
    return suspicion(press, _visits_lately(engine, book, press, invitation_id), scope=LinkScope.ANSWER)


def _visits_lately(engine: Engine, book: VisitBook, press: Pressed, invitation_id: int) -> list[Visit]:
    waiting = book.waiting(invitation_id)  # first: what is written down meanwhile is then seen twice, and not never
    with engine.connect() as connection:
        rows = _LATELY.all(connection, {"invitation_id": invitation_id})
    return [*(Visit(row.scope, row.at, row.method, row.agent) for row in rows), *waiting]
