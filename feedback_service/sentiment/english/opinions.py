"""Finds the opinions in a comment: phrases first, then the shop's own words and faces, then TextBlob's lexicon."""

from collections.abc import Iterator, Sequence

from feedback_service.sentiment.english.lexicons import Known
from feedback_service.sentiment.english.negation import Opinion, turn_negated
from feedback_service.sentiment.english.phrases import LENGTHS_BY_OPENER, PHRASES
from feedback_service.sentiment.english.vocabulary import (
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
OWN_WORDS = frozenset(_OWN) | NEGATORS | SCOPE_ENDS
"""Single words that the tables here know."""
_NO_INTENSITY = (0.0, 1.0)
_NOT_FOR_LEXICON = NOT_OPINIONS | NEGATORS | SCOPE_ENDS | WORDS.keys()


def find_opinions(words: Sequence[str], lexicon: dict[str, Known]) -> list[Opinion]:
    """The opinions among ``words`` (tokens of a comment), in order, negation applied; none has polarity 0."""
    phrases = list(_phrases(words))
    taken = frozenset(position for start, length in phrases for position in range(start, start + length))
    found = list(_own_words(words, taken))
    found += _known_to_lexicon(words, taken, lexicon)
    for start, length in phrases:
        wording = tuple(words[start : start + length])
        if weight := PHRASES[wording]:
            rest = tuple(range(start + 1, start + length))
            found.append(Opinion(start, " ".join(wording), weight, _OWN_SUBJECTIVITY, others=rest))
    return [opinion for opinion in turn_negated(words, found, taken) if opinion.polarity]


def _phrases(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Start and length of each phrase, the longest where several begin, none overlapping another."""
    free = 0
    for start, word in enumerate(words):
        if start >= free and word in LENGTHS_BY_OPENER:
            length = _phrase_length(words, start)
            if length:
                yield start, length
                free = start + length


def _phrase_length(words: Sequence[str], start: int) -> int:
    lengths = LENGTHS_BY_OPENER[words[start]]
    left = len(words) - start
    return next((n for n in lengths if n <= left and tuple(words[start : start + n]) in PHRASES), 0)


def _own_words(words: Sequence[str], taken: frozenset[int]) -> Iterator[Opinion]:
    for position, word in enumerate(words):
        if word in _OWN and position not in taken:
            yield Opinion(position, word, _OWN[word], _OWN_SUBJECTIVITY)


def _known_to_lexicon(words: Sequence[str], taken: frozenset[int], lexicon: dict[str, Known]) -> Iterator[Opinion]:
    """The words left to TextBlob's lexicon, strengthened by the one before; negation comes later."""
    before, intensity = "", 1.0
    for position, word in enumerate(words):
        known = None if position in taken or word in _NOT_FOR_LEXICON else lexicon.get(word)
        if known is None:
            before, intensity = "", 1.0
            continue
        strengthens = known.intensity not in _NO_INTENSITY or word in INTENSIFIERS
        if known.polarity and not strengthens:
            polarity = max(-1.0, min(1.0, known.polarity * intensity))
            yield Opinion(position, f"{before} {word}".lstrip(), polarity, min(1.0, known.subjectivity * intensity))
        before, intensity = (word, known.intensity or 1.0) if strengthens else ("", 1.0)
