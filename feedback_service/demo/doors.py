"""The demo's ways in: some for each audience, with what to type there."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from feedback_service.cases.improvements.models import Improvement
from feedback_service.cases.models import Case, CaseState
from feedback_service.config import Settings
from feedback_service.delivery.models import Message, MessageState
from feedback_service.demo.colleagues import PULSE
from feedback_service.demo.example_shop import EXAMPLE_SHOP
from feedback_service.demo.facts import CSAT, NPS
from feedback_service.invitations.links import PATHS, token
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.responses.models import Channel, Collector, Response

Door = tuple[str, str, str, str, str]
"""Audience, title, text, path, and a hint such as a sign-in."""

STAFF = ("ana@ember-and-oak.example", "Ana Moreira", "staff")
SECOND_STAFF = ("tom@ember-and-oak.example", "Tom Becker", "staff")
STORE_STAFF = ("ines@ember-and-oak.example", "Inês Duarte", "staff")
MANAGER = ("maya@ember-and-oak.example", "Maya Lind", "manager")
ADMIN = ("admin@ember-and-oak.example", "Ida Admin", "admin")
PEOPLE = (STAFF, SECOND_STAFF, STORE_STAFF, MANAGER, ADMIN)
PASSWORD = "coffee-and-oak"  # noqa: S105 - printed at every start, and the demo listens on this machine only

FOR_STAFF = (
    ("Staff", "Work the queue", "Every unhappy buyer, the most pressing first.", "/cases/", STAFF),
    ("Staff", "Read the answers", "All of them, and who has read which.", "/answers/", STAFF),
    ("Staff", "Check the model", "A few comments a week, read without its verdict.", "/comments/checks", STAFF),
)
FOR_MANAGERS = (
    ("Managers", "See the trend", "Each survey by month, and whether a change is real.", "/insights/", MANAGER),
    ("Managers", "Trust the model", "How often it was right when checked blind.", "/comments/agreement", MANAGER),
    ("Managers", "Stop it for good", "Causes that recur, and what was changed.", "/improvements/", MANAGER),
    ("Managers", "Say who answers", "Queues, rules, working hours and absences.", "/queues/", MANAGER),
    ("Managers", "Edit a survey", "Words, questions and timing, with a preview beside them.", "/surveys/", MANAGER),
    ("Managers", "Open a way in", "A code for a slip, a screen for a counter, a panel.", "/ways-in/", MANAGER),
)
FOR_ADMINS = (("Admins", "Look after the team", "Who may sign in, and as what.", "/team/", ADMIN),)


def doors(session: Session, settings: Settings, now: datetime) -> list[Door]:
    """Every way in, by audience; what nobody can enter at present is left out."""
    signing_in = [
        (audience, title, text, path, f"Sign in as {person[0]} with {PASSWORD}")
        for audience, title, text, path, person in FOR_STAFF + FOR_MANAGERS + FOR_ADMINS
    ]
    return [*_for_anybody(session, settings, now), *signing_in]


def _for_anybody(session: Session, settings: Settings, now: datetime) -> Iterator[Door]:
    """Those behind which nobody signs in."""

    def waiting(survey: str) -> str | None:
        return _link(session, settings, _waiting(survey, now), LinkScope.ANSWER)

    ways_in = _ways_in(session)
    panel = f"{EXAMPLE_SHOP}/" if Channel.EMBED in ways_in else None
    told = _link(session, settings, _told(), LinkScope.STATUS)
    for audience, title, text, path in (
        ("Customers", "Answer a survey", "Would you recommend us? Behind the link in a mail.", waiting(NPS)),
        ("Customers", "Rate a delivery", "Five scores, and what to do about a bad one.", waiting(CSAT)),
        ("Customers", "Scan a code", "How easy was it? From the slip in a parcel.", ways_in.get(Channel.LINK)),
        (
            "Customers",
            "Touch the screen",
            "At the service desk, for one after the other.",
            ways_in.get(Channel.KIOSK),
        ),
        ("Customers", "Visit the shop", "The question as a panel on its own page.", panel),
        ("Customers", "See what became of it", "A complaint, what was done, and a say in it.", told),
        ("Customers", "Read what changed", "You said, we did: what the shop mended for good.", _improved(session)),
        ("Customers", "Read the mail", "All that the shop has sent, caught on this machine.", "/mailbox/"),
        ("Colleagues", "Say how work is", "Anonymous, on one page.", waiting(PULSE)),
    ):
        if path is not None:
            yield audience, title, text, path, ""


def _improved(session: Session) -> str | None:
    """Where customers read of improvements, once there is one to read of."""
    published = select(Improvement.id).where(Improvement.published_at.is_not(None)).limit(1)
    return "/improved/" if session.scalar(published) is not None else None


def _ways_in(session: Session) -> dict[Channel, str]:
    """Where the oldest open way in of each kind begins."""
    found = session.scalars(select(Collector).where(Collector.closed_at.is_(None)).order_by(Collector.id.desc()))
    return {collector.channel: f"/c/{collector.token}" for collector in found}


def _waiting(survey: str, now: datetime) -> Select[Invitation]:
    """Whoever has a mail and has not answered, the newest first."""
    return (
        select(Invitation)
        .join(Message, Message.invitation_id == Invitation.id)
        .where(
            Invitation.survey_key == survey,
            Message.state == MessageState.SENT,
            Invitation.answered_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.id.desc())
    )


def _told() -> Select[Invitation]:
    """Whoever was told what was done and has not said whether that settles it, the newest first."""
    return (
        select(Invitation)
        .join(Response, Response.invitation_id == Invitation.id)
        .join(Case, Case.response_id == Response.id)
        .where(Case.state == CaseState.RESOLVED, Case.released_words.is_not(None))
        .order_by(Case.verdict.is_not(None), Case.released_at.desc())
    )


def _link(session: Session, settings: Settings, wanted: Select[Invitation], scope: LinkScope) -> str | None:
    invitation = session.scalar(wanted.limit(1))
    if invitation is None:
        return None
    secret = token(settings.link_key_ring, scope, invitation.uid, invitation.link_generation)
    return f"/{PATHS[scope]}/{secret}"
