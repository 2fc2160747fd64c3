"""The demo's ways in: one for each audience, with what to type there."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.config import Settings
from feedback_service.delivery.models import Message, MessageState
from feedback_service.invitations.links import PATHS, token
from feedback_service.invitations.models import Invitation, LinkScope

Door = tuple[str, str, str, str, str]
"""Audience, title, text, path, and a hint such as a sign-in."""

STAFF = ("ana@ember-and-oak.example", "Ana Moreira", "staff")
SECOND_STAFF = ("tom@ember-and-oak.example", "Tom Becker", "staff")
MANAGER = ("maya@ember-and-oak.example", "Maya Lind", "manager")
ADMIN = ("admin@ember-and-oak.example", "Ida Admin", "admin")
PEOPLE = (STAFF, SECOND_STAFF, MANAGER, ADMIN)
PASSWORD = "coffee-and-oak"  # noqa: S105 - printed at every start, and the demo listens on this machine only


def doors(session: Session, settings: Settings, now: datetime) -> list[Door]:
    """Every way in, the newest survey that waits for an answer first."""

    def sign_in(person: tuple[str, str, str]) -> str:
        return f"Sign in as {person[0]} with {PASSWORD}"

    waiting = _newest_unanswered(session, settings, now)
    answer: list[Door] = (
        [("Customers", "Answer a survey", "The page behind the link in a buyer's mail.", waiting, "")]
        if waiting
        else []
    )
    return [
        *answer,
        ("Customers", "Read the mail", "Every mail the shop has sent, caught on this machine.", "/mailbox/", ""),
        ("Staff", "Work the queue", "Every unhappy buyer, the most pressing first.", "/cases/", sign_in(STAFF)),
        (
            "Managers",
            "See the trend",
            "NPS and CSAT by month, and whether a change is real.",
            "/insights/",
            sign_in(MANAGER),
        ),
        ("Admins", "Look after the team", "Who may sign in, and as what.", "/team/", sign_in(ADMIN)),
    ]


def _newest_unanswered(session: Session, settings: Settings, now: datetime) -> str | None:
    invitation = session.scalar(
        select(Invitation)
        .join(Message, Message.invitation_id == Invitation.id)
        .where(Message.state == MessageState.SENT, Invitation.answered_at.is_(None), Invitation.expires_at > now)
        .order_by(Invitation.id.desc())
        .limit(1)
    )
    if invitation is None:
        return None
    secret = token(settings.link_key_ring, LinkScope.ANSWER, invitation.uid, invitation.link_generation)
    return f"/{PATHS[LinkScope.ANSWER]}/{secret}"
