"""Words at which a person must look at once: injury, allergy, law, press, threats, self-harm; surveys/safety.toml.

They are searched in every language at once: in which one a comment is written nobody knows for sure, and whoever speaks
of a hospital must not wait for a model.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from pydantic import RootModel, ValidationError

from feedback_service.paths import SURVEYS
from feedback_service.sentiment.themes.phrases import PhraseBook, PhraseError
from feedback_service.sentiment.themes.taxonomy import split
from feedback_service.sentiment.themes.words import MAX_CHARACTERS, base_language, cut

FILE = "safety.toml"
OVERLAP = 200  # characters that two portions of a long text share, so that no phrase is cut apart


class SafetyKind(StrEnum):
    """What somebody speaks of, the gravest first."""

    SELF_HARM = "self_harm"
    INJURY = "injury"
    ALLERGY = "allergy"
    THREAT = "threat"
    LAW = "law"
    PRESS = "press"


KIND_WORDS = {
    SafetyKind.SELF_HARM: "self-harm",
    SafetyKind.INJURY: "injury or danger",
    SafetyKind.ALLERGY: "an allergy",
    SafetyKind.THREAT: "a threat",
    SafetyKind.LAW: "law or fraud",
    SafetyKind.PRESS: "the press",
}
"""What staff read."""


class SafetyFileError(Exception):
    """A safety.toml that cannot be used; the message has a line per fault: file, key, what to do."""


class _File(RootModel[dict[SafetyKind, dict[str, str]]]):
    pass


@dataclass(frozen=True)
class SafetyWords:
    """The phrases of all kinds, by language."""

    books: Mapping[str, PhraseBook]

    def alerts(self, texts: Iterable[str]) -> tuple[SafetyKind, ...]:
        """What the texts speak of, the gravest first; raises for none, and takes time linear in their length."""
        found: set[str] = set()
        for portion in (portion for text in texts for portion in _portions(text)):
            words = {parts: cut(portion, "fr" if parts else "en").folded for parts in (False, True)}
            for language, book in self.books.items():
                parts = base_language(language) == "fr"  # the one shipped language with words that an apostrophe parts
                found |= {hit.owner for hit in book.find(words[parts])}
        return tuple(kind for kind in SafetyKind if kind in found)


@cache
def shipped_safety() -> SafetyWords:
    """The words that come with the service."""
    return read_safety(SURVEYS)


def read_safety(folder: Path) -> SafetyWords:
    """The words of a folder of surveys; those that come with the service where it has no safety.toml of its own.

    Raises SafetyFileError naming what is wrong with the file.
    """
    path = folder / FILE
    if not path.exists() and folder != SURVEYS:
        return shipped_safety()
    phrases: dict[str, list[tuple[str, str]]] = {}
    for kind, by_language in _tables(path).items():
        for language, written in by_language.items():
            phrases.setdefault(language, []).extend((kind.value, phrase) for phrase in split(written))
    return SafetyWords({language: _book(path, language, listed) for language, listed in phrases.items()})


def _portions(text: str) -> Iterable[str]:
    """The text in lengths that are read as a whole; a phrase may run over the end of a line."""
    text = " ".join(text.split())
    step = MAX_CHARACTERS - OVERLAP
    return (text[start : start + MAX_CHARACTERS] for start in range(0, max(1, len(text) - OVERLAP), step))


def _book(path: Path, language: str, phrases: list[tuple[str, str]]) -> PhraseBook:
    try:
        Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        raise SafetyFileError(f"{path}: {language} is no language such as en or pt-BR.") from None
    try:
        return PhraseBook(phrases, language)
    except PhraseError:
        raise SafetyFileError("\n".join(_faults(path, language, phrases))) from None


def _faults(path: Path, language: str, phrases: list[tuple[str, str]]) -> Iterable[str]:
    for kind, phrase in phrases:
        try:
            PhraseBook([(kind, phrase)], language)
        except PhraseError as error:
            yield f"{path}: {kind}.{language}: “{phrase}” {error}."


def _tables(path: Path) -> dict[SafetyKind, dict[str, str]]:
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig"))).root
    except OSError as error:
        raise SafetyFileError(f"{path}: cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SafetyFileError(f"{path}: is not UTF-8 text; save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise SafetyFileError(f"{path}: is no TOML: {error}.") from None
    except ValidationError as error:
        faults = (f"{path}: {_place(fault['loc'])}: {_reason(fault['type'])}." for fault in error.errors())
        raise SafetyFileError("\n".join(faults)) from None


def _place(where: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in where if part != "[key]")


def _reason(fault: str) -> str:
    known = ", ".join(SafetyKind)
    return {
        "enum": f"is none of {known}",
        "string_type": "must be text between quotes, phrases separated by commas",
    }.get(fault, 'must be a table by language, such as en = "..."')
