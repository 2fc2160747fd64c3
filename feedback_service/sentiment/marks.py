"""Marks in a comment the words that weighed most, by their places in the text: a page escapes every piece."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from feedback_service.sentiment.themes.words import fold

_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_NOT = re.compile(r"(\w+)n['’ʼ]t\Z", re.IGNORECASE)
_IRREGULAR = {"wo": "will", "ca": "can", "sha": "shall"}


class Piece(NamedTuple):
    """A stretch of the comment, and what it says: above 0 praise, below complaint, 0 nothing."""

    text: str
    weight: float


class _Token(NamedTuple):
    word: str
    start: int
    end: int


def marked(text: str, words: Sequence[Sequence[str | float]]) -> list[Piece]:
    """``text`` cut into pieces which together are all of it.

    words: pairs of word and weight, strongest first. A word may be several in a row, as a model reads them: in small
    letters, "isn't" as "is not". Where two overlap, the stronger one has the letters.
    """
    tokens = _tokens(text)
    weights = [0.0] * len(text)
    for pair in words:
        word, weight = str(pair[0]), float(pair[1])
        for start, end in _places(text, tokens, word):
            if not any(weights[start:end]):
                weights[start:end] = [weight] * (end - start)
    return _pieces(text, weights)


def _pieces(text: str, weights: Sequence[float]) -> list[Piece]:
    edges = [at for at in range(1, len(text)) if weights[at] != weights[at - 1]]
    starts = [0, *edges] if text else []
    return [
        Piece(text[start:end], weights[start]) for start, end in zip(starts, [*edges, len(text)], strict=False) if text
    ]


def _places(text: str, tokens: Sequence[_Token], word: str) -> list[tuple[int, int]]:
    wanted = [token.word for token in _tokens(word)]
    if not wanted:  # a face, typed or drawn
        sign = word.strip()
        return [(found.start(), found.end()) for found in re.finditer(re.escape(sign), text)] if sign else []
    return [
        (tokens[at].start, tokens[at + len(wanted) - 1].end)
        for at in range(len(tokens) - len(wanted) + 1)
        if tokens[at].word == wanted[0] and [token.word for token in tokens[at : at + len(wanted)]] == wanted
    ]


def _tokens(text: str) -> list[_Token]:
    """The words, folded, each with its place; "isn't" is two in the same place."""
    found: list[_Token] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        negated = _NOT.match(match[0])
        if negated:
            verb = negated[1].lower()
            found += [_Token(_IRREGULAR.get(verb, verb), start, end), _Token("not", start, end)]
        else:
            found.append(_Token(fold(match[0]), start, end))
    return found
