"""Reads a comment as this installation can at this moment: its language, its mood, its themes, and what cannot wait."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Self

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.models import SurveyVersion, SurveyWording, VersionState
from feedback_service.sentiment.analyzer import MODEL_VERSION, FeedbackSentiment, score_text, unscored
from feedback_service.sentiment.languages.detect import detect
from feedback_service.sentiment.languages.use import Learned, learned
from feedback_service.sentiment.safety import FILE as SAFETY_FILE
from feedback_service.sentiment.safety import SafetyKind, SafetyWords, read_safety
from feedback_service.sentiment.themes.head import ThemeHead
from feedback_service.sentiment.themes.learn import theme_heads
from feedback_service.sentiment.themes.match import ThemeFound, find_themes
from feedback_service.sentiment.themes.taxonomy import FILE as THEMES_FILE
from feedback_service.sentiment.themes.taxonomy import Taxonomy, read_themes
from feedback_service.sentiment.themes.words import base_language

log = structlog.get_logger(__name__)

POISON = "The model failed on this comment; it needs a person to read it."
ENGLISH = "en"
TOLD_APART = ("en", "es", "fr", "de", "pt", "it", "nl", "ar")
"""Languages of comments of which nothing is known."""


@dataclass(frozen=True)
class Read:
    """What a comment says, as far as it could be told; `verdict.reason` says why where it could not."""

    language: str
    verdict: FeedbackSentiment
    themes: tuple[ThemeFound, ...]
    alerts: tuple[SafetyKind, ...]


@dataclass(frozen=True)
class Reader:
    """The models and the words at hand; keeps nothing of what it reads, so threads may share it."""

    taxonomy: Taxonomy
    safety: SafetyWords
    learned: Learned = field(default_factory=Learned)
    """What the shop's answers have taught, English apart."""
    heads: Mapping[str, ThemeHead] = field(default_factory=dict)
    """What staff's corrections have taught about themes, by language."""
    languages: tuple[str, ...] = (ENGLISH,)
    """In which the shop's customers are asked."""
    locale: str = ENGLISH
    """In which somebody probably writes of whom nothing is known."""

    @classmethod
    def alone(cls, folder: Path | None = None, locale: str = ENGLISH) -> Self:
        """Without a shop: with what comes along, and any language that may be told apart."""
        return cls(*files_of(folder or SURVEYS), languages=TOLD_APART, locale=locale)

    @classmethod
    def of(cls, session: Session, folder: Path | None = None, locale: str = ENGLISH, *, models: bool = True) -> Self:
        """With what this shop's answers have taught, and in the languages of its surveys.

        Without `models` it only knows words and languages, which is enough to show what was read.
        """
        return cls(
            *files_of(folder or SURVEYS),
            learned=learned(session) if models else Learned(),
            heads=theme_heads(session) if models else {},
            languages=_languages(session),
            locale=locale,
        )

    @property
    def models(self) -> str:
        """Names all that may give another result next time, for a run over everything."""
        return " ".join([MODEL_VERSION, *(name for _, name in sorted(self.learned.versions.items()))])

    def read(self, text: str, locale: str, *, language: str | None = None) -> Read:
        """What `text` says, which answers a survey in `locale`; `language` where somebody knows it. Raises for no text.

        Whatever a model trips over, the answer is worth more than its score: it is left unscored, with that reason.
        """
        try:
            spoken = base_language(language) if language else detect(text, locale, self.languages)
            verdict = self._verdict(text, spoken, certain=language is not None)
            spoken = verdict.language  # whatever is detected, a model may see that it is another one
            themes = find_themes(
                text,
                spoken,
                lambda piece: self._verdict(piece, spoken).polarity,
                whole=verdict.polarity,
                taxonomy=self.taxonomy,
                head=self.heads.get(spoken),
            )
        except Exception:
            log.exception("comment could not be read")
            spoken = base_language(language or locale)
            verdict, themes = unscored(POISON, spoken), []
        return Read(spoken, verdict, tuple(themes), self._alerts(text))

    def _verdict(self, text: str, language: str, *, certain: bool = True) -> FeedbackSentiment:
        score = self.learned.scores.get(language)
        if score is not None and language != ENGLISH:
            return score(text)
        return score_text(text) if language == ENGLISH and not certain else score_text(text, language)

    def _alerts(self, text: str) -> tuple[SafetyKind, ...]:
        try:
            return self.safety.alerts([text])
        except Exception:
            log.exception("comment could not be searched for what cannot wait")
            return ()


def files_of(folder: Path) -> tuple[Taxonomy, SafetyWords]:
    """Themes and words of safety as the shop's files have them now; what is read once is kept until a file changes."""
    return _files_as_of(folder, tuple(_changed_at(folder / name) for name in (THEMES_FILE, SAFETY_FILE)))


@lru_cache(maxsize=4)
def _files_as_of(folder: Path, _changed: tuple[int, ...]) -> tuple[Taxonomy, SafetyWords]:
    return read_themes(folder), read_safety(folder)


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


_LOCALES = (
    select(SurveyWording.locale)
    .join(SurveyVersion, SurveyVersion.id == SurveyWording.version_id)
    .where(SurveyVersion.state == VersionState.PUBLISHED)
    .distinct()
    .order_by(SurveyWording.locale)
)


def _languages(session: Session) -> tuple[str, ...]:
    """In which the surveys ask, English first."""
    locales = session.scalars(_LOCALES)
    return tuple(dict.fromkeys([ENGLISH, *map(base_language, locales)]))
