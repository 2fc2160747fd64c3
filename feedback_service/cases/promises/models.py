"""Commitments to a customer, each with its own due time and somebody who keeps it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_service.accounts.models import User
from feedback_service.database import Base, row_id

_STANDING = "kept_at IS NULL AND let_go_at IS NULL"


class Promise(Base):
    """ "Refund by Friday". Open until it is kept or let go; broken as soon as its time is over."""

    __tablename__ = "promises"
    __table_args__ = (
        CheckConstraint("kept_at IS NULL OR let_go_at IS NULL", name="kept_or_let_go"),
        CheckConstraint("(let_go_at IS NULL) = (let_go_reason IS NULL)", name="let_go_with_reason"),
        Index(None, "case_id"),
        Index(
            "ix_promises_broken",
            "broken_at",
            sqlite_where=text("broken_at IS NOT NULL"),
            postgresql_where=text("broken_at IS NOT NULL"),
        ),
        Index("ix_promises_standing", "due_at", "id", sqlite_where=text(_STANDING), postgresql_where=text(_STANDING)),
        Index(
            "ix_promises_owner",
            "owner_id",
            "due_at",
            "id",
            sqlite_where=text(_STANDING),
            postgresql_where=text(_STANDING),
        ),
    )
    id: Mapped[int] = row_id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    entry: Mapped[int]
    """The ordinal of the log's entry that holds its words."""
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    broken_at: Mapped[datetime | None]
    """Stored when its time was over; a promise may be kept late, and stays broken."""
    kept_at: Mapped[datetime | None]
    let_go_at: Mapped[datetime | None]
    let_go_reason: Mapped[str | None] = mapped_column(Text)
    owner: Mapped[User] = relationship()

    @property
    def stands(self) -> bool:
        """Whether it is still to be kept, be its time over or not."""
        return self.kept_at is None and self.let_go_at is None
