"""Cuts a comment into words that can be compared with a phrase, whatever its case, accents or spelling of a letter."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

MAX_CHARACTERS = 5_000
"""How much of a comment is read: some 900 words, and a bound on the time."""
BREAK = ""
"""Stands between two clauses; no phrase reaches across it."""

_KNOWN_FORMS = 50_000  # Words remembered with their folded forms: a shop's vocabulary, not every typing error of years.
_WORD = re.compile(r"(?P<word>[^\W_]+(?:['’ʼ][^\W_]+)*|[£$€])|(?P<mark>[.!?;:,()\[\]\n…—–،؛؟。！？]|\s[-*•]+\s)")
_ELISION = re.compile(r"['’ʼ]")
_ELIDING = frozenset({"fr"})
"""Languages in which an apostrophe stands between two words: l'article."""
_ARABIC_LETTERS = str.maketrans("أإآٱىةؤئ", "ااااي" + "هوي", "ـ")
_ARABIC_HEADS = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ف", "ب", "ل")
"""And, with, for, the: written in one with the word they belong to; the longest first."""
_SHORTEST_ARABIC_STEM = 3
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True, slots=True)
class Words:
    """A comment in words: as folded, and where each begins and ends in the text; ``BREAK`` where a clause ends."""

    folded: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]


def base_language(language: str) -> str:
    """ "pt" of "pt-BR" or "pt_BR"."""
    return language.replace("_", "-").partition("-")[0].strip().lower()


def cut(text: str, language: str) -> Words:
    """The words among the first ``MAX_CHARACTERS`` of ``text``, in their order."""
    base = base_language(language)
    eliding = base in _ELIDING
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in _WORD.finditer(text, 0, MAX_CHARACTERS):
        start, end = found.span()
        if found.lastgroup == "mark":
            parts = [(BREAK, start, end)]
        elif eliding and _ELISION.search(found[0]):
            parts = _elided(found[0], start)
        else:
            parts = [(fold(found[0]), start, end)]
        for word, begins, stops in parts:
            folded.append(word)
            starts.append(begins)
            ends.append(stops)
    return Words(folded, starts, ends)


def _elided(word: str, start: int) -> list[tuple[str, int, int]]:
    """The parts of "l'article", each with its place in the text."""
    parts = []
    for part in _ELISION.split(word):
        parts.append((fold(part), start, start + len(part)))
        start += len(part) + 1
    return parts


_forms: dict[str, str] = {}


def fold(word: str) -> str:
    """``word`` in small letters, without accents, apostrophes and the variants of an Arabic letter."""
    known = _forms.get(word)
    if known is None:
        if len(_forms) >= _KNOWN_FORMS:
            _forms.clear()
        known = _forms[word] = _folded(word)
    return known


def _folded(word: str) -> str:
    small = _ELISION.sub("", word.lower())
    if small.isascii():
        return small
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", small) if not unicodedata.combining(letter))
    return plain.replace("ß", "ss").replace("œ", "oe").translate(_ARABIC_LETTERS)


def variants(word: str, language: str) -> frozenset[str]:
    """How a phrase's ``word`` may stand in a comment, folded: "größe" as grosse and as groesse."""
    found = {fold(word)}
    if base_language(language) == "de":
        found.add(fold(word.lower().translate(_UMLAUTS)))
    return frozenset(found)


def stems(word: str) -> tuple[str, ...]:
    """A folded word, and without what Arabic writes in one with it."""
    if word.isascii():
        return (word,)
    cut_off = [word[len(head) :] for head in _ARABIC_HEADS if word.startswith(head)]
    return (word, *(stem for stem in cut_off if len(stem) >= _SHORTEST_ARABIC_STEM))
