"""Whether words are what somebody wrote, or less of it: a testimonial may leave out and adds nothing."""

import re
from collections.abc import Iterator
from unicodedata import category, normalize

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+|\S")
"""A word; in Chinese and Japanese, which put no blanks between them, a letter; or a single sign."""


def is_shortened(words: str, written: str) -> bool:
    """Whether every word of `words` stands in `written`, in that order. Capitals and punctuation are free.

    Something must be left: a text of blanks and dots alone is no shortened one.
    """
    kept, there = list(_counted(words)), _counted(written)
    return bool(kept) and all(word in there for word in kept)


def _counted(text: str) -> Iterator[str]:
    """The words, and signs that say something, such as emoji; punctuation says nothing by itself."""
    for word in _WORD.findall(normalize("NFC", text).casefold()):
        if category(word[0])[0] in "LNSM":
            yield word
