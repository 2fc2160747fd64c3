"""What managers look at again and again."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base, row_id

LONGEST_NAME = 60  # characters


class SavedLook(Base):
    """A page of insights and what it looks at, under a name that one manager gave it."""

    __tablename__ = "saved_looks"
    __table_args__ = (UniqueConstraint("user_id", "name"), CheckConstraint("length(name) > 0", name="has_name"))
    id: Mapped[int] = row_id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    place: Mapped[str] = mapped_column(String(64))
    """The page, by its endpoint; never an address."""
    query: Mapped[str] = mapped_column(Text)
    """What the page is asked for, as `look_at` writes it."""
    saved_at: Mapped[datetime]
