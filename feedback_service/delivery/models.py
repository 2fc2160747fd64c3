"""Getting the question there: the outbox."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_service.customers.models import Customer
from feedback_service.database import Base, row_id, state_type
from feedback_service.invitations.models import Invitation


class MessagePurpose(StrEnum):
    """What a message is for; with its subject and ordinal it can exist only once."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    OUTCOME = "outcome"
    """What became of their feedback."""
    WITHDRAWAL = "withdrawal"
    """Asks whether it was really they who wanted their answer erased."""
    REPLY = "reply"
    """What a member of staff writes to them about their case."""
    IMPROVEMENT = "improvement"
    """What was changed because of what they said."""

    @property
    def words(self) -> str:
        """For staff."""
        return _PURPOSES[self]


_PURPOSES = {
    MessagePurpose.INVITATION: "Invitation",
    MessagePurpose.REMINDER: "Reminder",
    MessagePurpose.OUTCOME: "What became of it",
    MessagePurpose.WITHDRAWAL: "Whether to erase it",
    MessagePurpose.REPLY: "Reply by staff",
    MessagePurpose.IMPROVEMENT: "What was improved",
}


NOTES = frozenset(MessagePurpose) - {MessagePurpose.INVITATION, MessagePurpose.REMINDER}
"""Mails that answer what a person did. They ask nothing, so what ends or holds up asking does not hold them up."""

ASKING = frozenset(MessagePurpose) - NOTES
"""Mails that ask, or ask once more."""

WITHDRAWAL_LASTS = timedelta(days=2)
"""How long the link in a mail that asks about a withdrawal works, from when it was queued."""


class MessageState(StrEnum):
    """`handing` is committed just before SMTP's final dot, so that a crash after it is known as `unknown`."""

    PENDING = "pending"
    LEASED = "leased"
    HANDING = "handing"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"


class BounceKind(StrEnum):
    """Whether another mail to that address can ever arrive."""

    HARD = "hard"
    SOFT = "soft"


class DeliveryEventKind(StrEnum):
    """What can be reported about a mail that has left."""

    DELIVERED = "delivered"
    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCE = "soft_bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBED = "unsubscribed"
    AUTO_REPLY = "auto_reply"


UNSENT = "state IN ('pending', 'leased', 'handing')"
"""What the sweep looks through. A query says it in these very words: SQLite uses the partial index only then."""

RETURNED = (
    "purpose NOT IN ('invitation', 'reminder', 'withdrawal', 'improvement') AND return_heard_at IS NULL"
    " AND (bounced_at IS NOT NULL OR state IN ('failed', 'cancelled'))"
)
"""Mails by staff that did not arrive, and of which nobody was told yet; said in these very words, too. The others are
named, since SQLite would look up those of some purposes by another index, and read them all."""


