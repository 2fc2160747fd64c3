"""Fits the softmax regression of the English model: L-BFGS on the penalised likelihood of shared labels."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from feedback_service.sentiment.english.features import FIGURES, read
from feedback_service.sentiment.english.lexicons import Lexicons
from feedback_service.sentiment.english.model import EnglishModel, gram_set, spelling_of
from feedback_service.sentiment.plain_text import plain_text, tokens
from sentiment_parts.training_comments import Comment


@dataclass(frozen=True)
class Settings:
    """``features`` kept at most, those seen ``least`` times; penalties on word and figure weights; a neutral bias."""

    features: int = 30_000
    least: int = 2
    gram_penalty: float = 5.0
    figure_penalty: float = 0.1
    neutral_bias: float = 0.15
    steps: int = 100


SETTINGS = Settings()

GRAM_VALUE = 0.25
"""What a word feature counts while it is learned, so that its weight is of the figures' size; folded in afterwards."""

FREQUENT = 30
"""A word that occurs so often is no slip."""


@dataclass(frozen=True)
class Features:
    """Of many comments: the word features of each, and their figures as rows."""

    grams: list[list[str]]
    figures: Any


def features_of(texts: Sequence[str], lexicons: Lexicons) -> Features:
    """The features of ``texts``, in order, their misspelled opinions put right as the model does when it reads."""
    tokenised = [tokens(plain_text(text)) for text in texts]
    counts = Counter(word for words in tokenised for word in words)
    spelling = spelling_of({word for word, count in counts.items() if count >= FREQUENT}, lexicons)
    grams, figures = [], []
    for text, typed in zip(texts, tokenised, strict=True):
        words = [spelling.corrected(word) for word in typed]
        grams.append(sorted(gram_set(words)))
        figures.append(read(text, words, lexicons).figures)
    return Features(grams, np.array(figures, dtype=float).reshape(len(texts), len(FIGURES)))


def fitted(comments: Sequence[Comment], lexicons: Lexicons, settings: Settings) -> EnglishModel:
    """The model learned from ``comments``; the same every time."""
    features = features_of([comment.text for comment in comments], lexicons)
    return fitted_on(features, comments, lexicons, settings)


def fitted_on(features: Features, comments: Sequence[Comment], lexicons: Lexicons, settings: Settings) -> EnglishModel:
    """The model learned from comments whose features are at hand."""
    seen = Counter(gram for grams in features.grams for gram in grams)
    ordered = sorted(seen.items(), key=lambda item: (-item[1], item[0]))[: settings.features]
    index = {gram: row for row, (gram, count) in enumerate(ordered) if count >= settings.least}
    shares = np.array([comment.shares for comment in comments])
    counts = np.array([comment.counts for comment in comments])
    weights = _maximised(_design(features, index), shares, counts, len(index), settings)
    grams, figures, bias = np.split(weights, [len(index), len(index) + len(FIGURES)])
    bias = bias[0] + [0.0, settings.neutral_bias, 0.0]
    by_gram = dict(zip(index, map(tuple, (grams * GRAM_VALUE).tolist()), strict=True))
    return EnglishModel.of(lexicons, by_gram, [tuple(row) for row in figures.tolist()], tuple(bias.tolist()))


def _design(features: Features, index: dict[str, int]) -> Any:
    """One row per comment: its grams, its figures, a one."""
    rows = [[index[gram] for gram in grams if gram in index] for grams in features.grams]
    columns = np.array([column for row in rows for column in row], dtype=np.int64)
    ends = np.cumsum([0] + [len(row) for row in rows])
    values = np.full(len(columns), GRAM_VALUE)
    words = sparse.csr_matrix((values, columns, ends), shape=(len(rows), len(index)))
    return sparse.hstack([words, sparse.csr_matrix(features.figures), np.ones((len(rows), 1))]).tocsr()


def _maximised(design: Any, shares: Any, counts: Any, grams: int, settings: Settings) -> Any:
    """The weights (features × 3) of the greatest penalised likelihood; the last row, the bias, bears no penalty."""
    transposed = design.T.tocsr()
    penalty = np.full((design.shape[1], 1), settings.gram_penalty)
    penalty[grams:] = settings.figure_penalty
    penalty[-1] = 0.0

    def loss(flat: Any) -> tuple[float, Any]:
        weights = flat.reshape(-1, 3)
        values = design @ weights
        values -= values.max(1, keepdims=True)
        powers = np.exp(values)
        sums = powers.sum(1, keepdims=True)
        likelihood = (counts[:, None] * shares * (values - np.log(sums))).sum()
        slope = transposed @ ((powers / sums - shares) * counts[:, None]) + penalty * weights
        return 0.5 * (penalty * weights**2).sum() - likelihood, slope.ravel()

    start = np.zeros(design.shape[1] * 3)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": settings.steps, "maxcor": 8})
    return found.x.reshape(-1, 3)
