"""Finds colleagues whom a customer names: whole words with a capital letter, however the accents are set."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_ENDS = ".!?…\n"
ALSO_WORDS = frozenset({
    "angel", "april", "art", "august", "autumn", "bill", "chance", "charity", "chase", "chip", "dawn", "daisy",
    "dean", "dick", "drew", "earnest", "faith", "frank", "gene", "grace", "grant", "gray", "guy", "hazel", "heather",
    "holly", "honor", "hope", "hunter", "iris", "ivy", "jack", "jasmine", "joy", "june", "lance", "lily", "mark",
    "mason", "may", "melody", "mercy", "misty", "norm", "olive", "page", "pat", "patience", "pearl", "penny",
    "pierce", "piper", "poppy", "ray", "reed", "rich", "rob", "rose", "ruby", "rusty", "sandy", "sky", "stew", "sue",
    "summer", "sunny", "ted", "terry", "violet", "wade", "ward", "will", "wren",
})  # fmt: skip
"""First names that may as well be words: at the beginning of a sentence, where every word has a capital, they are."""


def named_in(texts: Iterable[str], people: Mapping[int, str]) -> list[int]:
    """The ids of those whom the texts name: by the whole name or, where nobody shares it, by the first name.

    people: whole names by id, all of the shop's, since a first name that two have is nobody's.
    """
    names = {person: _folded_words(name) for person, name in people.items()}
    first_names = Counter(words[0] for words in names.values() if words)
    found: set[int] = set()
    for text in texts:
        said = _capitalised(text)
        for person, words in names.items():
            if words and (_whole_name(words, said) or (first_names[words[0]] == 1 and _first_name(words[0], said))):
                found.add(person)
    return sorted(found)


def _whole_name(words: Sequence[str], said: Sequence[tuple[str, bool]]) -> bool:
    if len(words) == 1:  # a first name, for which the stricter rule is
        return False
    spoken = [word for word, _ in said]
    return any(spoken[at : at + len(words)] == list(words) for at in range(len(spoken) - len(words) + 1))


def _first_name(name: str, said: Sequence[tuple[str, bool]]) -> bool:
    return any(word == name and not (begins and name in ALSO_WORDS) for word, begins in said)


def _capitalised(text: str) -> list[tuple[str, bool]]:
    """Each word, folded, and whether a sentence begins with it; one in small letters is empty, and names nobody."""
    text = unicodedata.normalize("NFC", text)
    words, end = [], 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        begins = end == 0 or any(sign in between for sign in _SENTENCE_ENDS)
        words.append((_folded(match[0]) if _has_capital(match[0]) else "", begins))
        end = match.end()
    return words


def _has_capital(word: str) -> bool:
    """True as well in a script that knows no capitals."""
    return word[0].isupper() or word[0].upper() == word[0].lower()


def _folded_words(name: str) -> list[str]:
    return [_folded(word) for word in _WORD.findall(unicodedata.normalize("NFC", name))]


def _folded(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
