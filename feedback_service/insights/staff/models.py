"""What was told of the pulse of colleagues."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base


class ToldQuarter(Base):
    """All that is ever told of one quarter, written once and never changed (see tell.py)."""

    __tablename__ = "told_quarters"
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"), primary_key=True)
    quarter: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    release: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As written.py writes it; of what is kept back it holds no numbers."""
    told_at: Mapped[datetime]
