"""Keeps what a person wrote back to a survey mail, once; `cases` finds it there and sees to it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.database import insert_new
from feedback_service.delivery.compose import LONGEST_SUBJECT
from feedback_service.delivery.inbound.find_message import known_address, message_behind
from feedback_service.delivery.models import Reply
from feedback_service.delivery.rules.addresses import LONGEST_ADDRESS
from feedback_service.delivery.rules.mime import Mail, header, message_ids, sender
from feedback_service.delivery.rules.own_words import own_words
from feedback_service.masking import mask


def take_reply(session: Session, mail: Mail, message_key: str, now: datetime, *, key: bytes) -> bool:
    """Keep a reply under `message_key`; whether it is new.

    Which mail it answers is known by our Message-ID in its headers. Without that the sender's address still says
    whose words they are, as far as an address that anybody can write says anything.
    """
    answered = message_behind(session, message_ids(f"{header(mail, 'In-Reply-To')} {header(mail, 'References')}"))
    invitation = answered.invitation if answered else None
    made = session.execute(
        insert_new(session, Reply)
        .values(
            message_key=message_key,
            invitation_id=invitation.id if invitation else None,
            customer_id=invitation.customer_id if invitation else _customer_at(session, sender(mail), key),
            sender=sender(mail)[:LONGEST_ADDRESS],
            subject=mask(header(mail, "Subject"))[:LONGEST_SUBJECT],
            words=mask(own_words(mail)),
            received_at=now,
        )
        .returning(Reply.id)
    )
    return made.first() is not None


def _customer_at(session: Session, email: str, key: bytes) -> int | None:
    """The newest customer with this address: a person may be known to several sources."""
    address = known_address(session, email, key)
    if address is None:
        return None
    return session.scalar(
        select(Customer.id).where(Customer.address_hash == address).order_by(Customer.id.desc()).limit(1)
    )
