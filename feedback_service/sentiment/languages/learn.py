"""Learns a language from labelled comments: the plain function, for the pipeline, for a benchmark, for anybody."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from feedback_service.sentiment.languages import logistic
from feedback_service.sentiment.languages.features import Counted, Vocabulary, counted
from feedback_service.sentiment.languages.head import LABELS, Head

_NUMBER_OF = {
    **{name: number for number, label in enumerate(LABELS) for name in (label, label[:3])},
    "-1": logistic.NEGATIVE,
    "0": logistic.NEUTRAL,
    "1": logistic.POSITIVE,
}


def learn(
    texts: Sequence[str], labels: Sequence[str | int], language: str, counts: Sequence[float] | None = None
) -> Head:
    """A head for ``language`` (a code or a locale; it chooses the words of negation) from comments and their labels.

    labels: "negative", "neutral", "positive", or "neg", "neu", "pos", or −1, 0, 1. counts: how much each comment
    counts, 1 where nothing is said. The same input gives the same head, byte for byte; 3,000 comments take seconds.
    Raises ValueError for another label, for lists of different lengths and for no comments.
    """
    if not texts or len(texts) != len(labels):
        raise ValueError(f"learning takes comments with a label each, not {len(texts)} and {len(labels)}")
    comments = [counted(text, language) for text in texts]
    return learn_counted(
        comments, numbers(labels), language, np.ones(len(texts)) if counts is None else np.asarray(counts, float)
    )


def learn_counted(
    comments: Sequence[Counted], labels: logistic.Labels, language: str, counts: NDArray[np.float64]
) -> Head:
    """The same from comments whose n-grams are counted already, and labels as ``numbers``."""
    vocabulary = Vocabulary.of(comments)
    fitted = logistic.fit(vocabulary.rows(comments), labels, counts * logistic.even_sides(labels))
    return Head.of(language, vocabulary, fitted)


def numbers(labels: Iterable[str | int]) -> logistic.Labels:
    """Labels as places in ``LABELS``. Raises ValueError for what is none."""
    found = [_NUMBER_OF.get(str(label).strip().lower(), -1) for label in labels]
    if -1 in found:
        raise ValueError("a label is one of negative, neutral, positive; neg, neu, pos; -1, 0, 1")
    return np.array(found, np.int64)
