"""Where one thought of a comment ends and the next begins, as far as its themes are concerned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from feedback_service.sentiment.ngrams import marks_of
from feedback_service.sentiment.themes.words import BREAK, Words, base_language, fold

_ENDS_A_THOUGHT = frozenset(".!?\n…؟。！？")
"""Other marks, and words like "and", divide only what speaks of different themes."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of the comment, as places in its text, and the themes named in it."""

    start: int
    end: int
    themes: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Cuts:
    """A language's words, folded, before which a new thought may begin."""

    hard: frozenset[str]
    soft: frozenset[str]


@cache
def _cuts(base: str) -> _Cuts:
    marks = marks_of(base)
    return _Cuts(frozenset(map(fold, marks.contrasts)), frozenset(map(fold, marks.ends)))


def clauses(text: str, words: Words, themes_at: Mapping[int, Sequence[str]], language: str) -> list[Clause]:
    """The clauses of ``text`` that name themes; ``themes_at`` has the themes by the place of the word that told."""
    cuts = _cuts(base_language(language))
    found: list[Clause] = []
    start, end, named, hard = -1, 0, set[str](), True

    def close() -> None:
        """End the clause under way; it goes on with the one before, unless a thought ended or the theme changes."""
        if start < 0:
            return
        this = Clause(start, end, frozenset(named))
        before = found[-1] if found else None
        if hard or before is None or (this.themes and before.themes and this.themes != before.themes):
            found.append(this)
        else:
            found[-1] = Clause(before.start, end, before.themes | this.themes)

    for place, word in enumerate(words.folded):
        is_mark = word == BREAK
        if is_mark or word in cuts.hard or word in cuts.soft:
            close()
            hard_now = text[words.starts[place]] in _ENDS_A_THOUGHT if is_mark else word in cuts.hard
            hard = hard_now or (hard and start < 0)
            start, named = -1, set()
        if is_mark:
            continue
        start = words.starts[place] if start < 0 else start
        end = words.ends[place]
        named.update(themes_at.get(place, ()))
    close()
    return [clause for clause in found if clause.themes]
