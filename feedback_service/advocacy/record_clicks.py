"""Writes down that a referral link was opened: evidence, kept as that of visits is, and never in a visitor's way."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine, func, insert, select

from feedback_service.advocacy.models import ReferralClick
from feedback_service.database import impatient
from feedback_service.invitations.rules.visits import VISITS, VisitSuspicion, agent_as_kept, calls_itself_a_machine

PATIENCE_MS = 250  # the way to the shop may take so much longer for the sake of a count, and no more
MOST_A_DAY = 500  # clicks of one link, and as many of machines, that are written down within 24 hours

log = structlog.get_logger(__name__)


def record_click(engine: Engine, referral_id: int, *, method: str, agent: str | None, now: datetime) -> None:
    """Keep one GET or HEAD of a link; never raises, never waits long. No address of the visitor's is kept."""
    if method not in VISITS:
        return
    try:
        with impatient(engine, PATIENCE_MS) as connection:
            _keep(connection, referral_id, method, agent_as_kept(agent or ""), now)
            connection.commit()
    except Exception as error:  # whatever is wrong with the evidence, the friend is on the way
        log.warning("click not recorded", referral=referral_id, error=type(error).__name__)


def _keep(connection: Connection, referral_id: int, method: str, agent: str, now: datetime) -> None:
    suspected = suspicion(method, agent)
    same = ReferralClick.suspected.is_(None) if suspected is None else ReferralClick.suspected.is_not(None)
    today = select(func.count()).where(
        ReferralClick.referral_id == referral_id, ReferralClick.at > now - timedelta(days=1), same
    )
    if (connection.scalar(today) or 0) < MOST_A_DAY:
        click = {"referral_id": referral_id, "at": now, "agent": agent, "suspected": suspected}
        connection.execute(insert(ReferralClick).values(click))


def suspicion(method: str, agent: str) -> VisitSuspicion | None:
    """What speaks for a machine: its name, or that it wants the head of the page only.

    That many come at once does not, as it would with a personal link: this one is passed round.
    """
    if calls_itself_a_machine(agent):
        return VisitSuspicion.KNOWN_AGENT
    return VisitSuspicion.HEAD_FIRST if method == "HEAD" else None
