"""Scores comments with what the shop's own answers have taught, and says why where they have not taught enough."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from babel import Locale, UnknownLocaleError
from sqlalchemy.orm import Session

from feedback_service.sentiment.analyzer import FeedbackSentiment, SentimentLabel, unscored
from feedback_service.sentiment.languages.claim import MODELLED
from feedback_service.sentiment.languages.head import Head, HeadVerdict
from feedback_service.sentiment.languages.models import LanguageHead
from feedback_service.sentiment.languages.queries import heads_in_use, trainings, versions_of
from feedback_service.sentiment.languages.train import ENOUGH

Score = Callable[[str], FeedbackSentiment]

_QUOTED = 3  # Words named in the sentence for staff: as many as are read at a glance.


@dataclass(frozen=True)
class Learned:
    """By language code: what scores it or says why it cannot be scored, and the model version of those that score."""

    scores: Mapping[str, Score] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


def learned(session: Session) -> Learned:
    """What this shop has learned by now, English apart, which has a model of its own.

    It takes some milliseconds per head: ask once per batch.
    """
    scores: dict[str, Score] = {
        training.language: partial(_not_yet, training.language, training.comments, training.learned_from, "")
        for training in trainings(session)
        if training.language not in MODELLED
    }
    versions = {}
    for stored in heads_in_use(session):
        head = _head(stored)
        if head is not None:
            scores[stored.language] = partial(score_with, head, stored.model_version, stored.comments)
            versions[stored.language] = stored.model_version
    for language in scores.keys() - versions.keys():
        scores[language] = _why_not(session, language, scores[language])
    return Learned(scores, versions)


def score_with(head: Head, model_version: str, comments: int, text: str) -> FeedbackSentiment:
    """The verdict of a head that was learned from so many ``comments``; raises for no text."""
    if not text.strip():
        return unscored("Nothing was written.", head.language)._replace(model_version=model_version)
    verdict = head.score(text)
    if not verdict.known:
        reason = f"Nothing in it stood in the {comments:,} comments from which {_name(head.language)} was learned."
        return unscored(reason, head.language)._replace(model_version=model_version)
    return FeedbackSentiment(
        label=SentimentLabel(verdict.label),
        polarity=verdict.polarity,
        subjectivity=None,
        reason=_why(verdict, comments),
        words=verdict.words,
        p_neg=verdict.p_neg,
        p_neu=verdict.p_neu,
        p_pos=verdict.p_pos,
        language=head.language,
        model_version=model_version,
    )


def waiting_reason(language: str, comments: int) -> str:
    """Why nothing can be said yet about a comment in a language."""
    return (
        f"There is no model yet for {_name(language)}. This shop's own answers will teach one: there are {comments} of"
        f" the {ENOUGH} answered comments that it takes."
    )


def _not_yet(language: str, comments: int, learned_from: int, why: str, text: str) -> FeedbackSentiment:
    if not text.strip():
        return unscored("Nothing was written.", language)
    if why:
        return unscored(f"There is no model yet for {_name(language)}. {why}", language)
    if comments >= ENOUGH and not learned_from:
        return unscored(f"There is no model yet for {_name(language)}; it is being learned.", language)
    return unscored(waiting_reason(language, comments), language)


def _why_not(session: Session, language: str, otherwise: Score) -> Score:
    """Where a language was tried and could not be learned, its comments say so."""
    tried = versions_of(session, language)
    return partial(_not_yet, language, 0, 0, tried[0].reason) if tried else otherwise


def _head(stored: LanguageHead) -> Head | None:
    """None for a head of older features: its language waits until it is learned again."""
    try:
        return Head.from_bytes(stored.weights or b"")
    except ValueError:
        return None


def _name(language: str) -> str:
    """A language's English name."""
    try:
        return Locale.parse(language).english_name or language
    except (UnknownLocaleError, ValueError):
        return f"the language “{language}”"


def _why(verdict: HeadVerdict, comments: int) -> str:
    """The reason in a sentence, naming the strongest words on each side."""
    praise = _quoted([word for word, share in verdict.words if share > 0])
    blame = _quoted([word for word, share in verdict.words if share < 0])
    sides = {
        "positive": f"more praise{praise} than complaint{blame}",
        "negative": f"more complaint{blame} than praise{praise}",
        "neutral": f"neither praise{praise} nor complaint{blame} prevails",
    }
    return f"Learned from {comments:,} of this shop's comments: {sides[verdict.label]}."


def _quoted(words: list[str]) -> str:
    return f" ({', '.join(f'“{word}”' for word in words[:_QUOTED])})" if words else ""
