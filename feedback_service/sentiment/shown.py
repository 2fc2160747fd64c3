"""Puts into words for staff how a comment was understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from feedback_service.formats import language_name, when
from feedback_service.masking import holds_mask
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.marks import Piece, marked
from feedback_service.sentiment.models import Assessment, CommentTheme, Contradiction, Correction, ThemeSource
from feedback_service.sentiment.safety import KIND_WORDS, SafetyKind
from feedback_service.sentiment.themes.taxonomy import Taxonomy

STAFF_LOCALE = "en"
LABEL_WORDS = {
    SentimentLabel.POSITIVE: "Positive",
    SentimentLabel.NEGATIVE: "Negative",
    SentimentLabel.NEUTRAL: "Neutral",
    SentimentLabel.UNSCORED: "Unscored",
}
CLEAR = 0.2  # polarity of a theme from which it is called praise or complaint
MASKED = "A card number or a password stood here. It was taken out before anything was kept."


@dataclass(frozen=True)
class Reading:
    """A comment as its page shows it."""

    response_id: int
    pieces: Sequence[Piece]
    """The comment, with the words that weighed most marked."""
    label: SentimentLabel
    model_label: SentimentLabel
    mood: str
    strength: str
    because: str
    language: str
    themes: Mapping[str, str]
    """What is said of each theme, by key."""
    theme_tags: Sequence[tuple[str, str]]
    """Title and what is said of it."""
    alerts: str
    """What it speaks of that cannot wait."""
    contradiction: str
    corrected: str
    """By whom, and when."""
    model: str
    masked: str
    correction: Correction | None

    @property
    def marked(self) -> bool:
        """Whether any word is."""
        return any(piece.weight for piece in self.pieces)


def reading(
    comment: str,
    score: int,
    assessment: Assessment,
    themes: Sequence[CommentTheme],
    correction: tuple[Correction, str] | None,
    taxonomy: Taxonomy,
    now: datetime,
    zone: ZoneInfo,
) -> Reading:
    """How a comment was understood; `correction` is the one that stands, and who made it."""
    said = correction[0] if correction else None
    in_order = sorted(
        themes,
        key=lambda theme: (
            list(taxonomy.themes).index(theme.theme_key) if theme.theme_key in taxonomy.themes else len(taxonomy.themes)
        ),
    )
    tones = {theme.theme_key: _tone(theme) for theme in in_order}
    return Reading(
        response_id=assessment.response_id,
        pieces=marked_comment(comment, assessment),
        label=assessment.label,
        model_label=assessment.model_label,
        mood=_mood(assessment, said),
        strength=_strength(assessment),
        because=assessment.reason,
        language=language_name(assessment.language),
        themes=tones,
        theme_tags=[(theme_title(taxonomy, key), tone) for key, tone in tones.items()],
        alerts=", ".join(KIND_WORDS[SafetyKind(kind)] for kind in assessment.alerts),
        contradiction=contradiction_words(assessment.contradiction, score),
        corrected=f"{correction[1]}, {when(said.at, now, zone)}" if said and correction else "",
        model=assessment.model_version,
        masked=MASKED if holds_mask(comment) else "",
        correction=said,
    )


def marked_comment(comment: str, assessment: Assessment) -> list[Piece]:
    """The comment with the words that weighed most marked."""
    return marked(comment, assessment.words)


def contradiction_words(found: Contradiction | None, score: int) -> str:
    """Both sides of it: "A 9 with bitter words"."""
    if found is None:
        return ""
    words = {
        Contradiction.GOOD_SCORE_BAD_WORDS: f"A {score} with bitter words",
        Contradiction.BAD_SCORE_GOOD_WORDS: f"A {score} with kind words",
    }[found]
    return words.replace("A 8", "An 8")


def theme_titles(taxonomy: Taxonomy) -> dict[str, str]:
    """The titles of all themes, by key, in the order of the file."""
    return {key: theme.title(STAFF_LOCALE) for key, theme in taxonomy.themes.items()}


def theme_title(taxonomy: Taxonomy, key: str) -> str:
    """A theme's title; of one that has left the file, its key."""
    theme = taxonomy.themes.get(key)
    return theme.title(STAFF_LOCALE) if theme else key.replace("_", " ").capitalize()


def _mood(assessment: Assessment, correction: Correction | None) -> str:
    said = LABEL_WORDS[assessment.label]
    if correction and correction.label and assessment.label is not assessment.model_label:
        return f"{said}; the model said {LABEL_WORDS[assessment.model_label].lower()}"
    return said


def _strength(assessment: Assessment) -> str:
    if assessment.polarity is None or assessment.p_neg is None or assessment.p_pos is None:
        return ""
    return (
        f"{assessment.polarity:+.2f} of −1 to +1".replace("-", "−")
        + f" ({100 * assessment.p_pos:.0f} % positive, {100 * assessment.p_neg:.0f} % negative)"
    )


def _tone(theme: CommentTheme) -> str:
    if theme.polarity is None:
        return "named by staff" if theme.source is ThemeSource.STAFF else ""
    if abs(theme.polarity) < CLEAR:
        return "mixed"
    return "praised" if theme.polarity > 0 else "criticised"
