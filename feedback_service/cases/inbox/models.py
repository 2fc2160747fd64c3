"""Who has read which answer."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base


class Seen(Base):
    """Somebody has read an answer."""

    __tablename__ = "seen_answers"
    __table_args__ = (Index(None, "user_id", "response_id"),)
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    at: Mapped[datetime]
