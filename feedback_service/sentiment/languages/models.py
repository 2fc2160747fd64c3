"""What the shop's own comments have taught, language by language."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base, row_id

IN_USE = "used_from IS NOT NULL AND retired_at IS NULL"
"""A query says it in these very words: SQLite uses the partial index only then."""


class LanguageTraining(Base):
    """How far one language has come, and whose turn it is to learn it."""

    __tablename__ = "language_trainings"
    __table_args__ = (
        CheckConstraint("comments >= 0 AND learned_from >= 0", name="counts"),
        CheckConstraint("(leased_until IS NULL) = (lease IS NULL)", name="lease_with_end"),
    )
    language: Mapped[str] = mapped_column(String(16), primary_key=True)
    comments: Mapped[int] = mapped_column(default=0)
    """Answered comments in it, as counted last."""
    counted_at: Mapped[datetime]
    learned_from: Mapped[int] = mapped_column(default=0)
    """How many there were when it was last learned, or tried; the next time is when they have grown by a third."""
    lease: Mapped[str | None] = mapped_column(String(32))
    """Of the worker who is learning it now: nobody else does, until the lease runs out."""
    leased_until: Mapped[datetime | None]


class LanguageHead(Base):
    """One version of what was learned. Versions in use once stay, so that an old score can be explained and re-run."""

    __tablename__ = "language_heads"
    __table_args__ = (
        UniqueConstraint("language", "version"),
        CheckConstraint("version > 0", name="version_counts_from_one"),
        CheckConstraint("used_from IS NULL OR weights IS NOT NULL", name="used_with_weights"),
        CheckConstraint("retired_at IS NULL OR used_from IS NOT NULL", name="retired_after_use"),
        CheckConstraint(
            "accuracy BETWEEN 0 AND 1 AND balanced BETWEEN 0 AND 1 AND baseline BETWEEN 0 AND 1"
            " AND lexicon BETWEEN 0 AND 1",
            name="shares",
        ),
        Index(
            "ix_language_heads_in_use",
            "language",
            unique=True,
            sqlite_where=text(IN_USE),
            postgresql_where=text(IN_USE),
        ),
    )
    id: Mapped[int] = row_id()
    language: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    trained_at: Mapped[datetime]
    comments: Mapped[int]
    """How many it was learned from."""
    corrected: Mapped[int] = mapped_column(default=0)
    """How many of them staff had labelled."""
    accuracy: Mapped[float | None]
    """Share of comments whose label (of three) was right when they were left out; None where nothing could be tried."""
    balanced: Mapped[float | None]
    """Mean of the shares of complaints and of praise told right, by the sign of the polarity; a coin gets a half."""
    baseline: Mapped[float | None]
    """The accuracy of always saying what is most frequent."""
    lexicon: Mapped[float | None]
    """The accuracy, on the same comments, of a lexicon at hand; None where there is none."""
    reason: Mapped[str] = mapped_column(Text)
    """Why it was taken into use, or was not: a sentence for staff."""
    used_from: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    weights: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of a head that was never used none are kept."""

    @property
    def model_version(self) -> str:
        """How assessments name it, such as ``head-pt-3``."""
        return f"head-{self.language}-{self.version}"
