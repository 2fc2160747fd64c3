"""Words and pairs of words as features, marked where a negation reaches them and where they follow the last "but".

The same for English and for every language that a shop's own comments teach: only the short lists of negations and
contrasts differ, and a language without a list has none. A feature is a string:

=========  =====================================================
``word``   the word itself, wherever it stands
``a b``    two words in a row, inside one clause
``¬word``  the word once more, because a negation reaches it
``»word``  the word once more, because the last contrast is over
=========  =====================================================
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

CLAUSE_MARKS = frozenset(".!?;:,()\n…—–،؛؟。！？")
"""Tokens at which a clause, and with it the reach of a negation, ends."""

NEGATED = "¬"
CONTRASTED = "»"

REACH = 5
"""How many words after a negation it is taken to reach, unless the clause ends before."""


@dataclass(frozen=True)
class Marks:
    """The words of one language, in lower case, after which others mean something else."""

    negators: frozenset[str]
    contrasts: frozenset[str]
    ends: frozenset[str] = frozenset()
    """Words at which the reach of a negation ends, contrasts apart."""


_NEGATORS = {
    "en": "not no never without nothing none nobody neither nor hardly barely scarcely rarely nowhere cannot dont "
    "didnt doesnt isnt wasnt arent werent wont cant couldnt wouldnt shouldnt havent hasnt hadnt",
    "es": "no nunca jamás sin nada nadie ningún ninguna ninguno ni tampoco apenas",
    "fr": "ne n ni pas jamais sans rien aucun aucune personne guère plus",
    "de": "nicht nie niemals kein keine keinen keiner keinem keines ohne nichts niemand weder noch kaum",
    "pt": "não nunca jamais sem nada ninguém nenhum nenhuma nem tampouco n ñ",
    "it": "non mai senza niente nulla nessun nessuno nessuna né neanche",
    "nl": "niet nooit geen zonder niets niks niemand nergens nauwelijks noch",
    "ar": "لا لم لن ليس ليست ما غير بدون دون بلا عدم أبدا مش مو",
}
_CONTRASTS = {
    "en": "but however although though except yet unfortunately",
    "es": "pero sino aunque salvo excepto lástima",
    "fr": "mais cependant toutefois pourtant sauf dommage",
    "de": "aber jedoch allerdings sondern trotzdem leider nur",
    "pt": "mas porém contudo entretanto todavia embora exceto infelizmente só",
    "it": "ma però tuttavia peccato tranne purtroppo",
    "nl": "maar echter helaas alleen jammer behalve",
    "ar": "لكن ولكن لكنه لكنها إلا غير للأسف",
}
_ENDS = {
    "en": "and because while when if until after then so",
    "es": "y porque cuando si hasta después entonces",
    "fr": "et parce car quand si après alors",
    "de": "und weil wenn bis danach dann",
    "pt": "e porque quando se até depois então",
    "it": "e perché quando se dopo allora",
    "nl": "en omdat toen als tot daarna dan",
    "ar": "لأن عندما حتى ثم",
}


def folded(word: str) -> str:
    """``word`` without its accents, as many type it on a telephone: "não" and "nao" are one word."""
    if word.isascii():
        return word
    return unicodedata.normalize(
        "NFC",
        "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter)),
    )


def _words(text: str) -> frozenset[str]:
    """The words of ``text``, with and without their accents."""
    return frozenset(text.split()) | frozenset(map(folded, text.split()))


_NO_MARKS = Marks(frozenset(), frozenset())


@cache
def marks_of(language: str) -> Marks:
    """The marks of a language, by its code or a locale's ("pt", "pt-BR", "pt_BR"); none where it has no list."""
    code = language.replace("_", "-").partition("-")[0].strip().lower()
    if code not in _NEGATORS:
        return _NO_MARKS
    return Marks(_words(_NEGATORS[code]), _words(_CONTRASTS[code]), _words(_ENDS[code]))


def grams(words: Sequence[str], language: str) -> list[str]:
    """The features of a comment given as its lower-case ``words`` with clause marks between; repeats are kept.

    Linear in the number of words; raises for none. Words may be as typed or ``folded``.
    """
    marks = marks_of(language)
    contrast = _last_contrast(words, marks)
    found: list[str] = []
    before, reach = "", 0
    for position, word in enumerate(words):
        if word in CLAUSE_MARKS:
            before, reach = "", 0
            continue
        found.append(word)
        if before:
            found.append(f"{before} {word}")
        before = word
        if word in marks.contrasts or word in marks.ends:
            reach = 0
        elif reach:
            found.append(NEGATED + word)
            reach -= 1
        if word in marks.negators:
            reach = REACH
        if 0 <= contrast < position:
            found.append(CONTRASTED + word)
    return found


def _last_contrast(words: Sequence[str], marks: Marks) -> int:
    """Where the last "but" stands that has a word after it, or −1."""
    end = len(words)
    while end and (words[end - 1] in CLAUSE_MARKS or words[end - 1] in marks.contrasts):
        end -= 1
    return next((position for position in range(end - 1, -1, -1) if words[position] in marks.contrasts), -1)


def letters(words: Sequence[str], shortest: int = 3, longest: int = 5) -> Iterator[str]:
    """Runs of ``shortest`` to ``longest`` letters inside each word, its edges marked: "_nao", "rrível".

    They see through endings and misspellings, which a small collection of comments holds once each. Written with
    underscores at the edges, which no word contains.
    """
    for word in words:
        if word in CLAUSE_MARKS:
            continue
        edged = f"_{word}_"
        length = len(edged)
        for size in range(shortest, min(longest, length) + 1):
            for start in range(length - size + 1):
                yield edged[start : start + size]
