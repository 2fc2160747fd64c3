"""Learns from what staff corrected which comments are about a theme, and says so where it knows better than phrases.

One logistic regression per theme over word features and over what the phrases found (one-vs-rest; Bishop 2006, section
4.3.2), with an L2 penalty. A theme is learned only where staff said often enough both that a comment is about it and
that one is not, and used only where it is right clearly more often than the phrases on comments that were left out.
"""

import io
import math
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_service.sentiment.languages.solver import Point, minimise
from feedback_service.sentiment.languages.sparse import Rows
from feedback_service.sentiment.themes.features import VERSION, Floats, Known, Read, read
from feedback_service.sentiment.themes.words import BREAK, cut

FEWEST_COMMENTS = 100
"""Comments of one language whose themes staff settled, before anything is learned from them."""
FEWEST_OF_A_KIND = 20
"""Of them so many must be about a theme, and so many must not."""
SURE = 1.64
"""By how many standard errors the head must be right more often than the phrases: one chance in twenty."""
STRENGTH = 4.0
"""How much the comments count against the penalty, as with the languages' own heads."""
FOLDS = 5
TOLD = 3
"""Words named where the head found a theme that the phrases did not."""

Phrases = Callable[[str], Set[str]]
"""The keys of the themes that the phrases find in a comment."""


@dataclass(frozen=True)
class Settled:
    """A comment and all of its themes, as staff say."""

    text: str
    themes: frozenset[str]


@dataclass(frozen=True)
class Tried:
    """How a theme's head did on comments that were left out, beside the phrases."""

    theme: str
    comments: int
    about_it: int
    f1: float
    phrases_f1: float
    better: bool
    """Clearly more often right than the phrases: it is used."""


@dataclass(frozen=True)
class Verdict:
    """What a head says of one theme: how likely the comment is about it, and the words that told most."""

    chance: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class ThemeHead:
    """What one language has taught: ``weights`` (themes, features + 1), the last column for the phrases' own word."""

    language: str
    themes: tuple[str, ...]
    known: Known
    weights: Floats
    constants: Floats

    def judge(self, text: str, by_phrases: Set[str]) -> dict[str, Verdict]:
        """What the head says of every theme it knows; raises for no text."""
        columns, values = self.known.columns(read(text, self.language))
        found = np.array([theme in by_phrases for theme in self.themes], np.float32)
        sums = self.weights[:, columns] @ values + self.weights[:, -1] * found + self.constants
        return {
            theme: Verdict(_chance(float(logit)), self._told(text, row) if logit > 0 and not found[row] else ())
            for row, (theme, logit) in enumerate(zip(self.themes, sums, strict=True))
        }

    def _told(self, text: str, row: int) -> tuple[str, ...]:
        """The single words that weigh most for a theme, folded."""
        words = dict.fromkeys(word for word in cut(text, self.language).folded if word != BREAK)
        weighed = {word: self._weight(word, row) for word in words}
        heavy = sorted((word for word, weight in weighed.items() if weight > 0), key=lambda word: -weighed[word])
        return tuple(heavy[:TOLD])

    def _weight(self, word: str, row: int) -> float:
        place = self.known.place(word)
        return 0.0 if place is None else float(self.weights[row, place] * self.known.rarity[place])

    def to_bytes(self) -> bytes:
        """For keeping; ``from_bytes`` reads it back. Holds hashes of words, not words."""
        file = io.BytesIO()
        np.savez_compressed(
            file, version=VERSION, language=self.language, themes=np.array(self.themes), keys=self.known.keys,
            rarity=self.known.rarity, weights=self.weights.astype(np.float16), constants=self.constants,
        )  # fmt: skip
        return file.getvalue()

    @classmethod
    def from_bytes(cls, kept: bytes) -> "ThemeHead | None":
        """The head as it was kept; None where it was learned with other features and cannot be read with these."""
        with np.load(io.BytesIO(kept), allow_pickle=False) as file:
            if int(file["version"]) != VERSION:
                return None
            return cls(
                str(file["language"]),
                tuple(str(theme) for theme in file["themes"]),
                Known(file["keys"], file["rarity"]),
                file["weights"].astype(np.float32),
                file["constants"],
            )


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def learn(comments: Sequence[Settled], language: str, phrases: Phrases) -> tuple[ThemeHead | None, list[Tried]]:
    """A head for the themes on which it beats the phrases, or None, and how every theme that could be tried did.

    Deterministic; takes seconds for some thousand comments.
    """
    if len(comments) < FEWEST_COMMENTS:
        return None, []
    lesson = _Lesson.of(comments, language, phrases)
    themes = sorted({theme for comment in comments for theme in comment.themes})
    tried = [lesson.tried(theme) for theme in themes if _often_enough(comments, theme)]
    better = tuple(one.theme for one in tried if one.better)
    return (lesson.head(better) if better else None), tried


