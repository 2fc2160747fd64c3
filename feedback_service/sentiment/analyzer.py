"""What a comment says about the purchase: praise, complaint, neither, or nothing that this model can tell.

The interface is meant to outlast the model behind it. ``FeedbackAnalyzer`` plugs the same model into TextBlob;
it is handed out on first use only, because TextBlob brings all of NLTK along and is slow to import.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from feedback_service.sentiment.english.explain import weightiest
from feedback_service.sentiment.english.model import english_model
from feedback_service.sentiment.english.vocabulary import FACES
from feedback_service.sentiment.foreign import seems_foreign
from feedback_service.sentiment.plain_text import plain_text, tokens, was_cut

if TYPE_CHECKING:
    from feedback_service.sentiment.textblob_analyzer import FeedbackAnalyzer

__all__ = [
    "MODEL_VERSION",
    "FeedbackAnalyzer",
    "FeedbackSentiment",
    "SentimentLabel",
    "assess_text",
    "score_text",
    "unscored",
]

MODEL_VERSION = "english-1"
"""Names the model and its tables; stored with a verdict, and raised when the same text may score differently."""

ENGLISH = "en"

MAX_WORDS = 800
"""Words and marks that are read: what 5,000 characters of English hold; rows of faces or letters hold far more."""

_RAW = 10_000  # Characters beyond which nothing is looked at, markup included.
_QUOTED = 3  # Words named in the sentence for staff: as many as are read at a glance.


class SentimentLabel(StrEnum):
    """What a comment amounts to; ``unscored`` is not neutral but a verdict that could not be given."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    UNSCORED = "unscored"


class FeedbackSentiment(NamedTuple):
    """A verdict on one comment.

    ``polarity`` = ``p_pos`` − ``p_neg``, −1..1; ``subjectivity`` 0..1; ``reason`` a sentence for staff; ``words`` the
    words that weighed most, strongest first, in lower case as they stand in the text, each with its share of all
    that weighed (−1..1, below 0 for a complaint); ``p_neg``, ``p_neu``, ``p_pos`` probabilities that add up to 1;
    ``language`` a code, "" where it is not known. Unscored, the figures are ``None`` and there are no words.
    """

    label: SentimentLabel
    polarity: float | None
    subjectivity: float | None
    reason: str
    words: tuple[tuple[str, float], ...]
    p_neg: float | None
    p_neu: float | None
    p_pos: float | None
    language: str
    model_version: str


def __getattr__(name: str) -> Any:
    if name == "FeedbackAnalyzer":
        from feedback_service.sentiment.textblob_analyzer import FeedbackAnalyzer  # noqa: PLC0415

        return FeedbackAnalyzer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def assess_text(text: str, locale: str) -> FeedbackSentiment:
    """The verdict on ``text``, written in answer to a survey shown in ``locale`` ("en", "en-GB", "pt_BR").

    A comment in an English survey may still be in another language, which is then left unscored.
    """
    code = _code(locale)
    return score_text(text) if code == ENGLISH else score_text(text, code or "unknown")


def score_text(text: str, language: str | None = None) -> FeedbackSentiment:
    """The verdict on ``text``; reads ``MAX_WORDS`` of it, of 5,000 characters, and raises for none.

    ``language`` is a code or a locale. Left out, English is assumed unless the words clearly are of another.
    """
    if not text.strip():
        return unscored("Nothing was written.", ENGLISH if language is None else _code(language))
    if language is not None and (code := _code(language)) != ENGLISH:
        return unscored(f"There is no model yet for the language “{code}”.", code)
    written = tokens(plain_text(text))
    words = written[:MAX_WORDS]
    if not any(_says_something(word) for word in words):
        return unscored("There are no words in it.", ENGLISH)
    if not any(word.isascii() or word in FACES for word in words) or (language is None and seems_foreign(words)):
        return unscored("It does not seem to be in English, the only language this model knows.", "")
    verdict = _judged(text[:_RAW], words)
    if was_cut(text) or len(written) > MAX_WORDS:
        verdict = verdict._replace(reason=f"{verdict.reason} Only its beginning was read.")
    return verdict


def unscored(reason: str, language: str) -> FeedbackSentiment:
    """The verdict that none can be given, and why."""
    return FeedbackSentiment(SentimentLabel.UNSCORED, None, None, reason, (), None, None, None, language, MODEL_VERSION)


def _code(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].strip().lower()


def _says_something(word: str) -> bool:
    return word in FACES or any(map(str.isalpha, word))


def _judged(text: str, words: Sequence[str]) -> FeedbackSentiment:
    found = english_model().judge(text, words)
    if not any(found.weights):
        return unscored("No word in it that the model knows.", ENGLISH)
    label = _label(found.p_neg, found.p_neu, found.p_pos)
    shown = weightiest(text, words, found.weights)
    return FeedbackSentiment(
        label=label,
        polarity=found.p_pos - found.p_neg,
        subjectivity=min(1.0, max(0.0, found.subjectivity)),
        reason=_why(label, shown),
        words=shown,
        p_neg=found.p_neg,
        p_neu=found.p_neu,
        p_pos=found.p_pos,
        language=ENGLISH,
        model_version=MODEL_VERSION,
    )


def _label(p_neg: float, p_neu: float, p_pos: float) -> SentimentLabel:
    if p_neu >= max(p_neg, p_pos):
        return SentimentLabel.NEUTRAL
    return SentimentLabel.POSITIVE if p_pos > p_neg else SentimentLabel.NEGATIVE


def _why(label: SentimentLabel, words: Sequence[tuple[str, float]]) -> str:
    """The verdict's reason in a sentence, naming the strongest words on each side."""
    praise = _quoted([word for word, share in words if share > 0])
    blame = _quoted([word for word, share in words if share < 0])
    if label is SentimentLabel.NEUTRAL:
        if praise and blame:
            return f"Praise ({praise}) and complaint ({blame}) balance."
        return f"Only weak words: {praise or blame}." if praise or blame else "Nothing in it takes a side."
    side, other = (praise, blame) if label is SentimentLabel.POSITIVE else (blame, praise)
    name, against = ("praise", "complaint") if label is SentimentLabel.POSITIVE else ("complaint", "praise")
    if side and other:
        return f"More {name} ({side}) than {against} ({other})."
    return f"{name.capitalize()}: {side}." if side else f"It reads like {name}, though no single word says so."


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words[:_QUOTED])
