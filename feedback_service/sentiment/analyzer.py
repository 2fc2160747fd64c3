"""What a comment says about the purchase: praise, complaint, neither, or nothing that this model can tell.

The interface is meant to outlast the model behind it. ``FeedbackAnalyzer`` plugs the same model into TextBlob;
it is handed out on first use only, because TextBlob brings all of NLTK along and is slow to import.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from feedback_service.sentiment.foreign import seems_foreign
from feedback_service.sentiment.negation import Opinion
from feedback_service.sentiment.opinions import find_opinions
from feedback_service.sentiment.plain_text import MAX_CHARACTERS, plain_text, tokens, was_cut
from feedback_service.sentiment.vocabulary import CONTRASTS

if TYPE_CHECKING:
    from feedback_service.sentiment.textblob_analyzer import FeedbackAnalyzer

__all__ = [
    "MODEL_VERSION",
    "FeedbackAnalyzer",
    "FeedbackSentiment",
    "SentimentLabel",
    "assess_text",
    "score_text",
]

MODEL_VERSION = "lexicon-1"
"""Names the model and its tables; stored with a verdict, and raised when the same text may score differently."""

NEUTRAL_BAND = 0.1
"""Polarities closer to 0 than this are neutral: the words are weak, or both sides balance."""

AFTER_BUT = 2.0
"""How many times more an opinion counts after the last "but" than before it."""

SHOWN_WORDS = 12
"""How many of the words that drove a verdict are kept, strongest first."""

_QUOTED = 3  # Words named in the sentence for staff: as many as are read at a glance.


class SentimentLabel(StrEnum):
    """What a comment amounts to; ``unscored`` is not neutral but a verdict that could not be given."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    UNSCORED = "unscored"


class FeedbackSentiment(NamedTuple):
    """A verdict on one comment.

    ``polarity`` −1..1 and ``subjectivity`` 0..1, both ``None`` when unscored; ``reason`` a sentence for
    staff; ``words`` the words that drove it, strongest first, each with what it adds to the polarity.
    """

    label: SentimentLabel
    polarity: float | None
    subjectivity: float | None
    reason: str
    words: tuple[tuple[str, float], ...]


def __getattr__(name: str) -> Any:
    if name == "FeedbackAnalyzer":
        from feedback_service.sentiment.textblob_analyzer import FeedbackAnalyzer  # noqa: PLC0415

        return FeedbackAnalyzer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def assess_text(text: str, locale: str) -> FeedbackSentiment:
    """The verdict on ``text``, written in answer to a survey shown in ``locale`` ("en", "en-GB", "pt_BR")."""
    language = locale.replace("_", "-").partition("-")[0].strip().lower()
    if text.strip() and language != "en":
        return _unscored(f"There is no model yet for the language “{language or 'unknown'}”.")
    return score_text(text)


def score_text(text: str) -> FeedbackSentiment:
    """The verdict on ``text``, taken to be English; reads ``MAX_CHARACTERS`` of it and raises for none."""
    words = tokens(plain_text(text))
    opinions = find_opinions(words)
    if opinions and seems_foreign(words):
        verdict = _unscored("It does not seem to be in English, the only language with a model so far.")
    elif opinions:
        verdict = _weighed(opinions, _last_contrast(words))
    else:
        verdict = _unscored(_why_nothing(text, words))
    if was_cut(text):
        cut = f"Only its first {MAX_CHARACTERS:,} characters were read."
        verdict = verdict._replace(reason=f"{verdict.reason} {cut}")
    return verdict


def _unscored(reason: str) -> FeedbackSentiment:
    return FeedbackSentiment(SentimentLabel.UNSCORED, None, None, reason, ())


def _why_nothing(text: str, words: Sequence[str]) -> str:
    if not text.strip():
        return "Nothing was written."
    if not any(character.isalpha() for word in words for character in word):
        return "There are no words in it."
    return "No word in it that the lexicon knows."


def _last_contrast(words: Sequence[str]) -> int:
    """The position of the last "but", or −1."""
    return max((position for position, word in enumerate(words) if word in CONTRASTS), default=-1)


def _weighed(opinions: Sequence[Opinion], contrast: int) -> FeedbackSentiment:
    """The mean of ``opinions`` (not empty), those after ``contrast`` counting ``AFTER_BUT`` times."""
    weights = [AFTER_BUT if 0 <= contrast < opinion.position else 1.0 for opinion in opinions]
    total = sum(weights)
    shares: dict[str, float] = {}
    for opinion, weight in zip(opinions, weights, strict=True):
        shares[opinion.phrase] = shares.get(opinion.phrase, 0.0) + weight * opinion.polarity / total
    polarity = max(-1.0, min(1.0, sum(shares.values())))
    subjectivity = sum(w * opinion.subjectivity for opinion, w in zip(opinions, weights, strict=True)) / total
    words = tuple(sorted(shares.items(), key=lambda item: -abs(item[1]))[:SHOWN_WORDS])
    label = _label(polarity)
    return FeedbackSentiment(label, polarity, min(1.0, subjectivity), _why(label, words), words)


def _label(polarity: float) -> SentimentLabel:
    if abs(polarity) < NEUTRAL_BAND:
        return SentimentLabel.NEUTRAL
    return SentimentLabel.POSITIVE if polarity > 0 else SentimentLabel.NEGATIVE


def _why(label: SentimentLabel, words: Sequence[tuple[str, float]]) -> str:
    """The verdict's reason in a sentence, naming the strongest words on each side."""
    praise = _quoted([word for word, share in words if share > 0])
    blame = _quoted([word for word, share in words if share < 0])
    if praise and blame:
        return {
            SentimentLabel.POSITIVE: f"More praise ({praise}) than complaint ({blame}).",
            SentimentLabel.NEGATIVE: f"More complaint ({blame}) than praise ({praise}).",
        }.get(label, f"Praise ({praise}) and complaint ({blame}) balance.")
    if label is SentimentLabel.NEUTRAL:
        return f"Only weak words: {praise or blame}."
    return f"Praise: {praise}." if praise else f"Complaint: {blame}."


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words[:_QUOTED])
