"""What a member of staff keeps on their desk: views of the queue, and who is at a case at this moment."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base, row_id


class SavedView(Base):
    """Filters under a name."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "name"),)
    id: Mapped[int] = row_id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(60))
    filters: Mapped[str] = mapped_column(Text)
    """As in the address, in the order in which the list writes them."""
    created_at: Mapped[datetime]


class Presence(Base):
    """Somebody has a case's page open, and may be writing; believed for a short while only."""

    __tablename__ = "case_presences"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    writing: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime]