def _often_enough(comments: Sequence[Settled], theme: str) -> bool:
    about_it = sum(theme in comment.themes for comment in comments)
    return FEWEST_OF_A_KIND <= about_it <= len(comments) - FEWEST_OF_A_KIND


@dataclass(frozen=True)
class _Lesson:
    """The comments once they are read: their features, what the phrases found in them, and what staff say."""

    language: str
    comments: Sequence[Settled]
    read: Sequence[Read]
    found: Sequence[Set[str]]

    @classmethod
    def of(cls, comments: Sequence[Settled], language: str, phrases: Phrases) -> "_Lesson":
        features = [read(comment.text, language) for comment in comments]
        return cls(language, comments, features, [phrases(comment.text) for comment in comments])

    def tried(self, theme: str) -> Tried:
        """The theme's head on every comment, learned from the others."""
        truth = np.array([theme in comment.themes for comment in self.comments])
        found = np.array([theme in themes for themes in self.found])
        said = np.zeros(len(truth), bool)
        places = np.arange(len(truth))
        for fold in range(FOLDS):
            left_out = places % FOLDS == fold
            known = Known.of([self.read[place] for place in places[~left_out]])
            weights = self._fitted(places[~left_out], known, theme)
            said[left_out] = self._rows(places[left_out], known, theme).times(weights[:, None])[:, 0] > 0
        gained = int(np.sum((said == truth) & (found != truth)))
        lost = int(np.sum((said != truth) & (found == truth)))
        f1, phrases_f1 = _f1(said, truth), _f1(found, truth)
        # McNemar's test, one-sided: only the comments on which the two disagree can tell them apart.
        sure = gained + lost > 0 and (gained - lost) / math.sqrt(gained + lost) >= SURE
        return Tried(theme, len(truth), int(truth.sum()), f1, phrases_f1, sure and f1 > phrases_f1)

    def head(self, themes: tuple[str, ...]) -> ThemeHead:
        """Learned from all comments."""
        places = np.arange(len(self.comments))
        known = Known.of(self.read)
        fitted = np.stack([self._fitted(places, known, theme) for theme in themes])
        return ThemeHead(self.language, themes, known, fitted[:, :-1].copy(), fitted[:, -1].copy())

    def _rows(self, places: NDArray[np.int64], known: Known, theme: str) -> Rows:
        """Features, then what the phrases found, then a constant 1."""
        rows = []
        for place in places:
            columns, values = known.columns(self.read[place])
            extra = np.array([len(known), len(known) + 1], np.int64)
            ends = np.array([theme in self.found[place], 1.0], np.float32)
            rows.append((np.concatenate([columns, extra]), np.concatenate([values, ends])))
        return Rows.of(rows, len(known) + 2)

    def _fitted(self, places: NDArray[np.int64], known: Known, theme: str) -> Floats:
        """Weights of the features, of the phrases' own word, and the constant, which is not penalised."""
        rows = self._rows(places, known, theme)
        columns = rows.transposed()
        truth = np.array([theme in self.comments[place].themes for place in places], np.float64)
        penalty = np.full(rows.width, 1 / STRENGTH)
        penalty[-1] = 1e-4 / STRENGTH

        def objective(weights: Point) -> tuple[float, Point]:
            logits = rows.times(weights.astype(np.float32)[:, None])[:, 0].astype(np.float64)
            loss = float(np.sum(np.logaddexp(0.0, logits) - truth * logits))
            errors = 1 / (1 + np.exp(-logits)) - truth
            gradient = columns.times(errors.astype(np.float32)[:, None])[:, 0] + weights * penalty
            return loss + 0.5 * float(np.sum(penalty * weights**2)), gradient

        return minimise(objective, np.zeros(rows.width)).astype(np.float32)


def _f1(said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    return float(2 * np.sum(said & truth) / max(1, int(said.sum() + truth.sum())))
