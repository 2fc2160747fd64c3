"""Finds a language's phrases in a comment, in time linear in its length however many phrases there are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feedback_service.sentiment.themes.words import BREAK, cut, stems, variants

GAP = 3
"""How many words at most "…" stands for."""
ANY_ENDING = "*"
SHORTEST_STEM = 3
"""Letters before a "*": "un*" would be in every other word."""
LONGEST_PHRASE = 8
_KNOWN_WORDS = 50_000

_PIECE = re.compile(r"…|\.\.\.|[^\s*…]+\*?")
_DOTS = frozenset({"…", "..."})


class PhraseError(ValueError):
    """A phrase that can never be found; the message says why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One word of a phrase, as it may be spelled; ``skip`` words at most may stand before it."""

    spellings: frozenset[str]
    prefix: bool
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: whose it is, and which words of the comment it is made of."""

    owner: str
    at: tuple[int, ...]


def pieces(phrase: str, language: str) -> tuple[Piece, ...]:
    """What ``phrase`` is made of. Raises PhraseError where it cannot be found in any comment."""
    if phrase.replace("…", "").count("*") != len(re.findall(r"\w\*(?!\S)", phrase)):
        raise PhraseError("* stands for an ending, so it belongs at the end of a word")
    found: list[Piece] = []
    skip = 0
    for part in _PIECE.findall(phrase):
        if part in _DOTS:
            skip = GAP
            continue
        words = [word for word in cut(part.rstrip(ANY_ENDING), language).folded if word != BREAK]
        for position, word in enumerate(words):
            prefix = part.endswith(ANY_ENDING) and position == len(words) - 1
            if prefix and len(word) < SHORTEST_STEM:
                raise PhraseError(f"needs at least {SHORTEST_STEM} letters before the *")
            spelled = variants(part.rstrip(ANY_ENDING), language) if len(words) == 1 else frozenset({word})
            found.append(Piece(spelled, prefix, skip if found else 0))
            skip = 0
    if not found:
        raise PhraseError("has no word in it")
    if skip or phrase.lstrip().startswith(("…", "...")):
        raise PhraseError("… stands between two words, not at the end of a phrase")
    if len(found) > LONGEST_PHRASE:
        raise PhraseError(f"has more than {LONGEST_PHRASE} words")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Pattern:
    owner: str
    rest: tuple[tuple[frozenset[int], int], ...]
    """After the first word: which elements may come, and how many words may be skipped before."""


@dataclass(frozen=True, slots=True)
class _Met:
    """What a word of a comment can stand for."""

    elements: frozenset[int]
    alone: tuple[str, ...]
    """Owners of phrases that are this word."""
    begins: tuple[_Pattern, ...]
    """Phrases that begin with it."""


_NOTHING = _Met(frozenset(), (), ())


class PhraseBook:
    """A language's phrases, each with an owner. Remembers the words it has met; threads may share it."""

    def __init__(self, phrases: Iterable[tuple[str, str]], language: str) -> None:
        self._words: dict[str, int] = {}
        self._prefixes: dict[str, int] = {}
        self._patterns: dict[int, list[_Pattern]] = {}
        self._met: dict[str, _Met] = {}
        for owner, phrase in phrases:
            self._add(owner, pieces(phrase, language))
        self._longest_prefix = max(map(len, self._prefixes), default=0)

    def _add(self, owner: str, made_of: Sequence[Piece]) -> None:
        ids = [frozenset(self._element(word, piece.prefix) for word in piece.spellings) for piece in made_of]
        rest = tuple(zip(ids[1:], (piece.skip for piece in made_of[1:]), strict=True))
        for first in ids[0]:
            self._patterns.setdefault(first, []).append(_Pattern(owner, rest))

    def _element(self, word: str, prefix: bool) -> int:
        shelf = self._prefixes if prefix else self._words
        return shelf.setdefault(word, 2 * len(shelf) + prefix)

    def find(self, folded: Sequence[str]) -> list[Hit]:
        """The phrases among ``folded`` words, first to last. Where one lies within a longer one, the longer counts."""
        met = [self._meaning(word) for word in folded]
        hits: list[Hit] = []
        longest = [0] * len(folded)
        for start, meaning in enumerate(met):
            if meaning is _NOTHING:
                continue
            for owner in meaning.alone:
                hits.append(Hit(owner, (start,)))
                longest[start] = max(longest[start], 1)
            for pattern in meaning.begins:
                at = _followed(pattern, folded, met, start)
                if at:
                    hits.append(Hit(pattern.owner, at))
                    for place in at:
                        longest[place] = max(longest[place], len(at))
        return [hit for hit in hits if min(longest[place] for place in hit.at) <= len(hit.at)]

    def _meaning(self, word: str) -> _Met:
        known = self._met.get(word)
        if known is None:
            if len(self._met) >= _KNOWN_WORDS:
                self._met.clear()
            known = self._met[word] = self._looked_up(word)
        return known

    def _looked_up(self, word: str) -> _Met:
        elements = frozenset(self._elements(word))
        if not elements:
            return _NOTHING
        patterns = [pattern for element in sorted(elements) for pattern in self._patterns.get(element, ())]
        alone = tuple(dict.fromkeys(pattern.owner for pattern in patterns if not pattern.rest))
        return _Met(elements, alone, tuple(pattern for pattern in patterns if pattern.rest))

    def _elements(self, word: str) -> Iterable[int]:
        for stem in stems(word):
            if stem in self._words:
                yield self._words[stem]
            for length in range(SHORTEST_STEM, min(len(stem), self._longest_prefix) + 1):
                if stem[:length] in self._prefixes:
                    yield self._prefixes[stem[:length]]


def _followed(pattern: _Pattern, folded: Sequence[str], met: Sequence[_Met], start: int) -> tuple[int, ...]:
    """Where the words of a pattern stand that begins at ``start``; empty where it goes on otherwise."""
    at = [start]
    for wanted, skip in pattern.rest:
        for place in range(at[-1] + 1, min(at[-1] + 2 + skip, len(folded))):
            if folded[place] == BREAK:
                return ()
            if not wanted.isdisjoint(met[place].elements):
                at.append(place)
                break
        else:
            return ()
    return tuple(at)
