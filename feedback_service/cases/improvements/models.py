"""The outer loop: what was changed so that it does not happen again, and who is told."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_service.accounts.models import User
from feedback_service.database import Base, row_id


class Improvement(Base):
    """Something to change for good: who sees to it, by when, what it costs, and since when it works."""

    __tablename__ = "improvements"
    __table_args__ = (
        CheckConstraint("(cost_minor IS NULL) = (currency IS NULL)", name="cost_with_currency"),
        CheckConstraint("cost_minor >= 0", name="cost_not_negative"),
        CheckConstraint("published_at IS NULL OR published_words <> ''", name="published_with_words"),
        Index(None, "cause_key"),
    )
    id: Mapped[int] = row_id()
    title: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(Text, default="")
    cause_key: Mapped[str | None] = mapped_column(ForeignKey("causes.key"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    due_on: Mapped[date]
    cost_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(String(3))
    took_effect_on: Mapped[date | None]
    dropped_at: Mapped[datetime | None]
    published_words: Mapped[str] = mapped_column(Text, default="")
    """What customers read: what they said, and what was done about it."""
    published_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    """When everybody whose case is linked was last told."""
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    owner: Mapped[User] = relationship(foreign_keys=[owner_id])


class ImprovementCase(Base):
    """A case that shows why an improvement is needed."""

    __tablename__ = "improvement_cases"
    __table_args__ = (Index(None, "case_id"),)
    improvement_id: Mapped[int] = mapped_column(ForeignKey("improvements.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    linked_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
