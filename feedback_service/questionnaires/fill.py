"""Puts names and numbers into a wording."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel

W = TypeVar("W", bound=BaseModel)


def filled(words: W, facts: Mapping[str, str]) -> W:
    """A copy of a group of words with every placeholder filled.

    What is put in is never looked at for placeholders again, so a customer's name may hold braces.
    """
    return words.model_copy(
        update={
            name: filled(value, facts) if isinstance(value, BaseModel) else str(value).format_map(facts)
            for name, value in words
        }
    )