class Message(Base):
    """One mail to one person."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("purpose", "subject_key", "ordinal"),
        CheckConstraint("(state IN ('leased', 'handing')) = (leased_until IS NOT NULL)", name="lease_while_held"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_with_time"),
        CheckConstraint("state NOT IN ('failed', 'cancelled') OR detail <> ''", name="ended_with_reason"),
        Index(
            "ix_messages_unsent",
            "next_attempt_at",
            "id",
            sqlite_where=text(UNSENT),
            postgresql_where=text(UNSENT),
        ),
        CheckConstraint("(bounced_at IS NULL) = (bounce IS NULL)", name="bounced_with_kind"),
        Index("ix_messages_returned", "id", sqlite_where=text(RETURNED), postgresql_where=text(RETURNED)),
        Index(None, "invitation_id"),
        Index(None, "sent_at", "purpose"),
    )
    id: Mapped[int] = row_id()
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    """Random; the Message-ID header is derived from it, so that two attempts are one mail to the recipient."""
    purpose: Mapped[MessagePurpose] = mapped_column(state_type(MessagePurpose))
    subject_key: Mapped[str] = mapped_column(String(128))
    ordinal: Mapped[int] = mapped_column(default=1)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"))
    words: Mapped[str | None] = mapped_column(Text)
    """What a later stage wants said in it, word for word; an invitation has the survey's words instead."""
    locale: Mapped[str | None] = mapped_column(String(16))
    """In which language it is written, where that is another than the invitation's."""
    signed: Mapped[str | None] = mapped_column(String(60))
    """First name of the colleague who wrote the words, where one did."""
    thread: Mapped[str | None] = mapped_column(Text)
    """The mails that it goes on from, oldest first, the last being the one that it answers; separated by blanks. A mail
    of ours by its uid, a person's by its Message-ID."""
    state: Mapped[MessageState] = mapped_column(state_type(MessageState), default=MessageState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    first_attempt_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    lease_key: Mapped[str | None] = mapped_column(String(32))
    sent_at: Mapped[datetime | None]
    detail: Mapped[str] = mapped_column(Text, default="")
    """The last thing that was learned, in words for staff."""
    delivered_at: Mapped[datetime | None]
    """When a mail provider said that the recipient's server took it; few say so."""
    bounced_at: Mapped[datetime | None]
    bounce: Mapped[BounceKind | None] = mapped_column(state_type(BounceKind))
    complained_at: Mapped[datetime | None]
    return_heard_at: Mapped[datetime | None]
    """Written by cases, once whoever wrote a mail that did not arrive was told."""
    invitation: Mapped[Invitation] = relationship()


class DeliveryEvent(Base):
    """What was reported about a mail after it had left: by a bounce, a complaint, or a mail provider's webhook."""

    __tablename__ = "delivery_events"
    __table_args__ = (
        UniqueConstraint("source", "event_key"),
        Index(None, "message_id"),
        Index(None, "address_hash"),
        Index(None, "at"),
    )
    id: Mapped[int] = row_id()
    source: Mapped[str] = mapped_column(String(32))
    """Who reported: mail, ses, postmark, mailgun, sendgrid."""
    event_key: Mapped[str] = mapped_column(String(200))
    """The reporter's own id of the event, or a hash of the report: a report that comes twice counts once."""
    kind: Mapped[DeliveryEventKind] = mapped_column(state_type(DeliveryEventKind))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    address_hash: Mapped[str | None] = mapped_column(ForeignKey("addresses.hash"))
    """Both may be unknown: reports come about mails that were never ours."""
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    detail: Mapped[str] = mapped_column(Text, default="")
    """The reporter's words, in one line."""


class Reply(Base):
    """What a person wrote back to a survey mail."""

    __tablename__ = "replies"
    __table_args__ = (
        UniqueConstraint("message_key"),
        Index(None, "invitation_id"),
        Index(
            "ix_replies_unrouted",
            "id",
            sqlite_where=text("routed_at IS NULL"),
            postgresql_where=text("routed_at IS NULL"),
        ),
    )
    id: Mapped[int] = row_id()
    message_key: Mapped[str] = mapped_column(String(64))
    """A hash of the mail's Message-ID, or of the mail: the same mail twice is one reply."""
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"))
    """Which mail it answers; unknown where the reply does not say."""
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    """The very mail, where the reply names it by its Message-ID or by the address it was sent to."""
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    sender: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(400))
    words: Mapped[str] = mapped_column(Text)
    """What the person wrote, without the mail that they quote."""
    mail_id: Mapped[str | None] = mapped_column(String(250))
    """Its own Message-ID without the brackets, which an answer to it names."""
    left_out: Mapped[str] = mapped_column(String(200), default="")
    """What came with it and was not kept, as a sentence for staff."""
    received_at: Mapped[datetime]
    routed_at: Mapped[datetime | None]
    """Written by cases, once the words lie where somebody reads them."""
    invitation: Mapped[Invitation | None] = relationship()
    customer: Mapped[Customer | None] = relationship()


class ReplyAttachment(Base):
    """A file that came with a reply: kept as it was sent, given out as a download only, erased with the words."""

    __tablename__ = "reply_attachments"
    __table_args__ = (Index(None, "reply_id"), CheckConstraint("size >= 0", name="size_not_negative"))
    id: Mapped[int] = row_id()
    reply_id: Mapped[int] = mapped_column(ForeignKey("replies.id"))
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(80))
    """As its first bytes say, whatever the mail calls it."""
    size: Mapped[int]
    """In bytes."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class StaffMail(Base):
    """A mail to a colleague: an escalation, a mention, later a report. `key` makes it exist once."""

    __tablename__ = "staff_mails"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("(state IN ('leased', 'handing')) = (leased_until IS NOT NULL)", name="lease_while_held"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_with_time"),
        Index(
            "ix_staff_mails_unsent",
            "next_attempt_at",
            "id",
            sqlite_where=text(UNSENT),
            postgresql_where=text(UNSENT),
        ),
    )
    id: Mapped[int] = row_id()
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    key: Mapped[str] = mapped_column(String(128))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subject: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text)
    """Plain text in paragraphs; holds no customer's words, since a mailbox is no place to erase them from."""
    html: Mapped[str] = mapped_column(Text, default="")
    """The whole mail as a page, where it is more than paragraphs; `words` is then its whole text."""
    path: Mapped[str] = mapped_column(String(200), default="")
    """Where in the service it is about, such as /cases/12."""
    state: Mapped[MessageState] = mapped_column(state_type(MessageState), default=MessageState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    lease_key: Mapped[str | None] = mapped_column(String(32))
    sent_at: Mapped[datetime | None]
    detail: Mapped[str] = mapped_column(Text, default="")


class StaffMailFile(Base):
    """A file that goes with a mail to a colleague. Deleted once nothing is tried any more: mails are no archive."""

    __tablename__ = "staff_mail_files"
    mail_id: Mapped[int] = mapped_column(ForeignKey("staff_mails.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(120))
    shown: Mapped[bool]
    """A picture within the page, rather than an attachment."""
    content: Mapped[bytes] = mapped_column(LargeBinary)


ASKS: ColumnElement[bool] = func.coalesce(Message.purpose, "") == MessagePurpose.INVITATION
"""Whether a mail asks somebody. As an expression, so that no database begins with all mails that ever asked."""
