"""Getting the question there: the outbox."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_service.database import Base, row_id, state_type
from feedback_service.invitations.models import Invitation


class MessagePurpose(StrEnum):
    """What a message is for; with its subject and ordinal it can exist only once."""

    INVITATION = "invitation"


class MessageState(StrEnum):
    """`handing` is committed just before SMTP's final dot, so that a crash after it is known as `unknown`."""

    PENDING = "pending"
    LEASED = "leased"
    HANDING = "handing"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNSENT = "state IN ('pending', 'leased', 'handing')"
"""What the sweep looks through. A query says it in these very words: SQLite uses the partial index only then."""


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
        Index(None, "invitation_id"),
    )
    id: Mapped[int] = row_id()
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    """Random; the Message-ID header is derived from it, so that two attempts are one mail to the recipient."""
    purpose: Mapped[MessagePurpose] = mapped_column(state_type(MessagePurpose))
    subject_key: Mapped[str] = mapped_column(String(128))
    ordinal: Mapped[int] = mapped_column(default=1)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"))
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
    invitation: Mapped[Invitation] = relationship()
