"""An outbox with mails in it, a shop's letterhead, and one run of the sending step."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, sessionmaker

from feedback_service.delivery.last_look import Clocks
from feedback_service.delivery.mail_server import MailServer
from feedback_service.delivery.models import Message
from feedback_service.delivery.pool import ConnectionPool
from feedback_service.delivery.queue_mails import queue_invitation_mails
from feedback_service.delivery.render import Letterhead
from feedback_service.delivery.send import send_due
from feedback_service.delivery.throttle import Throttle
from feedback_service.invitations.models import Invitation
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import read_common_words
from tests.invitations.factories import LINK_KEYS, LISBON, NOW, decide, go_live, numbered, order, plan

DOMAIN = "corner-shop.example"
LETTERHEAD = Letterhead(
    shop_name="Corner Shop",
    sender=f"hello@{DOMAIN}",
    postal_address="Corner Shop, 1 Main Street",
    base_url="https://feedback.corner-shop.example",
    link_keys=LINK_KEYS,
    common=read_common_words(SURVEYS),
)


def outbox(session: Session, count: int, **cells: object) -> list[Message]:
    """Ask about `count` new orders, and put the mails into the outbox in the order of their ids."""
    for number in range(count):
        order(session, numbered(number), **cells)
    go_live(session)
    plan(session)
    decide(session)
    queue_invitation_mails(session, NOW, 1000)
    session.commit()
    found = messages(session)
    assert len(found) == count
    return found


def recipient(message: Message) -> str:
    """Whom a message is for."""
    return message.invitation.customer.email or ""


def send(
    sessions: sessionmaker[Session],
    port: int,
    now: datetime = NOW,
    limit: int = 200,
    *,
    connections: int = 1,
    throttle: Throttle | None = None,
    quiet_hours: bool = True,
    letterhead: Letterhead = LETTERHEAD,
) -> int:
    """Run the sending step once against the server on a local port, and hang up."""
    pool = ConnectionPool(MailServer("127.0.0.1", port), connections)
    try:
        return send_due(
            sessions,
            now,
            limit,
            pool=pool,
            throttle=throttle or Throttle(),
            letterhead=letterhead,
            clocks=Clocks(LISBON, "PT", quiet_hours),
        )
    finally:
        pool.close()


def messages(session: Session) -> list[Message]:
    """The outbox as it is now; the session is left without a transaction, so that others can write."""
    found = session.scalars(
        select(Message)
        .order_by(Message.id)
        .options(joinedload(Message.invitation).options(joinedload(Invitation.customer), joinedload(Invitation.order)))
        .execution_options(populate_existing=True)
    ).all()
    session.commit()
    return list(found)
