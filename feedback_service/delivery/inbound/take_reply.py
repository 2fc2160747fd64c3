"""Keeps what a person wrote back, once, with the files that came with it; `cases` finds it there and sees to it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.database import insert_new
from feedback_service.delivery.compose import LONGEST_SUBJECT
from feedback_service.delivery.inbound.find_message import known_address, message_answered
from feedback_service.delivery.models import Reply, ReplyAttachment
from feedback_service.delivery.rules.addresses import LONGEST_ADDRESS
from feedback_service.delivery.rules.attached import attached_files
from feedback_service.delivery.rules.files import KeptFile, sort_out
from feedback_service.delivery.rules.mime import Mail, header, message_ids, sender
from feedback_service.delivery.rules.own_words import own_words
from feedback_service.masking import mask

LONGEST_MAIL_ID = 250  # characters
LONGEST_LEFT_OUT = 200  # characters


def take_reply(
    session: Session, mail: Mail, message_key: str, now: datetime, *, key: bytes, complete: bool = True
) -> bool:
    """Keep a reply under `message_key`; whether it is new. Not `complete`: its end was not read.

    Which mail it answers is known by the address it was sent to, or by our Message-ID in its headers. Without either
    the sender's address still says whose words they are, as far as an address that anybody can write says anything.
    """
    named = message_ids(f"{header(mail, 'In-Reply-To')} {header(mail, 'References')}")
    answered = message_answered(session, mail, named)
    invitation = answered.invitation if answered else None
    files = sort_out(attached_files(mail, complete=complete))
    made = session.execute(
        insert_new(session, Reply)
        .values(
            message_key=message_key,
            invitation_id=invitation.id if invitation else None,
            message_id=answered.message.id if answered else None,
            customer_id=invitation.customer_id if invitation else _customer_at(session, sender(mail), key),
            sender=sender(mail)[:LONGEST_ADDRESS],
            subject=mask(header(mail, "Subject"))[:LONGEST_SUBJECT],
            words=mask(own_words(mail)),
            mail_id=_mail_id(mail),
            left_out=files.left_out[:LONGEST_LEFT_OUT],
            received_at=now,
        )
        .returning(Reply.id)
    )
    reply_id = made.scalar()
    if reply_id is None:
        return False
    session.add_all(_row(reply_id, file) for file in files.kept)
    session.flush()
    return True


def _row(reply_id: int, file: KeptFile) -> ReplyAttachment:
    return ReplyAttachment(
        reply_id=reply_id,
        name=file.name,
        media_type=file.media_type,
        size=len(file.content),
        content=file.content,
    )


def _mail_id(mail: Mail) -> str | None:
    """Its Message-ID, where it is one that can be named in a mail of ours."""
    named = message_ids(header(mail, "Message-ID"))
    fit = bool(named) and named[0].isascii() and named[0].isprintable() and "@" in named[0]
    return named[0] if fit and len(named[0]) <= LONGEST_MAIL_ID else None


def _customer_at(session: Session, email: str, key: bytes) -> int | None:
    """The newest customer with this address: a person may be known to several sources."""
    address = known_address(session, email, key)
    if address is None:
        return None
    return session.scalar(
        select(Customer.id).where(Customer.address_hash == address).order_by(Customer.id.desc()).limit(1)
    )
