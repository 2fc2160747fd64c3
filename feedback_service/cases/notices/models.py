"""What a member of staff should hear of: mentions, reminders, escalations, praise."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base, row_id, state_type

_UNREAD = "read_at IS NULL"


class NoticeKind(StrEnum):
    """Why somebody is told."""

    MENTIONED = "mentioned"
    ASSIGNED = "assigned"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    SAFETY = "safety"
    PROMISE_DUE = "promise_due"
    MAIL_CAME_BACK = "mail_came_back"
    CUSTOMER_WROTE = "customer_wrote"
    PRAISED = "praised"
    """A happy customer named them."""


class Notice(Base):
    """One thing to hear of; `key` makes it come once to each."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        Index("ix_notices_unread", "user_id", "id", sqlite_where=text(_UNREAD), postgresql_where=text(_UNREAD)),
    )
    id: Mapped[int] = row_id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(String(128))
    kind: Mapped[NoticeKind] = mapped_column(state_type(NoticeKind))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    response_id: Mapped[int | None] = mapped_column(ForeignKey("responses.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Keys and ids; never a customer's words."""
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
