"""Mails between staff and a customer about a case, the files that go with it, and templates for replies."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_service.database import Base, row_id
from feedback_service.delivery.models import Message


class CaseMail(Base):
    """A mail that left for a case's customer: its bounce comes back to the case."""

    __tablename__ = "case_mails"
    __table_args__ = (Index(None, "case_id"),)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    entry: Mapped[int]
    """The ordinal of the log's entry that says so."""
    came_back_at: Mapped[datetime | None]
    """When the case was told that it came back, or could not leave."""
    message: Mapped[Message] = relationship()


class Attachment(Base):
    """A file that a colleague put to a case: given out as a download only."""

    __tablename__ = "attachments"
    __table_args__ = (Index(None, "case_id"), CheckConstraint("size > 0", name="size_positive"))
    id: Mapped[int] = row_id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    entry: Mapped[int]
    """The ordinal of the log's entry that says so."""
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(80))
    """As its first bytes say, whatever its name says."""
    size: Mapped[int]
    """In bytes."""
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """None once it was erased."""


class ReplyTemplate(Base):
    """Words to begin a reply with; fields in them such as {name} are filled from the case."""

    __tablename__ = "reply_templates"
    __table_args__ = (UniqueConstraint("name", "locale"),)
    id: Mapped[int] = row_id()
    name: Mapped[str] = mapped_column(String(120))
    locale: Mapped[str] = mapped_column(String(16))
    theme: Mapped[str | None] = mapped_column(String(64))
    """Suggested first where a comment speaks of it."""
    words: Mapped[str] = mapped_column(Text)
    retired_at: Mapped[datetime | None]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None: as it came with the service."""
    changed_at: Mapped[datetime]
