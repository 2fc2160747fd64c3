"""In which of the shop's languages a comment is written."""

import re
from collections.abc import Iterable
from copy import copy
from functools import lru_cache
from typing import Any

SHORT = 25
"""Letters below which a guess is no better than the language in which the person was asked."""

SURE = 0.8
"""The probability, among the shop's languages, from which the guess beats the language in which was asked."""

_READ = 1_000  # characters: more would not tell more
_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[\d\W_]+")


def detect(text: str, locale: str, languages: Iterable[str]) -> str:
    """The language code of ``text``, one of ``languages`` or of ``locale``, in which its writer was asked.

    ``languages`` are those in which the shop asks, as codes or locales. Raises for no text.
    """
    asked_in = base_code(locale)
    among = frozenset(map(base_code, languages)) | {asked_in}
    words = _NOISE.sub(" ", text[:_READ].encode("utf-8", "replace").decode()).strip()
    if len(among) == 1 or len(words) < SHORT:
        return asked_in
    identifier = _identifier(among & _known())
    if identifier is None:
        return asked_in
    guess, probability = identifier.classify(words)
    return str(guess) if probability >= SURE else asked_in


def base_code(locale: str) -> str:
    """The language of a locale: "pt-BR", "pt_BR" and "PT" are all "pt"."""
    return locale.replace("_", "-").partition("-")[0].strip().lower()


@lru_cache(maxsize=16)
def _identifier(languages: frozenset[str]) -> Any:
    """A detector that knows only these languages; None where that leaves nothing to choose."""
    if len(languages) < 2:  # noqa: PLR2004 - one is no choice
        return None
    own = copy(_full())  # shares the megabytes, and is restricted by itself
    own.set_languages(sorted(languages))
    return own


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(_full().labels)


@lru_cache(maxsize=1)
def _full() -> Any:
    """All languages: some megabytes and half a second, and only for a shop that asks in more than one."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - as said: it is slow to come

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
