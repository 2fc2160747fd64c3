"""The English model: a logistic regression over word features and lexicon figures, its weights in one small file.

For the classes negative, neutral and positive: P = softmax(b + Σ w(gram) + D · figures), the grams of
``ngrams.grams`` each counted once. ``benchmarks/train_sentiment.py`` makes the file; numpy is all that reads it.
"""

import math
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_service.sentiment.english.features import PER_LEXICON, Reading, read
from feedback_service.sentiment.english.lexicons import Known, Lexicons
from feedback_service.sentiment.english.opinions import OWN_WORDS
from feedback_service.sentiment.english.spelling import Spelling
from feedback_service.sentiment.english.vocabulary import NEGATED_WORDS, WORDS
from feedback_service.sentiment.ngrams import CLAUSE_MARKS, CONTRASTED, NEGATED, grams

FILE = Path(__file__).with_name("english.npz")
_CLEAR = 0.3
"""How strong a word of Pattern's must be for a misspelling to be taken for it."""
_STEPS = 127.0
_MARKS = NEGATED + CONTRASTED
NUMBER = "0"
"""Stands for every number: how many it was says little, that it was one says something."""


class Judgement(NamedTuple):
    """Probabilities that add up to 1, and what each token adds to the positive side over the negative one."""

    p_neg: float
    p_neu: float
    p_pos: float
    subjectivity: float
    weights: list[float]


Weights = tuple[float, ...]
"""For negative, neutral and positive."""


@dataclass(frozen=True)
class EnglishModel:
    """``grams`` leads from a word feature to what it adds; ``figures`` has the weights of each of ``FIGURES``."""

    lexicons: Lexicons
    grams: dict[str, Weights]
    figures: list[Weights]
    bias: Weights
    spelling: Spelling

    @classmethod
    def of(cls, lexicons: Lexicons, grams: dict[str, Weights], figures: list[Weights], bias: Weights) -> "EnglishModel":
        """With the spellings that follow from its words."""
        return cls(lexicons, grams, figures, bias, spelling_of(grams, lexicons))

    def judge(self, text: str, words: Sequence[str]) -> Judgement:
        """The judgement on ``words``, the tokens of ``text``; ``weights`` has one number per token."""
        words = [word if word in self.grams else self.spelling.corrected(word) for word in words]
        reading = read(text, words, self.lexicons)
        negative, neutral, positive = self.bias
        row_of = self.grams.get
        sides: list[tuple[str, float]] = []
        for gram in gram_set(words):
            if row := row_of(gram):
                against, between, in_favour = row
                negative += against
                neutral += between
                positive += in_favour
                sides.append((gram, in_favour - against))
        figure_sides: list[float] = []
        for value, (against, between, in_favour) in zip(reading.figures, self.figures, strict=True):
            negative += against * value
            neutral += between * value
            positive += in_favour * value
            figure_sides.append((in_favour - against) * value)
        weights = _by_token(words, sides)
        _add_lexicons(weights, reading, figure_sides)
        return Judgement(*_softmax(negative, neutral, positive), reading.subjectivity, weights)


def spelling_of(frequent: Container[str], lexicons: Lexicons) -> Spelling:
    """Takes misspellings for words with an opinion, but leaves the ``frequent`` ones as they are and what is known."""
    clear = (word for word, known in lexicons.pattern.items() if abs(known.polarity) >= _CLEAR)
    seen = (frequent, OWN_WORDS, lexicons.pattern, lexicons.vader)
    return Spelling.of(seen, [*sorted(WORDS), *sorted(NEGATED_WORDS), *clear])


def gram_set(words: Sequence[str]) -> set[str]:
    """The word features of a comment's tokens, every number as ``NUMBER``."""
    return set(grams([NUMBER if word.isdigit() else word for word in words], "en"))


@cache
def english_model() -> EnglishModel:
    """The model in ``FILE``, read once."""
    with np.load(FILE, allow_pickle=False) as file:
        pattern = zip(_lines(file["pattern_words"]), (file["pattern"] / _STEPS).tolist(), strict=True)
        vader = zip(_lines(file["vader_words"]), (file["vader"] / _STEPS).tolist(), strict=True)
        known = {word: Known(polarity, subjectivity, 2.0 * half) for word, (polarity, subjectivity, half) in pattern}
        weights = file["gram_weights"] * file["gram_scale"]
        return EnglishModel.of(
            Lexicons(known, dict(vader)),
            dict(zip(_lines(file["grams"]), map(tuple, weights.tolist()), strict=True)),
            [tuple(row) for row in file["figure_weights"].tolist()],
            tuple(file["bias"].tolist()),
        )


def write_model(model: EnglishModel, path: Path) -> None:
    """Write ``model``, its word weights and lexicons rounded to 8 bits."""
    weights = np.array(list(model.grams.values()))
    scale = np.abs(weights).max(0) / _STEPS
    pattern = [(k.polarity, k.subjectivity, k.intensity / 2.0) for k in model.lexicons.pattern.values()]
    np.savez_compressed(
        path,
        grams=_joined(model.grams),
        gram_weights=np.round(weights / scale).astype(np.int8),
        gram_scale=scale.astype(np.float32),
        figure_weights=np.array(model.figures, dtype=np.float32),
        bias=np.array(model.bias, dtype=np.float32),
        pattern_words=_joined(model.lexicons.pattern),
        pattern=np.round(np.clip(pattern, -1, 1) * _STEPS).astype(np.int8),
        vader_words=_joined(model.lexicons.vader),
        vader=np.round(np.array(list(model.lexicons.vader.values())) * _STEPS).astype(np.int8),
    )


def _joined(words: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(words).encode(), dtype=np.uint8)


def _lines(blob: NDArray[np.uint8]) -> list[str]:
    return blob.tobytes().decode().split("\n")


def _softmax(negative: float, neutral: float, positive: float) -> tuple[float, float, float]:
    highest = max(negative, neutral, positive)
    powers = [math.exp(value - highest) for value in (negative, neutral, positive)]
    total = sum(powers)
    return powers[0] / total, powers[1] / total, powers[2] / total


def _by_token(words: Sequence[str], grams: Iterable[tuple[str, float]]) -> list[float]:
    """What the grams add, laid upon the tokens: a pair's halves on both words, wherever the word stands."""
    at: dict[str, float] = dict.fromkeys(words, 0.0)
    for gram, side in grams:
        if " " in gram:
            first, _, second = gram.partition(" ")
            for half in (first, second):
                at[half] = at.get(half, 0.0) + side / 2.0
        else:
            word = gram[1:] if gram[0] in _MARKS else gram
            at[word] = at.get(word, 0.0) + side
    return [0.0 if word in CLAUSE_MARKS else at[word] for word in words]


def _add_lexicons(weights: list[float], reading: Reading, sides: Sequence[float]) -> None:
    """Lay what each lexicon's figures add upon the words that it knew, by how strong it thinks them."""
    for number, found in enumerate(reading.found):
        total = sum(abs(one.polarity) for one in found)
        weight = abs(sum(sides[number * PER_LEXICON : (number + 1) * PER_LEXICON]))
        for position, value, others in found:
            share = weight * value / total if total else 0.0
            for place in (position, *others):
                weights[place] += share / (1 + len(others))
