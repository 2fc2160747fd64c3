"""What the words say."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base, state_type
from feedback_service.sentiment.analyzer import SentimentLabel


class Assessment(Base):
    """How the comment of one answer was understood, by which model."""

    __tablename__ = "assessments"
    __table_args__ = (
        CheckConstraint("(label = 'unscored') = (polarity IS NULL)", name="unscored_without_polarity"),
        CheckConstraint("polarity BETWEEN -1 AND 1", name="polarity_range"),
    )
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), primary_key=True)
    response_revision: Mapped[int]
    label: Mapped[SentimentLabel] = mapped_column(state_type(SentimentLabel))
    polarity: Mapped[float | None]
    subjectivity: Mapped[float | None]
    reason: Mapped[str] = mapped_column(Text)
    words: Mapped[list[list[str | float]]] = mapped_column(JSON)
    """Pairs of word and weight, strongest first."""
    model_version: Mapped[str] = mapped_column(String(64))
    assessed_at: Mapped[datetime]
