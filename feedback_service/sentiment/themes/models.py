"""What staff's corrections have taught about themes, language by language."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base, row_id

IN_USE = "weights IS NOT NULL AND retired_at IS NULL"
"""A query says it in these very words: SQLite uses the partial index only then."""


class ThemeLesson(Base):
    """One time that themes were learned. Versions in use once stay, so that an old verdict can be explained."""

    __tablename__ = "theme_lessons"
    __table_args__ = (
        UniqueConstraint("language", "version"),
        CheckConstraint("version > 0", name="version_counts_from_one"),
        CheckConstraint("comments >= 0 AND corrections > 0", name="counts"),
        Index(
            "ix_theme_lessons_in_use",
            "language",
            unique=True,
            sqlite_where=text(IN_USE),
            postgresql_where=text(IN_USE),
        ),
    )
    id: Mapped[int] = row_id()
    language: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    learned_at: Mapped[datetime]
    corrections: Mapped[int]
    """Corrections of themes there were in all languages; the next lesson is when they have grown by a third."""
    comments: Mapped[int]
    """Comments of this language whose themes staff settled: what it was learned from."""
    tried: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """How each theme did on comments left out, as ``head.Tried``: theme, comments, about_it, f1, phrases_f1, better."""
    retired_at: Mapped[datetime | None]
    weights: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of the themes that did better than the phrases; None where none did, and the phrases go on alone."""

    @property
    def model_version(self) -> str:
        """How it is named, such as ``themes-pt-3``."""
        return f"themes-{self.language}-{self.version}"
