"""Puts names and numbers into a wording."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

from babel import Locale
from pydantic import BaseModel

W = TypeVar("W", bound=BaseModel)

ISOLATED = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"


def facts_in(locale: str, facts: Mapping[str, str]) -> dict[str, str]:
    """The facts as they stand in sentences of that language, such as `pt-BR`.

    Where it is written from right to left each is isolated: a Latin name or order number stays whole, and so does the
    sentence around it. On pages only: not everything that reads mail knows these characters.
    """
    if not _from_the_right(locale):
        return dict(facts)
    return {name: ISOLATED.format(fact) if fact else "" for name, fact in facts.items()}


@lru_cache(maxsize=256)
def _from_the_right(locale: str) -> bool:
    return Locale.parse(locale.replace("_", "-"), sep="-").text_direction == "rtl"


def filled(words: W, facts: Mapping[str, str]) -> W:
    """A copy of a group of words with every placeholder filled.

    What is put in is never looked at for placeholders again, so a customer's name may hold braces.
    """
    return words.model_copy(update={name: _filled(value, facts) for name, value in words})


def _filled(value: object, facts: Mapping[str, str]) -> object:
    if isinstance(value, BaseModel):
        return filled(value, facts)
    if isinstance(value, Mapping):
        return {key: _filled(part, facts) for key, part in value.items()}
    return value.format_map(facts) if isinstance(value, str) else value
