"""What went wrong, as a tree of two levels that managers edit."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base


class Cause(Base):
    """A group of causes, which has no parent, or a cause in one. Never deleted, since cases name it: it is retired."""

    __tablename__ = "causes"
    __table_args__ = (CheckConstraint("parent_key <> key", name="not_its_own_parent"),)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    parent_key: Mapped[str | None] = mapped_column(ForeignKey("causes.key"))
    title: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    retired_at: Mapped[datetime | None]
