"""Reads what somebody typed into the search field. Nothing that can be typed is a mistake: what is odd is a word."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feedback_service.cases.search.fold import words_of

MOST_TERMS = 12  # of one search; more narrow nothing down any further
_PARTS = re.compile(r'"([^"]*)"?|(\S+)')
_PREFIX = re.compile(r"\w\*$")


@dataclass(frozen=True)
class Term:
    """Words that must follow each other; of a prefix, the last may go on."""

    words: tuple[str, ...]
    prefix: bool = False

    def stands_in(self, words: str) -> bool:
        """Whether folded words, with blanks between them, hold it."""
        return f" {' '.join(self.words)}{'' if self.prefix else ' '}" in f" {words} "


def terms_of(typed: str) -> tuple[Term, ...]:
    """What a case must hold, all of it. A part in quotes is a phrase; a star at the very end makes a beginning.

    A word that signs hold together, such as the number A-1042, is a phrase of its pieces. Empty: nothing to look for.
    """
    typed = typed.strip()
    found = []
    for quoted, bare in _PARTS.findall(typed):
        words = tuple(words_of(quoted or bare))
        if words:
            found.append(Term(words))
    last = found[:MOST_TERMS]
    if last and len(last) == len(found) and _PREFIX.search(typed):
        last[-1] = Term(last[-1].words, prefix=True)
    return tuple(dict.fromkeys(last))


def for_sqlite(terms: Iterable[Term]) -> str:
    """As FTS5 reads it: every word is quoted, so that none is taken for an operator."""
    return " AND ".join(f'"{" ".join(term.words)}"{" *" if term.prefix else ""}' for term in terms)


def for_postgres(terms: Iterable[Term], windows: Sequence[str] = ()) -> str:
    """As the type tsquery reads it; one of the words of `windows` must be there, too. Folded words hold no quotes."""
    wanted = [_followed(term) for term in terms]
    if windows:
        wanted.append("(" + " | ".join(f"'{window}'" for window in windows) + ")")
    return " & ".join(wanted)


def _followed(term: Term) -> str:
    *first, last = [f"'{word}'" for word in term.words]
    return f"({' <-> '.join([*first, last + ':*' if term.prefix else last])})"
