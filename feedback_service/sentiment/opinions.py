"""Finds the opinions in a comment: phrases first, then the shop's own words and faces, then TextBlob's lexicon."""

from collections.abc import Iterator, Sequence
from functools import cache
from threading import Lock
from typing import Any

from feedback_service.sentiment.negation import Opinion, turn_negated
from feedback_service.sentiment.phrases import LENGTHS_BY_OPENER, PHRASES
from feedback_service.sentiment.plain_text import BREAK
from feedback_service.sentiment.vocabulary import (
    FACES,
    INTENSIFIERS,
    NEGATED_WORDS,
    NEGATORS,
    NOT_OPINIONS,
    SCOPE_ENDS,
    WORDS,
)

_OWN_SUBJECTIVITY = 0.5  # The tables here hold facts as well as feelings.
_OWN: dict[str, float] = dict.fromkeys(NEGATED_WORDS, 0.0) | WORDS | FACES
_NOT_FOR_LEXICON = NOT_OPINIONS | NEGATORS | SCOPE_ENDS | WORDS.keys()
_loading = Lock()


@cache
def _lexicon() -> Any:
    """TextBlob's lexicon, loaded; imported late, because it brings all of NLTK along."""
    from textblob.en import sentiment  # noqa: PLC0415

    with _loading:
        len(sentiment)  # It loads itself when first looked into, which two threads must not do at once.
    return sentiment


def find_opinions(words: Sequence[str]) -> list[Opinion]:
    """The opinions among ``words`` (tokens of a comment), in order, negation applied; none has polarity 0."""
    phrases = list(_phrases(words))
    taken = frozenset(position for start, length in phrases for position in range(start, start + length))
    found = list(_own_words(words, taken))
    for start, run in _runs(words, taken):
        found += _known_to_lexicon(start, run)
    for start, length in phrases:
        wording = tuple(words[start : start + length])
        if weight := PHRASES[wording]:
            found.append(Opinion(start, " ".join(wording), weight, _OWN_SUBJECTIVITY))
    return [opinion for opinion in turn_negated(words, found, taken) if opinion.polarity]


def _phrases(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Start and length of each phrase, the longest where several begin, none overlapping another."""
    start = 0
    while start < len(words):
        length = _phrase_length(words, start)
        if length:
            yield start, length
        start += length or 1


def _phrase_length(words: Sequence[str], start: int) -> int:
    lengths = LENGTHS_BY_OPENER.get(words[start], ())
    return next((length for length in lengths if tuple(words[start : start + length]) in PHRASES), 0)


def _own_words(words: Sequence[str], taken: frozenset[int]) -> Iterator[Opinion]:
    for position, word in enumerate(words):
        if word in _OWN and position not in taken:
            yield Opinion(position, word, _OWN[word], _OWN_SUBJECTIVITY)


def _runs(words: Sequence[str], taken: frozenset[int]) -> Iterator[tuple[int, list[str]]]:
    """Stretches of words that are the lexicon's to judge, each with the position of its first word."""
    run: list[str] = []
    for position, word in enumerate((*words, BREAK)):
        # Anything but letters would set off a slow search for emoticons, which have been read already.
        if position not in taken and word.isalpha() and word not in _NOT_FOR_LEXICON:
            run.append(word)
        elif run:
            yield position - len(run), run
            run = []


def _known_to_lexicon(start: int, run: list[str]) -> Iterator[Opinion]:
    """What the lexicon makes of ``run``; its own handling of negation, which sees one word far, stays off."""
    lexicon = _lexicon()
    at = 0
    chunks = lexicon.assessments(((word, None) for word in run), negation=False)
    for chunk, polarity, subjectivity, _ in chunks:
        first = run.index(chunk[0], at)
        at = first + 1
        if polarity and not (len(chunk) == 1 and _only_strengthens(chunk[0], lexicon)):
            yield Opinion(start + first, " ".join(chunk), polarity, min(1.0, max(0.0, subjectivity)))


def _only_strengthens(word: str, lexicon: Any) -> bool:
    """Whether ``word`` is an intensifier, which is no opinion when it has no word to strengthen."""
    intensity = lexicon[word][None][2]
    return word in INTENSIFIERS or intensity != 1.0
